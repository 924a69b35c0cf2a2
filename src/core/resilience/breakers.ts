/**
 * A circuit breaker for every provider and for every model: who has failed is left alone for a while, then tried by one
 * call alone. Connection and credit are the provider's, all else the model's.
 */
import type { HybridError } from "../errors.ts";
import type { ModelId } from "../request.ts";
import type { Look, Seat } from "./breaker.ts";
import { Breaker } from "./breaker.ts";
import type { Clock } from "./clock.ts";
import { clockOf } from "./clock.ts";
import { Listeners } from "./listeners.ts";
import type { Verdict } from "./verdict.ts";
import { ANSWERED, CANCELLED, faultOf, verdictOf } from "./verdict.ts";

/** How a model stands. */
export interface Standing {
  state: Look["state"];
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
  state: Look["state"];
  /** "paused after 3 failures, tried again in 24 s"; missing while closed, as are the next two. */
  reason?: string;
  /** Milliseconds since the epoch. */
  openedAt?: number;
  retryAt?: number;
  /** In a row. */
  failures: number;
  lastError: string;
}

const CLOSED: Standing = { state: "closed" };
const DUE: Standing = { state: "due" };

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
    const provider = this.#breakers.get(name);
    const own = this.#breakers.get(model);
    const ofProvider = provider?.look();
    const ofModel = own?.look();
    // Both must let it through; of two that hold it back, the one that does so for longer is the reason.
    if (provider && ofProvider && holds(ofProvider) && (ofModel?.left ?? 0) <= ofProvider.left) {
      return this.#held(ofProvider, `${name} is ${provider.reasonFor(ofProvider)}`);
    }
    if (own && ofModel && holds(ofModel)) return this.#held(ofModel, own.reasonFor(ofModel));
    return ofProvider?.state === "due" || ofModel?.state === "due" ? DUE : CLOSED;
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
    return [...this.#breakers].flatMap(([name, breaker]) => {
      if (isQuiet(breaker)) return [];
      const { openedAt, failures, lastError } = breaker;
      const look = breaker.look();
      const { state, left } = look;
      const opened = openedAt !== undefined && {
        reason: breaker.reasonFor(look),
        openedAt,
        retryAt: this.#clock.now() + left,
      };
      return [
        { scope: name.includes("/") ? "model" : "provider", name, state, ...opened, failures, lastError },
      ];
    });
  }

  /** Closes the breaker of that name, and those of a provider's models with its own; all without a name. */
  reset(name?: string): void {
    this.#reset((of) => name === undefined || of === name || of.startsWith(`${name}/`));
  }

  /** Closes what holds a model back: its own breaker and its provider's, not those of the provider's other models. */
  release(model: ModelId): void {
    this.#reset((of) => of === model || of === providerOf(model));
  }

  /** Closes those that an outage drill opened or had counted failures of. */
  resetDrilled(): void {
    this.#reset((_, { drilled }) => drilled);
  }

  /** Called after every change but the passing of time. Returns the way to stop. */
  onDidChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  #held({ state, left }: Look, reason: string): Standing {
    return { state, reason, retryAt: this.#clock.now() + left };
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

function holds({ state }: Look): boolean {
  return state === "open" || state === "probing";
}

function isQuiet({ openedAt, failures }: Breaker): boolean {
  return openedAt === undefined && failures === 0;
}

/** Of a model's id, or of a name that is no id: no throwing here. */
function providerOf(model: ModelId): string {
  const slash = model.indexOf("/");
  return slash < 0 ? model : model.slice(0, slash);
}
