/**
 * Time to the first token through all of Hybrid (routed, planned, run, logged to a real file) against the vendors'
 * clients called directly, before the same test servers, which run in processes of their own and answer at once: what
 * is left is what Hybrid adds.
 *
 *     node test/bench/firstToken.bench.ts
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { Hybrid } from "../../src/core/hybrid.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";
import type { Tier } from "../../src/core/request.ts";
import { spawnServer } from "../fixtures/servers/spawn.ts";
import { requestWith, settingsWith } from "../unit/requests.ts";
import { describePair, measurePairs, timeToFirst } from "./paired.ts";

const MODEL = "bench";
const PROMPT = "Explain what parseDuration does, and where it is used. ".repeat(40);
const KEY = "bench-key";

const folder = await mkdtemp(join(tmpdir(), "hybrid-bench-"));
const log = openRequestLog({ file: join(folder, "requests.db") });
const servers = {
  ollama: await spawnServer("ollama", MODEL),
  openai: await spawnServer("openai", MODEL),
  anthropic: await spawnServer("anthropic", MODEL),
};
const hybrid = new Hybrid({
  log,
  keyOf: () => Promise.resolve(KEY),
  settings: settingsWith({
    "ollama.baseUrl": servers.ollama.url,
    providers: {
      openai: { baseUrl: `${servers.openai.url}/v1` },
      anthropic: { baseUrl: servers.anthropic.url },
    },
    "tiers.local.models": [`ollama/${MODEL}`],
    "tiers.mid.models": [`openai/${MODEL}`],
    "tiers.flagship.models": [`anthropic/${MODEL}`],
  }),
});

let count = 0;

/** Milliseconds to the first text that Hybrid shows, from the request on. */
function throughHybrid(tier: Tier): Promise<number> {
  count += 1;
  const override = { tier, reason: "bench" };
  const request = requestWith({ id: `bench-${count}`, prompt: PROMPT, override });
  return timeToFirst(
    () => hybrid.ask(request, new AbortController().signal),
    ({ type }) => type === "text",
  );
}

const messages = [{ role: "user" as const, content: PROMPT }];
const ollama = new Ollama({ host: servers.ollama.url });
const openai = new OpenAI({ baseURL: `${servers.openai.url}/v1`, apiKey: KEY, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: servers.anthropic.url, apiKey: KEY, maxRetries: 0 });

console.log("time to first token through Hybrid, and through the vendor's client alone (limit: 5 ms more)");
const throughOllama = () =>
  timeToFirst(
    () => ollama.chat({ model: MODEL, messages, stream: true }),
    ({ message }) => message.content !== "",
  );
console.log(describePair("ollama", await measurePairs(throughOllama, () => throughHybrid("local"))));

const throughOpenai = () =>
  timeToFirst(
    () =>
      openai.chat.completions.create({
        model: MODEL,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      }),
    ({ choices }) => !!choices[0]?.delta.content,
  );
console.log(describePair("openai", await measurePairs(throughOpenai, () => throughHybrid("mid"))));

const throughAnthropic = () =>
  timeToFirst(
    () => anthropic.messages.create({ model: MODEL, max_tokens: 256, messages, stream: true }),
    ({ type }) => type === "content_block_delta",
  );
console.log(describePair("anthropic", await measurePairs(throughAnthropic, () => throughHybrid("flagship"))));

for (const { stop } of Object.values(servers)) stop();
log.close();
await rm(folder, { recursive: true });
