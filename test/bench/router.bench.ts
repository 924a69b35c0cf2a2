/**
 * How long one routing decision takes, µs: the first call, when nothing is compiled yet, then p50 and p99 by the length
 * of the prompt, each with the same length of code. Run with `node test/bench/router.bench.ts`.
 */
import { requestWith } from "../unit/requests.ts";

const before = performance.now();
const { createEmbeddedClassifier } = await import("../../src/core/router/embedded.ts");
const classifier = createEmbeddedClassifier();
const loaded = performance.now();
const { DEFAULT_POLICY, route } = await import("../../src/core/router/router.ts");

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

console.log(
  `load ${(loaded - before).toFixed(1)} ms, first decision ${(await timed(400, 400)).toFixed(0)} µs`,
);
for (const { name, prompt, code } of KINDS) {
  const micros: number[] = [];
  for (let round = 0; round < ROUNDS; round++) micros.push(await timed(prompt, code));
  const sorted = micros.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(part * ROUNDS)] ?? 0).toFixed(0).padStart(5);
  console.log(`${name.padEnd(40)} p50 ${at(0.5)} µs, p99 ${at(0.99)} µs`);
}
