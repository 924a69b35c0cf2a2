/** Runs the suites inside the extension host of one editor: `node test/host/run.ts [floor|newest] [--grep PATTERN]`. */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { launchBrowser } from "../../scripts/host/browser.ts";
import { installExtension } from "../../scripts/host/install.ts";
import { copySample, temporaryDir } from "../../scripts/host/paths.ts";
import { startProgress } from "../../scripts/host/progress.ts";
import { provision } from "../../scripts/host/provision.ts";
import { startServer } from "../../scripts/host/server.ts";
import { hostVersion } from "../../scripts/host/versions.ts";
import { buildHostSuites } from "./build.ts";
import { OUTPUT_MARK, RESULT_MARK, type HostResult } from "./result.ts";

export interface HostRun extends HostResult {
  exitCode: number;
}

/** Variables that would give the suites a model or a key that the machine happens to have. */
const MODEL_KEYS = /_API_KEY$|^OLLAMA_|^HYBRID_/;
/** All suites of one editor, ms. */
const RUN_TIMEOUT_MS = 10 * 60_000;

/** Builds and runs the suites on a fresh copy of the sample workspace; each line of output goes to `print`. */
export async function runHostSuites(
  name: string,
  grep: string | undefined,
  print: (line: string) => void,
): Promise<HostRun> {
  const version = hostVersion(name);
  const progress = startProgress(`VS Code ${version.vscode}`);
  const host = await provision(version, progress.step).finally(progress.stop);
  const entry = await buildHostSuites();
  const workspace = await copySample();
  const extension = await installExtension(await temporaryDir("extension"));
  const keys = Object.keys(process.env).filter((key) => MODEL_KEYS.test(key));
  const server = await startServer(host, {
    testDriver: true,
    env: { ...Object.fromEntries(keys.map((key) => [key, undefined])), HYBRID_HOST_GREP: grep ?? "" },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    let result: HostResult | undefined;
    const rest: string[] = [];
    const exit = Promise.withResolvers<number>();
    await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
      const line = args.map(String).join(" ");
      if (line.startsWith(RESULT_MARK)) result = JSON.parse(line.slice(RESULT_MARK.length)) as HostResult;
      else if (line.startsWith(OUTPUT_MARK)) print(line.slice(OUTPUT_MARK.length));
      else rest.push(line);
    });
    await page.exposeFunction("codeAutomationExit", (code: number) => exit.resolve(code));
    const remote = `vscode-remote://127.0.0.1:${server.port}`;
    const payload = [
      ["extensionDevelopmentPath", remote + pathToFileURL(extension).pathname],
      ["extensionTestsPath", remote + pathToFileURL(entry).pathname],
    ];
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    await page.goto(`${server.url}/?${query.toString()}`, { waitUntil: "domcontentloaded" });
    const timer = setTimeout(
      () => exit.reject(new Error(`The suites did not end in ${RUN_TIMEOUT_MS / 60_000} minutes.`)),
      RUN_TIMEOUT_MS,
    );
    const exitCode = await exit.promise.finally(() => clearTimeout(timer));
    if (result === undefined) {
      throw new Error(`The suites could not be loaded. The editor printed:\n${rest.slice(-30).join("\n")}`);
    }
    return { ...result, exitCode };
  } finally {
    await browser.close();
    await server.stop();
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: "string" } },
  });
  const names = positionals.length > 0 ? positionals : ["floor", "newest"];
  let failed = false;
  for (const name of names) {
    const run = await runHostSuites(name, values.grep, (line) => console.log(line));
    console.log(`${name}: ${run.passed} passed, ${run.failed} failed, ${run.skipped} skipped`);
    failed ||= run.exitCode !== 0 || run.failed > 0;
  }
  process.exitCode = failed ? 1 : 0;
}
