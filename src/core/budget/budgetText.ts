/** What a person reads of a budget. */
import { formatDollars } from "../cost/meter.ts";
import type { LimitState, Refusal } from "./budget.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "The daily budget of $5.00 is used up: $4.71 spent, $0.42 pending. It resets at midnight, in 3 h 12 min."; `now` in
 * milliseconds since the epoch.
 */
export function refusalText(refusal: Refusal, now: number): string {
  return `${whatText(refusal)}: ${takenText(refusal)}. ${resetText(refusal, now)}`;
}

/** From this share of a budget on a person is warned. */
export const NEARLY_USED = 0.8;

/** Whole percent of a limit that are used, rounded down: 100 only when nothing is left. */
export function percentUsed({ used }: LimitState): number {
  return Math.floor(100 * used);
}

/** The limits with what is spent, pending and when they reset, as a table in Markdown with theme icons; empty without any. */
export function limitsTable(limits: readonly LimitState[], now: number): string {
  if (limits.length === 0) return "";
  const rows = limits.map((state) => {
    const { period, tier, limit, spent, pending, used } = state;
    const name = `${period === "daily" ? "Daily" : "Monthly"}${tier ? `, ${tier}` : ""}`;
    const icon = used >= 1 ? "$(error) " : used >= NEARLY_USED ? "$(warning) " : "";
    const percent = `${icon}${percentUsed(state)} %`;
    const resets = `in ${durationText(state.resetsAt - now)}`;
    return tableRow([name, ...[limit, spent, pending].map((money) => formatDollars(money)), percent, resets]);
  });
  const heads = tableRow(["Budget", "Limit", "Spent", "Pending", "Used", "Resets"]);
  return [heads, "| :-- | --: | --: | --: | --: | --: |", ...rows].join("\n");
}

/** A hover's tables have no padding, and break their cells: these stand apart and in one line. */
function tableRow(cells: readonly string[]): string {
  const apart = cells.map((cell, i) => (i === 0 ? cell : `   ${cell}`).replaceAll(" ", "&nbsp;"));
  return `| ${apart.join(" | ")} |`;
}

function takenText({ spent, pending }: LimitState): string {
  return `${formatDollars(spent)} spent${pending > 0 ? `, ${formatDollars(pending)} pending` : ""}`;
}

function nameText({ period, tier, limit }: LimitState): string {
  return `${period} budget of ${formatDollars(limit)}${tier ? ` for the ${tier} tier` : ""}`;
}

function whatText(refusal: Refusal): string {
  const { limit, spent, pending, nanoDollars, kept } = refusal;
  const budget = nameText(refusal);
  if (limit === 0) return `The ${budget} allows no call that costs money`;
  if (spent + pending >= limit) return `The ${budget} is used up`;
  const free = spent + pending + nanoDollars <= limit;
  if (kept > 0 && free) return `The last ${formatDollars(kept)} of the ${budget} is kept for HARD requests`;
  return `The ${budget} has no room for a call that may cost ${formatDollars(nanoDollars)}`;
}

function resetText({ period, resetsAt }: LimitState, now: number): string {
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
