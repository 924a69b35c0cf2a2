/** Starts a real workbench with the built extension in it, for the suites that drive it as a user does. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { installExtension } from "../../scripts/host/install.ts";
import { copySample, temporaryDir } from "../../scripts/host/paths.ts";
import { startProgress } from "../../scripts/host/progress.ts";
import { provision } from "../../scripts/host/provision.ts";
import { startServer, type RunningServer } from "../../scripts/host/server.ts";
import { hostVersion, type HostVersion } from "../../scripts/host/versions.ts";
import { Workbench } from "../../scripts/host/workbench.ts";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";

/** The editor of this run: HYBRID_HOST names it, the newest by default. */
const VERSION: HostVersion = hostVersion(process.env["HYBRID_HOST"] ?? "newest");

export interface Session {
  workbench: Workbench;
  server: RunningServer;
  /** A copy of the sample workspace, which a test may change. */
  folder: string;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** User settings, by their whole key. */
  settings?: Record<string, unknown>;
  /** Environment of the extension host, for example API keys; the machine's own keys are kept out. */
  env?: Record<string, string>;
  viewport?: { width: number; height: number };
}

/** The log that the editor keeps, as another window would open it; the editor makes it when it starts. */
export async function openLog({ workbench, server }: Session): Promise<RequestLog> {
  const file = await workbench.waitFor("the request log", async () =>
    (await readdir(server.userDataDir, { recursive: true })).find((path) => path.endsWith("requests.db")),
  );
  return openRequestLog({ file: join(server.userDataDir, file) });
}

/** Nothing listens there: stands for a machine without Ollama, whatever this one has. */
export const NO_OLLAMA = "http://127.0.0.1:9";

/**
 * A fresh editor with empty settings, no key and no local model unless `options` say otherwise, on a fresh copy of
 * the sample workspace.
 */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const progress = startProgress(`VS Code ${VERSION.vscode}`);
  const host = await provision(VERSION, progress.step).finally(progress.stop);
  const folder = await copySample();
  const extensionsDir = await temporaryDir("extensions");
  await installExtension(extensionsDir);
  const keys = Object.keys(process.env).filter((key) => /_API_KEY$|^OLLAMA_|^HYBRID_/.test(key));
  const server = await startServer(host, {
    extensionsDir,
    settings: { "hybrid.ollama.baseUrl": NO_OLLAMA, ...options.settings },
    env: { ...Object.fromEntries(keys.map((key) => [key, undefined])), ...options.env },
  });
  try {
    const workbench = await Workbench.open(server, folder, options);
    const close = async () => {
      await workbench.close();
      await server.stop();
    };
    return { workbench, server, folder, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
