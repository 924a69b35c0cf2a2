/** What a request's money has to pass, through the whole core: quotes, budgets, the part kept for HARD, the user's word. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { footerText } from "../../../src/core/present.ts";
import { createOpenAiCompatibleProvider } from "../../../src/core/providers/openaiCompatible.ts";
import type { Choice } from "../../../src/core/question.ts";
import { requestWith } from "../requests.ts";
import type { Stage } from "./support/stage.ts";
import { ask, DOLLAR, FLAGSHIP, HARD, LOCAL, MID, openStage, toFlagship } from "./support/stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

/** Every flagship request is dear. */
const DEAR = { "quotes.above": 0.0001 };
const NOTHING_RESERVED = { reserved: 0, reservations: 0 };
const modelsOf = () => stage.log.recent(9).map(({ actualModel }) => actualModel);

describe("a dear request", () => {
  it("is asked about with a model and a price behind every choice", async () => {
    await ask(stage.hybrid(DEAR, ["stop"]), HARD);
    const [question] = stage.asked;
    expect(question?.title).toMatch(/^This asks for about \$0\.0\d+–0\.10 on anthropic\/claude-opus-5$/);
    expect(question?.choices.map(({ label, detail }) => [label, detail])).toEqual([
      ["Continue", expect.stringMatching(/^anthropic\/claude-opus-5, about \$0\.0\d+–0\.10\.$/)],
      ["Use Mid", `${MID}, under $0.01. The answer may be weaker.`],
      ["Use Local", `${LOCAL}, free. The answer may be weaker.`],
      ["Cancel", "Nothing is sent."],
    ]);
  });

  it("goes to the tier that the user chose, and says so", async () => {
    const mid = await ask(stage.hybrid(DEAR, ["mid"]), { ...HARD, id: "mid" });
    expect(mid.summary.step).toEqual({ tier: "mid", model: MID, degraded: true });
    expect(mid.said).toMatch(/anthropic\/claude-opus-5: you chose Mid over about \$[\d.]+–0\.10\./);
    const local = await ask(stage.hybrid(DEAR, ["local"]), { ...HARD, id: "local" });
    expect(local.summary.step?.model).toBe(LOCAL);
    expect(local.said).toContain("you chose Local over about");
    expect(stage.anthropic.requests).toEqual([]);
    // Nothing above what was chosen, even when that fails.
    stage.ollama.script({ fault: { kind: "reset" } });
    const failed = await ask(stage.hybrid(DEAR, ["local"]), { ...HARD, id: "failed" });
    expect(failed.summary.outcome).toBe("failed");
    expect([stage.anthropic.requests.length, stage.openai.chats.length]).toEqual([0, 1]);
  });

  it("costs nothing when the user cancels, and leaves no trace", async () => {
    const { summary, said } = await ask(stage.hybrid(DEAR, ["stop"]), HARD);
    expect(summary).toMatchObject({ outcome: "cancelled", attempts: [] });
    expect(said).toContain("Stopped before any model was asked: nothing was spent.");
    expect([stage.anthropic, stage.openai, stage.ollama].flatMap(({ chats }) => chats)).toEqual([]);
    expect(stage.log.recent(9)).toEqual([]);
    expect(stage.read()).toMatchObject(NOTHING_RESERVED);
  });

  it.each([
    ["the question closes", "stop"],
    ["the user says go on, too late", "continue"],
    ["the user says local, too late", "local"],
  ] as const)("that is stopped meanwhile asks no model: %s", async (_, word: Choice) => {
    const stop = new AbortController();
    const answer = (_question: unknown, signal: AbortSignal) => {
      expect(signal.aborted).toBe(false);
      stop.abort();
      expect(signal.aborted).toBe(true);
      return Promise.resolve(word);
    };
    const { summary } = await ask(stage.hybrid(DEAR, [answer]), HARD, stop.signal);
    expect(summary).toMatchObject({ outcome: "cancelled", attempts: [], skipped: [] });
    expect([stage.anthropic, stage.openai, stage.ollama].flatMap(({ chats }) => chats)).toEqual([]);
    expect(stage.log.recent(9)).toEqual([]);
    expect(stage.read()).toMatchObject(NOTHING_RESERVED);
  });

  it("is reserved for from when the user said go on, however long that took", async () => {
    const later = () => {
      expect(stage.read()).toMatchObject(NOTHING_RESERVED);
      stage.pass(20 * 60_000);
      return Promise.resolve("continue" as const);
    };
    const hybrid = stage.hybrid({ ...DEAR, "budget.daily": 1 }, [later]);
    const pending: (number | undefined)[] = [];
    await ask(hybrid, HARD, undefined, ({ type }) => {
      if (type === "text") pending.push(hybrid.budgetState().tightest?.pending);
    });
    // 16,384 × $25 / 1e6, and the prompt.
    expect(pending.length).toBeGreaterThan(0);
    for (const one of pending) expect(one).toBeGreaterThan(0.4096 * DOLLAR);
    expect(hybrid.budgetState().tightest?.pending).toBe(0);
  });

  it("leaves its quote in the row, to be held against what it cost", async () => {
    stage.anthropic.script({ text: "From the flagship.", usage: { input: 200, output: 2000 } });
    await ask(stage.hybrid(DEAR, ["continue"]), { ...HARD, id: "quoted" });
    const elsewhere = openRequestLog({ file: stage.file });
    const [row] = elsewhere.request("quoted");
    elsewhere.close();
    const low = row?.quoteLowNanoDollars ?? 0;
    const high = row?.quoteHighNanoDollars ?? 0;
    // From 300 tokens of answer to 4000, at $25 a million, behind the same prompt at $5.
    expect(high - low).toBe(3700 * 25_000);
    expect((low - 300 * 25_000) % 5_000).toBe(0);
    expect(row?.costNanoDollars).toBe(200 * 5_000 + 2000 * 25_000);
    expect(row?.costNanoDollars).toBeGreaterThan(low);
    expect(row?.costNanoDollars).toBeLessThan(high);
  });

  it("whose model is found paused after the question gives its money back", async () => {
    const second = "openai/gpt-5.5";
    const hybrid = stage.hybrid(
      {
        ...DEAR,
        "budget.daily": 5,
        "tiers.flagship.models": [FLAGSHIP, second],
        prices: { [FLAGSHIP]: { input: 5, output: 25 }, [second]: { input: 5, output: 30 } },
      },
      [
        async () => {
          // Another request finds that there is no credit left, while the user thinks.
          stage.anthropic.script({ fault: { kind: "status", status: 402 } });
          await ask(hybrid, { ...HARD, id: "other", sessionId: "other" });
          return "continue";
        },
        "continue",
        "stop",
        "stop",
      ],
    );
    const { summary } = await ask(hybrid, { ...HARD, id: "paused" });
    expect(stage.asked.map(({ title }) => title.split(" on ")[1])).toEqual([
      FLAGSHIP,
      FLAGSHIP,
      second,
      second,
    ]);
    expect(summary).toMatchObject({ outcome: "cancelled", attempts: [] });
    expect(summary.skipped).toContainEqual(
      expect.objectContaining({ model: FLAGSHIP, reason: expect.stringContaining("paused") as string }),
    );
    expect(stage.anthropic.chats).toHaveLength(1);
    expect(stage.read()).toMatchObject(NOTHING_RESERVED);
    expect(hybrid.budgetState().tightest?.pending).toBe(0);
  });
});

