/** What the vendors' model lists tell of a model besides its name. */
import { known, list, record, text } from "./json.ts";
import type { ModelInfo } from "./provider.ts";
import { tokenCount } from "./usage.ts";

/** A model's name and what is known of it. */
type InfoOf = readonly [name: string, info: ModelInfo];

/** A vendor's own list of models, which knows more than its OpenAI-compatible one. */
export interface NativeList {
  /** Its address, from the base URL of the other API; undefined where that is not the vendor's own shape. */
  url: (baseUrl: string) => string | undefined;
  headers: (key: string) => Record<string, string>;
  /** Name and facts of each model. */
  read: (body: unknown) => Iterable<InfoOf>;
}

/**
 * LM Studio's `GET /api/v0/models` (its docs, "REST API v0", and the API changelog for `capabilities`):
 * `max_context_length` is what the model could have. `loaded_context_length`, what it was loaded with, is not in the
 * docs, but in what the server sends.
 */
export const LM_STUDIO_LIST: NativeList = {
  url: (baseUrl) => (baseUrl.endsWith("/v1") ? baseUrl.replace(/v1$/, "api/v0/models") : undefined),
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  read: (body) =>
    entries(record(body)["data"], "id", (entry) => ({
      contextTokens: context(entry["max_context_length"]),
      loadedContextTokens: entry["state"] === "loaded" ? context(entry["loaded_context_length"]) : undefined,
      tools: list(entry["capabilities"])?.includes("tool_use"),
      images: text(entry["type"]) ? entry["type"] === "vlm" : undefined,
    })),
};

/** Gemini's `GET /v1beta/models` (Gemini API reference, "Models"); its OpenAI-compatible list has names only. */
export const GEMINI_LIST: NativeList = {
  url: (baseUrl) =>
    baseUrl.endsWith("/openai") ? baseUrl.replace(/openai$/, "models?pageSize=1000") : undefined,
  headers: (key) => ({ "x-goog-api-key": key }),
  read: (body) =>
    entries(record(body)["models"], "name", (entry) => ({
      contextTokens: context(entry["inputTokenLimit"]),
    })),
};

/**
 * An entry of an OpenAI-compatible list. OpenAI's own has names only; OpenRouter adds `context_length`,
 * `supported_parameters` and `architecture`, Groq `context_window` and `input_modalities`, vLLM `max_model_len`.
 */
export function listedInfo(value: unknown): ModelInfo {
  const entry = record(value);
  const { input_modalities: modalities = entry["input_modalities"] } = record(entry["architecture"]);
  return known({
    contextTokens: context(entry["context_length"] ?? entry["context_window"] ?? entry["max_model_len"]),
    tools: list(entry["supported_parameters"])?.includes("tools"),
    images: list(modalities)?.includes("image"),
  });
}

/** An entry of Anthropic's list (API reference, "List models"); that a model takes tools is not among its capabilities. */
export function anthropicInfo(value: unknown): ModelInfo {
  const entry = record(value);
  const { supported } = record(record(entry["capabilities"])["image_input"]);
  return known({
    contextTokens: context(entry["max_input_tokens"]),
    images: typeof supported === "boolean" ? supported : undefined,
  });
}

/** Ollama's `/api/show`: `<architecture>.context_length` is what the model could have. */
export function ollamaInfo(value: unknown): ModelInfo {
  const shown = record(value);
  const facts = record(shown["model_info"]);
  const capabilities = list(shown["capabilities"]);
  return known({
    contextTokens: context(facts[`${text(facts["general.architecture"])}.context_length`]),
    tools: capabilities?.includes("tools"),
    images: capabilities?.includes("vision"),
  });
}

/** Ollama's `/api/ps`: the context that each model in memory was loaded with, by name. */
export function ollamaLoaded(value: unknown): Iterable<InfoOf> {
  return entries(record(value)["models"], "name", (entry) => ({
    loadedContextTokens: context(entry["context_length"]),
  }));
}

/** Joins what several lists say of the same models; undefined when none says anything. */
export function joined(...lists: Iterable<InfoOf>[]): ReadonlyMap<string, ModelInfo> | undefined {
  const all = new Map<string, ModelInfo>();
  for (const [name, info] of lists.flatMap((one) => [...one])) {
    if (Object.keys(info).length > 0) all.set(name, { ...all.get(name), ...info });
  }
  return all.size > 0 ? all : undefined;
}

function* entries(
  value: unknown,
  key: string,
  read: (entry: Record<string, unknown>) => { [K in keyof ModelInfo]: ModelInfo[K] | undefined },
): Generator<InfoOf> {
  for (const one of list(value) ?? []) {
    const entry = record(one);
    const name = withoutFolder(text(entry[key]));
    if (name) yield [name, known(read(entry))];
  }
}

/** Gemini's lists put a folder before the name that its API takes without one. */
export function withoutFolder(name: string): string {
  return name.replace(/^models\//, "");
}

/** A context of no tokens is an unknown one. */
function context(value: unknown): number | undefined {
  return tokenCount(value) || undefined;
}
