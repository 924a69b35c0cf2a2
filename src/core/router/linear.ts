/**
 * The embedded model: softmax(f·(bias + W·x) + (1 − f)·log prior), f being how familiar the request is. Linear, so that
 * every reason it gives is an exact share of the log-odds it decided by.
 */
import type { Label, Task } from "../request.ts";
import { LABELS, TASKS, TIERS } from "../request.ts";
import type { RequestFeatures } from "./features.ts";
import { FEATURES } from "./features.ts";

/** What training writes: per feature a number a class, in the order of `LABELS` and `TASKS`. */
export interface RouterWeights {
  version: number;
  /** Divides the log-odds, so that a confidence is the share of decisions that are right. */
  temperature: number;
  labelBias: number[];
  taskBias: number[];
  /** Subtracted from a feature before it is weighed: the mean of the rows trained on, 0 for yes-or-no features. */
  means: Record<string, number>;
  label: Record<string, number[]>;
  task: Record<string, number[]>;
}

export const WEIGHTS_VERSION = 1;

/** One share of the log-odds by which the label won over the runner-up. */
export interface Contribution {
  /** A name of `FEATURES`, or "prior", "unfamiliar", "inherited". */
  feature: string;
  weight: number;
}

export interface LinearResult {
  label: Label;
  /** Of EASY, MEDIUM, HARD. */
  probabilities: [number, number, number];
  task: Task;
  /** They sum to ln(p of the label / p of the runner-up). */
  contributions: Contribution[];
}

/**
 * Shares of EASY, MEDIUM, HARD where nothing is known of a request. Deliberately not the shares of the rows trained
 * on, where EASY leads: no signal is not EASY, since an answer that is not good enough costs more than one too dear.
 */
const UNFAMILIAR_SHARES = [0.3, 0.4, 0.3] as const;

/** Log-odds on tiers below, at and above the one inherited by a bare follow-up. A chat that went up stays up. */
const INHERITED = { below: -8, same: 2, above: 0 } as const;

/** Throws when the weights were trained for other features than this code reads. */
function checkWeights(weights: RouterWeights): RouterWeights {
  const missing = FEATURES.filter((name) => !weights.label[name] || !weights.task[name]);
  if (weights.version !== WEIGHTS_VERSION || missing.length > 0) {
    throw new Error(
      `The router's weights (version ${weights.version}) do not fit this code (version ${WEIGHTS_VERSION}` +
        `${missing.length > 0 ? `, missing ${missing.join(", ")}` : ""}). Run "npm run train".`,
    );
  }
  return weights;
}

/** Weights as dense rows, made once. */
export interface LinearModel {
  temperature: number;
  labelBias: readonly number[];
  taskBias: readonly number[];
  means: Float64Array;
  label: Float64Array[];
  task: Float64Array[];
}

/** Prepares weights for `runLinear`; throws when they were trained for other features than this code reads. */
export function linearModel(weights: RouterWeights): LinearModel {
  checkWeights(weights);
  const rows = (table: Record<string, number[]>, classes: number) =>
    Array.from({ length: classes }, (_, c) => Float64Array.from(FEATURES, (name) => table[name]?.[c] ?? 0));
  return {
    temperature: weights.temperature,
    labelBias: weights.labelBias,
    taskBias: weights.taskBias,
    means: Float64Array.from(FEATURES, (name) => weights.means[name] ?? 0),
    label: rows(weights.label, LABELS.length),
    task: rows(weights.task, TASKS.length),
  };
}

/** Classifies what was read of a request. */
export function runLinear(model: LinearModel, features: RequestFeatures): LinearResult {
  const x = features.values.map((value, i) => (Number.isNaN(value) ? 0 : value - (model.means[i] as number)));
  const { familiarity } = features;
  const extra = extraLogits(features);
  const scores = LABELS.map(
    (_, c) =>
      (familiarity * ((model.labelBias[c] as number) + dot(model.label[c] as Float64Array, x)) +
        extra.reduce((sum, { logits }) => sum + (logits[c] as number), 0)) /
      model.temperature,
  );
  const order = [0, 1, 2].toSorted((a, b) => (scores[b] as number) - (scores[a] as number) || b - a);
  const [best, next] = order as [number, number];
  const top = scores[best] as number;
  const exps = scores.map((score) => Math.exp(score - top));
  const total = exps.reduce((sum, value) => sum + value, 0);
  const share = (values: readonly number[] | Float64Array) =>
    (values[best] as number) - (values[next] as number);
  const scale = 1 / model.temperature;
  const contributions: Contribution[] = [
    { feature: "prior", weight: familiarity * share(model.labelBias) * scale },
    ...extra.map(({ feature, logits }) => ({ feature, weight: share(logits) * scale })),
  ];
  for (const [i, value] of x.entries()) {
    const weight = (model.label[best]?.[i] as number) - (model.label[next]?.[i] as number);
    if (value !== 0)
      contributions.push({ feature: FEATURES[i] as string, weight: familiarity * weight * value * scale });
  }
  return {
    label: LABELS[best] as Label,
    probabilities: exps.map((value) => value / total) as [number, number, number],
    task: taskOf(model, x, features.tasks),
    contributions,
  };
}

function extraLogits({ familiarity, facts }: RequestFeatures): { feature: string; logits: number[] }[] {
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

function taskOf(model: LinearModel, x: Float64Array, allowed: readonly Task[]): Task {
  let best: Task = allowed[0] as Task;
  let top = Number.NEGATIVE_INFINITY;
  for (const task of allowed) {
    const c = TASKS.indexOf(task);
    const score = (model.taskBias[c] as number) + dot(model.task[c] as Float64Array, x);
    if (score > top) [best, top] = [task, score];
  }
  return best;
}

function dot(weights: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (weights[i] as number) * (x[i] as number);
  return sum;
}
