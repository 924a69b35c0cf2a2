/** Trains the embedded router, and measures it on rows that it was not trained on. */
import type { Label, LabelProbabilities, Task, Tier } from "../src/core/request.ts";
import { LABELS, TASKS, tierOf } from "../src/core/request.ts";
import type { RequestFeatures } from "../src/core/router/features.ts";
import {
  extractFeatures,
  FEATURES,
  FLAG_LEANS,
  FLAG_TASKS,
  NUMERIC_FEATURES,
  WORD_GROUPS,
} from "../src/core/router/features.ts";
import type { LinearModel } from "../src/core/router/linear.ts";
import { linearModel, runLinear } from "../src/core/router/linear.ts";
import { BUCKETS, KNOWN_BITS, wordBits } from "../src/core/router/ngrams.ts";
import { DEFAULT_POLICY, enoughTier } from "../src/core/router/router.ts";
import type { Head, RouterWeights } from "../src/core/router/weights.ts";
import { Columns } from "./columns.ts";
import type { Example } from "./logistic.ts";
import { bestTemperature, fit } from "./logistic.ts";
import type { Outcome } from "./metrics.ts";
import type { RequestExample } from "./rows.ts";

/** The threshold that the figures after escalation are for: the default of the setting. */
export const THRESHOLD = DEFAULT_POLICY.confidenceThreshold;

/** What a head is: its classes, how hard each kind of feature is pulled back, and where the pull leads. */
interface HeadPlan {
  classes: readonly string[];
  classOf: (row: TrainingRow) => string;
  buckets: number;
  /** How many rows a prior counts for, by kind of feature. Chosen by cross-validation by author. */
  pull: { count: number; flag: number; defining: number; words: number; ngrams: number };
  /** Whether it looks at a dense feature; all, when missing. */
  reads?: (feature: string) => boolean;
  /** Log-odds that a feature starts from. */
  lean: (feature: string) => readonly number[] | undefined;
  digits: number;
}

const LABEL_HEAD: HeadPlan = {
  classes: LABELS,
  classOf: ({ label }) => label,
  buckets: BUCKETS,
  pull: { count: 10, flag: 4, defining: 30, words: 4, ngrams: 0.15 },
  lean: (feature) => WORD_GROUPS[feature]?.lean ?? FLAG_LEANS[feature],
  digits: 3,
};

/** Log-odds that words naming a task start from. */
const TASK_LEAN = 2.5;

const TASK_HEAD: HeadPlan = {
  classes: TASKS,
  classOf: ({ task }) => task ?? "question",
  buckets: BUCKETS / 16,
  // The task is in the words; shapes (no code, many lines) are left little say, or they drown them.
  pull: { count: 50, flag: 10, defining: 30, words: 2, ngrams: 0.15 },
  lean: (feature) => {
    const task = WORD_GROUPS[feature]?.task ?? FLAG_TASKS[feature];
    const lean = feature in FLAG_TASKS ? 2 * TASK_LEAN : TASK_LEAN;
    return task && TASKS.map((name) => (name === task ? lean : 0));
  },
  digits: 2,
};

/** Of a question alone there is no shape to read, only what it asks for. */
const GENERAL_HEAD: HeadPlan = {
  ...LABEL_HEAD,
  buckets: BUCKETS / 4,
  reads: (feature) => feature in WORD_GROUPS || feature === "requirements" || feature === "quantities",
  pull: { count: 2, flag: 8, defining: 8, words: 8, ngrams: 0.1 },
};

/** A labelled row, read once. */
export interface TrainingRow {
  id: string;
  label: Label;
  /** Unknown in public sets. */
  task: Task | undefined;
  features: RequestFeatures;
  /** Characters of the whole request, for the control. */
  chars: number;
}

/** Reads the features of the rows that have a label. */
export function trainingRows(examples: readonly RequestExample[]): TrainingRow[] {
  return examples.flatMap(({ id, label, task, request }) => {
    if (!label) return [];
    const attached = request.attachments.reduce((sum, { text }) => sum + text.length, 0);
    const chars = request.prompt.length + request.code.length + attached;
    return [{ id, label, task, features: extractFeatures(request), chars }];
  });
}

