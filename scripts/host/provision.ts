/**
 * Installs a real VS Code from the npm registry: the package `code-server` carries one, built for the browser, with
 * the same extension host and chat view as the desktop's. Only what is needed is compiled, so it takes under a minute.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { withLock } from "./lock.ts";
import { CACHE_DIR } from "./paths.ts";
import type { HostVersion } from "./versions.ts";

/** An installed editor. */
export interface ProvisionedHost {
  version: HostVersion;
  /** The Node that the server and the extension host run on. */
  node: string;
  /** `server-main.js` of VS Code's own server. */
  server: string;
}

/** An install that failed: the message says why and what to do next. */
class ProvisionError extends Error {
  override name = "ProvisionError";
}

/** Native modules without which the extension host does not start, or its log channels fail. */
const NATIVE_MODULES = ["@vscode/native-watchdog", "@vscode/spdlog"];
const QUIETLY = ["--ignore-scripts", "--no-audit", "--no-fund"];
const BUILT_FILES = ["native-watchdog/build/Release/watchdog.node", "spdlog/build/Release/spdlog.node"];

/** The npm package with Node's binary and headers for this machine; macOS on ARM has another name by accident of npm. */
function nodePackage(): string {
  const { platform, arch } = process;
  if ((platform !== "linux" && platform !== "darwin") || (arch !== "x64" && arch !== "arm64")) {
    throw new ProvisionError(
      `VS Code cannot be installed from npm on ${platform}-${arch}. Install desktop VS Code and put its "code" command ` +
        'on the PATH: "npm start" then uses it, and "npm run test:desktop" runs the tests in it.',
    );
  }
  return `${platform === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${platform}-${arch}`;
}

/** The install as found in `dir`, or undefined when it is missing or incomplete. */
function find(dir: string, version: HostVersion): ProvisionedHost | undefined {
  const vscode = join(dir, "node_modules/code-server/lib/vscode");
  const host: ProvisionedHost = {
    version,
    node: join(dir, "node_modules", nodePackage(), "bin/node"),
    server: join(vscode, "out/server-main.js"),
  };
  const native = BUILT_FILES.map((file) => join(vscode, "node_modules/@vscode", file));
  return [host.node, host.server, ...native].every((file) => existsSync(file)) ? host : undefined;
}

/**
 * Returns the editor, installing it into the cache when it is not there. Safe to interrupt and to call from several
 * processes at once: the install happens under a temporary name and is renamed when it is whole.
 * `onProgress` gets one short line a step. Throws ProvisionError.
 */
export async function provision(
  version: HostVersion,
  onProgress: (step: string) => void,
): Promise<ProvisionedHost> {
  const name = `code-server-${version.codeServer}`;
  const target = join(CACHE_DIR, name);
  const ready = find(target, version);
  if (ready) return ready;
  return withLock(
    join(CACHE_DIR, `${name}.lock`),
    () => onProgress("waiting for another process that installs it"),
    async () => {
      const found = find(target, version);
      if (found) return found;
      const entries = await readdir(CACHE_DIR);
      const left = entries.filter((entry) => entry === name || entry.startsWith(`${name}.tmp-`));
      if (left.length > 0) onProgress("removing an unfinished install");
      for (const entry of left) await removeTree(join(CACHE_DIR, entry));
      const staging = join(CACHE_DIR, `${name}.tmp-${process.pid}`);
      await install(staging, version, onProgress);
      if (!find(staging, version)) {
        throw new ProvisionError(
          `VS Code ${version.vscode} was installed into ${staging}, but parts of it are missing.`,
        );
      }
      await rename(staging, target);
      return find(target, version) as ProvisionedHost;
    },
  );
}

async function install(dir: string, version: HostVersion, onProgress: (step: string) => void): Promise<void> {
  const node = nodePackage();
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "package.json"), '{ "private": true }\n');
  const npm = (cwd: string, ...args: string[]) => runNpm(dir, join(dir, "node_modules", node), cwd, args);
  const vscode = join(dir, "node_modules/code-server/lib/vscode");
  onProgress("downloading VS Code and Node, 1 of 3");
  await npm(dir, "install", `code-server@${version.codeServer}`, `${node}@${version.node}`, ...QUIETLY);
  onProgress("downloading VS Code's own packages, 2 of 3");
  await npm(vscode, "install", "--omit=dev", ...QUIETLY);
  await npm(join(vscode, "extensions"), "install", "--omit=dev", ...QUIETLY);
  await supplyRipgrep(dir, vscode, npm);
  onProgress("compiling two native modules, 3 of 3");
  await npm(vscode, "rebuild", ...NATIVE_MODULES);
}

/**
 * File search runs the program `rg`. Older editors fetch it from a host of their own in an install script; newer ones
 * ship it inside an npm package, and that one serves the older ones too.
 */
async function supplyRipgrep(
  dir: string,
  vscode: string,
  npm: (cwd: string, ...args: string[]) => Promise<void>,
): Promise<void> {
  const old = join(vscode, "node_modules/@vscode/ripgrep");
  if (!existsSync(old) || existsSync(join(old, "bin/rg"))) return;
  await npm(dir, "install", "@vscode/ripgrep-universal@1.18.0", ...QUIETLY);
  await mkdir(join(old, "bin"), { recursive: true });
  const platform = `${process.platform}-${process.arch}`;
  await cp(join(dir, "node_modules/@vscode/ripgrep-universal/bin", platform, "rg"), join(old, "bin/rg"));
}

/** Runs npm in `cwd` on the Node of `nodeDir`, whose headers native modules are then built against. */
async function runNpm(root: string, nodeDir: string, cwd: string, args: string[]): Promise<void> {
  const log = join(root, "npm.log");
  const child = spawn("npm", args, {
    cwd,
    env: npmEnvironment(nodeDir),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = `$ npm ${args.join(" ")}\n`;
  const collect = (chunk: Buffer) => {
    output += chunk.toString("utf8");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exit, signal) => resolve(exit ?? signal ?? "unknown"));
  });
  await writeFile(log, output, { flag: "a" });
  if (code === 0) return;
  const lines = output.trimEnd().split("\n");
  const errors = lines.filter((line) => line.startsWith("npm error"));
  // npm says what is wrong first; a compiler says it last.
  const shown = args[0] === "rebuild" || errors.length === 0 ? lines.slice(-25) : errors.slice(0, 8);
  throw new ProvisionError(
    `Installing VS Code failed at "npm ${args.slice(0, 3).join(" ")} …" (${code}). It says:\n  ${shown.join("\n  ")}\n` +
      (args[0] === "rebuild"
        ? "This step compiles two small modules: python3, make and a C++ compiler must be installed. "
        : "Check that the npm registry can be reached (npm ping). ") +
      `Then run the command again: it starts afresh. The whole log is in ${log}.`,
  );
}

/** This process's environment without what an outer `npm run` put there, which would point npm at the wrong project. */
function npmEnvironment(nodeDir: string): NodeJS.ProcessEnv {
  const outer = /^(?:npm_(?:package|lifecycle)_|npm_(?:command|execpath|node_execpath)$|INIT_CWD$|NODE_ENV$)/;
  const project = /^npm_config_(?:local_prefix|ignore_scripts|omit|include|production|dry_run|global)$/i;
  const kept = Object.entries(process.env).filter(([key]) => !outer.test(key) && !project.test(key));
  return {
    ...Object.fromEntries(kept),
    PATH: `${join(nodeDir, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_nodedir: nodeDir,
  };
}

/** Removes a folder in which an npm, orphaned by a killed process, may still be writing. */
async function removeTree(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
