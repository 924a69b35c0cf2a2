/** The VS Code installed on this machine, where there is one and a screen to show it on. */
import { spawn, spawnSync } from "node:child_process";
import { FLOOR } from "./versions.ts";

/** How to start it, or why not. */
export type Desktop = { command: string; version: string } | { reason: string };

/** Looks for `code` on the PATH and for a display. */
export function findDesktop(): Desktop {
  const { platform, env } = process;
  if (platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) return { reason: "no display" };
  // There `code` only talks to the window it runs in, and that one cannot load an extension from a folder.
  if (env["VSCODE_IPC_HOOK_CLI"] !== undefined) return { reason: "this is a remote terminal" };
  const { stdout, status } = spawnSync("code", ["--version"], {
    encoding: "utf8",
    shell: platform === "win32",
    timeout: 15_000,
  });
  const version = status === 0 ? /^\d+\.\d+\.\d+/m.exec(stdout)?.[0] : undefined;
  if (version === undefined) return { reason: 'no "code" command on the PATH' };
  const [, minor = 0] = version.split(".").map(Number);
  const [, floor = 0] = FLOOR.vscode.split(".").map(Number);
  if (minor < floor)
    return { reason: `VS Code ${version} is older than ${FLOOR.vscode}, the oldest supported` };
  return { command: "code", version };
}

/** Opens `folder` in a new window with the extension of `root` loaded; ends when that window is closed. */
export async function openDesktop(command: string, root: string, folder: string): Promise<number> {
  const args = [
    "--new-window",
    "--wait",
    "--disable-workspace-trust",
    `--extensionDevelopmentPath=${root}`,
    folder,
  ];
  const child = spawn(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 0));
  });
}
