/** Outages through the whole core: real servers that fail, a clock that the test moves, a real log. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnswerEvent, AnswerSummary } from "../../../src/core/answer.ts";
import { Hybrid } from "../../../src/core/hybrid.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { createNarrator } from "../../../src/core/present.ts";
import type { EditorRequest } from "../../../src/core/request.ts";
import type { Settings } from "../../../src/core/settings.ts";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { Fault } from "../../fixtures/servers/script.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { requestWith, settingsWith } from "../requests.ts";

const [MINI, OPUS, LOCAL] = ["openai/gpt-4o-mini", "anthropic/claude-opus-5", "ollama/llama3.2:3b"] as const;
let folder: string;
let log: RequestLog;
let ollama: WireServer;
let openai: WireServer;
let anthropic: WireServer;
let wall: number;

beforeEach(async () => {
  wall = Date.now();
  folder = await mkdtemp(join(tmpdir(), "hybrid-outage-"));
  log = openRequestLog({ file: join(folder, "requests.db") });
  ollama = await startOllamaServer({
    models: { "llama3.2:3b": { text: "From the local model." } },
    loaded: ["llama3.2:3b"],
  });
  openai = await startOpenAiServer({ models: { "gpt-4o-mini": { text: "From the mid model." } } });
  anthropic = await startAnthropicServer({ models: { "claude-opus-5": { text: "From the flagship." } } });
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
    "tiers.mid.models": [MINI],
    "tiers.flagship.models": [OPUS],
    ...values,
  });
  return new Hybrid({ settings, log, keyOf: () => Promise.resolve("sk-test"), now: () => wall });
}

interface Answered {
  text: string;
  shown: string;
  events: AnswerEvent[];
  summary: AnswerSummary;
}

let requests = 0;
async function ask(
  hybrid: Hybrid,
  tier: "local" | "mid" | "flagship" = "mid",
  { signal = new AbortController().signal, ...more }: Partial<EditorRequest> & { signal?: AbortSignal } = {},
): Promise<Answered> {
  const request = requestWith({ id: `r${requests++}`, override: { tier, reason: "test" }, ...more });
  const events: AnswerEvent[] = [];
  const narrate = createNarrator();
  let shown = "";
  for await (const event of hybrid.ask(request, signal)) {
    events.push(event);
    shown += narrate(event).markdown ?? "";
  }
  const last = events.at(-1);
  if (last?.type !== "finished") throw new Error("the last event must be `finished`");
  const text = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  return { text, shown, events, summary: last.summary };
}

const models = ({ summary }: Answered) => summary.attempts.map(({ actualModel }) => actualModel);
const reasonOf = ({ summary }: Answered, model: string) =>
  summary.skipped.find((one) => one.model === model)?.reason;
const status = (code: number, headers: Record<string, string> = {}) => ({
  fault: { kind: "status" as const, status: code, headers },
});

/** Fails the mid model until its breaker opens. */
async function breakMini(hybrid: Hybrid, fault: Fault = { kind: "status", status: 503 }): Promise<void> {
  openai.script({ fault }, { fault }, { fault });
  for (let i = 0; i < 3; i++) expect(models(await ask(hybrid))).toEqual([MINI, OPUS]);
  expect(hybrid.breakers.states()).toHaveLength(1);
}

