/** How a budget that drains bends the routing: less goes up, and the last part is kept for HARD requests. */
import type { Label, RouteDecision, Tier } from "../request.ts";
import { tierOf } from "../request.ts";
import { enoughTier } from "../router/router.ts";
import type { BudgetState, LimitState, Refusal, Reservation } from "./budget.ts";
import { refusalOf } from "./budget.ts";

/** The share of a budget that is kept for HARD requests, unless the settings say another. */
const KEPT_FOR_HARD = 0.2;

/** The share of each limit that a step must leave to HARD requests: `share` for a flagship step of any other label. */
export function keptShareOf({ tier, label }: { tier: Tier; label: Label }, share = KEPT_FOR_HARD): number {
  return tier === "flagship" && label !== "HARD" ? share : 0;
}

/** Why a step would be refused as the budget stands, the part kept for HARD included; undefined when it would not. */
export function reservedForHard(
  state: Pick<BudgetState, "limits">,
  step: Pick<Reservation, "tier" | "nanoDollars"> & { label: Label },
  share = KEPT_FOR_HARD,
): Refusal | undefined {
  return refusalOf(state, step, keptShareOf(step, share));
}

/** Share of a budget that may be used before the threshold moves, and how far it has moved when all is used. */
const DRAINS_FROM = 0.5;
const DRAINS_BY = 0.2;

/**
 * What a budget of which the share `used` is gone takes off the confidence that is asked of a cheaper tier: nothing up
 * to half, then evenly more, 0.2 when it is used up. Fewer requests escalate, and none from one moment to the next.
 */
export function drain(used: number): number {
  const share = (used - DRAINS_FROM) / (1 - DRAINS_FROM);
  return DRAINS_BY * Math.min(1, Math.max(0, share || 0));
}

/** The decision with the budget named as a reason, where a full one would have sent the request higher. */
export function withDrain(
  decision: RouteDecision,
  asked: number,
  threshold: number,
  { period, used }: LimitState,
): RouteDecision {
  const { label, probabilities, router, reasons } = decision;
  if (asked >= threshold || router === "user" || router === "rule" || decision.heldBySession) return decision;
  const [now, full] = [asked, threshold].map((one) => enoughTier(tierOf(label), probabilities, one));
  if (now === full) return decision;
  const percent = Math.round(100 * used);
  const text = `${percent} % of the ${period} budget is used, so ${now} and not ${full}`;
  return { ...decision, reasons: [{ text, weight: 0 }, ...reasons] };
}
