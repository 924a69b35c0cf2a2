/** The user's settings as the core sees them: validated, with defaults filled in. */
import * as v from "valibot";
import type { BudgetLimits } from "./budget/budget.ts";
import type { ModelId, Tier } from "./request.ts";
import type { RuleSpec } from "./router/rules.ts";
import { parseRules } from "./router/rules.ts";

const modelId = v.pipe(
  v.string(),
  v.regex(/^[^/\s]+\/\S+$/, "write a model as provider/model-name, for example ollama/llama3.2:3b"),
  v.transform((id) => id as ModelId),
);
const modelList = v.array(modelId);
const httpUrl = v.pipe(v.string(), v.url(), v.regex(/^https?:/, "must be an http or https address"));
const dollarsPerMillion = v.pipe(v.number(), v.minValue(0));

/** The user's own price of a model, dollars per million tokens. */
const price = v.object({
  input: dollarsPerMillion,
  output: dollarsPerMillion,
  cacheRead: v.optional(dollarsPerMillion),
  cacheWrite: v.optional(dollarsPerMillion),
  cacheWrite1h: v.optional(dollarsPerMillion),
});

/** Dollars; 0 stands for no limit. */
const dollarLimit = v.optional(v.pipe(v.number(), v.minValue(0)), 0);
const tierBudget = v.optional(v.strictObject({ daily: dollarLimit, monthly: dollarLimit }));

/** Every setting by its key below `hybrid.`, with its default: the one place both are written in code. */
const settingSchemas = {
  "tiers.local.models": v.optional(modelList, ["ollama/llama3.2:3b"]),
  "tiers.mid.models": v.optional(modelList, [
    "openai/gpt-4o-mini",
    "anthropic/claude-haiku-4-5",
    "groq/llama-3.3-70b-versatile",
  ]),
  "tiers.flagship.models": v.optional(modelList, [
    "anthropic/claude-opus-5",
    "openai/gpt-5.5",
    "google/gemini-2.5-pro",
  ]),
  providers: v.optional(
    v.record(
      v.string(),
      v.object({ baseUrl: httpUrl, headers: v.optional(v.record(v.string(), v.string()), {}) }),
    ),
    {},
  ),
  "ollama.baseUrl": v.optional(httpUrl, "http://127.0.0.1:11434"),
  "ollama.numCtx": v.optional(v.pipe(v.number(), v.integer(), v.minValue(512)), 8192),
  "ollama.keepAlive": v.optional(v.pipe(v.string(), v.regex(/^-?\d+(ms|s|m|h)?$/)), "30m"),
  "routing.router": v.optional(
    v.picklist(["embedded", "ollama", "hybrid", "always-local", "always-flagship"]),
    "embedded",
  ),
  "routing.confidenceThreshold": v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.7),
  "routing.rules": v.optional(v.array(v.unknown()), []),
  "routing.sessionsOnlyEscalate": v.optional(v.boolean(), true),
  "commands.answersIn": v.optional(v.picklist(["chat", "editor"]), "chat"),
  "log.promptText": v.optional(v.picklist(["full", "none"]), "full"),
  "log.retentionDays": v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 365),
  "budget.daily": dollarLimit,
  "budget.monthly": dollarLimit,
  "budget.tiers": v.optional(v.strictObject({ mid: tierBudget, flagship: tierBudget }), {}),
  "budget.onLimit": v.optional(v.picklist(["ask", "localOnly", "stop"]), "ask"),
  "quotes.above": v.optional(v.pipe(v.number(), v.minValue(0)), 0.25),
  "limits.requestSeconds": v.optional(v.pipe(v.number(), v.minValue(0.1)), 600),
  "limits.requestDollars": dollarLimit,
  "privacy.localOnly": v.optional(v.unknown(), []),
  "privacy.redactSecrets": v.optional(v.boolean(), true),
  refreshPrices: v.optional(v.boolean(), false),
  prices: v.optional(v.record(v.string(), price), {}),
  "statusBar.visible": v.optional(v.boolean(), true),
} as const;

export type SettingKey = keyof typeof settingSchemas;
export const SETTING_KEYS = Object.keys(settingSchemas) as SettingKey[];
type RawSettings = { [K in SettingKey]: v.InferOutput<(typeof settingSchemas)[K]> };
/** Valid settings; rules are checked against the models of the tiers. */
export type Settings = Omit<RawSettings, "routing.rules" | "privacy.localOnly"> & {
  "routing.rules": RuleSpec[];
  "privacy.localOnly": string[];
};

/**
 * Validates raw settings key by key. A bad value falls back to its default and is named in `problems`,
 * one sentence each, so that one typo never disables the rest.
 */
export function parseSettings(read: (key: SettingKey) => unknown): {
  settings: Settings;
  problems: string[];
} {
  const problems: string[] = [];
  const entries = SETTING_KEYS.map((key) => {
    const schema = settingSchemas[key] as v.GenericSchema;
    const result = v.safeParse(schema, read(key) ?? undefined);
    if (result.success) return [key, result.output];
    const issue = result.issues[0];
    const where = v.getDotPath(issue);
    problems.push(`hybrid.${key}${where ? ` (${where})` : ""}: ${issue.message}. Using the default.`);
    return [key, v.getDefaults(schema) ?? v.parse(schema, undefined)];
  });
  const settings = Object.fromEntries(entries) as RawSettings;
  const { rules, problems: wrongRules } = parseRules(settings["routing.rules"], (tier) =>
    modelsOf(settings, tier),
  );
  const { globs, problems: wrongGlobs } = parseGlobs(settings["privacy.localOnly"]);
  return {
    settings: { ...settings, "routing.rules": rules, "privacy.localOnly": globs },
    problems: [...problems, ...wrongRules, ...wrongGlobs],
  };
}

/** No path is longer, characters (PATH_MAX of Linux). */
const GLOB_MAX = 4096;

/** One by one: a bad glob, which a workspace may have brought along, must not take the guard of the good ones away. */
function parseGlobs(value: unknown): { globs: string[]; problems: string[] } {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isGlob = (one: unknown): one is string =>
    typeof one === "string" && one !== "" && one.length <= GLOB_MAX;
  const problems = given
    .filter((one) => !isGlob(one))
    .map(
      (one) =>
        `hybrid.privacy.localOnly: ${JSON.stringify(one).slice(0, 60)} is no glob, and guards nothing.`,
    );
  return { globs: [...new Set(given.filter(isGlob))], problems };
}

/** Nano-dollars a dollar. */
export const NANO = 1_000_000_000;

/** The budgets as the ledger takes them: nano-dollars, null for no limit. */
export function budgetLimits(
  settings: Pick<RawSettings, "budget.daily" | "budget.monthly" | "budget.tiers">,
): BudgetLimits {
  const limit = (dollars: number) => (dollars > 0 ? Math.round(dollars * NANO) : null);
  const { mid, flagship } = settings["budget.tiers"];
  const tier = (own: { daily: number; monthly: number }) => ({
    daily: limit(own.daily),
    monthly: limit(own.monthly),
  });
  return {
    daily: limit(settings["budget.daily"]),
    monthly: limit(settings["budget.monthly"]),
    tiers: { ...(mid && { mid: tier(mid) }), ...(flagship && { flagship: tier(flagship) }) },
  };
}

/** The models of one tier, in the user's order. */
export function modelsOf(settings: Pick<RawSettings, `tiers.${Tier}.models`>, tier: Tier): ModelId[] {
  return settings[`tiers.${tier}.models`];
}
