/** The price list fetched over real HTTP from a server of our own, into a real file. */
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Provider } from "@pydantic/genai-prices";
import { findProvider } from "@pydantic/genai-prices";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMeter } from "../../../src/core/cost/meter.ts";
import { refreshPrices } from "../../../src/core/cost/priceList.ts";
import type { Sent } from "../../../src/core/providers/provider.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const IDS = [
  "openai",
  "anthropic",
  "google",
  "groq",
  "openrouter",
  "mistral",
  "deepseek",
  "cohere",
  "x-ai",
  "together",
];
const known = IDS.map((providerId) => findProvider({ providerId })).filter((one): one is Provider => !!one);
const signal = new AbortController().signal;
let folder: string;
let server: Server;
let url: string;
let body: string;
let asked: number;
let sent: Sent[];

/** The list with GPT-4o mini at `dollars` a million input tokens. */
function listWith(dollars: number): string {
  const list = known.map((provider) => ({
    ...provider,
    models: provider.models.map((model) =>
      provider.id === "openai" && model.id === "gpt-4o-mini"
        ? { ...model, prices: { input_mtok: dollars, output_mtok: 1 } }
        : model,
    ),
  }));
  return JSON.stringify(list);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-prices-"));
  asked = 0;
  sent = [];
  server = createServer((_, response) => {
    asked += 1;
    response.setHeader("content-type", "application/json");
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.json`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function refresh(now = NOW): Promise<string | undefined> {
  const onSent = (one: Sent) => void sent.push(one);
  return refreshPrices({ file: join(folder, "prices.json"), onSent, now: () => now, url }, signal);
}

async function inputPrice(): Promise<[number | undefined, string | undefined, string | null | undefined]> {
  const meter = createMeter({ overrides: {}, localProviders: [] });
  const price = await meter.priceOf("openai/gpt-4o-mini", NOW);
  return [price?.input.base, price?.source, price?.date];
}

it("takes a new list, keeps it, and fetches no other within a day", async () => {
  expect(known.length).toBe(IDS.length);
  body = listWith(7);
  expect(await refresh()).toBe("2026-11-25");
  expect(await inputPrice()).toEqual([7, "genai-prices, fetched", "2026-11-25"]);
  expect(sent).toMatchObject([{ path: "/data.json", bytes: 0 }]);
  await utimes(join(folder, "prices.json"), NOW / 1000, NOW / 1000);
  body = listWith(8);
  await refresh(NOW + 3_600_000);
  expect([asked, (await inputPrice())[0]]).toEqual([1, 7]);
  await refresh(NOW + 90_000_000);
  expect([asked, (await inputPrice())[0]]).toEqual([2, 8]);
});

it("keeps the list at hand when the address gives something else, or nothing", async () => {
  body = listWith(7);
  await refresh();
  for (const bad of [
    "",
    "[]",
    "{}",
    "<html>",
    '[{"id":"x"}]',
    JSON.stringify(Array.from({ length: 20 }, () => ({ id: "x" }))),
  ]) {
    body = bad;
    await utimes(join(folder, "prices.json"), 0, 0);
    expect(await refresh(), bad).toBe("1970-01-01");
    expect((await inputPrice())[0], bad).toBe(7);
    expect(await readFile(join(folder, "prices.json"), "utf8")).toContain("gpt-4o-mini");
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await refresh()).toBe("1970-01-01");
  server.listen(0);
});

it("does without a file that is damaged", async () => {
  await writeFile(join(folder, "prices.json"), "[{");
  body = listWith(9);
  expect(await refresh()).toBe("2026-11-25");
  expect((await inputPrice())[0]).toBe(9);
});
