/**
 * `npm test`: every check of the project, one after the other, a failed one not stopping the rest. Ends with a table
 * and one line that adds up all tests; a check that counts nothing itself counts as one.
 * `--only unit,host-floor` runs some of them; `--only host` stands for both editors.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { runHostSuites } from "../test/host/run.ts";
import { PROJECT_ROOT, RESULTS_DIR } from "./host/paths.ts";

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  name: string;
  title: string;
  run: () => Promise<Outcome>;
}

const BIN = join(PROJECT_ROOT, "node_modules/.bin");
const steps: Step[] = [
  check("typecheck", "Types", "tsc", "-p", "."),
  check("lint", "Lint", "oxlint", "--type-aware", "--deny-warnings"),
  check("format", "Format", "oxfmt", "--check"),
  check("knip", "Unused code and dependencies", "knip"),
  { name: "unit", title: "Unit tests", run: () => vitest("unit", {}) },
  { name: "build", title: "Build", run: async () => asOne(await execute(process.execPath, ["esbuild.mjs"])) },
  host("floor"),
  host("newest"),
  ui("floor"),
  ui("newest"),
];

/** A program that says yes or no by its exit code. */
function check(name: string, title: string, program: string, ...args: string[]): Step {
  return { name, title, run: async () => asOne(await execute(join(BIN, program), args)) };
}

function host(editor: string): Step {
  return {
    name: `host-${editor}`,
    title: `Suites inside the extension host, ${editor} VS Code`,
    run: async () => {
      const result = await runHostSuites(editor, undefined, (line) => console.log(line));
      const { passed, failed, skipped, exitCode } = result;
      return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped };
    },
  };
}

function ui(editor: string): Step {
  return {
    name: `ui-${editor}`,
    title: `Suites on the workbench, ${editor} VS Code`,
    run: () => vitest("ui", { HYBRID_HOST: editor }, `-${editor}`),
  };
}

function asOne(code: number): Outcome {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Runs one project of vitest; the counts come from its JSON report. */
async function vitest(project: string, env: Record<string, string>, suffix = ""): Promise<Outcome> {
  const report = join(RESULTS_DIR, `${project}${suffix}.json`);
  await rm(report, { force: true });
  const args = [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  const code = await execute(join(BIN, "vitest"), args, env);
  const read = await readFile(report, "utf8").catch(() => "{}");
  const result = JSON.parse(read) as {
    numPassedTests?: number;
    numFailedTests?: number;
    numPendingTests?: number;
    testResults?: { status: string; assertionResults: { status: string }[] }[];
  };
  const passed = result.numPassedTests ?? 0;
  let failed = result.numFailedTests ?? 0;
  // A file that cannot be loaded, or whose setup fails, fails without a failed test.
  for (const file of result.testResults ?? []) {
    const told = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !told) failed++;
  }
  if (code !== 0 && failed === 0) failed = 1;
  if (code === 0 && passed === 0) failed = 1;
  return { passed, failed, skipped: result.numPendingTests ?? 0 };
}

/** Runs a program with its output on the screen and returns its exit code. */
function execute(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(program, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const wanted = values.only?.split(",").map((name) => name.trim());
  const chosen = steps.filter(
    ({ name }) => wanted === undefined || wanted.some((want) => name === want || name.startsWith(`${want}-`)),
  );
  if (chosen.length === 0) {
    console.error(`--only takes ${steps.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  await mkdir(RESULTS_DIR, { recursive: true });
  const rows: (Outcome & { name: string; seconds: number })[] = [];
  for (const { name, title, run } of chosen) {
    console.log(`\n━━━ ${title} ━━━`);
    const started = performance.now();
    const outcome = await run().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return { passed: 0, failed: 1, skipped: 0 };
    });
    rows.push({ name, ...outcome, seconds: (performance.now() - started) / 1000 });
  }
  const total = (key: "passed" | "failed") => rows.reduce((sum, row) => sum + row[key], 0);
  console.log(
    `\n${"step".padEnd(14)}${"passed".padStart(8)}${"failed".padStart(8)}${"skipped".padStart(9)}      time`,
  );
  for (const { name, passed, failed, skipped, seconds } of rows) {
    const counts = `${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}`;
    console.log(`${name.padEnd(14)}${counts}${seconds.toFixed(1).padStart(9)} s${failed > 0 ? "  ✗" : ""}`);
  }
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") > 0 ? 1 : 0;
}

process.exitCode = await main();
