/**
 * A circuit breaker for every provider and for every model: who has failed is left alone for a while, then tried by one
 * call alone. Connection and credit are the provider's, all else the model's.
 */
import type { HybridError } from "../errors.ts";
import type { ModelId } from "../request.ts";
import type { Seat } from "./breaker.ts";
import { Breaker } from "./breaker.ts";
import type { Clock } from "./clock.ts";
import { clockOf } from "./clock.ts";
import { Listeners } from "./listeners.ts";
import type { Verdict } from "./verdict.ts";
import { ANSWERED, CANCELLED, faultOf, verdictOf } from "./verdict.ts";

/** How a model stands. */
export interface Standing {
  /** "due": the pause is over, and the next call is the probe; "probing": a probe is under way. */
  state: Breaker["state"];
  /** Why it may not be tried now: "paused after 3 failures, tried again in 24 s". Missing when it may. */
  reason?: string;
  /** When it may be tried, milliseconds since the epoch; with `reason`. */
  retryAt?: number;
}

/** One call that was let through. Tell it how the call ended, once; what is told later is not heard. */
export interface Ticket {
  /** The answer came whole. */
  succeeded(): void;
  failed(error: HybridError): void;
  /** Whoever asked walked away: nothing is known. */
  cancelled(): void;
}

/** A breaker with something to say, for showing. */
export interface BreakerState {
  scope: "provider" | "model";
  /** "openai", or "openai/gpt-4o-mini". */
  name: string;
  state: Breaker["state"];
  /** Milliseconds since the epoch; both missing while closed. */
  openedAt?: number;
  retryAt?: number;
  /** In a row. */
  failures: number;
  lastError: string;
}

const CLOSED: Standing = { state: "closed" };

export class Breakers {
  readonly #clock: Clock;
  readonly #breakers = new Map<string, Breaker>();
  readonly #listeners = new Listeners();

  /** `now`: the wall clock, milliseconds since the epoch. `monotonic`: one that never goes back; Node's if missing. */
  constructor(clock: Partial<Clock> & { now: () => number }) {
    this.#clock = clockOf(clock);
  }

  /** How a model stands; changes nothing. */
  check(model: ModelId): Standing {
    const name = providerOf(model);
    const ofProvider = this.#breakers.get(name);
    const ofModel = this.#breakers.get(model);
    const provider = ofProvider?.state ?? "closed";
    const state = ofModel?.state ?? "closed";
    if (provider === "closed" && state === "closed") return CLOSED;
    // Both must let it through; of two that hold it back, the one that does so for longer is the reason.
    const held = [ofModel, ofProvider]
      .filter((breaker) => breaker?.state === "open" || breaker?.state === "probing")
      .toSorted((a, b) => (b?.left ?? 0) - (a?.left ?? 0))[0];
    if (!held) return { state: "due" };
    return {
      state: held.state,
      reason: held === ofProvider ? `${name} is ${held.reason}` : held.reason,
      retryAt: this.#clock.now() + held.left,
    };
  }

  /**
   * Lets a call through, or returns undefined where it must not be tried now. Where a pause is over the call takes the
   * one place of the probe. `forced` lets it through all the same: for when there is nothing better to try.
   */
  begin(model: ModelId, { forced = false } = {}): Ticket | undefined {
    const { state, reason } = this.check(model);
    if (reason !== undefined && !forced) return undefined;
    const provider = this.#breaker(providerOf(model));
    const own = this.#breaker(model);
    const seats = { provider: provider.begin(), model: own.begin() };
    if (state !== "closed") this.#listeners.tell();
    let told = false;
    const tell = (verdict: Verdict, error?: HybridError) => {
      if (told) return;
      told = true;
      const quiet = isQuiet(provider) && isQuiet(own);
      hear(provider, seats.provider, verdict.provider, error);
      hear(own, seats.model, verdict.model, error);
      if (!(quiet && isQuiet(provider) && isQuiet(own))) this.#listeners.tell();
    };
    return {
      succeeded: () => tell(ANSWERED),
      failed: (error) => tell(verdictOf(error), error),
      cancelled: () => tell(CANCELLED),
    };
  }

  /** Every breaker that is not closed, or has counted failures. */
  states(): readonly BreakerState[] {
    return [...this.#breakers]
      .filter(([, breaker]) => !isQuiet(breaker))
      .map(([name, breaker]) => ({
        scope: name.includes("/") ? "model" : "provider",
        name,
        state: breaker.state,
        ...(breaker.openedAt !== undefined && {
          openedAt: breaker.openedAt,
          retryAt: this.#clock.now() + breaker.left,
        }),
        failures: breaker.failures,
        lastError: breaker.lastError,
      }));
  }

  /** Closes the breaker of that name, and those of a provider's models with its own; all without a name. */
  reset(name?: string): void {
    this.#reset((of) => name === undefined || of === name || of.startsWith(`${name}/`));
  }

  /** Closes those that an outage drill opened or had counted failures of. */
  resetDrilled(): void {
    this.#reset((_, { drilled }) => drilled);
  }

  /** Called after every change but the passing of time. Returns the way to stop. */
  onDidChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  #reset(concerns: (name: string, breaker: Breaker) => boolean): void {
    const concerned = [...this.#breakers].filter((entry) => concerns(...entry) && !isQuiet(entry[1]));
    for (const [, breaker] of concerned) breaker.reset();
    if (concerned.length > 0) this.#listeners.tell();
  }

  #breaker(name: string): Breaker {
    let breaker = this.#breakers.get(name);
    if (!breaker) this.#breakers.set(name, (breaker = new Breaker(this.#clock)));
    return breaker;
  }
}

function hear(breaker: Breaker, seat: Seat, word: Verdict["model"], error: HybridError | undefined): void {
  if (word === "succeeded") breaker.succeeded(seat);
  else if (word === "failed" && error) breaker.failed(seat, faultOf(error));
  else breaker.released(seat);
}

function isQuiet(breaker: Breaker): boolean {
  return breaker.state === "closed" && breaker.failures === 0;
}

/** Of a model's id, or of a name that is no id: no throwing here. */
function providerOf(model: ModelId): string {
  const slash = model.indexOf("/");
  return slash < 0 ? model : model.slice(0, slash);
}
