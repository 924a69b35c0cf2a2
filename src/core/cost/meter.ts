/** Usage → money. */
import type { Cost } from "../log/record.ts";
import type { Usage } from "../providers/provider.ts";
import type { ModelId } from "../request.ts";
import { splitModelId } from "../request.ts";
import type { Settings } from "../settings.ts";
import type { Price } from "./prices.ts";
import { listedPrice, ownPrice, rateAt } from "./prices.ts";
import { tokensOfLength } from "./tokens.ts";

export interface MeterOptions {
  /** The user's own prices; they win over all others. */
  overrides: Settings["prices"];
  /** Providers that cost nothing, by name. */
  localProviders: Iterable<string>;
  /** Providers whose models the user has paid for with a plan, by name. */
  planProviders?: Iterable<string>;
}

/** How an attempt went, as far as its price depends on it. */
export interface Metered {
  /** Characters sent and received: the estimate where usage was not reported. */
  charsIn: number;
  charsOut: number;
  /** False when the model never began: refused, unreachable, no key. */
  billed: boolean;
  /** False when the answer broke off or was stopped, so that the usage reported may fall short. */
  complete: boolean;
  /** When the call was made, milliseconds since the epoch. */
  at: number;
}

export interface Meter {
  /** What an attempt cost. Never throws; a model without a known price is "unpriced". */
  costOf(model: ModelId, usage: Usage | undefined, metered: Metered): Promise<Cost>;
  /** The price of a model at a time (milliseconds since the epoch), to show; undefined when nobody knows it. */
  priceOf(model: ModelId, at: number): Promise<Price | undefined>;
}

/** Tokens to be paid for, counted as in `Usage`. */
export interface Tokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  reasoning: number;
}

const FREE: Price = {
  input: { base: 0, steps: [] },
  output: { base: 0, steps: [] },
  thousandCalls: 0,
  source: "local",
  date: null,
};

const PLAN: Price = { ...FREE, source: "plan" };

const NOT_BILLED: Cost = {
  nanoDollars: 0,
  provenance: "computed",
  priceSource: "not billed",
  priceDate: null,
};
const UNPRICED: Cost = { nanoDollars: 0, provenance: "unpriced", priceSource: "", priceDate: null };

/** Makes a meter. It holds no state but its options: make a new one when the settings change. */
export function createMeter({ overrides, localProviders, planProviders = [] }: MeterOptions): Meter {
  const local = new Set(localProviders);
  const plan = new Set(planProviders);
  const priceOf = async (model: ModelId, at: number): Promise<Price | undefined> => {
    const own = ownPrice(model, overrides);
    if (own) return own;
    const { provider } = splitModelId(model);
    if (plan.has(provider)) return PLAN;
    return local.has(provider) ? FREE : listedPrice(model, at);
  };
  return {
    priceOf,
    async costOf(model, usage, metered) {
      const reported = count(usage?.costNanoDollars);
      // Even of an answer that broke off: a price comes with the provider's last words, when its bill is made.
      if (reported !== undefined) {
        const priceSource = splitModelId(model).provider;
        return { nanoDollars: reported, provenance: "reported", priceSource, priceDate: null };
      }
      if (!metered.billed) return NOT_BILLED;
      const price = await priceOf(model, metered.at);
      if (!price) return UNPRICED;
      const tokens = tokensOf(usage, metered);
      return {
        nanoDollars: priceTokens(tokens, price),
        provenance: tokens.reported || price === FREE || price === PLAN ? "computed" : "estimated",
        priceSource: price.source,
        priceDate: price.date,
      };
    },
  };
}

/**
 * What was used, with estimates for what was not reported. An answer that broke off is billed up to where it broke:
 * what came of it is estimated too, since providers report the output last.
 */
