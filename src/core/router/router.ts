/** EditorRequest → RouteDecision: a classifier's opinion, the user's override, and escalation. */
import type { EditorRequest, Label, Reason, RouteDecision, Task } from "../request.ts";
import { tierAbove, tierOf } from "../request.ts";

/** What a classifier thinks of a request, before escalation and overrides. */
export interface Classification {
  label: Label;
  task: Task;
  /** Probability that the label is right, 0 to 1. */
  confidence: number;
  /** Strongest first. */
  reasons: Reason[];
}

/** Anything that can classify a request: the embedded classifier now, a local model later. */
export interface Classifier {
  readonly name: string;
  classify(request: EditorRequest): Classification | Promise<Classification>;
}

/**
 * Routes a request. Below `confidenceThreshold` (0 to 1) the decision takes the next tier up; an override by
 * the user wins over both, and keeps the classification so that the log shows what was overruled.
 */
export async function route(
  request: EditorRequest,
  classifier: Classifier,
  confidenceThreshold: number,
): Promise<RouteDecision> {
  const classification = await classifier.classify(request);
  const labelTier = tierOf(classification.label);
  const decision: RouteDecision = { ...classification, tier: labelTier, router: classifier.name };
  if (request.override) {
    decision.tier = request.override.tier;
    decision.router = "user";
    decision.reasons = [{ text: request.override.reason, weight: 0 }, ...classification.reasons];
    return decision;
  }
  if (classification.confidence < confidenceThreshold && tierAbove(labelTier) !== labelTier) {
    decision.tier = tierAbove(labelTier);
    decision.escalatedFrom = labelTier;
  }
  return decision;
}
