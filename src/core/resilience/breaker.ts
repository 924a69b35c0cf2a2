/**
 * One circuit breaker: closed, open for a pause, then half-open for one probe. When to open and how the pauses grow is
 * cockatiel's; its policy around them is not used, because there a probe that is cancelled closes the breaker, callers
 * beside the probe wait instead of going elsewhere, and the pause is read from `Date.now` alone.
 */
import type { IBackoff } from "cockatiel";
import { ConsecutiveBreaker, IterableBackoff } from "cockatiel";
import type { Clock } from "./clock.ts";
import { countdown, durationText } from "./clock.ts";
import type { Fault } from "./verdict.ts";

/** Failures in a row that open a breaker; those that say how long they last open it at once. */
const FAILURES = 3;
/** Pauses between probes, milliseconds; the last one stays. Without jitter, so that a countdown shown holds. */
const PAUSES = {
  outage: new IterableBackoff([10_000, 30_000, 60_000, 120_000, 300_000]),
  rateLimit: new IterableBackoff([5_000, 15_000, 60_000, 120_000, 300_000]),
  noCredit: new IterableBackoff([900_000]),
};
/** After this long a probe keeps no other call back, milliseconds: longer than any provider lets a server be silent. */
const PROBE_MS = 310_000;

/** A call that a breaker let through; what it came to is told with it. */
export interface Seat {
  /** The opening or closing since which it runs. */
  epoch: number;
  /** Milliseconds for which it keeps others out, where it is a probe. */
  left?: () => number;
}

/** How a breaker stands at one moment. */
export interface Look {
  /** "due": the pause is over, and the next call is the probe; "probing": a probe is under way. */
  state: "closed" | "open" | "due" | "probing";
  /** Milliseconds of the pause that are left. */
  left: number;
}

const CLOSED: Look = { state: "closed", left: 0 };

export class Breaker {
  readonly #clock: Clock;
  readonly #rule = new ConsecutiveBreaker(FAILURES);
  #pauses: { [K in Fault["cause"]]?: IBackoff<unknown> } = {};
  #epoch = 0;
  #pause: { left: () => number; cause: Fault["cause"] } | undefined;
  #probe: Seat | undefined;
  /** The wall clock when it opened, milliseconds since the epoch; undefined while closed. */
  openedAt: number | undefined;
  lastError = "";
  /** An outage drill had a part in it. */
  drilled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#rule.state;
  }

  /** How it stands now. */
  look(): Look {
    if (!this.#pause) return CLOSED;
    const left = this.#pause.left();
    if (left > 0) return { state: "open", left };
    return { state: (this.#probe?.left?.() ?? 0) > 0 ? "probing" : "due", left: 0 };
  }

  /** "paused after 3 failures, tried again in 24 s": what to say of a look that found it not closed. */
  reasonFor({ state, left }: Look): string {
    const failures = `after ${this.failures} failure${this.failures === 1 ? "" : "s"}`;
    const why = { outage: failures, rateLimit: "at the rate limit", noCredit: "for lack of credit" };
    const when =
      state === "probing"
        ? "being tried again now"
        : left > 0
          ? `tried again in ${durationText(left)}`
          : "tried again with the next request";
    const drill = this.drilled ? " in an outage drill" : "";
    return `paused ${why[this.#pause?.cause ?? "outage"]}${drill}, ${when}`;
  }

  /** Lets one call through, whatever the state: asking first is the caller's. While not closed it is a probe. */
  begin(): Seat {
    const seat: Seat = { epoch: this.#epoch };
    if (!this.#pause) return seat;
    seat.left = countdown(PROBE_MS, this.#clock);
    if (this.look().state !== "probing") this.#probe = seat;
    return seat;
  }

  succeeded({ epoch }: Seat): void {
    // A call of before it opened or closed says nothing of now.
    if (epoch === this.#epoch) this.reset();
  }

  failed({ epoch }: Seat, fault: Fault): void {
    if (epoch !== this.#epoch) return this.#prolong(fault);
    this.lastError = fault.message;
    this.drilled ||= fault.isDrill;
    const opens = this.#rule.failure();
    if (opens || this.#pause || fault.atOnce) this.#open(fault);
  }

  /** The call ended without a word on the server's health: the state stays, and its place is free again. */
  released(seat: Seat): void {
    if (this.#probe === seat) this.#probe = undefined;
  }

  /** Closes it and forgets its failures. */
  reset(): void {
    if (this.#pause) this.#epoch += 1;
    this.#rule.success();
    this.#pauses = {};
    this.#pause = this.#probe = this.openedAt = undefined;
    this.lastError = "";
    this.drilled = false;
  }

  #open(fault: Fault): void {
    const { cause, retryAfterMs } = fault;
    const backoff = (this.#pauses[cause] ?? PAUSES[cause]).next(fault);
    this.#pauses[cause] = backoff;
    this.#epoch += 1;
    this.#probe = undefined;
    this.openedAt = this.#clock.now();
    this.#pauseFor(retryAfterMs ?? backoff.duration, cause);
  }

  /** Of many calls that a limit refuses at once, the one that was told to wait longest is obeyed. */
  #prolong({ cause, retryAfterMs = 0 }: Fault): void {
    if (this.#pause && retryAfterMs > Math.max(0, this.#pause.left())) this.#pauseFor(retryAfterMs, cause);
  }

  #pauseFor(ms: number, cause: Fault["cause"]): void {
    this.#pause = { left: countdown(ms, this.#clock), cause };
  }
}
