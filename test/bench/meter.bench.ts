/** How long it takes to price an answer, once the price list is loaded, µs. `npm run bench -- meter` */
import { createMeter } from "../../src/core/cost/meter.ts";

const BATCHES = 201;
const BATCH = 50;
const meter = createMeter({
  overrides: { "own/model": { input: 1, output: 2 } },
  localProviders: ["ollama"],
});
const usage = {
  input: 12_000,
  output: 900,
  cacheRead: 8000,
  cacheWrite: 2000,
  cacheWrite1h: 500,
  reasoning: 300,
};
const metered = { charsIn: 40_000, charsOut: 3000, billed: true, complete: true, at: Date.now() };

const start = performance.now();
await meter.costOf("anthropic/claude-opus-5", usage, metered);
console.log(`first price, list loading included: ${(performance.now() - start).toFixed(0)} ms`);
for (const model of [
  "anthropic/claude-opus-5",
  "openai/gpt-4o-mini",
  "own/model",
  "ollama/llama3.2:3b",
] as const) {
  const micros: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const began = performance.now();
    for (let i = 0; i < BATCH; i++) await meter.costOf(model, usage, metered);
    micros.push(((performance.now() - began) * 1000) / BATCH);
  }
  const sorted = micros.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(part * BATCHES)] ?? 0).toFixed(1).padStart(6);
  console.log(`${model.padEnd(26)} p50 ${at(0.5)} µs, p99 of batches ${at(0.99)} µs (limit 20)`);
}
