/** The secret values of the workspace's `.env` files, which are taken out of whatever leaves, wherever they stand. */
import * as vscode from "vscode";

const FILES = "**/{.env,.env.*,*.env}";
const LEFT_OUT = "**/{node_modules,.git,dist,out,target,vendor,.venv}/**";
/** Files read at most, and bytes of one: real ones are a few, and small. */
const FILES_MAX = 50;
const BYTES_MAX = 100_000;

/** Reads them at the first request, and again after one has changed. */
export class EnvSecrets implements vscode.Disposable {
  readonly #watcher = vscode.workspace.createFileSystemWatcher(FILES);
  #values: Promise<readonly string[]> | undefined;

  constructor() {
    const forget = () => (this.#values = undefined);
    this.#watcher.onDidChange(forget);
    this.#watcher.onDidCreate(forget);
    this.#watcher.onDidDelete(forget);
  }

  /** Never throws: a file that cannot be read has nothing that could be sent either. */
  values(): Promise<readonly string[]> {
    this.#values ??= this.#read();
    return this.#values;
  }

  dispose(): void {
    this.#watcher.dispose();
  }

  async #read(): Promise<readonly string[]> {
    try {
      const { envValues } = await import("../core/privacy/secrets.ts");
      const files = await vscode.workspace.findFiles(FILES, LEFT_OUT, FILES_MAX);
      const texts = await Promise.all(files.map(textOf));
      return [...new Set(texts.flatMap((text) => envValues(text)))];
    } catch {
      return [];
    }
  }
}

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return Buffer.from(await vscode.workspace.fs.readFile(uri))
      .subarray(0, BYTES_MAX)
      .toString("utf8");
  } catch {
    return "";
  }
}
