/**
 * Fifty answers at once through all of Hybrid against fifty through the vendor's client, from the same server in a
 * process of its own that sends a piece every 20 ms to each: pieces a second, in turn, so that whatever slows the
 * machine slows both. `npm run bench -- streams`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { Hybrid } from "../../src/core/hybrid.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";
import { spawnServer } from "../fixtures/servers/spawn.ts";
import { requestWith, settingsWith } from "../unit/requests.ts";

const STREAMS = 50;
const ROUNDS = 7;
const PIECE_MS = 20;
const PIECES = 300;
const MODEL = "bench";
const PROMPT = "Tell me at some length what a mutex is, what it is not, and when to use one. ".repeat(3);

const folder = await mkdtemp(join(tmpdir(), "hybrid-bench-"));
const log = openRequestLog({ file: join(folder, "requests.db") });
const server = await spawnServer("openai", MODEL, PIECE_MS, PIECES);
const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "bench", maxRetries: 0 });
const hybrid = new Hybrid({
  log,
  keyOf: () => Promise.resolve("bench"),
  settings: settingsWith({
    providers: { openai: { baseUrl: `${server.url}/v1` } },
    "tiers.mid.models": [`openai/${MODEL}`],
    prices: { [`openai/${MODEL}`]: { input: 1, output: 2 } },
    "budget.daily": 1000,
  }),
});

let count = 0;

async function direct(): Promise<number> {
  const messages = [{ role: "user" as const, content: PROMPT }];
  const stream = await client.chat.completions.create({ model: MODEL, messages, stream: true });
  let pieces = 0;
  for await (const { choices } of stream) if (choices[0]?.delta.content) pieces += 1;
  return pieces;
}

async function ours(): Promise<number> {
  const override = { tier: "mid", reason: "bench" } as const;
  const request = requestWith({ id: `bench-${count++}`, prompt: PROMPT, override });
  let pieces = 0;
  for await (const event of hybrid.ask(request, new AbortController().signal)) {
    if (event.type === "text") pieces += 1;
    if (event.type === "finished" && event.summary.error) throw event.summary.error;
  }
  return pieces;
}

/** Pieces a second of all streams together. */
async function rate(one: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const pieces = await Promise.all(Array.from({ length: STREAMS }, one));
  return (1000 * pieces.reduce((sum, each) => sum + each, 0)) / (performance.now() - start);
}

const rates: { direct: number[]; ours: number[] } = { direct: [], ours: [] };
await Promise.all([rate(direct), rate(ours)]);
for (let round = 0; round < ROUNDS; round++) {
  const order = round % 2 === 0 ? (["direct", "ours"] as const) : (["ours", "direct"] as const);
  for (const name of order) rates[name].push(await rate(name === "direct" ? direct : ours));
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const [theirs, mine] = [median(rates.direct), median(rates.ours)];
console.log(
  `${STREAMS} streams at once: ${theirs.toFixed(0)} pieces a second by the client, ${mine.toFixed(0)} through Hybrid, ratio ${(mine / theirs).toFixed(3)} (limit 0.98), n=${ROUNDS}`,
);
server.stop();
log.close();
await rm(folder, { recursive: true });
