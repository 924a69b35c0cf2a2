/** Makes checked rules ready to match. Apart from their check, because only this needs a matcher of globs. */
import { minimatch } from "minimatch";
import { fold } from "./matcher.ts";
import { readInstruction } from "./reading.ts";
import type { RoutingRule, RuleSpec } from "./rules.ts";

/** A glob without a slash is meant for file names, in whatever folder. */
const GLOB_OPTIONS = { dot: true, matchBase: true, nocase: true, windowsPathsNoEscape: true } as const;

/** The rules, in their order. */
export function compileRules(specs: readonly RuleSpec[]): RoutingRule[] {
  return specs.map((spec) => {
    const phrase = spec.phrase === undefined ? undefined : fold(spec.phrase);
    const path = spec.path;
    return {
      tier: spec.tier,
      ...(spec.model && { model: spec.model }),
      reason: `your rule “${describe(spec)}”`,
      matches: (request, task) =>
        (spec.task === undefined || spec.task === task) &&
        (spec.command === undefined || spec.command === request.command) &&
        (spec.language === undefined || spec.language === request.languageId) &&
        (path === undefined ||
          (request.path !== undefined &&
            minimatch(request.path.replaceAll("\\", "/"), path, GLOB_OPTIONS))) &&
        (phrase === undefined || readInstruction(request.prompt).instruction.includes(phrase)),
    };
  });
}

/** "sql, migrations/** → mid". */
function describe({ task, command, language, path, phrase, tier, model }: RuleSpec): string {
  const conditions = [task, command && `/${command}`, language, path, phrase && `“${phrase}”`];
  return `${conditions.filter(Boolean).join(", ")} → ${model ?? tier}`;
}
