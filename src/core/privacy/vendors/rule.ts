/** One vendor's key that begins with letters of its own. */
export interface PrefixRule {
  /** As a person reads it: "OpenAI API key". */
  kind: string;
  /** The letters it begins with; case matters. */
  prefixes: readonly string[];
  /** Pattern of what follows the prefix. Lengths are bounded, so that no input is read again and again. */
  rest: string;
}

/** A key that is told by what stands in it or before it. */
export interface EmbeddedRule {
  kind: string;
  /** What is quickly looked for; a text without it is not searched. */
  near: RegExp;
  /** Its first group is the secret, and ends the match; without a group the whole match is. */
  pattern: RegExp;
}
