/** Trains the embedded router, and measures it on rows that it was not trained on. */
import type { Label, Task } from "../src/core/request.ts";
import { LABELS, TASKS, tierAbove, tierOf } from "../src/core/request.ts";
import type { RequestFeatures } from "../src/core/router/features.ts";
import {
  extractFeatures,
  FEATURES,
  FLAG_LEANS,
  NUMERIC_FEATURES,
  WORD_GROUPS,
} from "../src/core/router/features.ts";
import type { RouterWeights } from "../src/core/router/linear.ts";
import { linearModel, runLinear, WEIGHTS_VERSION } from "../src/core/router/linear.ts";
import type { Example } from "./logistic.ts";
import { bestTemperature, fit } from "./logistic.ts";
import type { Outcome } from "./metrics.ts";
import type { RequestExample } from "./rows.ts";

/** The threshold that the figures after escalation are for: the default of the setting. */
export const THRESHOLD = 0.7;

/** How many rows a lean counts for. Chosen by cross-validation among 2, 4, 8 (10, 25 for counts): flat, within 1 %. */
const PULL = { count: 10, flag: 4, words: 4 } as const;
/** Log-odds that words naming a task start from. */
const TASK_LEAN = 2.5;

/** A labelled row, read once. */
export interface TrainingRow {
  id: string;
  label: Label;
  task: Task;
  features: RequestFeatures;
  /** Characters of the whole request, for the control. */
  chars: number;
}

/** Reads the features of the rows that have both label and task. */
export function trainingRows(examples: readonly RequestExample[]): TrainingRow[] {
  return examples.flatMap(({ id, label, task, request }) => {
    if (!label || !task) return [];
    const attached = request.attachments.reduce((sum, { text }) => sum + text.length, 0);
    const chars = request.prompt.length + request.code.length + attached;
    return [{ id, label, task, features: extractFeatures(request), chars }];
  });
}

/** Fits both heads. The temperature is 1 until `calibrate` gives another. */
export function trainRouter(rows: readonly TrainingRow[], temperature = 1): RouterWeights {
  return { ...trainLabelHead(rows), ...trainTaskHead(rows), temperature };
}

type TaskHead = Pick<RouterWeights, "taskBias" | "task">;
type LabelHead = Omit<RouterWeights, keyof TaskHead>;

function trainLabelHead(rows: readonly TrainingRow[]): LabelHead {
  const means = meansOf(rows);
  const { bias, weights } = fit(
    centred(rows, means).map((x, i) => ({ x, y: LABELS.indexOf((rows[i] as TrainingRow).label) })),
    { classes: LABELS.length, pull: PULLS, prior: LABEL_PRIOR },
  );
  return {
    version: WEIGHTS_VERSION,
    temperature: 1,
    means,
    labelBias: [...bias].map((value) => round(value)),
    label: table(weights),
  };
}

function trainTaskHead(rows: readonly TrainingRow[]): TaskHead {
  const examples = centred(rows, meansOf(rows)).map((x, i): Example => {
    const { task, features } = rows[i] as TrainingRow;
    return {
      x,
      y: TASKS.indexOf(task),
      allowed: TASKS.map((name) => name === task || features.tasks.includes(name)),
    };
  });
  const { bias, weights } = fit(examples, { classes: TASKS.length, pull: TASK_PULLS, prior: TASK_PRIOR });
  return { taskBias: [...bias].map((value) => round(value, 2)), task: table(weights, 2) };
}

function meansOf(rows: readonly TrainingRow[]): Record<string, number> {
  const mean = (i: number) => {
    const known = rows
      .map(({ features }) => features.values[i] as number)
      .filter((value) => !Number.isNaN(value));
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : 0;
  };
  return Object.fromEntries(NUMERIC_FEATURES.map((name, i) => [name, round(mean(i))]));
}

function centred(rows: readonly TrainingRow[], means: Record<string, number>): Float64Array[] {
  return rows.map(({ features }) =>
    features.values.map((value, i) =>
      Number.isNaN(value) ? 0 : value - (means[FEATURES[i] as string] ?? 0),
    ),
  );
}

function table(weights: readonly Float64Array[], digits = 3): Record<string, number[]> {
  return Object.fromEntries(
    FEATURES.map((name, i) => [name, weights.map((row) => round(row[i] as number, digits))]),
  );
}

const PULLS = Float64Array.from(FEATURES, (name, i) =>
  name in WORD_GROUPS ? PULL.words : i < NUMERIC_FEATURES.length ? PULL.count : PULL.flag,
);
// The task is in the words; shapes (no code, many lines) are left little say, or they drown them.
const TASK_PULLS = PULLS.map((pull, i) =>
  i < FEATURES.length - Object.keys(WORD_GROUPS).length ? pull * 10 : pull,
);
const LABEL_PRIOR = LABELS.map((_, c) =>
  Float64Array.from(FEATURES, (name) => (WORD_GROUPS[name]?.lean ?? FLAG_LEANS[name])?.[c] ?? 0),
);
const TASK_PRIOR = TASKS.map((task) =>
  Float64Array.from(FEATURES, (name) => (WORD_GROUPS[name]?.task === task ? TASK_LEAN : 0)),
);

function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits)) + 0;
}

/** One decision on a row that the weights were not trained on. */
export interface HeldOut extends Outcome {
  row: TrainingRow;
  task: Task;
}

/** Decides rows with the model, escalation at `THRESHOLD` included. */
function decide(weights: RouterWeights, rows: readonly TrainingRow[]): HeldOut[] {
  const model = linearModel(weights);
  return rows.map((row) => {
    const { label, task, probabilities } = runLinear(model, row.features);
    const confidence = probabilities[LABELS.indexOf(label)] as number;
    const tier = confidence < THRESHOLD ? tierAbove(tierOf(label)) : tierOf(label);
    return { row, truth: row.label, label, task, tier, confidence };
  });
}

/** The temperature under which the held-out rows of the folds are most probable. */
export function calibrate(held: readonly Fold[]): number {
  return bestTemperature(
    held.flatMap(({ weights, rows }) => {
      const model = linearModel({ ...weights, temperature: 1 });
      return rows.map(({ features, label }) => ({
        scores: runLinear(model, features).probabilities.map(Math.log),
        y: LABELS.indexOf(label),
      }));
    }),
  );
}

/** Trains on each side and keeps the other: `parts` are disjoint, each is held out once. */
export function folds(parts: readonly (readonly TrainingRow[])[]): Fold[] {
  return parts.map((rows) => ({ rows, weights: trainRouter(parts.filter((part) => part !== rows).flat()) }));
}

/** Weights, and the rows that had no part in them. */
export interface Fold {
  weights: RouterWeights;
  rows: readonly TrainingRow[];
}

/**
 * Held-out decisions for every row. The temperature of a fold is fitted to the held-out predictions of the other folds,
 * so that no row has a say in its own confidence.
 */
export function crossValidate(parts: readonly (readonly TrainingRow[])[]): HeldOut[] {
  const all = folds(parts);
  return all.flatMap((fold) => {
    const temperature = calibrate(all.filter((other) => other !== fold));
    return decide({ ...fold.weights, temperature }, fold.rows);
  });
}
