/**
 * EditorRequest → RouteDecision. A classifier gives its opinion; then, first of those that apply: the user's override,
 * a rule of the user's, escalation for doubt. A chat that went up stays up.
 */
import type {
  EditorRequest,
  Label,
  LabelProbabilities,
  Reason,
  RouteDecision,
  RoutingCall,
  Task,
  Tier,
} from "../request.ts";
import { sufficiency, tierAbove, tierOf, TIERS } from "../request.ts";
import type { RoutingRule } from "./rules.ts";
import { matchingRule } from "./rules.ts";

/** What a classifier thinks of a request, before rules, overrides and escalation. */
export interface Classification {
  label: Label;
  task: Task;
  /** Probability that the label is right, 0 to 1. */
  confidence: number;
  probabilities: LabelProbabilities;
  /** The same before what was learned from the user was applied; missing when nothing was. */
  uncorrected?: LabelProbabilities;
  /** Strongest first. */
  reasons: Reason[];
  /** The question to a local model that this took. */
  asked?: RoutingCall;
  /** Who really classified, where it is not the classifier asked: "embedded", for one that fell back. */
  router?: string;
}

/** Anything that can classify a request: the embedded classifier, or a local model. Never rejects. */
export interface Classifier {
  readonly name: string;
  /** `signal` is the request's own: a classifier that takes time gives up with it. */
  classify(request: EditorRequest, signal?: AbortSignal): Classification | Promise<Classification>;
}

/** What the user's settings say of routing; `DEFAULT_POLICY` where they say nothing. */
export interface RoutingPolicy {
  /** 0 to 1: below this probability that a tier is enough, the next one is taken. */
  confidenceThreshold: number;
  /** The first that matches wins. */
  rules: readonly RoutingRule[];
  /** Whether a chat that was answered by a higher tier stays there. */
  sessionsOnlyEscalate: boolean;
}

export const DEFAULT_POLICY: RoutingPolicy = {
  confidenceThreshold: 0.7,
  rules: [],
  sessionsOnlyEscalate: true,
};

/** Routes a request. The classification is kept beside what overruled it, so that the log shows both. */
export async function route(
  request: EditorRequest,
  classifier: Classifier,
  policy: RoutingPolicy,
  signal?: AbortSignal,
): Promise<RouteDecision> {
  const { router = classifier.name, ...classification } = await classifier.classify(request, signal);
  const labelTier = tierOf(classification.label);
  const decision: RouteDecision = { ...classification, tier: labelTier, router };
  if (request.override) {
    return overruled(decision, "user", request.override.tier, request.override.reason);
  }
  const rule = matchingRule(policy.rules, request, classification.task);
  if (rule) {
    const ruled = overruled(decision, "rule", rule.tier, rule.reason);
    return rule.model ? { ...ruled, model: rule.model } : ruled;
  }
  const tier = enoughTier(labelTier, classification.probabilities, policy.confidenceThreshold);
  const floor = policy.sessionsOnlyEscalate ? sessionTier(request) : undefined;
  const isHeld = floor !== undefined && TIERS.indexOf(floor) > TIERS.indexOf(tier);
  decision.tier = isHeld ? floor : tier;
  if (isHeld) {
    const text = `this chat went up to the ${floor} tier, and stays there`;
    decision.reasons = [{ text, weight: 0 }, ...decision.reasons];
    decision.heldBySession = true;
  }
  if (decision.tier !== labelTier) decision.escalatedFrom = labelTier;
  return decision;
}

function overruled(decision: RouteDecision, router: string, tier: Tier, reason: string): RouteDecision {
  return { ...decision, router, tier, reasons: [{ text: reason, weight: 0 }, ...decision.reasons] };
}

/** The cheapest tier, from the label's upwards, that is enough with at least the probability asked for. */
export function enoughTier(from: Tier, probabilities: LabelProbabilities, threshold: number): Tier {
  let tier = from;
  while (tier !== tierAbove(tier) && sufficiency(probabilities, tier) < threshold) tier = tierAbove(tier);
  return tier;
}

/** The highest tier that answered in this chat before. */
function sessionTier({ history }: EditorRequest): Tier | undefined {
  return TIERS.findLast((tier) => history.some((turn) => turn.tier === tier));
}
