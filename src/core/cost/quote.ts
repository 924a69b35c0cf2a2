/** What an attempt will probably cost, said before it is made. */
import type { AttemptRecord } from "../log/record.ts";
import type { Task, Tier } from "../request.ts";
import { formatDollars, priceTokens } from "./meter.ts";
import type { Price } from "./prices.ts";

/** From a cheap to a dear outcome, nano-dollars. */
export interface Quote {
  low: number;
  high: number;
  /** It costs nothing more than the user's plan with the provider. */
  isPlan?: true;
}

/** Answered attempts of a task and tier from which its lengths are read off the log. */
const LEAST_ANSWERS = 5;
/** The share of answers that a quote leaves out at each end: nine in ten should fall within. */
const TAIL = 0.05;

/**
 * Output tokens of most answers, where the log does not know better: from a short answer to one that fills a page of
 * code. Reasoning counts as output, so a flagship's are longer. Deliberately wide; the statistics show how far off.
 */
const USUAL: Record<Tier, readonly [low: number, high: number]> = {
  local: [100, 1000],
  mid: [150, 1500],
  flagship: [300, 4000],
};

/** Output tokens, from few to many, that a task takes of a tier's models: 5 % and 95 % quantiles of `rows`, the log's. */
export function expectedOutput(
  rows: Iterable<Pick<AttemptRecord, "task" | "actualTier" | "outcome" | "outputTokens">>,
  task: Task,
  tier: Tier,
): readonly [low: number, high: number] {
  const known: number[] = [];
  for (const row of rows) {
    if (row.outcome === "answered" && row.task === task && row.actualTier === tier && row.outputTokens)
      known.push(row.outputTokens);
  }
  if (known.length < LEAST_ANSWERS) return USUAL[tier];
  const sorted = known.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return [at(TAIL), at(1 - TAIL)];
}

/** The quote for so many input and output tokens; output beyond `most`, the most that is asked for, cannot come. */
export function quoteOf(
  price: Price,
  inputTokens: number,
  [low, high]: readonly [number, number],
  most: number,
): Quote {
  return {
    low: costOf(price, inputTokens, Math.min(low, most)),
    high: costOf(price, inputTokens, Math.min(high, most)),
    ...(price.source === "plan" && { isPlan: true }),
  };
}

/** The most that an attempt can cost, nano-dollars: all of its output, and not a token of its input cached. */
export function mostOf(price: Price, inputTokens: number, most: number): number {
  // Writing the whole prompt to a cache may cost more than just sending it.
  const written = { cacheWrite: inputTokens, cacheWrite1h: 0 };
  const plain = costOf(price, inputTokens, most);
  const cached = priceTokens(
    { input: inputTokens, output: most, cacheRead: 0, reasoning: 0, ...written },
    price,
  );
  return Math.max(plain, cached);
}

function costOf(price: Price, input: number, output: number): number {
  return priceTokens({ input, output, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0 }, price);
}

/** Below this, nano-dollars, a guess is not worth its digits. */
const CENT = 10_000_000;

/** "about $0.03–0.06", "about $0.03" where both ends read the same, "under $0.01", "free", "part of your plan". */
export function aboutText(quote: Quote | undefined): string {
  if (!quote) return "price not known";
  if (quote.isPlan) return "part of your plan";
  if (quote.high === 0) return "free";
  return quote.high < CENT ? `under ${formatDollars(CENT)}` : `about ${rangeText(quote)}`;
}

function rangeText({ low, high }: Quote): string {
  const [from, to] = [formatDollars(low), formatDollars(high)];
  return from === to ? from : `${from}–${to.replace(/^\$/, "")}`;
}
