/** Parts of requests that the router's tests share. */
import type { SymbolFacts, Turn } from "../../../src/core/request.ts";
import type { Tier } from "../../../src/core/request.ts";

export const SMALL_FUNCTION = [
  "export function parseDuration(text: string): number {",
  "  const match = /^(\\d+)(ms|s|m|h)$/.exec(text);",
  "  if (!match) throw new TypeError(`not a duration: ${text}`);",
  "  return Number(match[1]) * UNITS[match[2]];",
  "}",
].join("\n");

/** A symbol of which only the counts matter. */
export function symbolUsed(referenceCount: number, referenceFiles: number): SymbolFacts {
  return {
    name: "parseDuration",
    kind: "function",
    languageId: "typescript",
    signature: "function parseDuration(text: string): number",
    documentation: "",
    source: SMALL_FUNCTION,
    references: [],
    referenceCount,
    referenceFiles,
    callers: [],
    callees: [],
    relatedTypes: [],
    members: [],
  };
}

/** One question, answered by a tier. */
export function answeredBy(tier: Tier): Turn[] {
  return [
    { role: "user", text: "how do I do this?" },
    { role: "assistant", text: "Like this.", tier },
  ];
}

/** A whole number below `limit`, from a generator of numbers in [0, 1). */
export function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

const ALPHABETS = [
  "abc def ghi. ",
  "\0\u0001\u0007\u001b\t\n\r",
  "\ud800\udc00\udfff\ud83d",
  "🎉👩‍👩‍👧‍👦🇩🇪",
  "\u202e\u200f\u0627\u0644\u0639",
  "的是不了在死锁重构",
  "\u0300\u0301\u0316e\u0301",
  "{}[]()<>;:%#/*`\"'\\?",
  "0123456789,.;:",
  "why does this deadlock across files? TODO: fix ",
];

/** Text of odd characters: lone surrogates, controls, marks, several scripts, code and plain words. */
export function oddText(random: () => number, maxLength: number): string {
  let text = "";
  const length = below(random, maxLength);
  while (text.length < length) {
    const alphabet = ALPHABETS[below(random, ALPHABETS.length)] as string;
    const from = below(random, alphabet.length);
    text += alphabet.slice(from, from + 1 + below(random, 12));
  }
  return text;
}
