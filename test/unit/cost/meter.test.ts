import { calcPrice } from "@pydantic/genai-prices";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Metered } from "../../../src/core/cost/meter.ts";
import { createMeter, formatDollars, priceTokens } from "../../../src/core/cost/meter.ts";
import type { Usage } from "../../../src/core/providers/provider.ts";
import { random } from "../log/support/records.ts";

const AT = Date.parse("2026-11-22T12:00:00Z");
const WHOLE: Metered = { charsIn: 4000, charsOut: 800, billed: true, complete: true, at: AT };
const BROKEN: Metered = { ...WHOLE, complete: false };

const meter = createMeter({ overrides: {}, localProviders: ["ollama"] });

/** A meter with one model "own/model" at these prices. */
function metered(price: {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  cacheWrite1h?: number;
}): typeof meter {
  return createMeter({ overrides: { "own/model": price }, localProviders: [] });
}

describe("costOf", () => {
  it("is usage times price", async () => {
    const cost = await metered({ input: 3, output: 15 }).costOf(
      "own/model",
      { input: 1000, output: 200 },
      WHOLE,
    );
    expect(cost).toEqual({
      nanoDollars: 6_000_000,
      provenance: "computed",
      priceSource: "settings",
      priceDate: null,
    });
  });

  it("pays for cached tokens once, at their own rate", async () => {
    const usage: Usage = { input: 1000, output: 0, cacheRead: 600, cacheWrite: 300 };
    const own = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
    // 100 × 3 + 600 × 0.3 + 300 × 3.75 dollars a million.
    expect((await metered(own).costOf("own/model", usage, WHOLE)).nanoDollars).toBe(1_605_000);
    expect((await metered({ input: 3, output: 15 }).costOf("own/model", usage, WHOLE)).nanoDollars).toBe(
      3_000_000,
    );
  });

  it("pays for an hour's cache more than for five minutes'", async () => {
    const usage: Usage = { input: 1000, output: 0, cacheWrite: 500, cacheWrite1h: 200 };
    const own = { input: 3, output: 15, cacheWrite: 3.75, cacheWrite1h: 6 };
    // 500 × 3 + 300 × 3.75 + 200 × 6 dollars a million.
    expect((await metered(own).costOf("own/model", usage, WHOLE)).nanoDollars).toBe(3_825_000);
    const opus = await meter.priceOf("anthropic/claude-opus-4-5", AT);
    // Anthropic's documented multipliers: 1.25 × input for five minutes, 2 × for an hour.
    expect(opus?.cacheWrite?.base).toBeCloseTo(1.25 * (opus?.input.base ?? 0), 9);
    expect(opus?.cacheWrite1h?.base).toBeCloseTo(2 * (opus?.input.base ?? 0), 9);
  });

  it("takes the provider's own word for it, even when the answer broke off", async () => {
    const reported = { provenance: "reported", priceSource: "openrouter", priceDate: null };
    const model = "openrouter/nobody/knows-it";
    for (const how of [WHOLE, BROKEN]) {
      expect(await meter.costOf(model, { input: 5, costNanoDollars: 123_456 }, how)).toEqual({
        nanoDollars: 123_456,
        ...reported,
      });
      expect(await meter.costOf(model, { costNanoDollars: 0 }, how)).toEqual({ nanoDollars: 0, ...reported });
    }
    const absurd = await meter.costOf(model, { input: 5, output: 5, costNanoDollars: -3 }, WHOLE);
    expect(absurd.provenance).toBe("unpriced");
  });

  it("agrees with fractions of another making, over random price tables with steps", () => {
    const rate = fc.record({
      base: fc.integer({ min: 0, max: 1e8 }),
      steps: fc.uniqueArray(
        fc.record({ above: fc.integer({ min: 0, max: 1e6 }), price: fc.integer({ min: 0, max: 1e8 }) }),
        { maxLength: 3, selector: ({ above }) => above },
      ),
    });
    const tables = fc.record({
      input: rate,
      output: rate,
      cacheRead: fc.option(rate),
      cacheWrite: fc.option(rate),
      cacheWrite1h: fc.option(rate),
      reasoning: fc.option(rate),
      thousandCalls: fc.integer({ min: 0, max: 1e7 }),
    });
    const counts = fc.record({
      fresh: fc.nat(1_500_000),
      cacheRead: fc.nat(1_000_000),
      write5m: fc.nat(300_000),
      cacheWrite1h: fc.nat(300_000),
      plain: fc.nat(200_000),
      reasoning: fc.nat(200_000),
    });
    fc.assert(
      fc.property(tables, counts, (table, count) => {
        // Micro-dollars a million tokens are 1e-12 dollars a token: all sums below are whole picodollars.
        const input = count.fresh + count.cacheRead + count.write5m + count.cacheWrite1h;
        const at = (own: typeof table.cacheRead, ...others: (typeof table.cacheRead)[]): bigint => {
          const found = [own, ...others].find((one) => one !== null);
          let price = found?.base ?? 0;
          let highest = -1;
          for (const step of found?.steps ?? [])
            if (input > step.above && step.above > highest) [price, highest] = [step.price, step.above];
          return BigInt(price);
        };
        const pico =
          BigInt(count.fresh) * at(table.input) +
          BigInt(count.cacheRead) * at(table.cacheRead, table.input) +
          BigInt(count.write5m) * at(table.cacheWrite, table.input) +
          BigInt(count.cacheWrite1h) * at(table.cacheWrite1h, table.cacheWrite, table.input) +
          BigInt(count.plain) * at(table.output) +
          BigInt(count.reasoning) * at(table.reasoning, table.output) +
          // Micro-dollars a thousand calls: one call is a thousandth of it.
          BigInt(table.thousandCalls) * 1000n;
        const dollars = (one: typeof table.input) => ({
          base: one.base / 1e6,
          steps: one.steps
            .map(({ above, price }) => ({ above, price: price / 1e6 }))
            .toSorted((a, b) => a.above - b.above),
        });
        const { cacheRead, cacheWrite, cacheWrite1h, reasoning } = table;
        const nano = priceTokens(
          {
            input,
            output: count.plain + count.reasoning,
            cacheRead: count.cacheRead,
            cacheWrite: count.write5m + count.cacheWrite1h,
            cacheWrite1h: count.cacheWrite1h,
            reasoning: count.reasoning,
          },
          {
            input: dollars(table.input),
            output: dollars(table.output),
            ...(cacheRead && { cacheRead: dollars(cacheRead) }),
            ...(cacheWrite && { cacheWrite: dollars(cacheWrite) }),
            ...(cacheWrite1h && { cacheWrite1h: dollars(cacheWrite1h) }),
            ...(reasoning && { reasoning: dollars(reasoning) }),
            thousandCalls: table.thousandCalls / 1e6,
            source: "test",
            date: null,
          },
        );
        expect(nano).toBe(Number((pico + 500n) / 1000n));
      }),
      { numRuns: 3000 },
    );
  });

  it("agrees with a calculation of its own in whole picodollars, over random usage and prices", async () => {
    const next = random(11);
    for (let round = 0; round < 3000; round++) {
      // Prices in whole millionths of a dollar a million tokens, so that a token costs whole attodollars.
      const micro = (most: number): number => Math.floor(next() * most);
      const [input, output, cacheRead, cacheWrite] = [
        micro(2e7),
        micro(9e7),
        micro(2e6),
        micro(3e7),
      ] as const;
      const total = micro(2_000_000);
      const read = Math.floor(next() * total);
      const write = Math.floor(next() * (total - read));
      const out = micro(200_000);
      const attodollars =
        BigInt(total - read - write) * BigInt(input) +
        BigInt(read) * BigInt(cacheRead) +
        BigInt(write) * BigInt(cacheWrite) +
        BigInt(out) * BigInt(output);
      const [whole, rest] = [attodollars / 1000n, attodollars % 1000n];
      const expected = Number(rest >= 500n ? whole + 1n : whole);
      const price = {
        input: input / 1e6,
        output: output / 1e6,
        cacheRead: cacheRead / 1e6,
        cacheWrite: cacheWrite / 1e6,
      };
      const usage: Usage = { input: total, output: out, cacheRead: read, cacheWrite: write };
      const cost = await metered(price).costOf("own/model", usage, WHOLE);
      expect(cost.nanoDollars, JSON.stringify({ price, usage })).toBe(expected);
    }
  });

  it("rounds half a nano-dollar up, and only at the end", async () => {
    const half = metered({ input: 0.0005, output: 0.0005 });
    expect((await half.costOf("own/model", { input: 1, output: 0 }, WHOLE)).nanoDollars).toBe(1);
    expect((await half.costOf("own/model", { input: 1, output: 1 }, WHOLE)).nanoDollars).toBe(1);
    expect((await half.costOf("own/model", { input: 1, output: 2 }, WHOLE)).nanoDollars).toBe(2);
    const odd = metered({ input: 0.0015, output: 1e-7 });
    expect((await odd.costOf("own/model", { input: 1, output: 0 }, WHOLE)).nanoDollars).toBe(2);
    expect((await odd.costOf("own/model", { input: 0, output: 4999 }, WHOLE)).nanoDollars).toBe(0);
    expect((await odd.costOf("own/model", { input: 0, output: 5000 }, WHOLE)).nanoDollars).toBe(1);
    // 500.5 exactly, which in binary fractions comes out as 500.49999999999994.
    const exact = metered({ input: 0.5005, output: 0 });
    expect((await exact.costOf("own/model", { input: 1, output: 0 }, WHOLE)).nanoDollars).toBe(501);
  });

  it("agrees with the data set's own calculator to the nano-dollar, long contexts and caches included", async () => {
    const next = random(12);
    const models = [
      ["openai", "gpt-4o-mini"],
      ["openai", "gpt-5.5"],
      ["anthropic", "claude-haiku-4-5"],
      ["anthropic", "claude-opus-4-5"],
      ["google", "gemini-2.5-pro"],
      ["groq", "llama-3.3-70b-versatile"],
      ["openrouter", "anthropic/claude-sonnet-4.5"],
      ["openrouter", "perplexity/sonar-deep-research"],
      ["perplexity", "sonar-pro"],
    ] as const;
    for (const [providerId, name] of models) {
      for (let round = 0; round < 60; round++) {
        const input = Math.floor(next() * 600_000);
        const cacheRead = Math.floor(next() * input);
        const cacheWrite = Math.floor(next() * (input - cacheRead));
        const output = Math.floor(next() * 60_000);
        const reasoning = Math.floor(next() * output);
        const theirs = calcPrice(
          {
            input_tokens: input,
            cache_read_tokens: cacheRead,
            cache_write_tokens: cacheWrite,
            output_tokens: output,
            output_reasoning_tokens: reasoning,
          },
          name,
          { providerId, timestamp: new Date(AT) },
        );
        const ours = await meter.costOf(
          `${providerId}/${name}`,
          { input, output, cacheRead, cacheWrite, reasoning },
          WHOLE,
        );
        expect(ours.provenance).toBe("computed");
        const difference = Math.abs(ours.nanoDollars - (theirs?.total_price ?? Number.NaN) * 1e9);
        expect(
          difference,
          `${name}: ${JSON.stringify({ input, output, cacheRead, cacheWrite, reasoning })}`,
        ).toBeLessThan(0.51);
      }
    }
  });

  it("is nothing for local models, whatever was or was not reported", async () => {
    const free = { nanoDollars: 0, provenance: "computed", priceSource: "local", priceDate: null };
    expect(await meter.costOf("ollama/llama3.2:3b", { input: 9, output: 9 }, WHOLE)).toEqual(free);
    expect(await meter.costOf("ollama/llama3.2:3b", undefined, BROKEN)).toEqual(free);
  });

  it("lets the user's price win, over the list and over local", async () => {
    const overrides = {
      "openai/gpt-4o-mini": { input: 1, output: 1 },
      "ollama/big": { input: 2, output: 2 },
    };
    const own = createMeter({ overrides, localProviders: ["ollama"] });
    for (const [model, nanoDollars] of [
      ["openai/gpt-4o-mini", 2000],
      ["ollama/big", 4000],
    ] as const) {
      expect(await own.costOf(model, { input: 1, output: 1 }, WHOLE)).toEqual({
        nanoDollars,
        provenance: "computed",
        priceSource: "settings",
        priceDate: null,
      });
    }
  });

  it("is unpriced, never computed as nothing, for a model that nobody knows", async () => {
    const unpriced = { nanoDollars: 0, provenance: "unpriced", priceSource: "", priceDate: null };
    expect(await meter.costOf("openai/gpt-99", { input: 1e6, output: 1e6 }, WHOLE)).toEqual(unpriced);
    expect(await meter.costOf("corp/gpt-4o", undefined, BROKEN)).toEqual(unpriced);
  });

  it("is nothing, and known to be, for a call that was refused", async () => {
    const refused = { ...BROKEN, billed: false };
    const cost = await meter.costOf("openai/gpt-99", undefined, refused);
    expect(cost).toEqual({
      nanoDollars: 0,
      provenance: "computed",
      priceSource: "not billed",
      priceDate: null,
    });
  });

  it("estimates what was not reported from the characters, and says so", async () => {
    const own = metered({ input: 1, output: 10 });
    const cost = async (usage: Usage | undefined, how: Metered): Promise<[number, string]> => {
      const { nanoDollars, provenance } = await own.costOf("own/model", usage, how);
      return [nanoDollars, provenance];
    };
    // 4000 characters in are 1000 tokens, 800 out are 200.
    expect(await cost(undefined, WHOLE)).toEqual([3_000_000, "estimated"]);
    expect(await cost({}, WHOLE)).toEqual([3_000_000, "estimated"]);
    expect(await cost({ input: 500 }, WHOLE)).toEqual([2_500_000, "estimated"]);
    expect(await cost({ output: 50 }, WHOLE)).toEqual([1_500_000, "estimated"]);
    for (const nonsense of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      expect(await cost({ input: nonsense, output: 200 }, WHOLE), String(nonsense)).toEqual([
        3_000_000,
        "estimated",
      ]);
    }
    expect(await cost({ input: 0, output: 0 }, WHOLE)).toEqual([0, "computed"]);
  });

  it("takes a broken-off answer for an estimate: what was reported, or what came if that is more", async () => {
    const own = metered({ input: 1, output: 10 });
    const cost = async (usage: Usage): Promise<unknown> => own.costOf("own/model", usage, BROKEN);
    const estimated = { provenance: "estimated", priceSource: "settings", priceDate: null };
    expect(await cost({ input: 500, output: 1 })).toEqual({ nanoDollars: 2_500_000, ...estimated });
    expect(await cost({ input: 500, output: 400 })).toEqual({ nanoDollars: 4_500_000, ...estimated });
  });

  it("does not fall below nothing when a provider reports more cached tokens than input", async () => {
    const own = metered({ input: 3, output: 15, cacheRead: 0.3 });
    const cost = await own.costOf("own/model", { input: 10, output: 0, cacheRead: 1000 }, WHOLE);
    expect(cost.nanoDollars).toBe(300_000);
  });
});

