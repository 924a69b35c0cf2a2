/** The key of a call, and what must not be seen because of it. */
import { HybridError } from "../errors.ts";
import type { Target } from "./faults.ts";
import { subject } from "./faults.ts";
import { safeCause } from "./scrub.ts";

/** How a provider gets its key and what it says without one. */
export interface KeySource {
  apiKey: () => Promise<string | undefined>;
  keyRequired: boolean;
  /** What to do without a key: "Run … or set OPENAI_API_KEY." */
  keyHint: string;
}

/** The key, trimmed. Throws "noKey" without a required one, "badKey" for one that no header can carry. */
export async function readKey(source: KeySource, target: Target): Promise<string | undefined> {
  let key: string | undefined;
  try {
    key = (await source.apiKey())?.trim() || undefined;
  } catch (error) {
    throw new HybridError("noKey", `The API key of ${target.label} could not be read.`, {
      hint: source.keyHint,
      cause: safeCause(error, target.secrets),
    });
  }
  if (key === undefined && source.keyRequired) {
    throw new HybridError("noKey", `There is no API key for ${subject(target)}.`, { hint: source.keyHint });
  }
  if (key !== undefined && !/^[\u0021-\u007e]+$/.test(key)) {
    throw new HybridError("badKey", `The API key of ${target.label} has a character that no key has.`, {
      hint: "Run “Hybrid: Set API Key…” and paste it again.",
    });
  }
  return key;
}
