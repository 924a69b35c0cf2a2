/**
 * How likely a model is to do a task well, from what the user made of its answers: a Beta distribution whose prior is
 * the router's own probability that the tier is enough.
 */
import type { Evidence } from "../learning/evidence.ts";
import type { ModelId, RouteDecision, Task, Tier } from "../request.ts";
import { sufficiency, TIERS, tierOf } from "../request.ts";

/** Answers that the router's opinion counts for; as many of the user's outweigh it. */
const PRIOR_STRENGTH = 8;
/** Age at which an answer counts half, milliseconds: models and projects change. 60 days. */
const HALF_LIFE_MS = 60 * 86_400_000;
/** Answers (undecayed) below which nothing is changed: chance would decide. */
const LEAST_EVIDENCE = 3;

/** Successes and failures of one model at one task, decayed. */
export interface Tally {
  good: number;
  bad: number;
}

/** Tallies by model and task. */
export class SuccessTable {
  readonly #tallies = new Map<string, Tally>();

  constructor(evidence: readonly Evidence[], now: number) {
    for (const { model, task, at, succeeded } of evidence) {
      if (succeeded === undefined) continue;
      const tally = this.#tallies.get(keyOf(model, task)) ?? { good: 0, bad: 0 };
      this.#tallies.set(keyOf(model, task), tally);
      const weight = 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS);
      tally[succeeded ? "good" : "bad"] += weight;
    }
  }

  tally(model: ModelId, task: Task): Tally {
    return this.#tallies.get(keyOf(model, task)) ?? { good: 0, bad: 0 };
  }

  /** Mean of the posterior Beta(k·p + good, k·(1 − p) + bad), `prior` being p. */
  estimate(model: ModelId, task: Task, prior: number): number {
    const { good, bad } = this.tally(model, task);
    return (PRIOR_STRENGTH * prior + good) / (PRIOR_STRENGTH + good + bad);
  }

  /** Whether there is enough to go by. */
  knows(model: ModelId, task: Task): boolean {
    const { good, bad } = this.tally(model, task);
    return good + bad >= LEAST_EVIDENCE;
  }
}

/**
 * The decision with the cheapest tier whose first model is likely enough to do the task well. Without evidence on the
 * models concerned it is returned as it came. What the user or a rule chose, and a chat that went up, stay.
 * The cost of a wasted cheap call is not weighed: it is a few percent of the next tier's, and the target says how
 * often one is worth it.
 */
export function bySuccess(
  decision: RouteDecision,
  modelOf: (tier: Tier) => ModelId | undefined,
  table: SuccessTable,
  target: number,
): RouteDecision {
  if (decision.router === "user" || decision.router === "rule" || decision.heldBySession) return decision;
  const { task, probabilities, tier } = decision;
  const enough = (one: Tier): boolean => {
    const model = modelOf(one);
    if (model === undefined || !table.knows(model, task)) return sufficiency(probabilities, one) >= target;
    return table.estimate(model, task, sufficiency(probabilities, one)) >= target;
  };
  const evident = TIERS.some((one) => {
    const model = modelOf(one);
    return model !== undefined && table.knows(model, task);
  });
  if (!evident) return decision;
  const chosen = TIERS.find((one) => enough(one)) ?? "flagship";
  // Where the router takes a tier that is more than enough by label alone, only evidence of that tier brings it down.
  const model = modelOf(TIERS.indexOf(chosen) < TIERS.indexOf(tier) ? chosen : tier);
  if (chosen === tier || model === undefined || !table.knows(model, task)) return decision;
  const { good, bad } = table.tally(model, task);
  const text = `${model} did well in ${round(good)} of ${round(good + bad)} ${task} requests`;
  const rest = { ...decision, tier: chosen, reasons: [{ text, weight: 0 }, ...decision.reasons] };
  const { escalatedFrom: _, ...plain } = rest;
  return TIERS.indexOf(chosen) > TIERS.indexOf(tierOf(decision.label))
    ? { ...plain, escalatedFrom: tierOf(decision.label) }
    : plain;
}

function round(count: number): string {
  return String(Math.round(count * 10) / 10);
}

function keyOf(model: ModelId, task: Task): string {
  return JSON.stringify([model, task]);
}
