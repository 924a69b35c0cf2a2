/** Waiting that neither a clock that is set nor a machine that sleeps makes much longer. */

export interface Clock {
  /** The wall clock, milliseconds since the epoch: goes on while the machine sleeps, jumps when it is set. */
  now: () => number;
  /** Milliseconds since some start: never goes back, may stand still while the machine sleeps. */
  monotonic: () => number;
}

/** A clock whose steady half is Node's own. */
export function clockOf({
  now,
  monotonic = () => performance.now(),
}: Partial<Clock> & { now: () => number }): Clock {
  return { now, monotonic };
}

/** Starts to count `ms` down. The function returned gives the milliseconds left; over at 0 and below. */
export function countdown(ms: number, { now, monotonic }: Clock): () => number {
  const wall = now();
  const steady = monotonic();
  return () => ms - Math.max(now() - wall, monotonic() - steady);
}

/** "24 s", "15 min": whole units, rounded up, so that nothing is due before it is said to be. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
