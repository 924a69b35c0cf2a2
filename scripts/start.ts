/** `npm start`: Hybrid in a real VS Code on a sample workspace, or one question without a screen (`--ask`). */
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ask, type AskOptions } from "./ask.ts";
import { interruptIsNormal } from "./host/cleanup.ts";
import { findDesktop, openDesktop } from "./host/desktop.ts";
import { installExtension } from "./host/install.ts";
import { CACHE_DIR, PROJECT_ROOT, copySample, temporaryDir } from "./host/paths.ts";
import { startProgress } from "./host/progress.ts";
import { provision, type ProvisionedHost } from "./host/provision.ts";
import { startServer } from "./host/server.ts";
import { hostVersion } from "./host/versions.ts";
import type { Theme } from "./host/workbench.ts";
import { describeModels } from "./runtimes.ts";

const HELP = `npm start [-- options]

Opens a copy of the sample workspace with Hybrid loaded: in desktop VS Code where there is one, otherwise in a VS Code
that is installed from npm and shown in your browser.

  --browser              do not use desktop VS Code
  --port N               port of the browser's VS Code (default 8451, or any free one)
  --ask TEXT             ask one chat question without a screen, print the answer and exit
  --open FILE[:LINE]     file that is open when asking (default src/duration.ts)
  --screenshot PATH      picture of the window after the answer (default hybrid-ask.png)
  --theme NAME           light, dark, hcLight or hcDark (default light)
  --set hybrid.KEY=JSON  a setting, as often as needed
  --editor NAME          newest (default) or floor: which VS Code
`;

const TRY = `Try:
  open src/duration.ts, right-click parseDuration, Hybrid, Explain Symbol
  open the chat view and ask: @hybrid /explain parseDuration
  put the cursor on a TODO in src/retry.ts, right-click, Hybrid, Classify TODO
  open src/payments.ts and ask: @hybrid refactor this into a strategy pattern across files
  watch today's spend in the status bar; click it for the menu`;

/** A fixed port keeps what the browser stores by address, for example API keys, from one start to the next. */
const DEFAULT_PORT = 8451;
const THEMES: readonly string[] = ["light", "dark", "hcLight", "hcDark"] satisfies Theme[];

/** A mistake in the command line. */
class UsageError extends Error {}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ask: { type: "string" },
      browser: { type: "boolean", default: false },
      editor: { type: "string", default: "newest" },
      help: { type: "boolean", default: false },
      open: { type: "string", default: "src/duration.ts" },
      port: { type: "string" },
      screenshot: { type: "string", default: "hybrid-ask.png" },
      set: { type: "string", multiple: true, default: [] },
      theme: { type: "string", default: "light" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (!THEMES.includes(values.theme)) throw new UsageError(`--theme must be one of ${THEMES.join(", ")}`);
  if (values.ask?.trim() === "") throw new UsageError("--ask needs a question");
  const settings = parseSettings(values.set);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(port >= 0 && port < 65_536))
    throw new UsageError("--port must be a port number");

  build();
  if (values.ask !== undefined) {
    const options: AskOptions = {
      question: values.ask,
      screenshot: values.screenshot,
      theme: values.theme as Theme,
      settings,
      open: values.open,
    };
    const progress = startProgress("Hybrid");
    const host = await provision(hostVersion(values.editor), progress.step);
    return ask(host, options, progress).finally(progress.stop);
  }

  const folder = await copySample(join(CACHE_DIR, "start/sample"));
  console.log(`Models:\n${(await describeModels()).join("\n")}\n`);
  const desktop = values.browser ? { reason: "--browser" } : findDesktop();
  if ("command" in desktop) {
    console.log(`Opening ${folder} in VS Code ${desktop.version}.\n\n${TRY}`);
    return openDesktop(desktop.command, PROJECT_ROOT, folder);
  }
  console.log(`Desktop VS Code is not used: ${desktop.reason}.`);
  const version = hostVersion(values.editor);
  const progress = startProgress(`VS Code ${version.vscode}`);
  const host = await provision(version, progress.step).finally(progress.stop);
  return serve(host, folder, settings, port);
}

/** Shows the workspace at an address until the user stops it. */
async function serve(
  host: ProvisionedHost,
  folder: string,
  settings: Record<string, unknown>,
  port: number | undefined,
): Promise<number> {
  interruptIsNormal();
  const extensionsDir = await temporaryDir("extensions");
  await installExtension(extensionsDir);
  const server = await startServer(host, {
    extensionsDir,
    userDataDir: join(CACHE_DIR, "start/user-data"),
    settings,
    port: port ?? ((await isFree(DEFAULT_PORT)) ? DEFAULT_PORT : 0),
  });
  console.log(`\nOpen this in your browser:\n\n  ${server.url}/?folder=${encodeURIComponent(folder)}\n`);
  console.log(`${TRY}\n\nThe workspace is a copy of sample/. Press Ctrl+C to stop.`);
  await server.ended;
  console.error("VS Code's server has ended.");
  return 1;
}

/** Builds the extension; its own error messages are the best there are. */
function build(): void {
  const { status } = spawnSync(process.execPath, ["esbuild.mjs"], {
    cwd: PROJECT_ROOT,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("The extension could not be built.");
}

/** `hybrid.key=value` pairs; the value is JSON, or text where it is none. */
function parseSettings(pairs: string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new UsageError(`--set ${pair}: write it as hybrid.key=value`);
      const text = pair.slice(at + 1);
      try {
        return [pair.slice(0, at), JSON.parse(text) as unknown];
      } catch {
        return [pair.slice(0, at), text];
      }
    }),
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (usage === true) console.error(`\n${HELP}`);
  process.exitCode = usage === true ? 2 : 1;
}
