import { parseDuration } from "./duration.ts";

export interface RetryOptions {
  attempts: number;
  /** Pause before the second attempt, for example `"200ms"`; it doubles each time. */
  firstDelay: string;
  /** No pause is longer than this. */
  maxDelay: string;
}

/** Runs an operation again when it fails, with growing pauses. */
export class RetryPolicy {
  readonly #attempts: number;
  readonly #firstDelay: number;
  readonly #maxDelay: number;

  constructor(options: RetryOptions) {
    this.#attempts = options.attempts;
    this.#firstDelay = parseDuration(options.firstDelay);
    this.#maxDelay = parseDuration(options.maxDelay);
  }

  /** Milliseconds to wait after the given attempt, counted from 1. */
  delayAfter(attempt: number): number {
    // FIXME: many clients that fail together also retry together; add jitter before the next release
    return Math.min(this.#firstDelay * 2 ** (attempt - 1), this.#maxDelay);
  }

  async run<T>(operation: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        if (attempt >= this.#attempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.delayAfter(attempt)));
      }
    }
  }
}