function tokensOf(
  usage: Usage | undefined,
  { charsIn, charsOut, complete }: Metered,
): Tokens & { reported: boolean } {
  const cacheRead = count(usage?.cacheRead) ?? 0;
  const cacheWrite1h = count(usage?.cacheWrite1h) ?? 0;
  const cacheWrite = Math.max(count(usage?.cacheWrite) ?? 0, cacheWrite1h);
  const input = count(usage?.input);
  const output = count(usage?.output);
  const received = tokensOfLength(charsOut);
  return {
    // True when the provider reported input and output of a call that ran to its end.
    reported: complete && input !== undefined && output !== undefined,
    input: Math.max(input ?? tokensOfLength(charsIn), cacheRead + cacheWrite),
    output: complete ? (output ?? received) : Math.max(output ?? 0, received),
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    reasoning: count(usage?.reasoning) ?? 0,
  };
}

/** A token count that makes sense; anything else counts as not reported. */
function count(tokens: number | undefined): number | undefined {
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : undefined;
}

/** Decimal places that prices are computed with: more than any price has. */
const PLACES = 24;

/**
 * Nano-dollars: the sum of tokens × rate, exact, rounded once at the end, half up. Cached tokens are part of the input, reasoning
 * tokens part of the output (normalised by the providers), so each is paid for once.
 */
export function priceTokens(tokens: Tokens, price: Price): number {
  const { cacheRead, cacheWrite, cacheWrite1h } = tokens;
  const reasoning = Math.min(tokens.reasoning, tokens.output);
  const { input, output } = price;
  const parts = [
    [tokens.input - cacheRead - cacheWrite, input],
    [cacheRead, price.cacheRead ?? input],
    [cacheWrite - cacheWrite1h, price.cacheWrite ?? input],
    [cacheWrite1h, price.cacheWrite1h ?? price.cacheWrite ?? input],
    [tokens.output - reasoning, output],
    [reasoning, price.reasoning ?? output],
  ] as const;
  // Dollars per million of anything are 1000 nano-dollars each; a call at dollars per thousand is a thousand of those.
  let sum = 1000n * decimal(price.thousandCalls);
  for (const [amount, rate] of parts) sum += BigInt(amount) * decimal(rateAt(rate, tokens.input));
  const one = 10n ** BigInt(PLACES);
  return Math.min(Number((sum * 1000n * 2n + one) / (2n * one)), Number.MAX_SAFE_INTEGER);
}

/** A number as its shortest decimal writing says, times 10^PLACES: 0.1 is a tenth, not the nearest binary fraction. */
function decimal(value: number): bigint {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const shift = PLACES - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
}

/**
 * Money for people: "$0", "$0.0004", "$0.42", "$1,234.50". From ten cents on to the cent, below that two digits, so
 * that little is never shown as nothing. With estimated or unpriced attempts among it "≥ $0.42 (2 estimated)"; where
 * all there is has no price, "not priced".
 */
export function formatDollars(
  nano: number,
  { estimated = 0, unpriced = 0 }: { estimated?: number; unpriced?: number } = {},
): string {
  if (nano === 0 && unpriced > 0 && estimated === 0) return "not priced";
  const notes = [];
  if (estimated > 0) notes.push(`${estimated} estimated`);
  if (unpriced > 0) notes.push(`${unpriced} not priced`);
  return notes.length > 0 ? `≥ ${dollars(nano)} (${notes.join(", ")})` : dollars(nano);
}

const TEN_CENTS = 100_000_000;

function dollars(nano: number): string {
  if (nano < 0) return `-${dollars(-nano)}`;
  if (nano === 0) return "$0";
  const whole = Math.round(nano);
  if (whole >= TEN_CENTS) {
    const amount = Math.round(whole / 10_000_000) / 100;
    return `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
  }
  const unit = 10 ** Math.max(0, String(whole).length - 2);
  const places = String(Math.round(whole / unit) * unit).padStart(9, "0");
  const significant = places.replace(/0+$/, "").padEnd(2, "0");
  return `$0.${significant}`;
}
