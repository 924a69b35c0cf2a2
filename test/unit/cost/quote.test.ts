import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMeter, priceTokens } from "../../../src/core/cost/meter.ts";
import type { Price } from "../../../src/core/cost/prices.ts";
import { aboutText, expectedOutput, mostOf, quoteOf } from "../../../src/core/cost/quote.ts";
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import { attempt } from "../log/support/records.ts";

const flat = (base: number) => ({ base, steps: [] });
const price: Price = { input: flat(5), output: flat(25), thousandCalls: 0, source: "test", date: null };

function answers(tokens: number[], changes: Partial<AttemptRecord> = {}): AttemptRecord[] {
  return tokens.map((outputTokens) =>
    attempt({ task: "refactor", actualTier: "flagship", outcome: "answered", outputTokens, ...changes }),
  );
}

describe("a quote", () => {
  it("is input and output at the model's price, from a short answer to a long one", () => {
    // 2000 × 5 + 400 × 25, and + 2000 × 25, dollars a million.
    expect(quoteOf(price, 2000, [400, 2000], 16_000)).toEqual({ low: 20_000_000, high: 60_000_000 });
    expect(aboutText({ low: 20_000_000, high: 60_000_000 })).toBe("about $0.02–0.06");
    expect(aboutText({ low: 20_000_000, high: 20_100_000 })).toBe("about $0.02");
    expect(aboutText({ low: 0, high: 0 })).toBe("free");
    expect(aboutText(undefined)).toBe("price not known");
    const plan = quoteOf({ ...price, input: flat(0), output: flat(0), source: "plan" }, 2000, [1, 2], 9);
    expect(aboutText(plan)).toBe("part of your plan");
  });

  it("does not expect more than is asked for", () => {
    expect(quoteOf(price, 0, [400, 20_000], 1000).high).toBe(25_000_000);
  });

  it("reads the lengths of answers off the log once it holds some of the task and the tier", () => {
    const few = answers([900, 1000, 1100, 1200]);
    const others = [...answers([9, 9, 9, 9, 9], { task: "explain" }), ...answers([7], { actualTier: "mid" })];
    const failed = answers([1, 1, 1, 1, 1, 1], { outcome: "interrupted" });
    const usual = expectedOutput([], "refactor", "flagship");
    expect(expectedOutput([...few, ...others, ...failed], "refactor", "flagship")).toEqual(usual);
    expect(expectedOutput([...few, ...answers([1300])], "refactor", "flagship")).toEqual([900, 1300]);
    const many = answers(Array.from({ length: 101 }, (_, i) => 1000 + i));
    expect(expectedOutput(many, "refactor", "flagship")).toEqual([1005, 1095]);
  });
});

describe("the most an attempt can cost", () => {
  it("is never below any usage within its input and output, cached in whatever way", async () => {
    const meter = createMeter({ overrides: {}, localProviders: [] });
    const at = Date.parse("2026-11-22T12:00:00Z");
    for (const model of ["anthropic/claude-opus-4-5", "openai/gpt-5.5", "google/gemini-2.5-pro"] as const) {
      const listed = await meter.priceOf(model, at);
      if (!listed) throw new Error(`no price of ${model}`);
      const part = fc.double({ min: 0, max: 1, noNaN: true });
      fc.assert(
        fc.property(
          fc.nat(600_000),
          fc.nat(16_000),
          part,
          part,
          part,
          (input, output, read, write, think) => {
            const cacheRead = Math.floor(input * read);
            const cacheWrite = Math.floor((input - cacheRead) * write);
            const usage = { input, output, cacheRead, cacheWrite, cacheWrite1h: 0 };
            const cost = priceTokens({ ...usage, reasoning: Math.floor(output * think) }, listed);
            expect(cost).toBeLessThanOrEqual(mostOf(listed, input, 16_000));
          },
        ),
      );
    }
  });
});
