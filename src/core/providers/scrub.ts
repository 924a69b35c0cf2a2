/** Keeps keys and prompts out of what users, logs and bug reports see. */

/** Longest part of a server's own words that is shown, characters. */
const MAX_DETAIL = 300;
/** A message that shares this many characters in a row with the prompt quotes it. */
const WINDOW = 16;
/** The looks of vendors' keys, whole or masked as their error messages have them. */
const KEY_LIKE = /\b(sk|gsk|xai|pk|key)[-_][\w*.-]{6,}|\bAIza[\w*-]{10,}|\bBearer\s+[^\s"',;]+/gi;

/** Replaces every secret, and all that looks like a key, by "…". Empty secrets are passed over. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret !== "") clean = clean.replaceAll(secret, "…");
  }
  return clean.replace(KEY_LIKE, "…");
}

/**
 * A server's message as one short line that may be shown: without secrets, without markup, and empty when it quotes
 * the prompt.
 */
export function showable(message: string, secrets: readonly string[], prompt: readonly string[]): string {
  if (/<\/?[a-z][^>]*>/i.test(message)) return "";
  const line = scrub(message, secrets).replace(/\s+/g, " ").trim();
  const detail = line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
  for (let at = 0; at + WINDOW <= message.length && at < MAX_DETAIL; at += WINDOW) {
    const piece = message.slice(at, at + WINDOW);
    if (prompt.some((text) => text.includes(piece))) return "";
  }
  return detail.replace(/[.\s]+$/, "");
}

/**
 * An error as a cause that is safe to print in depth: name, code and a scrubbed message, and none of the request,
 * response or headers that clients hang on their errors.
 */
export function safeCause(error: unknown, secrets: readonly string[], depth = 3): Error | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined;
  const code: unknown = "code" in error ? error.code : undefined;
  const cause = safeCause(error.cause, secrets, depth - 1);
  const clean = new Error(scrub(error.message, secrets).slice(0, MAX_DETAIL), cause ? { cause } : undefined);
  clean.name = error.name;
  return typeof code === "string" ? Object.assign(clean, { code: scrub(code, secrets) }) : clean;
}
