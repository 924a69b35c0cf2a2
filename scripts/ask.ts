/** One chat question in a real workbench without a screen: the answer as text, and a picture of the window. */
import { resolve } from "node:path";
import { installExtension } from "./host/install.ts";
import { copySample, temporaryDir } from "./host/paths.ts";
import type { Progress } from "./host/progress.ts";
import type { ProvisionedHost } from "./host/provision.ts";
import { startServer } from "./host/server.ts";
import { Workbench, type Theme } from "./host/workbench.ts";

export interface AskOptions {
  question: string;
  /** Where the picture goes, relative to the current folder. */
  screenshot: string;
  theme: Theme;
  /** User settings by their whole key. */
  settings: Record<string, unknown>;
  /** File of the sample workspace to open first, with `:line` or `:line:column` behind it if wanted. */
  open: string;
}

/** A local model that must first be loaded from disk takes minutes. */
const ANSWER_TIMEOUT_MS = 5 * 60_000;
/** Wide enough to read prose and code. */
const CHAT_WIDTH = 560;

/** Asks, prints, and returns the exit code: 0 for an answer, 1 for an error in its place. Throws when none came. */
export async function ask(host: ProvisionedHost, options: AskOptions, progress: Progress): Promise<number> {
  progress.step("starting the editor");
  const folder = await copySample();
  const extensionsDir = await temporaryDir("extensions");
  await installExtension(extensionsDir);
  const server = await startServer(host, { extensionsDir, settings: options.settings });
  let workbench: Workbench | undefined;
  try {
    workbench = await Workbench.open(server, folder, { viewport: { width: 1500, height: 1000 } });
    await workbench.setTheme(options.theme);
    progress.step("waiting for Hybrid to start");
    await workbench.statusBarItem("hybrid.hybrid-router", 60_000);
    const [file = "", line, column] = options.open.split(":");
    await workbench.openFile(file);
    if (line !== undefined) await workbench.goTo(Number(line), Number(column ?? 1));
    await workbench.openChat();
    await workbench.setChatWidth(CHAT_WIDTH);
    progress.step(`asking: ${options.question}`);
    const answer = await workbench.ask(options.question, ANSWER_TIMEOUT_MS);
    await workbench.screenshot(resolve(options.screenshot));
    const { text: spend } = await workbench.statusBarItem("hybrid.hybrid-router");
    progress.done("answered");
    const lines = [answer.text];
    if (answer.error !== undefined) lines.push(`Error: ${answer.error}`);
    if (answer.buttons.length > 0) lines.push(answer.buttons.map((label) => `[${label}]`).join(" "));
    lines.push(`Status bar: ${spend}   Screenshot: ${resolve(options.screenshot)}`);
    console.log(`\n${lines.filter((part) => part !== "").join("\n\n")}`);
    return answer.error === undefined ? 0 : 1;
  } finally {
    await workbench?.close();
    await server.stop();
  }
}