describe("a budget that is used up", () => {
  const USED_UP = { "budget.daily": 1, ...DEAR };
  beforeEach(() => stage.spend(1));

  it("asks once, about the budget and not about the price", async () => {
    const { summary } = await ask(stage.hybrid(USED_UP, ["continue"]), HARD);
    expect(summary.step?.model).toBe(FLAGSHIP);
    expect(stage.asked.map(({ title }) => title)).toEqual([
      expect.stringMatching(
        /^The daily budget of \$1\.00 is used up: \$1\.00 spent\. It resets at midnight, in /,
      ),
    ]);
    // The mid model would go over it, too.
    expect(stage.asked[0]?.choices.map(({ label }) => label)).toEqual([
      "Use Local",
      "Continue Once",
      "Cancel",
    ]);
    expect(stage.asked[0]?.choices[1]?.detail).toMatch(
      /^anthropic\/claude-opus-5, about .*\. Goes over the budget for this one request\.$/,
    );
    // Once is once: the next request is asked about anew.
    const again = await ask(stage.hybrid(USED_UP, ["local"]), { ...HARD, id: "again" });
    expect(again.summary.step?.model).toBe(LOCAL);
    expect(again.said).toContain("you chose Local. The daily budget of $1.00 is used up");
  });

  it("offers the tiers that it still has room for", async () => {
    await ask(stage.hybrid({ ...USED_UP, "budget.daily": 1.1 }, ["stop"]), HARD);
    expect(stage.asked[0]?.title).toContain("has no room for a call that may cost $0.41: $1.00 spent");
    expect(stage.asked[0]?.choices.map(({ label }) => label)).toEqual([
      "Use Mid",
      "Use Local",
      "Continue Once",
      "Cancel",
    ]);
  });

  it("refuses without a question under “stop”, and says when it resets", async () => {
    const { summary } = await ask(stage.hybrid({ ...USED_UP, "budget.onLimit": "stop" }, ["continue"]), HARD);
    expect(summary.error?.kind).toBe("overBudget");
    expect(summary.error?.message).toMatch(/is used up: \$1\.00 spent\. It resets at midnight, in /);
    expect([stage.asked, stage.anthropic.requests, stage.log.recent(9).length]).toEqual([[], [], 1]);
  });

  it("goes on with local models under “localOnly”, and says why", async () => {
    const hybrid = stage.hybrid({ ...USED_UP, "budget.onLimit": "localOnly" }, ["continue"]);
    const { summary, said } = await ask(hybrid, HARD);
    expect(summary.step).toEqual({ tier: "local", model: LOCAL, degraded: true });
    expect(said).toContain("This asked for the flagship tier; read the answer with care.");
    expect(said).toContain("anthropic/claude-opus-5: The daily budget of $1.00 is used up: $1.00 spent.");
    expect(stage.asked).toEqual([]);
  });

  it("does not concern a model whose price nobody knows, whose row says so", async () => {
    const model = "openai/unheard-of-9";
    stage.openai.setModel("unheard-of-9", { text: "From a model without a price." });
    const values = { ...USED_UP, "budget.onLimit": "stop", "tiers.flagship.models": [model] };
    const hybrid = stage.hybrid(values, ["continue"]);
    const { summary } = await ask(hybrid, HARD);
    expect(summary.attempts).toMatchObject([
      { actualModel: model, costProvenance: "unpriced", quoteLowNanoDollars: null },
    ]);
    expect(footerText(summary)).toContain("not priced");
    expect(stage.asked).toEqual([]);
    expect(stage.read()).toMatchObject({ spent: DOLLAR, ...NOTHING_RESERVED });
    const preview = await hybrid.preview(requestWith(HARD), new AbortController().signal);
    expect(preview.quote).toBeUndefined();
  });

  it("does not concern a model of the user's plan", async () => {
    const served = createOpenAiCompatibleProvider({
      name: "copilot",
      baseUrl: `${stage.openai.url}/v1`,
      apiKey: () => Promise.resolve(undefined),
      keyRequired: false,
      keyHint: "",
    });
    const copilot = { ...served, plan: true };
    stage.openai.setModel("gpt-4o", { text: "From the plan.", usage: { input: 300, output: 2000 } });
    const hybrid = stage.hybrid(
      { ...USED_UP, "budget.onLimit": "stop", "tiers.flagship.models": ["copilot/gpt-4o"] },
      ["continue"],
      { moreProviders: [copilot] },
    );
    const { summary } = await ask(hybrid, HARD);
    expect(summary.attempts).toMatchObject([
      { actualModel: "copilot/gpt-4o", costNanoDollars: 0, priceSource: "plan", costProvenance: "computed" },
    ]);
    expect(footerText(summary)).toMatch(/^copilot\/gpt-4o · 300 in \+ 2,000 out tokens · part of your plan/);
    expect(stage.asked).toEqual([]);
    const preview = await hybrid.preview(requestWith(HARD), new AbortController().signal);
    expect(preview.quote).toEqual({ low: 0, high: 0, isPlan: true });
  });
});

