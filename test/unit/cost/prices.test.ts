import { readFileSync } from "node:fs";
import { calcPrice } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import { listedPrice, ownPrice, rateAt } from "../../../src/core/cost/prices.ts";
import type { ModelId } from "../../../src/core/request.ts";
import { parseSettings } from "../../../src/core/settings.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

describe("listed prices", () => {
  it("know every cloud model of the default settings", async () => {
    const { settings } = parseSettings(() => undefined);
    const models = [...settings["tiers.mid.models"], ...settings["tiers.flagship.models"]];
    expect(models.length).toBeGreaterThan(0);
    for (const model of models) {
      const price = await listedPrice(model, NOW);
      expect(price?.input.base, model).toBeGreaterThan(0);
      expect(price?.output.base, model).toBeGreaterThan(0);
    }
  });

  it("name the version of the data set that is installed", async () => {
    const manifest = new URL("../../../node_modules/@pydantic/genai-prices/package.json", import.meta.url);
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    expect((await listedPrice("openai/gpt-4o-mini", NOW))?.source).toBe(`genai-prices ${version}`);
  });

  it("are those of the provider asked for, and of no other with a similar name", async () => {
    expect(await listedPrice("openai/gpt-4o-mini", NOW)).toBeDefined();
    for (const model of [
      "my-openai/gpt-4o-mini",
      "openai-proxy/gpt-4o-mini",
      "constructor/gpt-4o",
      "nobody/gpt-4o",
    ] as const) {
      expect(await listedPrice(model, NOW), model).toBeUndefined();
    }
    expect(await listedPrice("openai/no-such-model", NOW)).toBeUndefined();
    expect(await listedPrice("anthropic/gpt-4o-mini", NOW)).toBeUndefined();
  });

  it("understand the names under which models are sold", async () => {
    const base = async (model: ModelId): Promise<number | undefined> =>
      (await listedPrice(model, NOW))?.input.base;
    expect(await base("anthropic/claude-haiku-4-5-20251001")).toBe(await base("anthropic/claude-haiku-4-5"));
    expect(await base("google/models/gemini-2.5-pro")).toBe(await base("google/gemini-2.5-pro"));
    expect(await base("openrouter/anthropic/claude-haiku-4.5")).toBeGreaterThan(0);
    expect(await base("xai/grok-4")).toBeGreaterThan(0);
  });

  it("are zero for a model listed as free, and unknown for one sold by other units than tokens", async () => {
    const free = await listedPrice("openrouter/meta-llama/llama-3.3-70b-instruct:free", NOW);
    expect(free).toMatchObject({ input: { base: 0 }, output: { base: 0 } });
    expect(await listedPrice("groq/whisper-large-v3", NOW)).toBeUndefined();
    expect(await listedPrice("openai/text-embedding-3-small", NOW)).toBeUndefined();
  });

  it("are those of the day of the call", async () => {
    // OpenAI made o3 cheaper on 10 June 2025.
    const before = await listedPrice("openai/o3", Date.parse("2025-06-09T12:00:00Z"));
    const after = await listedPrice("openai/o3", Date.parse("2025-06-11T12:00:00Z"));
    expect(before?.input.base).toBe(10);
    expect(after?.input.base).toBe(2);
  });

  it("rise with the context where the provider's do", async () => {
    const price = await listedPrice("google/gemini-2.5-pro", NOW);
    if (!price) throw new Error("not listed");
    for (const tokens of [0, 1, 200_000, 200_001, 900_000]) {
      const theirs = calcPrice({ input_tokens: tokens, output_tokens: 1_000_000 }, "gemini-2.5-pro", {
        providerId: "google",
        timestamp: new Date(NOW),
      });
      expect(rateAt(price.output, tokens), `${tokens} tokens`).toBeCloseTo(
        theirs?.output_price ?? Number.NaN,
        9,
      );
    }
    expect(rateAt(price.input, 200_001)).toBeGreaterThan(rateAt(price.input, 200_000));
  });
});

describe("the user's own prices", () => {
  it("are taken for exactly the model they name", () => {
    const prices = { "corp/big": { input: 1.5, output: 4, cacheRead: 0.1 } };
    expect(ownPrice("corp/big", prices)).toMatchObject({
      input: { base: 1.5 },
      output: { base: 4 },
      cacheRead: { base: 0.1 },
      source: "settings",
    });
    expect(ownPrice("corp/big", prices)?.cacheWrite).toBeUndefined();
    expect(ownPrice("corp/bigger", prices)).toBeUndefined();
    expect(ownPrice("__proto__/x", {})).toBeUndefined();
  });

  it("are left aside where they are no finite number", () => {
    expect(
      ownPrice("corp/big", { "corp/big": { input: Number.POSITIVE_INFINITY, output: 1 } }),
    ).toBeUndefined();
  });
});
