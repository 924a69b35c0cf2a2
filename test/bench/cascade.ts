/**
 * Replays a path of models over tasks whose outcome is known for each of them: a model answers, a check looks at the
 * answer, and the next model is asked when the check objects. Expected values, not a simulation: nothing is random.
 */
import { generator } from "../../training/folds.ts";

/** How good the check of an answer is. */
export interface Check {
  /** Share of failed answers that it objects to. */
  recall: number;
  /** Share of good answers that it objects to all the same. */
  falseAlarms: number;
}

/** One model on one task. */
export interface Try {
  solved: boolean;
  /** Dollars. */
  cost: number;
}

/** What is to be expected of one task. */
export interface Expected {
  /** Probability that the answer the user ends up with is good. */
  solved: number;
  /** Dollars, the answers that were thrown away included. */
  cost: number;
}

/** Goes up the path; the last model's answer stands unchecked. Of no models, nothing is solved and nothing paid. */
export function replay(path: readonly Try[], { recall, falseAlarms }: Check): Expected {
  const expected = { solved: 0, cost: 0 };
  let reached = 1;
  for (const [i, { solved, cost }] of path.entries()) {
    const goesOn = i === path.length - 1 ? 0 : solved ? falseAlarms : recall;
    expected.cost += reached * cost;
    if (solved) expected.solved += reached * (1 - goesOn);
    reached *= goesOn;
  }
  return expected;
}

/** Knows beforehand: the cheapest model that solves the task, or the cheapest of all where none does. */
export function oracle(models: readonly Try[]): Expected {
  const byCost = models.toSorted((a, b) => a.cost - b.cost);
  const best = byCost.find(({ solved }) => solved) ?? byCost[0];
  return { solved: best?.solved ? 1 : 0, cost: best?.cost ?? 0 };
}

/** A mean with its 95 % interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

const RESAMPLES = 4000;

/**
 * Mean with a percentile bootstrap interval (Efron 1979). Where the values are not independent of each other,
 * `independent` says how many are: each resample draws that many, which makes the interval as wide as if the rest
 * told nothing new. The same values give the same interval.
 */
export function bootstrap(values: readonly number[], independent = values.length): Interval {
  const random = generator(values.length);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < independent; i++) sum += values[Math.floor(random() * values.length)] as number;
    return sum / independent;
  }).toSorted((a, b) => a - b);
  const at = (q: number) => means[Math.floor(q * (RESAMPLES - 1))] as number;
  return { mean: meanOf(values), low: at(0.025), high: at(0.975) };
}

/** Of nothing it is not a number. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
