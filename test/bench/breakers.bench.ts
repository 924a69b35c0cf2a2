/**
 * How long a breaker's decision takes. `npm run bench -- breakers`; prints ns and µs, medians of batches, for breakers
 * as they are in use: several providers and models, closed, open or due.
 */
import { availableParallelism } from "node:os";
import { HybridError } from "../../src/core/errors.ts";
import type { ModelId } from "../../src/core/request.ts";
import { Breakers } from "../../src/core/resilience/breakers.ts";

const BATCHES = 301;
const BATCH = 2_000;
const MODELS = ["ollama/a", "openai/b", "anthropic/c", "groq/d", "google/e"] as const;
const MODEL: ModelId = MODELS[1];

/** Nanoseconds of one call: the median and the 99th percentile of the batches' means. */
function measure(what: string, call: () => unknown, prepare: () => void = () => undefined): void {
  const times: number[] = [];
  for (let batch = -50; batch < BATCHES; batch++) {
    prepare();
    const start = process.hrtime.bigint();
    for (let i = 0; i < BATCH; i++) call();
    if (batch >= 0) times.push(Number(process.hrtime.bigint() - start) / BATCH);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
  console.log(`${what.padEnd(48)} median ${show(at(0.5))}, p99 ${show(at(0.99))}`);
}

function show(ns: number): string {
  return ns < 1000 ? `${ns.toFixed(0)} ns` : `${(ns / 1000).toFixed(2)} µs`;
}

function used(): Breakers {
  const breakers = new Breakers({ now: Date.now });
  for (const model of MODELS) breakers.begin(model)?.succeeded();
  return breakers;
}

function failing(kind: "serverError" | "unreachable"): Breakers {
  const breakers = used();
  for (let i = 0; i < 3; i++) breakers.begin(MODEL)?.failed(new HybridError(kind, "It failed."));
  return breakers;
}

console.log(`Node ${process.version}, ${availableParallelism()} cores, ${BATCHES} batches of ${BATCH} calls`);

const closed = used();
measure("check(), closed", () => closed.check(MODEL));
const open = failing("serverError");
measure("check(), the model's open", () => open.check(MODEL));
const both = failing("serverError");
for (let i = 0; i < 3; i++) both.begin("openai/z")?.failed(new HybridError("unreachable", "It failed."));
measure("check(), the model's and the provider's open", () => both.check(MODEL));
measure("begin() refused", () => open.begin(MODEL));
measure("begin() + succeeded(), closed", () => closed.begin(MODEL)?.succeeded());
measure("begin() + cancelled(), closed", () => closed.begin(MODEL)?.cancelled());

let wall = 0;
const probed = new Breakers({ now: () => wall, monotonic: () => 0 });
const error = new HybridError("serverError", "It failed.", { retryAfterMs: 1 });
measure("failure that opens, probe that closes", () => {
  probed.begin(MODEL)?.failed(error);
  wall += 2;
  probed.begin(MODEL)?.succeeded();
});
