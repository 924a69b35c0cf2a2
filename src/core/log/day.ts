/** Days and months as the user lives them: from one local midnight to another. */

/**
 * The local midnight at which the day of `now` began, or the one `daysLater` days after it; milliseconds since the
 * epoch. A day may have 23 or 25 hours; where the clock skips midnight itself, the day begins at its first moment.
 */
export function startOfDay(now: number, daysLater = 0): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

/** The local midnight at which the month of `now` began, or the one `monthsLater` months after it; as `startOfDay`. */
export function startOfMonth(now: number, monthsLater = 0): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth() + monthsLater, 1).getTime();
}
