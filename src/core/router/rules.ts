/** The user's own rules (`hybrid.routing.rules`), as they stand in the settings: which requests, to which tier or model. */
import * as v from "valibot";
import type { EditorRequest, ModelId, Task, Tier } from "../request.ts";
import { COMMANDS, TASKS, TIERS } from "../request.ts";

const TIER_PROBLEM = `a tier is one of ${TIERS.join(", ")}`;

const ruleSchema = v.strictObject({
  task: v.optional(v.picklist(TASKS, `a task is one of ${TASKS.join(", ")}`)),
  command: v.optional(v.picklist(COMMANDS, `a command is one of ${COMMANDS.join(", ")}`)),
  language: v.optional(v.pipe(v.string(), v.nonEmpty("a language is a language id, for example sql"))),
  path: v.optional(v.pipe(v.string(), v.nonEmpty("a path is a glob, for example migrations/**"))),
  phrase: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty("a phrase is at least one word"))),
  tier: v.optional(v.picklist(TIERS, TIER_PROBLEM)),
  model: v.optional(v.pipe(v.string(), v.regex(/^[^/\s]+\/\S+$/, "a model is written provider/model-name"))),
});

/** A rule of the settings, checked: all of its conditions must hold. */
export interface RuleSpec {
  task?: Task | undefined;
  command?: (typeof COMMANDS)[number] | undefined;
  language?: string | undefined;
  /** Glob on the path of the active file. */
  path?: string | undefined;
  /** Words of the instruction; case and accents do not matter. */
  phrase?: string | undefined;
  tier: Tier;
  /** The one model to try first. */
  model?: ModelId | undefined;
}

/** A rule that is ready to match. */
export interface RoutingRule {
  tier: Tier;
  model?: ModelId;
  /** As shown: "your rule “sql → mid”". */
  reason: string;
  matches(request: EditorRequest, task: Task): boolean;
}

/**
 * Checks rules. A bad one is named in `problems`, one sentence each, and left out; the others go on. `modelsOf` gives
 * the models of the settings' tiers: a rule that names one of them needs no tier.
 */
export function parseRules(
  raw: readonly unknown[],
  modelsOf: (tier: Tier) => readonly string[],
): { rules: RuleSpec[]; problems: string[] } {
  const rules: RuleSpec[] = [];
  const problems: string[] = [];
  for (const [index, value] of raw.entries()) {
    const rule = parseRule(value, modelsOf);
    if (typeof rule === "string")
      problems.push(`hybrid.routing.rules, rule ${index + 1}: ${rule}. It is left out.`);
    else rules.push(rule);
  }
  return { rules, problems };
}

const CONDITIONS = ["task", "command", "language", "path", "phrase"] as const;

/** The rule, or what is wrong with it. */
function parseRule(value: unknown, modelsOf: (tier: Tier) => readonly string[]): RuleSpec | string {
  const parsed = v.safeParse(ruleSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue);
    if (issue.type === "strict_object" && where)
      return `“${where}” is not known; write ${CONDITIONS.join(", ")}, tier or model`;
    return where
      ? `${where}: ${issue.message}`
      : "a rule is an object, for example { “language”: “sql”, “tier”: “mid” }";
  }
  const { model, ...rule } = parsed.output;
  if (CONDITIONS.every((name) => rule[name] === undefined))
    return `it has no condition; write one of ${CONDITIONS.join(", ")}`;
  if (model === undefined)
    return rule.tier ? { ...rule, tier: rule.tier } : "it names neither tier nor model";
  const tier = rule.tier ?? TIERS.find((one) => modelsOf(one).includes(model));
  if (!tier) return `${model} is in no tier; add “tier”, or the model to hybrid.tiers.….models`;
  return { ...rule, tier, model: model as ModelId };
}

/** The first rule that matches. */
export function matchingRule(
  rules: readonly RoutingRule[],
  request: EditorRequest,
  task: Task,
): RoutingRule | undefined {
  return rules.find((rule) => rule.matches(request, task));
}
