/**
 * The whole core, from request to row: real HTTP to servers that speak Ollama's, OpenAI's and Anthropic's protocols,
 * a real database on disk.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnswerEvent, AnswerSummary } from "../../src/core/answer.ts";
import { Hybrid } from "../../src/core/hybrid.ts";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";
import { caveats, createNarrator, footerText } from "../../src/core/present.ts";
import type { EditorRequest, SymbolFacts } from "../../src/core/request.ts";
import type { Settings } from "../../src/core/settings.ts";
import { startAnthropicServer } from "../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../fixtures/servers/openai.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { requestWith, settingsWith } from "./requests.ts";

let folder: string;
let log: RequestLog;
let ollama: WireServer;
let openai: WireServer;
let anthropic: WireServer;
const keys = new Map<string, string>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-core-"));
  log = openRequestLog({ file: join(folder, "requests.db") });
  ollama = await startOllamaServer({
    models: { "llama3.2:3b": { text: "From the local model." } },
    loaded: ["llama3.2:3b"],
  });
  openai = await startOpenAiServer({ models: { "gpt-4o-mini": { text: "From the mid model." } } });
  anthropic = await startAnthropicServer({ models: { "claude-opus-5": { text: "From the flagship." } } });
  keys.clear();
  keys.set("openai", "sk-test-openai").set("anthropic", "sk-test-anthropic");
});

afterEach(async () => {
  log.close();
  await Promise.all([ollama.close(), openai.close(), anthropic.close()]);
  await rm(folder, { recursive: true });
});

function hybridWith(values: { [K in keyof Settings]?: unknown } = {}): Hybrid {
  const settings = settingsWith({
    "ollama.baseUrl": ollama.url,
    providers: { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
    "tiers.mid.models": ["openai/gpt-4o-mini"],
    "tiers.flagship.models": ["anthropic/claude-opus-5"],
    ...values,
  });
  return new Hybrid({ settings, log, keyOf: (provider) => Promise.resolve(keys.get(provider)) });
}

interface Answered {
  text: string;
  events: AnswerEvent[];
  summary: AnswerSummary;
}

async function ask(
  hybrid: Hybrid,
  request: EditorRequest,
  {
    signal = new AbortController().signal,
    onText = () => {},
  }: { signal?: AbortSignal; onText?: (text: string) => void } = {},
): Promise<Answered> {
  const events: AnswerEvent[] = [];
  for await (const event of hybrid.ask(request, signal)) {
    events.push(event);
    if (event.type === "text") onText(event.text);
  }
  const last = events.at(-1);
  if (last?.type !== "finished") throw new Error("the last event must be `finished`");
  expect(events.filter(({ type }) => type === "finished")).toHaveLength(1);
  const text = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  return { text, events, summary: last.summary };
}

const local = { override: { tier: "local", reason: "test" } } as const;
const mid = { override: { tier: "mid", reason: "test" } } as const;
const flagship = { override: { tier: "flagship", reason: "test" } } as const;
const symbol: SymbolFacts = {
  name: "parseDuration",
  kind: "function",
  languageId: "typescript",
  signature: "function parseDuration(text: string): number",
  documentation: "Reads a duration.",
  source: "export function parseDuration(text: string): number {}",
  references: [],
  referenceCount: 4,
  referenceFiles: 2,
  callers: [],
  callees: [],
  relatedTypes: [],
  members: [],
};
const explain = requestWith({ command: "explain", prompt: "parseDuration", symbol, code: symbol.source });

describe("a request", () => {
  it("that is EASY is answered by the local model, for nothing, grounded on the symbol's facts", async () => {
    const { text, summary } = await ask(hybridWith(), explain);
    expect(text).toBe("From the local model.");
    expect(summary.decision).toMatchObject({ label: "EASY", tier: "local", task: "explain" });
    expect(footerText(summary)).toMatch(/^ollama\/llama3\.2:3b · [\d,]+ in \+ \d+ out tokens · \$0/);
    expect(JSON.stringify(ollama.chats[0]?.body["messages"])).toContain(
      "function parseDuration(text: string): number",
    );
    expect([openai.requests, anthropic.requests]).toEqual([[], []]);
  });

  it("that is HARD goes to the flagship and costs what its price table says", async () => {
    anthropic.script({ text: "From the flagship.", usage: { input: 1000, output: 200 } });
    const request = requestWith({
      command: "refactor",
      prompt: "refactor this into a strategy pattern across files",
      code: "switch (method) {}",
    });
    const { text, summary } = await ask(
      hybridWith({ prices: { "anthropic/claude-opus-5": { input: 5, output: 25 } } }),
      request,
    );
    expect(text).toBe("From the flagship.");
    expect(summary.decision).toMatchObject({ label: "HARD", tier: "flagship" });
    // 1000 × $5 / 1e6 + 200 × $25 / 1e6 = $0.01
    expect(summary.attempts[0]).toMatchObject({
      costNanoDollars: 10_000_000,
      costProvenance: "computed",
      priceSource: "settings",
    });
    expect(log.spend(0).byTier.flagship).toMatchObject({
      nanoDollars: 10_000_000,
      requests: 1,
      inputTokens: 1000,
      outputTokens: 200,
    });
  });

  it("leaves one row with what was asked, decided, used and paid", async () => {
    await ask(hybridWith(), requestWith({ id: "row", project: "sample" }));
    expect(log.request("row")).toHaveLength(1);
    expect(log.request("row")[0]).toMatchObject({
      input: "What is a mutex?",
      attempt: 1,
      surface: "chat",
      outcome: "answered",
      project: "sample",
      router: "embedded",
      userRating: null,
    });
  });

  it("keeps what was typed out of the log when the setting says so", async () => {
    await ask(hybridWith({ "log.promptText": "none" }), requestWith({ id: "quiet" }));
    expect(log.request("quiet")[0]?.input).toBeNull();
  });

  it("that is empty is refused before anything is sent, with a next step", async () => {
    const { summary } = await ask(hybridWith(), requestWith({ prompt: "  " }));
    expect(summary).toMatchObject({ outcome: "failed", attempts: [], error: { kind: "badInput" } });
    expect(ollama.requests).toEqual([]);
  });
});

describe("with no model at all", () => {
  const nothing = { "ollama.baseUrl": "http://127.0.0.1:9", providers: {} };

  it("a symbol is explained from the language server's facts", async () => {
    keys.clear();
    const { text, summary } = await ask(hybridWith(nothing), explain);
    expect(text).toContain("**`parseDuration`** is a function");
    expect(text).toContain("It is used 4 times across 2 files");
    expect(summary.step).toEqual({ tier: "local", model: "builtin/symbol", degraded: false });
    expect(footerText(summary)).toMatch(/^builtin\/symbol · no tokens · \$0/);
  });

  it("a TODO is classified", async () => {
    keys.clear();
    const request = requestWith({
      command: "todo",
      prompt: "",
      code: "// FIXME: crashes when the list is empty\nfirst(list);",
    });
    const { text, summary } = await ask(hybridWith(nothing), request);
    expect(summary.step?.model).toBe("builtin/todo");
    expect(text).toMatch(/\*\*Bug\*\*.*priority/);
  });

  it("anything else says which models were looked at and what to do", async () => {
    keys.clear();
    const { summary } = await ask(hybridWith(nothing), requestWith());
    expect(summary).toMatchObject({ outcome: "failed", attempts: [], error: { kind: "noModel" } });
    expect(summary.error?.hint).toMatch(/openai\/gpt-4o-mini, anthropic\/claude-opus-5: no API key/);
    expect(summary.error?.hint).toMatch(/ollama\/llama3\.2:3b: .*Ollama/);
    expect(summary.error?.hint).toMatch(/Set API Key/);
  });
});

describe("fallback", () => {
  it("goes from a failing cloud to the next tier, and both the lines and the footer say so", async () => {
    anthropic.script({ fault: { kind: "status", status: 529 } });
    const { text, events, summary } = await ask(hybridWith(), requestWith(flagship));
    expect(text).toBe("From the mid model.");
    expect(summary.attempts.map(({ actualModel, outcome }) => [actualModel, outcome])).toEqual([
      ["anthropic/claude-opus-5", "failed"],
      ["openai/gpt-4o-mini", "answered"],
    ]);
    expect(caveats(summary).join(" ")).toMatch(
      /Answered by openai\/gpt-4o-mini, because anthropic\/claude-opus-5 failed/,
    );
    expect(caveats(summary).join(" ")).toMatch(/asked for the flagship tier; read the answer with care/);
    const narrate = createNarrator();
    expect(events.map((event) => narrate(event).markdown ?? "").join("")).toMatch(
      /\$\(warning\).*overloaded/i,
    );
  });

  it("carries on locally when the cloud is down, marked as degraded", async () => {
    await Promise.all([openai.close(), anthropic.close()]);
    const { text, summary } = await ask(hybridWith(), requestWith(mid));
    expect(text).toBe("From the local model.");
    expect(summary.step).toMatchObject({ tier: "local", degraded: true });
    expect(summary.attempts.at(-1)?.degraded).toBe(true);
  });

  it("carries on in the cloud when the local server is down", async () => {
    await ollama.close();
    const { text, summary } = await ask(hybridWith({ "routing.confidenceThreshold": 0 }), requestWith());
    expect(summary.decision.tier).toBe("local");
    expect(text).toBe("From the mid model.");
    expect(summary.skipped[0]).toMatchObject({
      model: "ollama/llama3.2:3b",
      reason: expect.stringMatching(/Ollama/),
    });
  });

  it("stays on the machine when the user asked for local, even with local down", async () => {
    await ollama.close();
    const { summary } = await ask(hybridWith(), requestWith(local));
    expect(summary).toMatchObject({ outcome: "failed", error: { kind: "noModel" } });
    expect([openai.requests, anthropic.requests]).toEqual([[], []]);
  });

  it("goes up, not sideways, when the prompt does not fit the local model", async () => {
    const request = requestWith({ prompt: "where is the error?", code: "x = 1;\n".repeat(8_000) });
    const { text, summary } = await ask(
      hybridWith({ "routing.confidenceThreshold": 0, "routing.router": "embedded" }),
      request,
    );
    expect(text).not.toBe("From the local model.");
    expect(summary.skipped.find(({ model }) => model.startsWith("ollama/"))?.reason ?? "").toMatch(
      /does not fit local \(\d+\.\dk > 6\.1k tokens\)/,
    );
    expect(ollama.chats).toEqual([]);
  });

  it("says of a request that fits nowhere by how much, and what helps", async () => {
    const hybrid = hybridWith({ "routing.router": "always-local", "ollama.numCtx": 2048 });
    const { summary } = await ask(hybrid, requestWith({ code: "x = 1;\n".repeat(1000) }));
    expect(summary).toMatchObject({ outcome: "failed", attempts: [], error: { kind: "contextTooLong" } });
    expect(summary.error?.hint).toMatch(
      /ollama\/llama3\.2:3b: does not fit local \(\d\.\dk > 1\.5k tokens\)/,
    );
    expect(summary.error?.hint).toMatch(/Select less code.*hybrid\.ollama\.numCtx/);
    expect(ollama.chats).toEqual([]);
  });

  it("leaves out earlier messages that do not fit, and says so", async () => {
    const history = [
      { role: "user" as const, text: "What is a mutex? ".repeat(500) },
      { role: "assistant" as const, text: "A lock." },
    ];
    const hybrid = hybridWith({ "routing.router": "always-local", "ollama.numCtx": 2048 });
    const { summary } = await ask(hybrid, requestWith({ prompt: "And a semaphore?", history }));
    expect(caveats(summary)).toEqual([
      expect.stringMatching(/^Left out, since it would not fit: 2 earlier messages \(\d\.\dk tokens\)\.$/),
    ]);
    expect(ollama.chats[0]?.raw).not.toContain("mutex");
  });

  it("tries the next model after an empty answer, and books both", async () => {
    openai.script({ text: "", usage: { input: 10, output: 0 } });
    const { summary } = await ask(hybridWith(), requestWith(mid));
    expect(summary.attempts.map(({ errorKind }) => errorKind)).toEqual(["emptyAnswer", null]);
    expect(summary.step?.model).toBe("anthropic/claude-opus-5");
  });

  it("names a model that is not pulled, with the command that pulls it", async () => {
    const hybrid = hybridWith({ "tiers.local.models": ["ollama/qwen3:4b"] });
    const { summary } = await ask(hybrid, requestWith(local));
    expect(summary.error?.hint).toContain("ollama pull qwen3:4b");
  });
});

describe("an answer that breaks off", () => {
  it("keeps what came, asks no second model, and says what to do", async () => {
    openai.script({ chunks: ["First half", " and more"], fault: { kind: "reset", afterChunks: 1 } });
    const { text, summary, events } = await ask(hybridWith(), requestWith(mid));
    expect(text).toBe("First half");
    expect(summary).toMatchObject({ outcome: "interrupted", error: { kind: "interrupted" } });
    expect(summary.attempts).toHaveLength(1);
    expect(summary.attempts[0]).toMatchObject({ outcome: "interrupted", costProvenance: "estimated" });
    expect(anthropic.requests).toEqual([]);
    const narrate = createNarrator();
    expect(events.map((event) => narrate(event).markdown ?? "").join("")).toContain("The answer broke off");
  });
});

describe("cancellation", () => {
  it("in mid-answer stops the server's stream and books what was used", async () => {
    openai.script({ chunks: Array.from({ length: 50 }, () => "word "), chunkDelayMs: 20 });
    const stop = new AbortController();
    const { summary } = await ask(hybridWith(), requestWith(mid), {
      signal: stop.signal,
      onText: () => stop.abort(),
    });
    expect(summary.outcome).toBe("cancelled");
    expect(summary.error).toBeUndefined();
    expect(await openai.chats[0]?.over).toBe("aborted");
    expect(log.recent(5)).toMatchObject([{ outcome: "cancelled", costProvenance: "estimated" }]);
  });

  it("by walking away from the events leaves a row, too", async () => {
    openai.script({ chunks: ["one ", "two ", "three"], chunkDelayMs: 5 });
    for await (const event of hybridWith().ask(requestWith(mid), new AbortController().signal)) {
      if (event.type === "text") break;
    }
    expect(log.recent(5)).toMatchObject([{ outcome: "cancelled" }]);
    expect(await openai.chats[0]?.over).toBe("aborted");
  });
});

describe("a local model as router", () => {
  const router = { "routing.router": "ollama" } as const;
  const question = requestWith({ id: "asked", prompt: "make it nicer somehow", code: "a();\nb();" });

  it("leaves a row of its own that counts as no answer", async () => {
    ollama.script({
      text: '{"task":"edit","scope":"file","label":"MEDIUM"}',
      usage: { input: 300, output: 20 },
    });
    openai.script({ text: "Nicer.", usage: { input: 100, output: 10 } });
    const { text, summary } = await ask(
      hybridWith({ ...router, "routing.confidenceThreshold": 0 }),
      question,
    );
    expect(text).toBe("Nicer.");
    expect(summary.attempts).toHaveLength(1);
    expect(log.request("asked")).toMatchObject([
      {
        attempt: 0,
        outcome: "routed",
        actualModel: "ollama/llama3.2:3b",
        inputTokens: 300,
        outputTokens: 20,
        costNanoDollars: 0,
        priceSource: "local",
      },
      { attempt: 1, outcome: "answered", actualModel: "openai/gpt-4o-mini" },
    ]);
    const { byTier } = log.spend(0);
    expect([byTier.local.requests, byTier.mid.requests]).toEqual([0, 1]);
  });

  it("whose answer is of no use leaves a row that says so", async () => {
    ollama.script({ text: "I would say medium?" });
    await ask(hybridWith({ ...router, "routing.confidenceThreshold": 0 }), question);
    expect(log.request("asked")[0]).toMatchObject({ attempt: 0, outcome: "failed" });
    expect(log.request("asked")[0]?.errorMessage).toContain("no valid answer");
  });

  it("is down in a drill, too", async () => {
    const hybrid = hybridWith(router);
    hybrid.drill.start("local", 1);
    const { summary } = await ask(hybrid, question);
    expect(ollama.chats).toEqual([]);
    expect(summary.decision.router).toBe("embedded");
    hybrid.drill.stop();
  });
});
