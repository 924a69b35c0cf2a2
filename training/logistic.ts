/**
 * Multinomial logistic regression by accelerated gradient descent (Nesterov 1983), written out because the runtime
 * model is exactly this: softmax(bias + W·x). Weights are pulled towards `prior`, not towards zero: the most probable
 * weights under a Gaussian around it. No randomness: the same rows give the same weights.
 */

export interface Example {
  x: Float64Array;
  /** Index of the class. */
  y: number;
  /** Classes that can be at all; all when missing. */
  allowed?: readonly boolean[];
}

export interface Fitted {
  bias: Float64Array;
  /** One row of weights a class. */
  weights: Float64Array[];
}

export interface FitOptions {
  classes: number;
  /** Strength of the pull towards the prior, one a feature; about the number of rows that the prior counts for. */
  pull: Float64Array;
  /** One row a class. */
  prior: readonly Float64Array[];
}

const ITERATIONS = 400;

/** Fits bias and weights to the examples. */
export function fit(examples: readonly Example[], { classes, pull, prior }: FitOptions): Fitted {
  const size = pull.length;
  const rows = examples.map(sparseRow);
  const model: Fitted = { bias: new Float64Array(classes), weights: prior.map((row) => row.slice()) };
  let previous = copy(model);
  // One over a bound of the curvature: the softmax's is at most half of the features' own.
  const step = 1 / (0.5 * largestEigenvalue(rows, size) + Math.max(...pull));
  for (let k = 1; k <= ITERATIONS; k++) {
    const ahead = extrapolate(model, previous, (k - 1) / (k + 2));
    previous = copy(model);
    const slope = gradient(rows, ahead);
    for (let c = 0; c < classes; c++) {
      const row = model.weights[c] as Float64Array;
      const at = ahead.weights[c] as Float64Array;
      for (let i = 0; i < size; i++) {
        const away = (at[i] as number) - (prior[c]?.[i] as number);
        row[i] = (at[i] as number) - step * ((slope.weights[c]?.[i] as number) + (pull[i] as number) * away);
      }
      model.bias[c] = (ahead.bias[c] as number) - step * (slope.bias[c] as number);
    }
  }
  return model;
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

interface SparseRow extends Omit<Example, "x"> {
  cells: readonly { index: number; value: number }[];
}

function sparseRow({ x, ...rest }: Example): SparseRow {
  return { ...rest, cells: [...x].flatMap((value, index) => (value === 0 ? [] : [{ index, value }])) };
}

function gradient(rows: readonly SparseRow[], at: Fitted): Fitted {
  const slope: Fitted = {
    bias: new Float64Array(at.bias.length),
    weights: at.weights.map((row) => new Float64Array(row.length)),
  };
  for (const { cells, y, allowed } of rows) {
    const scores = at.weights.map((row, c) => {
      if (allowed && !allowed[c]) return Number.NEGATIVE_INFINITY;
      let sum = at.bias[c] as number;
      for (const { index, value } of cells) sum += (row[index] as number) * value;
      return sum;
    });
    for (const [c, p] of softmax(scores).entries()) {
      const error = p - (c === y ? 1 : 0);
      if (error === 0) continue;
      slope.bias[c] = (slope.bias[c] as number) + error;
      const weights = slope.weights[c] as Float64Array;
      for (const { index, value } of cells) weights[index] = (weights[index] as number) + error * value;
    }
  }
  return slope;
}

/** Of XᵀX with the bias as a column of ones, by power iteration; 5 % more for what has not converged. */
function largestEigenvalue(rows: readonly SparseRow[], size: number): number {
  let v = new Float64Array(size + 1).fill(1 / Math.sqrt(size + 1));
  let norm = 1;
  for (let k = 0; k < 30; k++) {
    const next = new Float64Array(size + 1);
    for (const { cells } of rows) {
      let dot = v[size] as number;
      for (const { index, value } of cells) dot += value * (v[index] as number);
      for (const { index, value } of cells) next[index] = (next[index] as number) + dot * value;
      next[size] = (next[size] as number) + dot;
    }
    norm = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    const length = norm;
    v = next.map((value) => value / length);
  }
  return norm * 1.05;
}

function copy({ bias, weights }: Fitted): Fitted {
  return { bias: bias.slice(), weights: weights.map((row) => row.slice()) };
}

/** Nesterov's look ahead: on along the last step. */
function extrapolate(from: Fitted, before: Fitted, momentum: number): Fitted {
  const along = (a: Float64Array, b: Float64Array) =>
    a.map((value, i) => value + momentum * (value - (b[i] as number)));
  return {
    bias: along(from.bias, before.bias),
    weights: from.weights.map((row, c) => along(row, before.weights[c] as Float64Array)),
  };
}
