/// <reference types="mocha" />
/** Runs inside the extension host: every suite of this folder, in mocha's TDD style. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { OUTPUT_MARK, RESULT_MARK, type HostResult } from "./result.ts";

/** The entry point that the editor calls. Throws when a test failed. */
export async function run(): Promise<void> {
  const suites = join(__dirname, "suite");
  // Mocha is a module, and this file is loaded with require.
  const { default: Mocha } = await import("mocha");
  // The page passes on every line of the editor; the mark tells which are ours.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(OUTPUT_MARK + format(...args));
  const mocha = new Mocha({ ui: "tdd", timeout: 30_000, reporter: "spec", color: false });
  const wanted = process.env["HYBRID_HOST_GREP"];
  if (wanted !== undefined && wanted !== "") mocha.grep(new RegExp(wanted));
  const files = readdirSync(suites).filter((file) => file.endsWith(".test.mjs"));
  for (const file of files.toSorted()) mocha.addFile(join(suites, file));
  await mocha.loadFilesAsync();
  const failures: string[] = [];
  const result = await new Promise<HostResult>((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending, failures });
    });
    runner.on("fail", (test) => failures.push(test.fullTitle()));
  });
  console.log(`${RESULT_MARK}${JSON.stringify(result)}`);
  if (result.failed > 0) throw new Error(`${result.failed} tests failed`);
  if (result.passed === 0) throw new Error("no test ran");
}
