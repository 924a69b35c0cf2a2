/**
 * The embedded model: softmax((f·(bias + W·x) + (1 − f)·log prior) / T), f being how familiar the request is. Linear,
 * so that every reason it gives is an exact share of the log-odds it decided by.
 */
import type { Label, LabelProbabilities, Task } from "../request.ts";
import { LABELS, TASKS, TIERS } from "../request.ts";
import type { RequestFeatures } from "./features.ts";
import { FEATURES } from "./features.ts";
import type { NgramBlock, NgramTable } from "./ngrams.ts";
import { addNgramScores, BUCKETS, wordBits } from "./ngrams.ts";
import type { Head, RouterWeights } from "./weights.ts";

/** One share of the log-odds by which the label won over the runner-up. */
export interface Contribution {
  /** A name of `FEATURES`, "wording", "code", "diagnostics", "prior", "unfamiliar" or "inherited". */
  feature: string;
  weight: number;
  /** Of hashed n-grams: the words that weigh most, strongest first. */
  words?: readonly string[];
}

export interface LinearResult {
  label: Label;
  probabilities: LabelProbabilities;
  task: Task;
  /** They sum to ln(p of the label / p of the runner-up). */
  contributions: Contribution[];
}

/**
 * Shares of EASY, MEDIUM, HARD where nothing is known of a request. Deliberately not the shares of the rows trained
 * on, where EASY leads: no signal is not EASY, since an answer that is not good enough costs more than one too dear.
 */
const UNFAMILIAR_SHARES = [0.29, 0.43, 0.28] as const;

/** Log-odds on tiers below, at and above the one inherited by a bare follow-up. A chat that went up stays up. */
const INHERITED = { below: -8, same: 3, above: 0 } as const;

/** A head with dense weights as rows, made once. */
interface DenseHead {
  temperature: number;
  bias: readonly number[];
  means: Float64Array;
  /** `dense[class][feature]`. */
  dense: Float64Array[];
  ngrams: NgramTable;
  /** Buckets of its n-gram table minus one. */
  mask: number;
  known: Uint8Array;
}

export interface LinearModel {
  label: DenseHead;
  task: DenseHead;
  general: DenseHead;
}

/** Prepares weights for `runLinear`; throws when they were trained for other features than this code reads. */
export function linearModel(weights: RouterWeights): LinearModel {
  return {
    label: denseHead("label", weights.label, LABELS.length),
    task: denseHead("task", weights.task, TASKS.length),
    general: denseHead("general", weights.general, LABELS.length),
  };
}

function denseHead(name: string, head: Head, classes: number): DenseHead {
  const missing = FEATURES.filter((feature) => head.dense[feature]?.length !== classes);
  const buckets = head.ngrams.data.length / classes;
  if (missing.length > 0 || head.bias.length !== classes || BUCKETS % buckets !== 0) {
    throw new Error(
      `The router's weights “${name}” do not fit this code` +
        `${missing.length > 0 ? `, missing ${missing.join(", ")}` : ""}. Run "npm run train".`,
    );
  }
  return {
    temperature: head.temperature,
    bias: head.bias,
    means: Float64Array.from(FEATURES, (feature) => head.means[feature] ?? 0),
    dense: Array.from({ length: classes }, (_, c) =>
      Float64Array.from(FEATURES, (feature) => head.dense[feature]?.[c] ?? 0),
    ),
    ngrams: head.ngrams,
    mask: buckets - 1,
    known: head.known,
  };
}

/** Classifies what was read of a request. */
export function runLinear(model: LinearModel, features: RequestFeatures): LinearResult {
  const head = features.facts.bare ? model.general : model.label;
  const x = centre(head, features);
  const familiarity = features.familiarity ?? knownShare(head, features.facts.asked);
  const extra = extraLogits(features, familiarity);
  const known = rawScores(head, x, features.ngrams);
  const scores = LABELS.map((_, c) => {
    const more = extra.reduce((sum, { logits }) => sum + (logits[c] as number), 0);
    return (familiarity * (known[c] as number) + more) / head.temperature;
  });
  const order = [0, 1, 2].toSorted((a, b) => (scores[b] as number) - (scores[a] as number) || b - a);
  const [best, next] = order as [number, number];
  const top = scores[best] as number;
  const exps = scores.map((score) => Math.exp(score - top));
  const total = exps.reduce((sum, value) => sum + value, 0);
  const scale = 1 / head.temperature;
  const share = (values: readonly number[]) => (values[best] as number) - (values[next] as number);
  const contributions: Contribution[] = [
    { feature: "prior", weight: familiarity * share(head.bias) * scale },
    ...extra.map(({ feature, logits }) => ({ feature, weight: share(logits) * scale })),
    ...ngramShares(head, features.ngrams, best, next, familiarity * scale),
  ];
  for (const [i, value] of x.entries()) {
    const weight = (head.dense[best]?.[i] as number) - (head.dense[next]?.[i] as number);
    if (value !== 0 && weight !== 0)
      contributions.push({ feature: FEATURES[i] as string, weight: familiarity * weight * value * scale });
  }
  return {
    label: LABELS[best] as Label,
    probabilities: exps.map((value) => value / total) as unknown as LabelProbabilities,
    task: taskOf(model.task, features),
    contributions: byFeature(contributions),
  };
}

/** One contribution a feature: its own share and its half of every pair it is in. */
function byFeature(contributions: readonly Contribution[]): Contribution[] {
  const merged = new Map<string, Contribution>();
  for (const one of contributions) {
    const before = merged.get(one.feature);
    merged.set(one.feature, before ? { ...before, ...one, weight: before.weight + one.weight } : one);
  }
  return [...merged.values()];
}

