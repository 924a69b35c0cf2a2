import { describe, expect, it } from "vitest";
import type { AnswerSummary } from "../../src/core/answer.ts";
import type { AttemptRecord } from "../../src/core/log/record.ts";
import {
  caveats,
  costText,
  createNarrator,
  decisionText,
  footerText,
  tokensText,
} from "../../src/core/present.ts";
import { decisionWith } from "./requests.ts";

/** The fields that the sentences are made of; the rest of a row does not show. */
const attempt = (changes: Partial<AttemptRecord> = {}) =>
  ({
    actualModel: "openai/gpt-4o-mini",
    inputTokens: 1204,
    outputTokens: 300,
    cacheReadTokens: null,
    costNanoDollars: 420_000,
    costProvenance: "computed",
    totalMs: 1234,
    errorMessage: null,
    ...changes,
  }) as AttemptRecord;
const summary = (changes: Partial<AnswerSummary> = {}): AnswerSummary => ({
  requestId: "r",
  outcome: "answered",
  decision: decisionWith({ tier: "flagship" }),
  attempts: [attempt()],
  skipped: [],
  ...changes,
});

describe("what a person reads", () => {
  it("says why an answer stayed on this machine, and leaves it to a refusal to say so itself", () => {
    const stays = { reason: "a.ts is local-only (*.ts)", localOnly: true };
    const step = { tier: "local", model: "ollama/small", degraded: false } as const;
    expect(caveats(summary({ stays, step }))).toEqual(["Stayed on this machine: a.ts is local-only (*.ts)."]);
    expect(caveats(summary({ stays, outcome: "failed", attempts: [] }))).toEqual([]);
  });

  it("says label, confidence, escalation and the two strongest reasons", () => {
    const reasons = [1, 2, 3].map((weight) => ({ text: `reason ${weight}`, weight }));
    expect(decisionText(decisionWith({ confidence: 0.555, reasons, escalatedFrom: "local" }))).toBe(
      "EASY, 56 % sure, so up from local: reason 1 +1.0; reason 2 +2.0",
    );
  });

  it("puts model, tokens, cost and time into the footer", () => {
    expect(footerText(summary())).toBe("openai/gpt-4o-mini · 1,204 in + 300 out tokens · $0.00042 · 1.2 s");
  });

  it("tells cached tokens, missing ones, and none at all apart", () => {
    expect(tokensText(attempt({ cacheReadTokens: 1000 }))).toBe("1,204 in (1,000 cached) + 300 out tokens");
    expect(tokensText(attempt({ outputTokens: null }))).toBe("1,204 in + ? out tokens");
    expect(tokensText(attempt({ inputTokens: null, outputTokens: null }))).toBe("tokens not reported");
    expect(tokensText(attempt({ actualModel: "builtin/symbol" }))).toBe("no tokens");
  });

  it("adds up the attempts of a request, and never shows a guess as a fact", () => {
    expect(costText([attempt(), attempt({ costNanoDollars: 580_000 })])).toBe("$0.001");
    expect(costText([attempt({ costProvenance: "estimated" })])).toBe("≥ $0.00042 (1 estimated)");
    expect(costText([attempt({ costProvenance: "unpriced", costNanoDollars: 0 })])).toBe("not priced");
  });

  it("says who answered instead of whom, and why", () => {
    const step = { tier: "mid", model: "openai/gpt-4o-mini", degraded: true } as const;
    const failed = attempt({ actualModel: "anthropic/claude-opus-5", errorMessage: "It is overloaded." });
    expect(caveats(summary({ step, attempts: [failed, attempt()] }))).toEqual([
      "Answered by openai/gpt-4o-mini, because anthropic/claude-opus-5 failed (It is overloaded).",
      "This asked for the flagship tier; read the answer with care.",
    ]);
  });

  it("names the models that were passed over, one sentence a reason", () => {
    const step = { tier: "local", model: "ollama/x", degraded: true } as const;
    const skipped = (["anthropic/a", "openai/b"] as const).map((model) => ({
      model,
      tier: "flagship" as const,
      reason: "no API key",
    }));
    expect(caveats(summary({ step, skipped }))).toEqual([
      "This asked for the flagship tier; read the answer with care. anthropic/a, openai/b: no API key.",
    ]);
  });

  it("says that an answer was cut off, or declined", () => {
    expect(caveats(summary({ finishReason: "length" }))[0]).toMatch(/cut off .* ask it to continue/);
    expect(caveats(summary({ finishReason: "refused" }))[0]).toMatch(/declined/);
  });

  it("says of a stopped request whether any model was asked", () => {
    const ending = (attempts: AttemptRecord[]) =>
      createNarrator()({ type: "finished", summary: summary({ outcome: "cancelled", attempts }) }).markdown;
    expect(ending([])).toContain("$(circle-slash) Stopped before any model was asked: nothing was spent.");
    expect(ending([attempt()])).toMatch(/\$\(circle-slash\) Stopped\.\n/);
  });

  it("names who was passed over while it ran, once, and below the answer", () => {
    const step = { tier: "local", model: "ollama/x", degraded: true } as const;
    const passed = [
      { tier: "flagship", model: "anthropic/a", degraded: false, reason: "The budget is used up." },
      { tier: "mid", model: "openai/b", degraded: true, reason: "The budget is used up." },
      { tier: "mid", model: "groq/c", degraded: true, reason: "paused after 3 failures" },
    ] as const;
    const narrate = createNarrator();
    for (const { reason, ...of } of passed) {
      const shown = narrate({ type: "passedOver", step: of, reason });
      expect(shown).toEqual({ progress: `${of.model}: ${reason}` });
    }
    const skipped = passed.map(({ tier, model, reason }) => ({ tier, model, reason }));
    const lines = narrate({ type: "finished", summary: summary({ step, skipped }) }).markdown?.split("\n\n");
    expect(lines?.slice(2, 4)).toEqual([
      "$(warning) This asked for the flagship tier; read the answer with care. anthropic/a: The budget is used up.",
      "$(warning) groq/c: paused after 3 failures.",
    ]);
    // A failure names what was looked at itself.
    const again = createNarrator();
    again({ type: "passedOver", step: passed[0], reason: passed[0].reason });
    const failed = summary({ outcome: "failed", attempts: [], skipped });
    expect(again({ type: "finished", summary: failed }).markdown).toBe("");
  });

  it("shows tier and reason while the user waits, and again right above the first word", () => {
    const narrate = createNarrator();
    const decision = decisionWith({ reasons: [{ text: "short", weight: 1 }] });
    const step = { tier: "local", model: "ollama/x", degraded: false } as const;
    narrate({ type: "routed", decision, plan: { steps: [step], skipped: [] } });
    expect(narrate({ type: "attempt", attempt: 1, step }).progress).toBe(
      "Local · ollama/x · EASY, 90 % sure: short +1.0",
    );
    expect(narrate({ type: "status", text: "loading x…" })).toEqual({ progress: "loading x…" });
    expect(narrate({ type: "text", text: "a" }).markdown).toBe(
      "$(device-desktop) **Local** · ollama/x · EASY, 90 % sure: short +1.0\n\n",
    );
    expect(narrate({ type: "text", text: "b" }).markdown).toBe("");
  });
});
