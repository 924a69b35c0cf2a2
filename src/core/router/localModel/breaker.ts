/** Keeps a router from waiting for a model that has failed several times in a row. */

/** Failures in a row after which the model is left alone, and for how long, milliseconds. */
const FAILURES = 3;
const PAUSE_MS = 60_000;

export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #openUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why the model is not asked now; undefined when it is. After the pause one question is let through. */
  pause(): string | undefined {
    const left = this.#openUntil - this.#now();
    if (left <= 0) return undefined;
    return `failed ${this.#failures} times and is asked again in ${Math.ceil(left / 1000)} s`;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures >= FAILURES) this.#openUntil = this.#now() + PAUSE_MS;
  }
}