describe("formatDollars", () => {
  it.each([
    [0, "$0"],
    [1, "$0.000000001"],
    [400_000, "$0.0004"],
    [412_345, "$0.00041"],
    [417_000, "$0.00042"],
    [996_000, "$0.001"],
    [5_000_000, "$0.005"],
    [12_345_678, "$0.012"],
    [50_000_000, "$0.05"],
    [99_600_000, "$0.10"],
    [100_000_000, "$0.10"],
    [419_999_999, "$0.42"],
    [999_999_999, "$1.00"],
    [1_005_000_000, "$1.01"],
    [1_234_500_000_000, "$1,234.50"],
    [-420_000_000, "-$0.42"],
  ])("writes %i nano-dollars as %s", (nano, text) => {
    expect(formatDollars(nano)).toBe(text);
  });

  it("never shows a little as nothing, nor far from what it is", () => {
    const next = random(13);
    for (let round = 0; round < 5000; round++) {
      const nano = Math.max(1, Math.floor(10 ** (next() * 12)));
      const text = formatDollars(nano);
      const shown = Number(text.replace(/[$,]/g, "")) * 1e9;
      expect(Math.abs(shown - nano) / nano, `${nano} as ${text}`).toBeLessThan(0.051);
    }
  });

  it("says what is guessed and what is not known", () => {
    expect(formatDollars(420_000_000, { estimated: 2, unpriced: 0 })).toBe("≥ $0.42 (2 estimated)");
    expect(formatDollars(420_000_000, { unpriced: 1 })).toBe("≥ $0.42 (1 not priced)");
    expect(formatDollars(420_000_000, { estimated: 2, unpriced: 1 })).toBe(
      "≥ $0.42 (2 estimated, 1 not priced)",
    );
    expect(formatDollars(0, { unpriced: 3 })).toBe("not priced");
    expect(formatDollars(420_000_000, {})).toBe("$0.42");
  });
});
