/** Where things are: the project, its cache, what a failed test leaves behind. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { removeOnExit } from "./cleanup.ts";

export const PROJECT_ROOT = resolve(import.meta.dirname, "../..");

/** Installed editors and the unpacked browser; HYBRID_VSCODE_CACHE moves it, for example to share it between clones. */
export const CACHE_DIR = resolve(PROJECT_ROOT, process.env["HYBRID_VSCODE_CACHE"] ?? ".vscode-test");

/** Screenshots and reports of test runs. */
export const RESULTS_DIR = join(PROJECT_ROOT, "test-results");

const SAMPLE_DIR = join(PROJECT_ROOT, "sample");

/** A fresh folder under the system's temp folder, removed when this process ends. */
export async function temporaryDir(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `hybrid-${name}-`));
  removeOnExit(dir);
  return dir;
}

/** Copies the sample workspace to `folder`, or to a temporary one, so that nothing changes the project's own files. */
export async function copySample(folder?: string): Promise<string> {
  const target = folder ?? join(await temporaryDir("workspace"), "sample");
  await cp(SAMPLE_DIR, target, { recursive: true });
  return target;
}
