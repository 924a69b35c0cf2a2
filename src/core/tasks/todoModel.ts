/** What a TODO comment can be, and the linear model that says so. */
import type { GroupMatch } from "../router/matcher.ts";
import { createMatcher, fold } from "../router/matcher.ts";
import type { NgramBlock, NgramKind, NgramTable } from "../router/ngrams.ts";
import { addNgramScores, ngramsOf } from "../router/ngrams.ts";
import { countWords, isNonLatin, splitNames } from "../router/reading.ts";
import { TODO_WORDS } from "./todoLexicon.ts";

export const TODO_CATEGORIES = [
  "bug",
  "performance",
  "question",
  "refactor",
  "cleanup",
  "docs",
  "feature",
  "security",
  "test",
] as const;
export type TodoCategory = (typeof TODO_CATEGORIES)[number];

export const TODO_PRIORITIES = ["low", "medium", "high"] as const;
export type TodoPriority = (typeof TODO_PRIORITIES)[number];

/** Characters of a comment and of its context that are read. */
const COMMENT_READ = 1500;
const CONTEXT_READ = 2000;

const TODO_MARKERS = ["TODO", "FIXME", "HACK", "XXX", "BUG", "NOTE", "OPTIMIZE"] as const;

const SHAPES = ["questionMark", "year", "numbers", "long", "nonLatin", "testContext"] as const;
const GROUPS = Object.keys(TODO_WORDS);

/** All features, in the order of the vectors. Groups count once: said twice is not twice as true. */
export const TODO_FEATURES: readonly string[] = [
  ...SHAPES,
  ...TODO_MARKERS.map((marker) => `marker:${marker}`),
  ...GROUPS,
];
const INDEX = new Map(TODO_FEATURES.map((name, index) => [name, index]));

export interface TodoFeatures {
  values: Float64Array;
  /** The marker that the comment starts with, upper case; empty without one. */
  marker: string;
  words: Map<string, GroupMatch>;
  /** The wording of the comment and the names in the code around it, hashed. */
  ngrams: NgramBlock[];
}

/** A comment says more than the code around it; chosen by cross-validation. */
const EMPHASIS: Record<NgramKind, number> = {
  words: 1.5,
  pieces: 1.5,
  code: 0.6,
  diagnostics: 0,
  setting: 0,
  pairs: 0,
};

/** Buckets of a table of n-gram weights. */
export const TODO_BUCKETS = 2 ** 12;

const matchWords = createMatcher(
  Object.fromEntries(GROUPS.map((name) => [name, TODO_WORDS[name]?.words ?? ""])),
);

const OPENERS =
  /^\s*(\/\/+!?|\/\*+!?|<!--|#+|--+(\[\[)?|;+|%+|\*+(?!\/)|"""|'''|\{-|REM\b)\s?|\s*(\*\/|-->|\]\]|-\})\s*$/gm;
const MARKER = /^@?(todo|fixme|hack|xxx|bug|note|optimi[sz]e)\b[\s:]*(\([^)]{0,60}\))?\s*:?\s*/i;

/** The words of a comment, without what makes it one: "// FIXME(ana): jumps" → marker FIXME, text "jumps". */
export function todoText(comment: string): { marker: string; text: string } {
  const bare = comment.slice(0, COMMENT_READ).replace(OPENERS, "").trim();
  const marker = MARKER.exec(bare)?.[1]?.toUpperCase().replace("OPTIMISE", "OPTIMIZE") ?? "";
  return { marker, text: bare.replace(MARKER, "") };
}

/** Reads a comment and the code around it. Never throws. */
export function todoFeatures(comment: string, context: string): TodoFeatures {
  const { marker, text } = todoText(comment);
  const folded = fold(text);
  const words = matchWords(folded);
  const length = countWords(folded);
  const values = new Float64Array(TODO_FEATURES.length);
  const set = (name: string, on: boolean) => {
    const index = INDEX.get(name);
    if (index !== undefined && on) values[index] = 1;
  };
  set("questionMark", /[?？؟]/.test(folded));
  set("year", /(?<!\d)20\d\d(?!\d)/.test(folded));
  set("numbers", /\d/.test(folded));
  set("long", length >= 20);
  set("nonLatin", isNonLatin(folded));
  set(
    "testContext",
    /\b(assert|expect|it|describe|test|should)\w*[\s(.]/i.test(context.slice(0, CONTEXT_READ)),
  );
  set(`marker:${marker}`, true);
  for (const group of words.keys()) set(group, true);
  const code = fold(splitNames(context.slice(0, CONTEXT_READ)));
  const blocks = ngramsOf({ instruction: folded, code, diagnostics: "", setting: [], command: "todo" });
  const ngrams = blocks.map((block) => ({ ...block, value: block.value * EMPHASIS[block.kind] }));
  return { values, marker, words, ngrams };
}

/** What training writes: per feature a number a class, in the order of `TODO_CATEGORIES` and `TODO_PRIORITIES`. */
export interface TodoWeights {
  version: number;
  category: TodoHead;
  priority: TodoHead;
}

export interface TodoHead {
  /** Divides the log-odds, so that a confidence is the share of answers that are right. */
  temperature: number;
  bias: number[];
  weights: Record<string, number[]>;
  ngrams: NgramTable;
}

export const TODO_WEIGHTS_VERSION = 2;

/** Log-odds of each class of a head. */
export function todoScores(head: TodoHead, { values, ngrams }: TodoFeatures): number[] {
  const scores = head.bias.map((bias, c) => {
    let sum = bias;
    for (const [i, name] of TODO_FEATURES.entries()) {
      if (values[i] !== 0) sum += (head.weights[name]?.[c] ?? 0) * (values[i] as number);
    }
    return sum;
  });
  addNgramScores(scores, head.ngrams, ngrams);
  return scores.map((score) => score / head.temperature);
}