describe("a request with a cap of its own", () => {
  it("passes over what may cost more than is left of it, and asks nobody", async () => {
    const hybrid = stage.hybrid({ ...DEAR, "limits.requestDollars": 0.1 }, ["continue"]);
    const { summary, said } = await ask(hybrid, HARD);
    expect(summary.step?.model).toBe(MID);
    expect(said).toContain(
      "may cost $0.41, and $0.10 is left of the $0.10 for one request (hybrid.limits.requestDollars)",
    );
    expect(stage.asked).toEqual([]);
  });
});

describe("the last fifth of a budget", () => {
  /** Room for one flagship call, but for none that leaves a fifth alone. */
  const NEARLY = { "budget.daily": 2, "budget.onLimit": "stop" };
  beforeEach(() => stage.spend(1.5));

  it("is kept for HARD: another request that is sent up anyway gets a cheaper tier", async () => {
    const { summary, said } = await ask(stage.hybrid(NEARLY), { ...toFlagship, id: "easy" });
    expect(summary.decision).toMatchObject({ label: "EASY", tier: "flagship" });
    expect(summary.step).toEqual({ tier: "mid", model: MID, degraded: true });
    expect(said).toMatch(
      /anthropic\/claude-opus-5: The last \$0\.40 of the daily budget of \$2\.00 is kept for HARD requests: \$1\.50 spent\./,
    );
    expect(stage.anthropic.requests).toEqual([]);
  });

  it("is refused to it where there is no cheaper tier", async () => {
    const alone = { ...NEARLY, "tiers.mid.models": [], "ollama.baseUrl": "http://127.0.0.1:9" };
    const { summary } = await ask(stage.hybrid(alone), toFlagship);
    expect(summary.error?.kind).toBe("overBudget");
    expect(summary.error?.message).toContain("is kept for HARD requests");
    expect(stage.anthropic.requests).toEqual([]);
  });

  it("is there for a HARD one", async () => {
    const { summary } = await ask(stage.hybrid(NEARLY), HARD);
    expect(summary.decision.label).toBe("HARD");
    expect(summary.step?.model).toBe(FLAGSHIP);
    expect(modelsOf()[0]).toBe(FLAGSHIP);
  });
});

describe("a budget that drains", () => {
  it("has fewer requests escalate, and is named as the reason", async () => {
    const request = requestWith({ prompt: "why is this slow" });
    const signal = new AbortController().signal;
    const { label, probabilities } = await stage.hybrid({}).decide(request, signal);
    expect(label).toBe("EASY");
    // A little more than is known of it, so that a full budget goes up, and one that is nearly used does not.
    const threshold = { "routing.confidenceThreshold": probabilities[0] + 0.02, "budget.daily": 1 };
    const full = await stage.hybrid(threshold).decide(request, signal);
    expect(full.escalatedFrom).toBe("local");
    stage.spend(0.9);
    const { summary } = await ask(stage.hybrid(threshold), request);
    expect(summary.decision.tier).toBe("local");
    expect(summary.decision.reasons[0]?.text).toBe(
      `90 % of the daily budget is used, so local and not ${full.tier}`,
    );
    expect(summary.step).toEqual({ tier: "local", model: LOCAL, degraded: false });
    expect(stage.log.request("r1")[0]?.reasons[0]?.text).toContain("of the daily budget is used");
  });
});
