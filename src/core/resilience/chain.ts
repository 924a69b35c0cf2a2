/** What all attempts of one request may take together: time until the first text, and money. */
import type { Meter } from "../cost/meter.ts";
import { formatDollars, priceTokens } from "../cost/meter.ts";
import { estimateTokens } from "../cost/tokens.ts";
import { HybridError } from "../errors.ts";
import type { AttemptRecord } from "../log/record.ts";
import type { ModelCall } from "../providers/provider.ts";
import type { ModelId } from "../request.ts";
import { durationText } from "./clock.ts";

export interface ChainLimits {
  /** From the first attempt to the first text, milliseconds; afterwards the providers' own limits hold. */
  deadlineMs: number;
  /** Of the sum of the attempts' costs, nano-dollars; none if missing. */
  costCap?: number;
}

/** Ten minutes hold two loads of a large local model at five minutes, the longest that one is waited for. */
export const DEFAULT_LIMITS: ChainLimits = { deadlineMs: 600_000 };

/** The longest time that Node's timers take; more would be over at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface Deadline {
  /** Aborts with the outer signal and at the deadline. */
  signal: AbortSignal;
  /** True once the time is over without a word. */
  readonly over: boolean;
  /** The first text is there, or the request has ended: no more deadline. */
  met(): void;
}

/** Starts the clock of a request. */
export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  // A timer does not count the time that the machine sleeps, nor does it follow a clock that is set.
  const timer = setTimeout(() => controller.abort(), Math.min(ms, MAX_TIMER_MS)).unref();
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    get over() {
      return controller.signal.aborted;
    },
    met: () => clearTimeout(timer),
  };
}

/** The error of an attempt that the deadline cut short. Says nothing of the model's health. */
export function cutShort(model: ModelId, ms: number): HybridError {
  return new HybridError(
    "timeout",
    `${model} had sent nothing when the request's ${durationText(ms)} were over.`,
  );
}

/** The error of a request that ran into its deadline. */
export function deadlineError(ms: number, attempts: readonly AttemptRecord[]): HybridError {
  const tried = attempts.map(({ actualModel, totalMs }) => `${actualModel} (${durationText(totalMs)})`);
  return new HybridError("timeout", `No model answered within ${durationText(ms)}.`, {
    hint: `Tried: ${tried.join(", ")}. Try again, or name a faster model first in hybrid.tiers.`,
  });
}

/**
 * The most that a call can cost, nano-dollars: all that is sent, as tokens are estimated, and the longest answer. 0
 * where nobody knows the price: what cannot be counted cannot be capped.
 */
export async function mostCost(
  meter: Meter,
  model: ModelId,
  { messages, maxOutputTokens }: Pick<ModelCall, "messages" | "maxOutputTokens">,
  at: number,
): Promise<number> {
  const price = await meter.priceOf(model, at);
  if (!price) return 0;
  const input = messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  const none = { cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0 };
  return priceTokens({ ...none, input, output: maxOutputTokens }, price);
}

/** Why an attempt that may cost `most` is not begun after `spent`; undefined when it may. Nano-dollars. */
export function overCap(cap: number, spent: number, most: number): string | undefined {
  if (spent + most <= cap) return undefined;
  const left = formatDollars(Math.max(0, cap - spent));
  return `may cost ${formatDollars(most)}, and ${left} is left of the ${formatDollars(cap)} for one request`;
}
