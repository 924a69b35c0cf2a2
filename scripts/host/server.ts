/** Starts and stops VS Code's own server: workbench over HTTP, extension host beside it. */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killOnExit, stopGroup } from "./cleanup.ts";
import { temporaryDir } from "./paths.ts";
import type { ProvisionedHost } from "./provision.ts";

export interface ServerOptions {
  /** Fresh temporary folders by default. */
  userDataDir?: string;
  extensionsDir?: string;
  /** User settings beyond the ones every run needs, for example `workbench.colorTheme`. */
  settings?: Record<string, unknown>;
  /** Environment of the extension host beyond this process's own; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** Lets the page take the parameters that run tests in the extension host. Notifications are not shown then. */
  testDriver?: boolean;
  /** 0, the default, lets the system choose. */
  port?: number;
}

export interface RunningServer {
  host: ProvisionedHost;
  port: number;
  /** `http://127.0.0.1:port` */
  url: string;
  userDataDir: string;
  extensionsDir: string;
  /** Merges into the user's settings; an open window sees it at once, but for those of application scope. */
  writeSettings(settings: Record<string, unknown>): Promise<void>;
  /** Merges into the user's own file only: an open window reads it when it writes it. */
  writeUserSettings(settings: Record<string, unknown>): Promise<void>;
  /** What the server printed. */
  output(): string;
  /** Resolves when the server is no more. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Without trust, TypeScript's language features stay off; the rest keeps windows free of what is not under test. */
const BASE_SETTINGS = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "telemetry.telemetryLevel": "off",
  "files.watcherExclude": { "**/node_modules/**": true },
};

/** Starting takes about a second; a loaded machine may need many times that. */
const START_TIMEOUT_MS = 60_000;

/** Variables of an editor or a package manager that this process runs in, which must not reach the editor under it. */
const INHERITED = /^(?:VSCODE_|ELECTRON_|npm_|VITEST|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$|HYBRID_HOST_GUARDED$)/;

/** Starts the server and waits until it answers. Throws with the server's last words when it does not. */
export async function startServer(
  host: ProvisionedHost,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const userDataDir = options.userDataDir ?? (await temporaryDir("user"));
  const extensionsDir = options.extensionsDir ?? (await temporaryDir("extensions"));
  await mergeSettings(userDataDir, { ...BASE_SETTINGS, ...options.settings });

  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !INHERITED.test(key))),
    ...options.env,
  };
  for (const [key, value] of Object.entries(env)) if (value === undefined) delete env[key];
  const child = spawn(
    host.node,
    [
      "--import",
      join(import.meta.dirname, "orphanGuard.mjs"),
      host.server,
      "--host",
      "127.0.0.1",
      "--port",
      String(options.port ?? 0),
      "--without-connection-token",
      "--accept-server-license-terms",
      "--user-data-dir",
      userDataDir,
      "--extensions-dir",
      extensionsDir,
      "--telemetry-level",
      "off",
      ...(options.testDriver === true ? ["--enable-smoke-test-driver"] : []),
      // The extension host gets exactly the environment above, not what a login shell would add.
      "--force-disable-user-env",
    ],
    { env, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  killOnExit(child);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-50_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  let failure = "";
  child.once("error", (error) => {
    failure = error.message;
  });

  const deadline = Date.now() + START_TIMEOUT_MS;
  let port = 0;
  while (port === 0) {
    port = Number(/Extension host agent listening on (\d+)/.exec(output)?.[1] ?? 0);
    const dead = failure !== "" || child.exitCode !== null || child.signalCode !== null;
    if (port === 0 && (dead || Date.now() > deadline)) {
      await stopGroup(child);
      const what = dead ? "ended before it answered" : `did not answer in ${START_TIMEOUT_MS / 1000} s`;
      throw new Error(`VS Code's server ${what}. It printed:\n${failure}${output.slice(-3000)}`);
    }
    if (port === 0) await sleep(50);
  }

  return {
    host,
    port,
    url: `http://127.0.0.1:${port}`,
    userDataDir,
    extensionsDir,
    writeSettings: (settings) => mergeSettings(userDataDir, settings),
    writeUserSettings: (settings) => mergeSettings(userDataDir, settings, ["User"]),
    output: () => output,
    ended,
    async stop() {
      await stopGroup(child);
      const temporary = [
        options.userDataDir === undefined ? userDataDir : undefined,
        options.extensionsDir === undefined ? extensionsDir : undefined,
      ];
      for (const dir of temporary) {
        if (dir !== undefined)
          await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
  };
}

/** Writes user settings, and the same as machine settings, which the extension host reads before a window is there. */
async function mergeSettings(
  userDataDir: string,
  settings: Record<string, unknown>,
  scopes = ["User", "Machine"],
): Promise<void> {
  for (const scope of scopes) {
    const file = join(userDataDir, scope, "settings.json");
    await mkdir(join(userDataDir, scope), { recursive: true });
    const old = await readFile(file, "utf8").then(
      (text) => JSON.parse(text) as Record<string, unknown>,
      () => ({}),
    );
    await writeFile(file, `${JSON.stringify({ ...old, ...settings }, null, 2)}\n`);
  }
}
