/** Usage at the wire: absent is not zero, nonsense is absent, and money is exact. */
import { describe, expect, it } from "vitest";
import {
  anthropicUsage,
  nanoDollars,
  ollamaUsage,
  openAiUsage,
  openRouterCost,
  tokenCount,
} from "../../../src/core/providers/usage.ts";

describe("a count", () => {
  it.each([0, 1, 1e9])("of %d is one", (count) => expect(tokenCount(count)).toBe(count));

  it.each([-1, 0.5, 1e9 + 1, Number.NaN, Number.POSITIVE_INFINITY, "12", null, undefined, true, [3], {}])(
    "of %o is none",
    (value) => expect(tokenCount(value)).toBeUndefined(),
  );
});

describe("dollars become nano-dollars", () => {
  it.each([
    [0, 0],
    [1, 1_000_000_000],
    [0.95, 950_000_000],
    [0.00000735, 7_350],
    [9.529e-5, 95_290],
    [0.1, 100_000_000],
    // Halves go up, of the number as it is written: in binary 1.5e-9 lies below its half.
    [1.5e-9, 2],
    [2.5e-9, 3],
    [4.999e-10, 0],
    [5e-10, 1],
    [1e-300, 0],
    [12_345.678901234, 12_345_678_901_234],
    [1e5, 100_000_000_000_000],
  ])("%d is %d", (dollars, nano) => expect(nanoDollars(dollars)).toBe(nano));

  it.each([-0.01, 1e6, Number.NaN, Number.POSITIVE_INFINITY, "0.5", null, undefined, { total: 1 }])(
    "%o is no price",
    (value) => expect(nanoDollars(value)).toBeUndefined(),
  );
});

describe("OpenAI's usage", () => {
  it("keeps what is zero and leaves out what is absent", () => {
    const details = { prompt_tokens_details: { cached_tokens: 0 } };
    expect(openAiUsage({ prompt_tokens: 5, completion_tokens: 0, ...details })).toStrictEqual({
      input: 5,
      output: 0,
      cacheRead: 0,
    });
    expect(openAiUsage({ prompt_tokens: 5 })).toStrictEqual({ input: 5 });
  });

  it("is none when nothing of it makes sense", () => {
    for (const usage of [null, undefined, "many", [], {}, { prompt_tokens: -3, completion_tokens: "8" }]) {
      expect(openAiUsage(usage)).toBeUndefined();
    }
  });

  it("takes the good of it and leaves the bad", () => {
    const usage = { prompt_tokens: 7, completion_tokens: -1, total_tokens: 1e12 };
    expect(openAiUsage({ ...usage, prompt_tokens_details: "?" })).toStrictEqual({ input: 7 });
  });

  it("finds Gemini's thinking in the total, told of or not", () => {
    const seen = { prompt_tokens: 21, completion_tokens: 0, total_tokens: 81 };
    expect(openAiUsage(seen)).toStrictEqual({ input: 21, output: 60, reasoning: 60 });
    const details = { completion_tokens_details: { reasoning_tokens: 60 } };
    expect(openAiUsage({ ...seen, ...details })).toStrictEqual({ input: 21, output: 60, reasoning: 60 });
    // Its early chunks have no completion yet, which is not a completion of nothing.
    expect(openAiUsage({ prompt_tokens: 8, total_tokens: 8 })).toStrictEqual({ input: 8 });
  });

  it("counts what was written to the cache, where that is told", () => {
    const usage = { prompt_tokens: 194, completion_tokens: 2, total_tokens: 196 };
    const details = { prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100 } };
    expect(openAiUsage({ ...usage, ...details })).toStrictEqual({
      input: 194,
      output: 2,
      cacheRead: 0,
      cacheWrite: 100,
    });
  });
});

describe("OpenRouter's cost", () => {
  it("is what the account was charged; what the vendor took of it is part of that", () => {
    const usage = { cost: 0.0033789, is_byok: false, cost_details: { upstream_inference_cost: 0.0033789 } };
    expect(openRouterCost(usage)).toBe(3_378_900);
  });

  it("with a key of the user's own is the fee and the vendor's bill", () => {
    const details = { upstream_inference_cost: 0.0360795 };
    expect(openRouterCost({ cost: 0.001, is_byok: true, cost_details: details })).toBe(37_079_500);
    expect(openRouterCost({ cost: 0, is_byok: true, cost_details: details })).toBe(36_079_500);
    // The fee alone would be too little: then the price list knows better.
    expect(openRouterCost({ cost: 0.001, is_byok: true })).toBeUndefined();
  });

  it("is none where there is none, and zero where it is free", () => {
    expect(openRouterCost({ prompt_tokens: 3 })).toBeUndefined();
    expect(openRouterCost({ cost: 0, is_byok: false })).toBe(0);
  });
});

describe("Anthropic's usage", () => {
  it("adds the cached tokens to the input and keeps the hour's writes apart", () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 2000,
      cache_read_input_tokens: 50_000,
      cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 1500 },
      output_tokens: 300,
    };
    expect(anthropicUsage(usage)).toStrictEqual({
      input: 52_010,
      output: 300,
      cacheRead: 50_000,
      cacheWrite: 2000,
      cacheWrite1h: 1500,
    });
  });

  it("adds up the writes where only their parts are told", () => {
    const parts = { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 0 };
    expect(anthropicUsage({ input_tokens: 1, cache_creation: parts })).toStrictEqual({
      input: 8,
      cacheWrite: 7,
      cacheWrite1h: 0,
    });
  });

  it("survives nulls and nonsense", () => {
    const usage = { input_tokens: null, cache_creation: null, output_tokens: 4.5, output_tokens_details: 3 };
    expect(anthropicUsage(usage)).toBeUndefined();
    expect(anthropicUsage({ ...usage, cache_read_input_tokens: 9 })).toStrictEqual({ cacheRead: 9 });
  });
});

describe("Ollama's counts", () => {
  it("are absent where Go left out a zero", () => {
    expect(ollamaUsage({ done: true, eval_count: 15 })).toStrictEqual({ output: 15 });
    expect(ollamaUsage({ done: true })).toBeUndefined();
    expect(ollamaUsage({ prompt_eval_count: -1, eval_count: 1e10 })).toBeUndefined();
  });
});