/** Fits the heads of requests from the editor. Temperatures are 1 until `calibrate` gives others. */
export function trainEditorHeads(rows: readonly TrainingRow[]): Pick<RouterWeights, "label" | "task"> {
  return { label: trainLabelHead(rows), task: trainHead(rows, TASK_HEAD) };
}

/** Fits the label head alone. */
export function trainLabelHead(rows: readonly TrainingRow[]): Head {
  return trainHead(rows, LABEL_HEAD);
}

/** How a label head alone labels rows. */
export function labelOf(label: Head): (row: TrainingRow) => Label {
  const model = linearModel({ label, task: emptyTaskHead(), general: label });
  return ({ features }) => runLinear(model, features).label;
}

/** Of our own rows without code, one in so many: with more of them, questions are judged as if they had an editor. */
const OWN_PART = 6;

/** Fits the head of questions with nothing of the editor: to public rows, and to some of `rows` that have no code. */
export function trainGeneralHead(publicRows: readonly TrainingRow[], rows: readonly TrainingRow[]): Head {
  const alone = rows
    .filter(({ features: { facts } }) => facts.command === null && facts.codeLines === 0)
    .filter((_, i) => i % OWN_PART === 0)
    .map((row) => ({ ...row, features: withoutPairs(row.features) }));
  return trainHead([...publicRows, ...alone], GENERAL_HEAD);
}

/** As a bare question is read. */
function withoutPairs(features: RequestFeatures): RequestFeatures {
  return { ...features, ngrams: features.ngrams.filter(({ kind }) => kind !== "pairs") };
}

function trainHead(rows: readonly TrainingRow[], plan: HeadPlan): Head {
  const { classes, classOf, buckets, digits } = plan;
  const means = meansOf(rows);
  const columns = new Columns(FEATURES.length, buckets);
  const { reads = () => true } = plan;
  const examples = rows.map((row): Example => {
    const dense = FEATURES.map((name, i) => {
      const value = row.features.values[i] as number;
      return Number.isNaN(value) || !reads(name) ? 0 : value - (means[name] ?? 0);
    });
    const { at, values } = columns.read(dense, row.features.ngrams);
    const y = classes.indexOf(classOf(row));
    const allowed =
      plan === TASK_HEAD ? TASKS.map((name, c) => c === y || row.features.tasks.includes(name)) : undefined;
    return { at, values, y, ...(allowed ? { allowed } : {}) };
  });
  const { bias, weights } = fit(examples, {
    classes: classes.length,
    pull: columns.pulls(pullsOf(plan), plan.pull.ngrams, examples, classes.length),
    prior: priorOf(plan),
  });
  const of = (i: number) => [...weights.subarray(i * classes.length, (i + 1) * classes.length)];
  return {
    temperature: 1,
    bias: [...bias].map((value) => round(value, digits)),
    means,
    dense: Object.fromEntries(FEATURES.map((name, i) => [name, of(i).map((value) => round(value, digits))])),
    ngrams: columns.quantise(weights, classes.length),
    known: knownWords(rows),
  };
}

function pullsOf({ pull }: HeadPlan): number[] {
  return FEATURES.map((name, i) =>
    name in WORD_GROUPS
      ? pull.words
      : i < NUMERIC_FEATURES.length
        ? pull.count
        : name in FLAG_LEANS
          ? pull.defining
          : pull.flag,
  );
}

function priorOf({ classes, lean }: HeadPlan): Float64Array {
  return Float64Array.from(FEATURES.flatMap((name) => lean(name) ?? classes.map(() => 0)));
}

