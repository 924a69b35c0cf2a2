/** What a person reads of a refusal. */
import { formatDollars } from "../cost/meter.ts";
import type { Refusal } from "./budget.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "The daily budget of $5.00 is used up: $4.71 spent, $0.42 pending. It resets at midnight, in 3 h 12 min."; `now` in
 * milliseconds since the epoch.
 */
export function refusalText(refusal: Refusal, now: number): string {
  const { spent, pending } = refusal;
  const inFlight = pending > 0 ? `, ${formatDollars(pending)} pending` : "";
  return `${whatText(refusal)}: ${formatDollars(spent)} spent${inFlight}. ${resetText(refusal, now)}`;
}

function whatText({ period, tier, limit, spent, pending, nanoDollars, kept }: Refusal): string {
  const budget = `${period} budget of ${formatDollars(limit)}${tier ? ` for the ${tier} tier` : ""}`;
  if (limit === 0) return `The ${budget} allows no call that costs money`;
  if (spent + pending >= limit) return `The ${budget} is used up`;
  const free = spent + pending + nanoDollars <= limit;
  if (kept > 0 && free) return `The last ${formatDollars(kept)} of the ${budget} is kept for HARD requests`;
  return `The ${budget} has no room for a call that may cost ${formatDollars(nanoDollars)}`;
}

function resetText({ period, resetsAt }: Refusal, now: number): string {
  const left = resetsAt - now;
  if (left <= 0) return "It has been reset since: try again.";
  const day = new Date(resetsAt).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `It resets ${period === "daily" ? "at midnight" : `on ${day}`}, in ${durationText(left)}.`;
}

/** "3 h 12 min", "12 min", "8 days"; rounded up, so that nobody comes too early. */
function durationText(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE);
  if (minutes <= 1) return "a minute";
  if (ms > 2 * DAY) return `${Math.ceil(ms / DAY)} days`;
  const rest = minutes % 60;
  if (minutes < 60) return `${minutes} min`;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
