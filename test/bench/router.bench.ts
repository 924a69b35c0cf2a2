/**
 * How long one routing decision takes: the first one of a fresh process with all its loading, ms, as the extension
 * does it (bundled), then p50 and p99 of the others by the length of the texts, µs. `npm run bench -- router`.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { createEmbeddedClassifier } from "../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../src/core/router/router.ts";
import { requestWith } from "../unit/requests.ts";

const classifier = createEmbeddedClassifier();

const SENTENCE =
  "Why do two threads sometimes see a different total, and how should we fix it across the services? ";
const CODE = "export async function total(rows: Row[]) {\n  await mutex.lock();\n  return rows.length;\n}\n";
const ROUNDS = 2000;

const text = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

const KINDS: readonly { name: string; prompt: number; code: number }[] = [
  { name: "nothing typed, no code", prompt: 0, code: 0 },
  { name: "400 characters typed", prompt: 400, code: 0 },
  { name: "4,000 characters of code, 40 typed", prompt: 40, code: 4000 },
  { name: "4,000 characters typed", prompt: 4000, code: 0 },
  { name: "4,000 characters typed, 4,000 of code", prompt: 4000, code: 4000 },
];

async function timed(prompt: number, code: number): Promise<number> {
  const request = requestWith({ prompt: text(SENTENCE, prompt), code: text(CODE, code) });
  const start = performance.now();
  await route(request, classifier, DEFAULT_POLICY);
  return (performance.now() - start) * 1000;
}

/** Fresh processes that make one decision each. */
const FRESH = 11;
const ROUTER = join(import.meta.dirname, "..", "..", "src", "core", "router");

/** Loading and first decision of fresh processes, ms. */
async function firstDecisions(): Promise<{ loading: number; deciding: number }[]> {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-bench-"));
  try {
    await build({
      entryPoints: ["embedded.ts", "router.ts"].map((file) => join(ROUTER, file)),
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      minify: true,
    });
    cpSync(join(ROUTER, "weights"), join(folder, "weights"), { recursive: true });
    const request = requestWith({ prompt: text(SENTENCE, 400), code: text(CODE, 400) });
    const script = join(folder, "first.mjs");
    writeFileSync(
      script,
      `const start = performance.now();
       const { createEmbeddedClassifier } = await import("./embedded.mjs");
       const { route, DEFAULT_POLICY } = await import("./router.mjs");
       const classifier = createEmbeddedClassifier();
       const loaded = performance.now();
       await route(${JSON.stringify(request)}, classifier, DEFAULT_POLICY);
       const deciding = performance.now() - loaded;
       console.log(JSON.stringify({ loading: loaded - start, deciding }));`,
    );
    return Array.from(
      { length: FRESH },
      () =>
        JSON.parse(execFileSync(process.execPath, [script], { encoding: "utf8" })) as {
          loading: number;
          deciding: number;
        },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const fresh = await firstDecisions();
const middle = (values: number[]) =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(1);
console.log(
  `first decision of ${FRESH} fresh processes, medians: ${middle(fresh.map((one) => one.loading + one.deciding))} ms, ` +
    `of which loading ${middle(fresh.map((one) => one.loading))} ms, deciding ${middle(fresh.map((one) => one.deciding))} ms`,
);
for (const { name, prompt, code } of KINDS) {
  const micros: number[] = [];
  for (let round = 0; round < ROUNDS; round++) micros.push(await timed(prompt, code));
  const sorted = micros.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(part * ROUNDS)] ?? 0).toFixed(0).padStart(5);
  console.log(`${name.padEnd(40)} p50 ${at(0.5)} µs, p99 ${at(0.99)} µs`);
}
