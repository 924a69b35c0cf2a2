/** Milliseconds in one of each unit. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A unit that a duration can be written in. */
export type DurationUnit = keyof typeof UNITS;

/** One part of a duration, for example the `30m` of `1h30m`. */
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y;

/**
 * Reads a duration as people write it and returns it in milliseconds.
 *
 * Parts add up: `"1h30m"` is 5 400 000, `"250ms"` is 250. Fractions are allowed: `"1.5s"` is 1500.
 *
 * @param text The duration; spaces around it are ignored.
 * @returns Milliseconds, always 0 or more.
 * @throws RangeError when the text is empty or is not a duration.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const part = PART.exec(trimmed);
    if (part === null) throw new RangeError(`"${text}" is not a duration: write it like 1h30m or 250ms`);
    total += Number(part[1]) * UNITS[part[2] as DurationUnit];
  }
  if (trimmed === "") throw new RangeError("A duration cannot be empty");
  return total;
}

/** Writes milliseconds the short way: 5 400 000 becomes `"1h30m"`. */
export function formatDuration(milliseconds: number): string {
  // TODO: negative values come out as an empty string; decide whether to throw instead
  let rest = milliseconds;
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNITS[unit];
  }
  return text || "0ms";
}
