/** Usage as the servers report it → `Usage`. A count that makes no sense counts as not reported, which is not zero. */
import { known, record } from "./json.ts";
import type { Usage } from "./provider.ts";

/** A thousand times the longest context there is: more is a broken server's. */
const MOST_TOKENS = 1e9;
/** Dollars of one call; 1e14 nano-dollars are still an exact number. */
const MOST_DOLLARS = 1e5;
/** Decimal places of a nano-dollar. */
const NANO_PLACES = 9;

/** A number of tokens; undefined for anything else: negative, fractional, above 1e9, a string. */
export function tokenCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MOST_TOKENS
    ? Number(value)
    : undefined;
}

/** Dollars as nano-dollars, exact from the number's shortest decimal writing, rounded half up; undefined for no price. */
export function nanoDollars(dollars: unknown): number | undefined {
  if (typeof dollars !== "number" || !(dollars >= 0 && dollars <= MOST_DOLLARS)) return undefined;
  const [mantissa = "0", exponent = "0"] = String(dollars).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const digits = BigInt(whole + fraction);
  const shift = NANO_PLACES + Number(exponent) - fraction.length;
  if (shift >= 0) return Number(digits * 10n ** BigInt(shift));
  const unit = 10n ** BigInt(-shift);
  return Number((digits * 2n + unit) / (2n * unit));
}

/**
 * OpenAI's `usage`: its input includes the cached tokens and its output the reasoning ones. Gemini's endpoint leaves
 * the thinking tokens out of `completion_tokens` but not out of `total_tokens`, and repeats the object, ever fuller,
 * in each chunk. Undefined when nothing of it makes sense.
 */
export function openAiUsage(reported: unknown): Usage | undefined {
  const usage = record(reported);
  const input = tokenCount(usage["prompt_tokens"]);
  const completion = tokenCount(usage["completion_tokens"]);
  const total = tokenCount(usage["total_tokens"]);
  const hidden =
    total === undefined || input === undefined ? 0 : Math.max(0, total - input - (completion ?? 0));
  const prompt = record(usage["prompt_tokens_details"]);
  const answer = record(usage["completion_tokens_details"]);
  return some({
    input,
    output: hidden > 0 ? (completion ?? 0) + hidden : completion,
    cacheRead: tokenCount(prompt["cached_tokens"]),
    cacheWrite: tokenCount(prompt["cache_write_tokens"]),
    reasoning: tokenCount(answer["reasoning_tokens"]) ?? (hidden > 0 ? hidden : undefined),
  });
}

/**
 * What OpenRouter's `usage.cost` says the user paid, nano-dollars. With a key of the user's own (`is_byok`) that is
 * OpenRouter's fee alone, and the vendor's bill comes on top; without one, `upstream_inference_cost` repeats the cost.
 */
export function openRouterCost(reported: unknown): number | undefined {
  const usage = record(reported);
  const cost = nanoDollars(usage["cost"]);
  if (usage["is_byok"] !== true) return cost;
  const upstream = nanoDollars(record(usage["cost_details"])["upstream_inference_cost"]);
  return cost === undefined || upstream === undefined ? undefined : cost + upstream;
}

/** Anthropic's `usage`: its `input_tokens` leave out the cached ones, its output includes the thinking. */
export function anthropicUsage(reported: unknown): Usage | undefined {
  const usage = record(reported);
  const fresh = tokenCount(usage["input_tokens"]);
  const cacheRead = tokenCount(usage["cache_read_input_tokens"]);
  const written = record(usage["cache_creation"]);
  const hour = tokenCount(written["ephemeral_1h_input_tokens"]);
  const minutes = tokenCount(written["ephemeral_5m_input_tokens"]);
  const parts = hour === undefined && minutes === undefined ? undefined : (hour ?? 0) + (minutes ?? 0);
  const cacheWrite = tokenCount(usage["cache_creation_input_tokens"]) ?? parts;
  return some({
    input: fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: tokenCount(usage["output_tokens"]),
    cacheRead,
    cacheWrite,
    cacheWrite1h: hour,
    reasoning: tokenCount(record(usage["output_tokens_details"])["thinking_tokens"]),
  });
}

/** The counts of Ollama's last object. Go leaves out a zero, and a prompt served whole from the cache has no count. */
export function ollamaUsage(last: unknown): Usage | undefined {
  const { prompt_eval_count: input, eval_count: output } = record(last);
  return some({ input: tokenCount(input), output: tokenCount(output) });
}

function some(usage: { [K in keyof Usage]: number | undefined }): Usage | undefined {
  const reported: Usage = known(usage);
  return Object.keys(reported).length > 0 ? reported : undefined;
}