describe("a model that fails again and again", () => {
  it.each<[string, Fault, string]>([
    ["answers 503", { kind: "status", status: 503 }, MINI],
    ["resets the connection", { kind: "reset" }, "openai"],
    ["sends what is no answer", { kind: "garbage" }, MINI],
  ])("that %s is passed over, with reason and countdown, then tried again", async (_, fault, name) => {
    const hybrid = hybridWith();
    await breakMini(hybrid, fault);
    expect(hybrid.breakers.states()[0]).toMatchObject({ name, state: "open", failures: 3 });
    const passed = await ask(hybrid);
    expect(models(passed)).toEqual([OPUS]);
    expect(reasonOf(passed, MINI)).toMatch(/paused after 3 failures, tried again in \d+ s$/);
    expect(openai.chats).toHaveLength(3);
    wall += 10_000;
    expect((await ask(hybrid)).text).toBe("From the mid model.");
    expect(hybrid.breakers.states()).toEqual([]);
  });

  it("is probed once by ten requests at a time, and all are answered", async () => {
    const hybrid = hybridWith();
    await breakMini(hybrid);
    wall += 10_000;
    openai.setModel("gpt-4o-mini", { text: "From the mid model.", headerDelayMs: 150 });
    const all = await Promise.all(Array.from({ length: 10 }, () => ask(hybrid)));
    expect(openai.chats).toHaveLength(4);
    expect(all.filter(({ text }) => text === "From the mid model.")).toHaveLength(1);
    expect(all.filter(({ text }) => text === "From the flagship.")).toHaveLength(9);
    expect(hybrid.breakers.states()).toEqual([]);
  });

  it("stays paused for longer when the probe fails", async () => {
    const hybrid = hybridWith();
    await breakMini(hybrid);
    wall += 10_000;
    openai.script(status(500));
    await ask(hybrid);
    expect(reasonOf(await ask(hybrid), MINI)).toMatch(/paused after 4 failures, tried again in (2\d|30) s/);
  });

  it("that breaks off in mid-answer counts as failing", async () => {
    const hybrid = hybridWith();
    const broken = { chunks: ["Half an", " answer"], fault: { kind: "reset" as const, afterChunks: 1 } };
    openai.script(broken, broken, broken);
    for (let i = 0; i < 3; i++) expect((await ask(hybrid)).summary.outcome).toBe("interrupted");
    expect(hybrid.breakers.states()[0]).toMatchObject({ name: MINI, state: "open" });
  });

  it("a provider that fails within a request has its other models passed over, and the user sees it", async () => {
    const hybrid = hybridWith({ "tiers.mid.models": ["openai/a", "openai/b", "openai/c", "openai/d"] });
    const reset = { fault: { kind: "reset" as const } };
    openai = await startOpenAiServer({ models: { a: reset, b: reset, c: reset, d: {} } }).then(
      async (server) => {
        await openai.close();
        return server;
      },
    );
    hybrid.configure(
      settingsWith({
        "ollama.baseUrl": ollama.url,
        providers: { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
        "tiers.mid.models": ["openai/a", "openai/b", "openai/c", "openai/d"],
        "tiers.flagship.models": [OPUS],
      }),
    );
    const answered = await ask(hybrid);
    expect(models(answered)).toEqual(["openai/a", "openai/b", "openai/c", OPUS]);
    expect(answered.shown).toMatch(
      /\$\(warning\) openai\/d: openai is paused after 3 failures, tried again in \d+ s/,
    );
    expect(answered.text).toBe("From the flagship.");
  });
});

describe("refusals", () => {
  it("a rate limit pauses the model at once, for as long as Retry-After says", async () => {
    const hybrid = hybridWith();
    openai.script(status(429, { "retry-after": "40" }));
    await ask(hybrid);
    wall += 30_000;
    expect(reasonOf(await ask(hybrid), MINI)).toMatch(/^paused at the rate limit, tried again in (\d|10) s$/);
    wall += 10_000;
    expect((await ask(hybrid)).text).toBe("From the mid model.");
  });

  it.each([400, 401, 403, 404])("%i is no outage: five in a row open nothing", async (code) => {
    const hybrid = hybridWith();
    openai.script(...Array.from({ length: 5 }, () => status(code)));
    for (let i = 0; i < 5; i++) await ask(hybrid);
    expect(hybrid.breakers.states()).toEqual([]);
    expect((await ask(hybrid)).text).toBe("From the mid model.");
  });

  it("no credit pauses the provider", async () => {
    const hybrid = hybridWith();
    openai.script(status(402));
    await ask(hybrid);
    expect(reasonOf(await ask(hybrid), MINI)).toBe(
      "openai is paused for lack of credit, tried again in 15 min",
    );
    const states = await hybrid.modelStates(AbortSignal.timeout(10_000));
    expect(states.find(({ model }) => model === MINI)).toMatchObject({
      unavailable: expect.stringMatching(/lack of credit/),
      paused: true,
    });
    expect(states.filter(({ paused }) => paused)).toHaveLength(1);
  });

  it("a cold load is an answer that takes its time", async () => {
    const hybrid = hybridWith();
    openai.setModel("gpt-4o-mini", { text: "Awake.", headerDelayMs: 400 });
    for (let i = 0; i < 3; i++) expect((await ask(hybrid)).text).toBe("Awake.");
    expect(hybrid.breakers.states()).toEqual([]);
  });
});

describe("a probe that is cancelled", () => {
  it.each(["before the first byte", "in mid-answer", "by walking away"])(
    "%s leaves the breaker as it was",
    async (when) => {
      const hybrid = hybridWith();
      await breakMini(hybrid);
      wall += 10_000;
      const before = hybrid.breakers.states();
      openai.script(
        when === "before the first byte"
          ? { fault: { kind: "silence" } }
          : { chunks: Array.from({ length: 50 }, () => "word "), chunkDelayMs: 20 },
      );
      const stop = new AbortController();
      const request = requestWith({ id: "probe", override: { tier: "mid", reason: "test" } });
      for await (const event of hybrid.ask(request, stop.signal)) {
        if (when === "before the first byte" && event.type === "attempt") setTimeout(() => stop.abort(), 50);
        if (event.type !== "text") continue;
        if (when === "by walking away") break;
        stop.abort();
      }
      expect(log.request("probe")).toMatchObject([{ outcome: "cancelled", actualModel: MINI }]);
      expect(hybrid.breakers.states()).toMatchObject(
        before.map(({ name, failures }) => ({ name, failures, state: "due" })),
      );
      expect((await ask(hybrid)).text).toBe("From the mid model.");
    },
  );
});

describe("when every model is paused", () => {
  it("the one that is due soonest is tried, and the user is told", async () => {
    const hybrid = hybridWith({ "tiers.local.models": [] });
    openai.script(status(429, { "retry-after": "50" }));
    anthropic.script(status(429, { "retry-after": "20" }));
    expect((await ask(hybrid)).summary.outcome).toBe("failed");
    const answered = await ask(hybrid);
    expect(answered.text).toBe("From the flagship.");
    expect(models(answered)).toEqual([OPUS]);
    expect(reasonOf(answered, MINI)).toMatch(/paused at the rate limit/);
    expect(answered.events.flatMap((event) => (event.type === "status" ? [event.text] : []))).toEqual([
      `All models are paused after failures; trying ${OPUS} first, which is due soonest.`,
    ]);
    // Its success closed it; the other is still paused.
    expect(hybrid.breakers.states().map(({ name }) => name)).toEqual([MINI]);
  });

  it("a request that must stay on this machine tries the local model, and nothing else", async () => {
    const hybrid = hybridWith();
    ollama.script(status(500), status(500), status(500));
    for (let i = 0; i < 3; i++) await ask(hybrid, "local");
    const answered = await ask(hybrid, "local");
    expect(answered.text).toBe("From the local model.");
    expect([openai.requests, anthropic.requests]).toEqual([[], []]);
  });
});

describe("limits of a whole request", () => {
  it("one deadline ends a row of silent models, says what was tried, and blames none of them", async () => {
    const hybrid = hybridWith({ "limits.requestSeconds": 2 });
    openai.script({ fault: { kind: "silence" } });
    const { summary } = await ask(hybrid);
    expect(summary).toMatchObject({ outcome: "failed", error: { kind: "timeout" } });
    expect(summary.error?.message).toBe("No model answered within 2 s.");
    expect(summary.error?.hint).toContain(`Tried: ${MINI} (`);
    expect(summary.attempts).toMatchObject([{ actualModel: MINI, errorKind: "timeout" }]);
    expect(await openai.chats[0]?.over).toBe("aborted");
    expect(hybrid.breakers.states()).toEqual([]);
  });

  it("the deadline holds for all attempts together, not for each", async () => {
    const hybrid = hybridWith({ "limits.requestSeconds": 2.5 });
    openai.script({ headerDelayMs: 600, ...status(503) });
    anthropic.script({ headerDelayMs: 2_200, text: "Too late." });
    const { summary, text } = await ask(hybrid);
    expect(text).toBe("");
    expect(summary.attempts).toMatchObject([{ errorKind: "serverError" }, { errorKind: "timeout" }]);
    expect(summary.error?.hint).toMatch(/gpt-4o-mini \(.*claude-opus-5 \(/);
    expect(ollama.chats).toEqual([]);
  });

  it("once text is shown the deadline is over", async () => {
    const hybrid = hybridWith({ "limits.requestSeconds": 1.5 });
    openai.script({ chunks: ["slow ", "but ", "steady"], chunkDelayMs: 600 });
    expect(await ask(hybrid)).toMatchObject({ text: "slow but steady", summary: { outcome: "answered" } });
  });

  const prices = {
    [MINI]: { input: 1, output: 1 },
    // 16,384 tokens of output × $25 a million = $0.41 at the most
    [OPUS]: { input: 5, output: 25 },
  };

  it("an attempt that could go past the cost cap is not begun", async () => {
    const hybrid = hybridWith({ prices, "limits.requestDollars": 0.1 });
    openai.script(status(503));
    const answered = await ask(hybrid);
    expect(models(answered)).toEqual([MINI, LOCAL]);
    expect(answered.shown).toMatch(
      /claude-opus-5: may cost \$0\.41, and \$0\.10 is left of the \$0\.10 for one request/,
    );
    expect(anthropic.requests).toEqual([]);
  });

  it("what failed attempts have cost counts, too", async () => {
    const hybrid = hybridWith({ prices, "limits.requestDollars": 0.45 });
    // 100,000 tokens × $1 a million = $0.10: what is left is too little for the flagship.
    openai.script({ text: "", usage: { input: 100_000, output: 0 } });
    const answered = await ask(hybrid);
    expect(models(answered)).toEqual([MINI, LOCAL]);
    expect(reasonOf(answered, OPUS)).toMatch(/\$0\.35 is left of the \$0\.45/);
    const enough = hybridWith({ prices, "limits.requestDollars": 0.55 });
    openai.script({ text: "", usage: { input: 100_000, output: 0 } });
    expect(models(await ask(enough))).toEqual([MINI, OPUS]);
  });

  it("a cap that lets nothing through says so", async () => {
    const hybrid = hybridWith({ prices, "tiers.local.models": [], "limits.requestDollars": 0.001 });
    const { summary } = await ask(hybrid);
    expect(summary).toMatchObject({ outcome: "failed", attempts: [], error: { kind: "noModel" } });
    expect(summary.error?.hint).toMatch(
      /openai\/gpt-4o-mini: may cost \$0\.0082, and \$0\.001 is left of the \$0\.001/,
    );
  });
});

describe("the outage drill", () => {
  it("of the cloud has everything answered here, marked, and leaves no trace behind", async () => {
    const hybrid = hybridWith();
    hybrid.drill.start("cloud", 5);
    const answered = await ask(hybrid);
    expect(answered.text).toBe("From the local model.");
    expect(answered.summary.step).toMatchObject({ model: LOCAL, degraded: true });
    expect(answered.shown).toMatch(
      /Outage drill: Cannot reach OpenAI \(gpt-4o-mini\).*the connection was refused/,
    );
    expect(answered.summary.attempts).toMatchObject([
      {
        errorKind: "unreachable",
        errorMessage: expect.stringMatching(/^Outage drill: /),
        costNanoDollars: 0,
      },
      { errorKind: "unreachable", errorMessage: expect.stringMatching(/^Outage drill: /) },
      { outcome: "answered" },
    ]);
    for (let i = 0; i < 2; i++) await ask(hybrid);
    expect(hybrid.breakers.states().map(({ name, state }) => [name, state])).toEqual([
      ["openai", "open"],
      ["anthropic", "open"],
    ]);
    const paused = await ask(hybrid);
    expect(models(paused)).toEqual([LOCAL]);
    expect(reasonOf(paused, OPUS)).toMatch(
      /^anthropic is paused after 3 failures in an outage drill, tried again in \d+ s$/,
    );
    expect([openai.requests, anthropic.requests]).toEqual([[], []]);
    // It ends by itself, and takes along the pauses that it caused.
    wall += 5 * 60_000;
    expect((await ask(hybrid)).text).toBe("From the mid model.");
    expect(hybrid.breakers.states()).toEqual([]);
    expect(hybrid.drill.active()).toBeUndefined();
  });

  it("of this machine goes to the cloud, but never with what must stay", async () => {
    const hybrid = hybridWith({ "routing.confidenceThreshold": 0 });
    await ask(hybrid, "local");
    hybrid.drill.start("local", 5);
    const request = { ...requestWith({ id: "easy" }) };
    const events: AnswerEvent[] = [];
    for await (const event of hybrid.ask(request, new AbortController().signal)) events.push(event);
    expect(events.map((event) => (event.type === "text" ? event.text : "")).join("")).toBe(
      "From the mid model.",
    );
    const before = [openai.requests.length, anthropic.requests.length];
    const stays = await ask(hybrid, "local");
    expect(stays.summary).toMatchObject({ outcome: "failed" });
    expect(stays.summary.error?.userMessage).toMatch(/outage drill/i);
    expect([openai.requests.length, anthropic.requests.length]).toEqual(before);
    hybrid.drill.stop();
    expect((await ask(hybrid, "local")).text).toBe("From the local model.");
  });

  it("of this machine has no local model decide either", async () => {
    const hybrid = hybridWith({ "routing.router": "ollama" });
    ollama.setModel("llama3.2:3b", {
      text: JSON.stringify({ task: "question", scope: "symbol", label: "EASY" }),
    });
    const decide = (prompt: string) => hybrid.decide(requestWith({ prompt }), new AbortController().signal);
    // The model's word counts when it comes in time, which a busy machine may miss at first.
    const router = async () => (await decide("one")).router;
    await expect.poll(router, { timeout: 15_000 }).toBe("ollama");
    hybrid.drill.start("local", 5);
    const before = ollama.requests.length;
    for (let i = 0; i < 5; i++) {
      const { router, reasons } = await decide(`two ${i}`);
      expect(router).toBe("embedded");
      if (i === 0) expect(reasons.at(-1)?.text).toContain("not asked during an outage drill");
    }
    expect(ollama.requests).toHaveLength(before);
    hybrid.drill.stop();
    await expect.poll(router, { timeout: 15_000 }).toBe("ollama");
  });

  it("leaves pauses of real failures where they are", async () => {
    const hybrid = hybridWith();
    await breakMini(hybrid);
    hybrid.drill.start("cloud", 5);
    await ask(hybrid);
    hybrid.drill.stop();
    expect(hybrid.breakers.states().map(({ name }) => name)).toEqual([MINI]);
  });

  it("lets an answer that streams go on", async () => {
    const hybrid = hybridWith();
    openai.script({ chunks: ["one ", "two ", "three"], chunkDelayMs: 30 });
    let text = "";
    const request = requestWith({ override: { tier: "mid", reason: "test" } });
    for await (const event of hybrid.ask(request, new AbortController().signal)) {
      if (event.type !== "text") continue;
      if (text === "") hybrid.drill.start("cloud", 5);
      text += event.text;
    }
    expect(text).toBe("one two three");
    expect(models(await ask(hybrid)).at(-1)).toBe(LOCAL);
  });
});