/** Words of two rows or more: what one row alone says may be anything, and a crowded set takes every word for known. */
function knownWords(rows: readonly TrainingRow[]): Uint8Array {
  const known = new Uint8Array(KNOWN_BITS / 8);
  const once = new Set<number>();
  for (const { features } of rows) {
    for (const bit of new Set(wordBits(features.facts.asked))) {
      if (once.has(bit)) known[bit >> 3] = (known[bit >> 3] as number) | (1 << (bit & 7));
      once.add(bit);
    }
  }
  return known;
}

function meansOf(rows: readonly TrainingRow[]): Record<string, number> {
  const mean = (i: number) => {
    const known = rows
      .map(({ features }) => features.values[i] as number)
      .filter((value) => !Number.isNaN(value));
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : 0;
  };
  return Object.fromEntries(NUMERIC_FEATURES.map((name, i) => [name, round(mean(i), 3)]));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0;
}

/** One decision on a row that the weights were not trained on. */
export interface HeldOut extends Outcome {
  row: TrainingRow;
  task: Task;
  probabilities: LabelProbabilities;
}

/** Decides rows with the model, escalation at `THRESHOLD` included. */
export function decideRows(model: LinearModel, rows: readonly TrainingRow[]): HeldOut[] {
  return rows.map((row) => {
    const { label, task, probabilities } = runLinear(model, row.features);
    const confidence = probabilities[LABELS.indexOf(label)] as number;
    const tier: Tier = enoughTier(tierOf(label), probabilities, THRESHOLD);
    return { row, truth: row.label, label, task, tier, confidence, probabilities };
  });
}

/** The temperature under which held-out decisions, made with temperature 1, are most probable. */
export function calibrate(held: readonly HeldOut[]): number {
  return bestTemperature(
    held.map(({ probabilities, truth }) => ({
      scores: probabilities.map((p) => Math.log(Math.max(1e-12, p))),
      y: LABELS.indexOf(truth),
    })),
  );
}

/** Rows of one part, decided by weights that had no part in them, at temperature 1. */
export type Fold = readonly HeldOut[];

/**
 * Trains on each side and keeps the other: `parts` are disjoint, each is held out once. `generalOf` gives the head of
 * general questions for the rows trained on.
 */
export function crossValidate(
  parts: readonly (readonly TrainingRow[])[],
  generalOf: (rows: readonly TrainingRow[]) => Head,
): Fold[] {
  return parts.map((rows) => {
    const others = parts.filter((part) => part !== rows).flat();
    return decideRows(linearModel({ ...trainEditorHeads(others), general: generalOf(others) }), rows);
  });
}

/**
 * The decisions of all folds at the temperature fitted to the *other* folds, so that no row has a say in its own
 * confidence.
 */
export function calibrated(folds: readonly Fold[]): HeldOut[] {
  return folds.flatMap((fold) => {
    const temperature = calibrate(folds.filter((other) => other !== fold).flat());
    return fold.map((held) => atTemperature(held, temperature));
  });
}

function atTemperature(held: HeldOut, temperature: number): HeldOut {
  const powers = held.probabilities.map((p) => Math.max(1e-12, p) ** (1 / temperature));
  const total = powers.reduce((sum, value) => sum + value, 0);
  const probabilities = powers.map((value) => value / total) as unknown as LabelProbabilities;
  const confidence = probabilities[LABELS.indexOf(held.label)] as number;
  return {
    ...held,
    probabilities,
    confidence,
    tier: enoughTier(tierOf(held.label), probabilities, THRESHOLD),
  };
}

/** Decides questions with nothing of the editor. */
export function decideGeneral(general: Head, rows: readonly TrainingRow[]): HeldOut[] {
  return decideRows(linearModel({ label: general, task: emptyTaskHead(), general }), rows);
}

/** A task head that knows nothing, where only labels are asked for. */
export function emptyTaskHead(): Head {
  const zeros = TASKS.map(() => 0);
  return {
    temperature: 1,
    bias: zeros,
    means: {},
    dense: Object.fromEntries(FEATURES.map((name) => [name, zeros])),
    ngrams: { scale: 1, data: new Int8Array(TASKS.length) },
    known: new Uint8Array(KNOWN_BITS / 8),
  };
}
