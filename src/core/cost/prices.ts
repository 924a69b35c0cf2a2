/** What models cost: the user's own prices, else those of `@pydantic/genai-prices`, loaded when first asked for. */
import type * as DataSet from "@pydantic/genai-prices";
import type { ModelPrice } from "@pydantic/genai-prices";
import type { ModelId } from "../request.ts";
import { splitModelId } from "../request.ts";
import type { Settings } from "../settings.ts";

/** Dollars per million tokens. */
export interface Rate {
  base: number;
  /** Long-context prices, rising: above so many input tokens the whole call costs `price`. */
  steps: readonly { above: number; price: number }[];
}

/** The price of one model. A missing cache rate means that those tokens cost what other input costs. */
export interface Price {
  input: Rate;
  output: Rate;
  cacheRead?: Rate;
  cacheWrite?: Rate;
  /** Of cache writes that are kept for an hour. */
  cacheWrite1h?: Rate;
  /** Of reasoning tokens, where they cost other than the rest of the output. */
  reasoning?: Rate;
  /** Dollars per thousand calls, on top of the tokens. */
  thousandCalls: number;
  /** Tokens that prompt and answer may have together, where the list knows. */
  contextTokens?: number;
  /** "settings" or the data set with its version. */
  source: string;
  /** The day of the data set, ISO 8601; null for prices of the settings. */
  date: string | null;
}

/** The data set in use: the installed one, with the day it was published; a test holds the version against the package. */
let listed: Pick<Price, "source" | "date"> = { source: "genai-prices 0.1.8", date: "2026-09-23" };

/** A list with fewer providers is not the list. */
const LEAST_PROVIDERS = 10;

/** Prices by another edition of the data set from now on, of the day `date`; false, and the old one, for what is none. */
export async function adoptPrices(list: unknown, date: string): Promise<boolean> {
  if (!Array.isArray(list) || list.length < LEAST_PROVIDERS) return false;
  dataSet ??= import("@pydantic/genai-prices").catch(() => undefined);
  const loaded = await dataSet;
  try {
    // The package checks the list, and throws on one that it cannot read.
    loaded?.updatePrices(({ setProviderData }) => setProviderData(list as DataSet.Provider[]));
  } catch {
    return false;
  }
  if (!loaded) return false;
  listed = { source: "genai-prices, fetched", date };
  looked = { minute: -1, prices: new Map() };
  return true;
}

/** Providers that the data set names otherwise. All else must match its names exactly: "my-openai" is not OpenAI. */
const DATA_SET_NAMES = new Map([
  ["copilot", "github-copilot"],
  ["xai", "x-ai"],
]);

let dataSet: Promise<typeof DataSet | undefined> | undefined;

/** Prices looked up in this minute: the set matches names by patterns, and no price of it changes within a minute. */
const MINUTE_MS = 60_000;
let looked: { minute: number; prices: Map<ModelId, Price | undefined> } = { minute: -1, prices: new Map() };

/**
 * The price of a model at a time (milliseconds since the epoch, since prices change on set dates), or undefined when
 * nobody knows it. A model that the data set lists without any price is free: "included", ":free". Never throws.
 * The data set takes about 50 ms to load, once; it is never fetched over the network.
 */
export async function listedPrice(model: ModelId, at: number): Promise<Price | undefined> {
  const minute = Math.floor(at / MINUTE_MS);
  if (looked.minute !== minute) looked = { minute, prices: new Map() };
  const { prices } = looked;
  if (!prices.has(model)) prices.set(model, await lookUp(model, at));
  return prices.get(model);
}

async function lookUp(model: ModelId, at: number): Promise<Price | undefined> {
  const { provider, name } = splitModelId(model);
  const providerId = DATA_SET_NAMES.get(provider) ?? provider;
  dataSet ??= import("@pydantic/genai-prices").catch(() => undefined);
  const loaded = await dataSet;
  if (!loaded) return undefined;
  try {
    const options = { providerId, timestamp: new Date(at) };
    // Google's own API names its models "models/…".
    const found = loaded.calcPrice(
      {},
      providerId === "google" ? name.replace(/^models\//, "") : name,
      options,
    );
    const price = found?.provider.id === providerId ? toPrice(found.model_price) : undefined;
    const contextTokens = found?.model.context_window;
    return price && contextTokens ? { ...price, contextTokens } : price;
  } catch {
    return undefined;
  }
}

/** The user's own price of a model, from `hybrid.prices`. */
export function ownPrice(model: ModelId, prices: Settings["prices"]): Price | undefined {
  const own = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!own || !Object.values(own).every(Number.isFinite)) return undefined;
  return {
    input: flat(own.input),
    output: flat(own.output),
    ...(own.cacheRead !== undefined && { cacheRead: flat(own.cacheRead) }),
    ...(own.cacheWrite !== undefined && { cacheWrite: flat(own.cacheWrite) }),
    ...(own.cacheWrite1h !== undefined && { cacheWrite1h: flat(own.cacheWrite1h) }),
    thousandCalls: 0,
    source: "settings",
    date: null,
  };
}

/** The rate that a call with so many input tokens pays. */
export function rateAt(rate: Rate, inputTokens: number): number {
  return rate.steps.findLast(({ above }) => inputTokens > above)?.price ?? rate.base;
}

function flat(base: number): Rate {
  return { base, steps: [] };
}

/** Undefined for a model priced by something else than tokens in and out, as embeddings and speech are. */
function toPrice(prices: ModelPrice): Price | undefined {
  const free = Object.keys(prices).length === 0;
  const rate = (key: string): Rate | undefined => toRate(prices[key]);
  const input = free ? flat(0) : rate("input_mtok");
  const output = free ? flat(0) : rate("output_mtok");
  if (!input || !output) return undefined;
  const cacheRead = rate("cache_read_mtok");
  const cacheWrite = rate("cache_write_5m_mtok") ?? rate("cache_write_mtok");
  const cacheWrite1h = rate("cache_write_1h_mtok");
  const reasoning = rate("output_reasoning_mtok");
  return {
    input,
    output,
    ...(cacheRead && { cacheRead }),
    ...(cacheWrite && { cacheWrite }),
    ...(cacheWrite1h && { cacheWrite1h }),
    ...(reasoning && { reasoning }),
    thousandCalls: rate("requests_kcount")?.base ?? 0,
    ...listed,
  };
}

function toRate(listed: ModelPrice[string]): Rate | undefined {
  if (listed === undefined) return undefined;
  if (typeof listed === "number") return flat(listed);
  const steps = listed.tiers.map(({ start, price }) => ({ above: start, price }));
  return { base: listed.base, steps: steps.toSorted((a, b) => a.above - b.above) };
}
