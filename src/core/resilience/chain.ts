/** What all attempts of one request may take together until the first text. */
import { HybridError } from "../errors.ts";
import type { AttemptRecord } from "../log/record.ts";
import type { ModelId } from "../request.ts";
import { durationText } from "./clock.ts";

export interface ChainLimits {
  /** From the first attempt to the first text, milliseconds; afterwards the providers' own limits hold. */
  deadlineMs: number;
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
  /** Waits for `work` without its time being counted. */
  without<T>(work: Promise<T>): Promise<T>;
}

/** Starts the clock of a request. */
export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  let left = Math.min(ms, MAX_TIMER_MS);
  let since = performance.now();
  // A timer does not count the time that the machine sleeps, nor does it follow a clock that is set.
  const start = () => setTimeout(() => controller.abort(), left).unref();
  let timer = start();
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    get over() {
      return controller.signal.aborted;
    },
    met: () => clearTimeout(timer),
    async without(work) {
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - since));
      try {
        return await work;
      } finally {
        since = performance.now();
        timer = start();
      }
    },
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
