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
/** The longest pause a server is granted, milliseconds: one call an hour hurts nobody, a typing error there would. */
const LONGEST_MS = 3_600_000;
/** After this long a probe keeps no other call back, milliseconds: longer than any provider lets a server be silent. */
const PROBE_MS = 310_000;

/** A call that a breaker let through; what it came to is told with it. */
export interface Seat {
  /** The opening or closing since which it runs. */
  epoch: number;
  /** Milliseconds for which it keeps others out, where it is a probe. */
  left?: () => number;
}

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

  /** "due": the pause is over, and the next call is the probe. */
  get state(): "closed" | "open" | "due" | "probing" {
    if (!this.#pause) return "closed";
    if (this.#pause.left() > 0) return "open";
    return (this.#probe?.left?.() ?? 0) > 0 ? "probing" : "due";
  }

  /** Milliseconds until the next probe; 0 when it is due, under way, or not needed. */
  get left(): number {
    return Math.max(0, this.#pause?.left() ?? 0);
  }

  /** "paused after 3 failures, tried again in 24 s". Only while it is not closed. */
  get reason(): string {
    const failures = `after ${this.failures} failure${this.failures === 1 ? "" : "s"}`;
    const why = { outage: failures, rateLimit: "at the rate limit", noCredit: "for lack of credit" };
    const when =
      this.state === "probing" ? "being tried again now" : `tried again in ${durationText(this.left)}`;
    return `paused ${why[this.#pause?.cause ?? "outage"]}, ${when}`;
  }

  /** Lets one call through, whatever the state: asking first is the caller's. While not closed it is a probe. */
  begin(): Seat {
    const seat: Seat = { epoch: this.#epoch };
    if (!this.#pause) return seat;
    seat.left = countdown(PROBE_MS, this.#clock);
    if (this.state !== "probing") this.#probe = seat;
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
    if (this.#pause && retryAfterMs > this.left) this.#pauseFor(retryAfterMs, cause);
  }

  #pauseFor(ms: number, cause: Fault["cause"]): void {
    this.#pause = { left: countdown(Math.min(ms, LONGEST_MS), this.#clock), cause };
  }
}
