/** RouteDecision → Plan: which models to try, in which order, and what is left out and why. */
import { builtinModel } from "../providers/builtin.ts";
import type { EditorRequest, ModelId, Plan, PlanStep, RouteDecision, Stays, Tier } from "../request.ts";
import { TIERS } from "../request.ts";
import type { Settings } from "../settings.ts";
import { modelsOf } from "../settings.ts";

/**
 * The order of tiers after the one decided. Upwards first, since a better answer than asked for costs cents and a
 * worse one costs the user's time; downwards last, and marked as degraded.
 */
const TIER_ORDER: Record<Tier, Tier[]> = {
  local: ["local", "mid", "flagship"],
  mid: ["mid", "flagship", "local"],
  flagship: ["flagship", "mid", "local"],
};

/** Every model that a plan for this decision could hold, in order. */
export function candidates(
  request: EditorRequest,
  decision: RouteDecision,
  settings: Settings,
  stays = false,
): PlanStep[] {
  const tiers = stays ? (["local"] as const) : TIER_ORDER[decision.tier];
  const wanted = TIERS.indexOf(decision.tier);
  const steps = tiers.flatMap((tier) =>
    modelsOf(settings, tier).map((model): PlanStep => ({
      tier,
      model,
      degraded: TIERS.indexOf(tier) < wanted,
    })),
  );
  if (decision.model) {
    const named = decision.model;
    const rest = steps.filter(({ model }) => model !== named);
    steps.splice(0, steps.length, { tier: decision.tier, model: named, degraded: false }, ...rest);
  }
  const builtin = builtinModel(request);
  if (!builtin) return steps;
  const step: PlanStep = { tier: "local", model: builtin.model, degraded: !builtin.complete };
  // A built-in answer that says all that was asked stands behind the local models; one that says a part of it, last.
  const behindLocal = steps.findLastIndex(({ tier }) => tier === "local") + 1;
  steps.splice(builtin.complete && behindLocal > 0 ? behindLocal : steps.length, 0, step);
  return steps;
}

/** Why no model outside this machine may be tried by the user's choice, for this request or for all. */
export function staysByChoice(request: EditorRequest, settings: Settings): Stays | undefined {
  if (request.override?.tier === "local") return { reason: "you asked for a local answer", localOnly: false };
  if (settings["routing.router"] === "always-local")
    return { reason: "hybrid.routing.router is always-local", localOnly: false };
  return undefined;
}

/**
 * Makes the plan of `steps`, the candidates of a request. `unavailable` says why a model cannot be used now, or
 * undefined when it can; `isLocal` says whether a model's provider keeps what it is sent on the user's machine; a
 * request that `stays` has no other left in.
 */
export function makePlan(
  steps: PlanStep[],
  stays: Stays | undefined,
  unavailable: (model: ModelId) => string | undefined,
  isLocal: (model: ModelId) => boolean,
): Plan {
  const plan: Plan = { steps: [], skipped: [], ...(stays && { stays }) };
  for (const step of steps) {
    const reason =
      stays && !isLocal(step.model)
        ? `not on this machine, and this request stays here: ${stays.reason}`
        : unavailable(step.model);
    if (reason === undefined) plan.steps.push(step);
    else plan.skipped.push({ model: step.model, tier: step.tier, reason });
  }
  return plan;
}

/** What is left to try after `failed` did not fit: a longer context is upwards, never sideways. */
export function stepsAbove(rest: PlanStep[], failed: PlanStep): PlanStep[] {
  return rest.filter((step) => TIERS.indexOf(step.tier) > TIERS.indexOf(failed.tier));
}
