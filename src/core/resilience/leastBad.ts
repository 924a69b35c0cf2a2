/** What is tried when breakers hold everything back. */
import type { ModelId, Plan } from "../request.ts";
import type { Standing } from "./breakers.ts";

/** The one that is due soonest; the first of several. */
export function leastBad<T extends { retryAt: number }>(held: readonly T[]): T | undefined {
  return held.toSorted((a, b) => a.retryAt - b.retryAt)[0];
}

/** What a waiting user is told of it. */
export function leastBadText(model: ModelId): string {
  return `All models are paused after failures; trying ${model} first, which is due soonest.`;
}

/**
 * The plan without the steps that breakers hold back, each with its reason and countdown; when that is every step, the
 * least bad stays.
 */
export function withoutPaused(plan: Plan, check: (model: ModelId) => Standing): Plan {
  const looked = plan.steps.map((step) => ({ step, ...check(step.model) }));
  const held = looked.flatMap(({ step, reason, retryAt }) =>
    reason === undefined || retryAt === undefined ? [] : [{ step, reason, retryAt }],
  );
  if (held.length === 0) return plan;
  const stays = held.length === looked.length ? leastBad(held)?.step : undefined;
  const left = held.filter(({ step }) => step !== stays);
  return {
    ...plan,
    steps: plan.steps.filter((step) => !left.some((one) => one.step === step)),
    skipped: [...plan.skipped, ...left.map(({ step: { model, tier }, reason }) => ({ model, tier, reason }))],
  };
}
