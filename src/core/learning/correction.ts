/**
 * A small correction of the label probabilities, learned from the user's own labels: softmax(ln p + W·x), W starting
 * at nothing and kept small, its sum clipped. It reads only what the log keeps: no code, and hashed words.
 */
import type { AttemptRecord } from "../log/record.ts";
import type { EditorRequest, Label, LabelProbabilities, Task } from "../request.ts";
import { LABELS } from "../request.ts";
import { fold } from "../router/matcher.ts";
import { wordBits } from "../router/ngrams.ts";
import type { Classification, Classifier } from "../router/router.ts";
import type { Evidence } from "./evidence.ts";
import { labelled } from "./evidence.ts";

/** Labels below which nothing is learned: fewer say more about chance than about the user. */
export const LEAST_LABELS = 20;
/** Most that the log-odds of a label can be moved by: a sure decision stays what it is. */
const CLIP = 1.5;
/** Buckets of the hashed words. */
const WORDS = 256;
/** Passes over the labels, step, and pull back to nothing a pass. Chosen so that one label moves little, thirty much. */
const PASSES = 30;
const RATE = 0.1;
const DECAY = 0.02;
/** Parts of the labels, each held out once, by which it is seen whether learning helps. */
const FOLDS = 5;

/** What is known of a request now and of a row of the log alike. */
type Known = Pick<EditorRequest, "command" | "languageId" | "surface"> & { prompt: string; task: Task };

/** Weights by feature, one a label. */
export type Correction = ReadonlyMap<string, readonly number[]>;

/** How learning did on labels that it did not see, and whether it is used. */
export interface LearningReport {
  labels: Record<Label, number>;
  /** Of the held-out labels: right before and after, too low before and after, mean −ln p before and after. */
  before: HeldOutFigures;
  after: HeldOutFigures;
  /** Why it is used or not, a sentence. */
  verdict: string;
  correction: Correction | undefined;
}

export interface HeldOutFigures {
  right: number;
  tooLow: number;
  tooHigh: number;
  logLoss: number;
}

/** Learns from evidence; the same evidence gives the same correction. */
export function learn(evidence: readonly Evidence[]): LearningReport {
  const rows = labelled(evidence).toSorted(
    (a, b) => a.at - b.at || (a.row.requestId < b.row.requestId ? -1 : 1),
  );
  const labels = Object.fromEntries(
    LABELS.map((label) => [label, rows.filter((row) => row.label === label).length]),
  ) as Record<Label, number>;
  const samples = rows.map(({ row, label }) => ({
    base: row.probabilities,
    features: featuresOf(knownOf(row)),
    label,
  }));
  const held = samples.map((sample, i) => {
    const others = samples.filter((_, k) => k % FOLDS !== i % FOLDS);
    return { sample, after: shifted(sample.base, shiftOf(train(others), sample.features)) };
  });
  const before = figures(held.map(({ sample }) => ({ probabilities: sample.base, label: sample.label })));
  const after = figures(
    held.map(({ sample, after: probabilities }) => ({ probabilities, label: sample.label })),
  );
  const enough = samples.length >= LEAST_LABELS;
  const helps = after.logLoss < before.logLoss && after.right >= before.right;
  const verdict = !enough
    ? `Not used: ${samples.length} of the ${LEAST_LABELS} labels it takes.`
    : helps
      ? "Used: on labels held out from learning, decisions got better."
      : "Not used: on labels held out from learning, decisions did not get better.";
  return { labels, before, after, verdict, correction: enough && helps ? train(samples) : undefined };
}

interface Sample {
  base: LabelProbabilities;
  features: readonly string[];
  label: Label;
}

function train(samples: readonly Sample[]): Correction {
  const weights = new Map<string, number[]>();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { base, features, label } of samples) {
      const probabilities = shifted(base, shiftOf(weights, features));
      // Many features of one request share its step, so that a long prompt does not learn faster.
      const step = RATE / Math.sqrt(features.length);
      for (const feature of features) {
        const row = weights.get(feature) ?? [0, 0, 0];
        weights.set(feature, row);
        for (const [c, one] of LABELS.entries()) {
          const error = (one === label ? 1 : 0) - (probabilities[c] as number);
          row[c] = (row[c] as number) * (1 - DECAY * RATE) + step * error;
        }
      }
    }
  }
  return weights;
}

/** Sum of the weights a label, clipped. */
function shiftOf(correction: Correction, features: readonly string[]): number[] {
  return LABELS.map((_, c) => {
    const sum = features.reduce((total, feature) => total + (correction.get(feature)?.[c] ?? 0), 0);
    return Math.max(-CLIP / 2, Math.min(CLIP / 2, sum));
  });
}

function shifted(base: LabelProbabilities, shift: readonly number[]): LabelProbabilities {
  const exps = base.map((p, c) => Math.max(1e-9, p) * Math.exp(shift[c] as number));
  const total = exps.reduce((sum, value) => sum + value, 0);
  return exps.map((value) => value / total) as unknown as LabelProbabilities;
}

function featuresOf({ command, languageId, surface, prompt, task }: Known): string[] {
  const words = new Set(wordBits(fold(prompt)).map((bit) => `word ${bit % WORDS}`));
  return [
    "any",
    `command ${command}`,
    `language ${languageId}`,
    `surface ${surface}`,
    `task ${task}`,
    ...words,
  ];
}

function knownOf({ command, languageId, surface, input, task }: AttemptRecord): Known {
  return { command: command as Known["command"], languageId, surface, prompt: input ?? "", task };
}

function figures(rows: readonly { probabilities: LabelProbabilities; label: Label }[]): HeldOutFigures {
  const ranks = rows.map(({ probabilities, label }) => ({
    chosen: probabilities.indexOf(Math.max(...probabilities)),
    needed: LABELS.indexOf(label),
  }));
  const loss = rows.reduce(
    (sum, { probabilities, label }) =>
      sum - Math.log(Math.max(1e-9, probabilities[LABELS.indexOf(label)] ?? 0)),
    0,
  );
  return {
    right: ranks.filter(({ chosen, needed }) => chosen === needed).length,
    tooLow: ranks.filter(({ chosen, needed }) => chosen < needed).length,
    tooHigh: ranks.filter(({ chosen, needed }) => chosen > needed).length,
    logLoss: rows.length > 0 ? loss / rows.length : 0,
  };
}

/** A classifier whose probabilities are corrected by what the user taught. */
export function withCorrection(classifier: Classifier, correction: Correction): Classifier {
  return {
    name: classifier.name,
    async classify(request, signal): Promise<Classification> {
      const first = await classifier.classify(request, signal);
      const shift = shiftOf(correction, featuresOf({ ...request, task: first.task }));
      const probabilities = shifted(first.probabilities, shift);
      const confidence = Math.max(...probabilities);
      const best = probabilities.indexOf(confidence);
      const label = LABELS[best] ?? first.label;
      const next = LABELS.map((_, c) => c)
        .filter((c) => c !== best)
        .toSorted((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0))[0] as number;
      const weight = (shift[best] ?? 0) - (shift[next] ?? 0);
      const reason = { text: `you labelled requests like this ${label}`, weight };
      const reasons = weight > 0.1 ? [reason, ...first.reasons] : first.reasons;
      return { ...first, label, confidence, probabilities, uncorrected: first.probabilities, reasons };
    },
  };
}
