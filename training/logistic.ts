/**
 * Multinomial logistic regression, written out because the runtime model is exactly this: softmax(bias + W·x). Weights
 * are pulled towards `prior`, not towards zero: the most probable weights under a Gaussian around it. No randomness:
 * the same rows give the same weights.
 */
import { minimise } from "./lbfgs.ts";

export interface Example {
  /** Indices of the features that are not 0, and their values. */
  at: Int32Array;
  values: Float64Array;
  /** Index of the class. */
  y: number;
  /** Classes that can be at all; all when missing. */
  allowed?: readonly boolean[];
}

export interface Fitted {
  bias: Float64Array;
  /** `weights[i * classes + c]`: of feature i for class c. */
  weights: Float64Array;
}

export interface FitOptions {
  classes: number;
  /** Strength of the pull towards the prior, as `weights`; about the number of rows that the prior counts for. */
  pull: Float64Array;
  /** As `weights`, of the first features at least; zero where missing. */
  prior?: Float64Array;
}

const ITERATIONS = 120;

/** Fits bias and weights to the examples. */
export function fit(examples: readonly Example[], { classes, pull, prior }: FitOptions): Fitted {
  const size = pull.length;
  const centre = new Float64Array(size);
  if (prior) centre.set(prior);
  // In units of the pull: how steep the prior is differs by column, and the search would take short steps for the steepest.
  const unit = pull.map((strength) => 1 / Math.sqrt(strength));
  const x = new Float64Array(size + classes);
  const toWeights = (found: Float64Array) => {
    for (let i = 0; i < size; i++) x[i] = (centre[i] as number) + (unit[i] as number) * (found[i] as number);
    for (let i = size; i < x.length; i++) x[i] = found[i] as number;
    return x;
  };
  const scores = new Float64Array(classes);
  const found = minimise(
    (at, gradient) => {
      toWeights(at);
      gradient.fill(0);
      let loss = 0;
      for (const example of examples) loss += lossOf(example, x, gradient, scores, size);
      for (let i = 0; i < size; i++) {
        const away = at[i] as number;
        gradient[i] = (gradient[i] as number) * (unit[i] as number) + away;
        loss += 0.5 * away * away;
      }
      return loss;
    },
    new Float64Array(size + classes),
    ITERATIONS,
  );
  const all = toWeights(found);
  return { weights: all.slice(0, size), bias: all.slice(size) };
}

/** −ln p of the example's class; adds its slope to `gradient`. */
function lossOf(
  { at, values, y, allowed }: Example,
  x: Float64Array,
  gradient: Float64Array,
  scores: Float64Array,
  size: number,
): number {
  const classes = scores.length;
  for (let c = 0; c < classes; c++) scores[c] = x[size + c] as number;
  for (let k = 0; k < at.length; k++) {
    const base = (at[k] as number) * classes;
    const value = values[k] as number;
    for (let c = 0; c < classes; c++) scores[c] = (scores[c] as number) + (x[base + c] as number) * value;
  }
  let top = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) {
    if (allowed && !allowed[c]) scores[c] = Number.NEGATIVE_INFINITY;
    top = Math.max(top, scores[c] as number);
  }
  let total = 0;
  for (let c = 0; c < classes; c++) total += Math.exp((scores[c] as number) - top);
  const loss = top + Math.log(total) - (scores[y] as number);
  for (let c = 0; c < classes; c++) {
    const p = Math.exp((scores[c] as number) - top) / total;
    scores[c] = p - (c === y ? 1 : 0);
    gradient[size + c] = (gradient[size + c] as number) + (scores[c] as number);
  }
  for (let k = 0; k < at.length; k++) {
    const base = (at[k] as number) * classes;
    const value = values[k] as number;
    for (let c = 0; c < classes; c++) {
      gradient[base + c] = (gradient[base + c] as number) + (scores[c] as number) * value;
    }
  }
  return loss;
}

/** The features of a vector that are not 0. */
export function sparse(x: Float64Array): Pick<Example, "at" | "values"> {
  const at = [...x.keys()].filter((i) => x[i] !== 0);
  return { at: Int32Array.from(at), values: Float64Array.from(at, (i) => x[i] as number) };
}

/** Probabilities of log-odds. */
function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const exps = scores.map((score) => Math.exp(score - top));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((value) => value / sum);
}

/** The temperature, 0.5 to 3 in steps of 0.05, under which the classes `y` of scored rows are most probable. */
export function bestTemperature(held: readonly { scores: readonly number[]; y: number }[]): number {
  const loss = (temperature: number) =>
    held.reduce((sum, { scores, y }) => {
      const p = softmax(scores.map((score) => score / temperature));
      return sum - Math.log(Math.max(1e-9, p[y] as number));
    }, 0);
  const grid = Array.from({ length: 51 }, (_, i) => Number((0.5 + i * 0.05).toFixed(2)));
  const losses = grid.map(loss);
  return grid[losses.indexOf(Math.min(...losses))] as number;
}
