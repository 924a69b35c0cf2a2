/** Fits the confidence threshold to the user's own log: the lowest that under-routes no more than is accepted. */
import type { Evidence, Need } from "../learning/evidence.ts";
import { needOf } from "../learning/evidence.ts";
import type { LabelProbabilities, Tier } from "../request.ts";
import { LABELS, TIERS, tierOf } from "../request.ts";
import { enoughTier } from "./router.ts";

/** Requests with evidence that a fit takes; of fewer, one more or less would decide. */
export const LEAST_ROWS = 30;

/** What a threshold would have done to the requests of the log. */
export interface ThresholdFigures {
  threshold: number;
  /** Requests that would have gone too low, and too high; and how many could tell. */
  under: number;
  over: number;
  rows: number;
}

export interface ThresholdFit {
  rows: number;
  /** For thresholds from 0.3 to 0.95 in steps of 0.05. */
  table: ThresholdFigures[];
  /** The lowest that stays within the limit; undefined when none does, or rows are too few. */
  best: ThresholdFigures | undefined;
}

/** Fits to evidence; `limit` is the share of requests that may be under-routed, 0 to 1. */
export function fitThreshold(evidence: readonly Evidence[], limit: number): ThresholdFit {
  const rows = evidence.flatMap((one) => {
    const need = needOf(one);
    return need && one.row.probabilities ? [{ need, probabilities: one.row.probabilities }] : [];
  });
  const table = Array.from({ length: 14 }, (_, i) => {
    const threshold = Number((0.3 + i * 0.05).toFixed(2));
    return { threshold, rows: rows.length, ...misrouted(rows, threshold) };
  });
  const best = rows.length < LEAST_ROWS ? undefined : table.find(({ under }) => under <= limit * rows.length);
  return { rows: rows.length, table, best };
}

function misrouted(
  rows: readonly { need: Need; probabilities: LabelProbabilities }[],
  threshold: number,
): { under: number; over: number } {
  let under = 0;
  let over = 0;
  for (const { need, probabilities } of rows) {
    const label = LABELS[probabilities.indexOf(Math.max(...probabilities))] ?? "MEDIUM";
    const tier = enoughTier(tierOf(label), probabilities, threshold);
    if (isTooLow(tier, need)) under++;
    else if (isTooHigh(tier, need)) over++;
  }
  return { under, over };
}

function isTooLow(tier: Tier, need: Need): boolean {
  if ("exactly" in need) return TIERS.indexOf(tier) < TIERS.indexOf(need.exactly);
  return "above" in need && TIERS.indexOf(tier) <= TIERS.indexOf(need.above);
}

function isTooHigh(tier: Tier, need: Need): boolean {
  if ("exactly" in need) return TIERS.indexOf(tier) > TIERS.indexOf(need.exactly);
  return "atMost" in need && TIERS.indexOf(tier) > TIERS.indexOf(need.atMost);
}