function centre(head: DenseHead, { values }: RequestFeatures): Float64Array {
  return values.map((value, i) => (Number.isNaN(value) ? 0 : value - (head.means[i] as number)));
}

/** bias + W·x, a number a class. */
function rawScores(head: DenseHead, x: Float64Array, blocks: readonly NgramBlock[]): number[] {
  const scores = head.bias.map((bias, c) => bias + dot(head.dense[c] as Float64Array, x));
  addNgramScores(scores, head.ngrams, blocks);
  return scores;
}

/** Words of a block that are named as its reason. */
const WORDS_NAMED = 2;
/** What stands between the two words of a pair, which is named without it. */
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/gu;

/** What a bucket tells for the label over the runner-up, for an n-gram that counts 1. */
type BucketWeight = (bucket: number) => number;

function ngramShares(
  { ngrams: { data, scale: step }, bias: { length: classes }, mask }: DenseHead,
  blocks: readonly NgramBlock[],
  best: number,
  next: number,
  scale: number,
): Contribution[] {
  const weightOf = (bucket: number) => {
    const base = (bucket & mask) * classes;
    return ((data[base + best] as number) - (data[base + next] as number)) * step * scale;
  };
  const texts = blocks.filter(({ kind }) => kind !== "pairs");
  const pairs = blocks.filter(({ kind }) => kind === "pairs");
  return [...wordingShares(texts, weightOf), ...pairs.flatMap((block) => pairShares(block, weightOf))];
}

/** The shares of the n-grams: one of the instruction's wording, one of the code's, one of the diagnostics'. */
function wordingShares(blocks: readonly NgramBlock[], weightOf: BucketWeight): Contribution[] {
  const shares = new Map<string, { weight: number; words: Map<string, number> }>();
  for (const { kind, text, buckets, spans, value } of blocks) {
    const feature = kind === "words" || kind === "pieces" ? "wording" : kind;
    const share = shares.get(feature) ?? { weight: 0, words: new Map<string, number>() };
    shares.set(feature, share);
    for (let i = 0; i < buckets.length; i++) {
      const weight = weightOf(buckets[i] as number) * value;
      if (weight === 0) continue;
      share.weight += weight;
      const word = text.slice(spans[2 * i], spans[2 * i + 1]);
      share.words.set(word, (share.words.get(word) ?? 0) + weight);
    }
  }
  return [...shares].map(([feature, { weight, words }]) => {
    return { feature, weight, words: strongestWords(words, Math.sign(weight)) };
  });
}

/** A pair of features is shared by the two in halves, which is its Shapley value (Shapley 1953): nothing is left over. */
function pairShares(
  { buckets, spans, value, facets = [] }: NgramBlock,
  weightOf: BucketWeight,
): Contribution[] {
  const shares = new Float64Array(facets.length);
  for (let i = 0; i < buckets.length; i++) {
    const half = (weightOf(buckets[i] as number) * value) / 2;
    for (const facet of [spans[2 * i] as number, spans[2 * i + 1] as number])
      shares[facet] = (shares[facet] as number) + half;
  }
  return facets.map((feature, i) => ({ feature, weight: shares[i] as number }));
}

/** The words that weigh most in the direction of `sign`. */
function strongestWords(words: ReadonlyMap<string, number>, sign: number): string[] {
  const best: [word: string, weight: number][] = [];
  for (const [word, weight] of words) {
    if (weight * sign <= (best[WORDS_NAMED - 1]?.[1] ?? 0) * sign) continue;
    best.push([word, weight]);
    best.sort((a, b) => (b[1] - a[1]) * sign);
    best.length = Math.min(best.length, WORDS_NAMED);
  }
  return best.map(([word]) => word.replaceAll(BETWEEN_WORDS, " "));
}

/** Share of known words from which a request counts as familiar: of other authors' requests, 19 in 20 are above. */
const FAMILIAR_SHARE = 0.6;

/** 0 to 1: the share of the words that the head was trained on, of those it takes to be familiar. */
function knownShare({ known }: DenseHead, asked: string): number {
  const bits = wordBits(asked);
  if (bits.length === 0) return 0;
  const share = bits.filter((bit) => ((known[bit >> 3] as number) >> (bit & 7)) & 1).length / bits.length;
  return Math.min(1, share / FAMILIAR_SHARE);
}

function extraLogits(
  { facts }: RequestFeatures,
  familiarity: number,
): { feature: string; logits: number[] }[] {
  const extra = [];
  if (familiarity < 1) {
    const logits = UNFAMILIAR_SHARES.map((part) => (1 - familiarity) * Math.log(part));
    extra.push({ feature: "unfamiliar", logits });
  }
  if (facts.inherited) {
    const at = TIERS.indexOf(facts.inherited);
    const logits = LABELS.map((_, c) =>
      c < at ? INHERITED.below : c === at ? INHERITED.same : INHERITED.above,
    );
    extra.push({ feature: "inherited", logits });
  }
  return extra;
}

function taskOf(head: DenseHead, features: RequestFeatures): Task {
  const scores = rawScores(head, centre(head, features), features.ngrams);
  let best: Task = features.tasks[0] as Task;
  let top = Number.NEGATIVE_INFINITY;
  for (const task of features.tasks) {
    const score = scores[TASKS.indexOf(task)] as number;
    if (score > top) [best, top] = [task, score];
  }
  return best;
}

function dot(weights: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (weights[i] as number) * (x[i] as number);
  return sum;
}
