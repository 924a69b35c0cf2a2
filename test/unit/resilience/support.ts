/** Clocks that a test moves, and errors as the providers make them. */
import type { ErrorKind } from "../../../src/core/errors.ts";
import { HybridError } from "../../../src/core/errors.ts";
import type { Clock } from "../../../src/core/resilience/clock.ts";

export const START = 1_800_000_000_000;

export class TestClock implements Clock {
  wall = START;
  steady = 0;
  readonly now = () => this.wall;
  readonly monotonic = () => this.steady;

  /** Time passes as it should. */
  pass(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
}

export function fault(kind: ErrorKind, retryAfterMs?: number): HybridError {
  return new HybridError(kind, `${kind}.`, { retryAfterMs });
}
