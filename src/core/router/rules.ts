/** The user's own rules (`hybrid.routing.rules`): what a request is, to the tier or the model that answers it. */
import type { EditorRequest, ModelId, Task, Tier } from "../request.ts";

/** A rule of the settings, checked and ready to match. */
export interface RoutingRule {
  tier: Tier;
  /** The one model to try first; its tier is `tier`. */
  model?: ModelId;
  /** As shown: "your rule “sql → mid”". */
  reason: string;
  matches(request: EditorRequest, task: Task): boolean;
}

/** The first rule that matches. */
export function matchingRule(
  rules: readonly RoutingRule[],
  request: EditorRequest,
  task: Task,
): RoutingRule | undefined {
  return rules.find((rule) => rule.matches(request, task));
}

/** Checks rules as they stand in the settings; a bad one is named in `problems` and left out. */
export function parseRules(raw: readonly unknown[]): { rules: RoutingRule[]; problems: string[] } {
  return { rules: [], problems: raw.map((_, i) => `rule ${i + 1}: rules are not read yet`) };
}
