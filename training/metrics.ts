/** Figures of a classifier on labelled rows, and of the controls that it must beat. */
import type { Label, Tier } from "../src/core/request.ts";
import { LABELS, TIERS, tierOf } from "../src/core/request.ts";

/** One row as it was decided. */
export interface Outcome {
  truth: Label;
  label: Label;
  /** After escalation. */
  tier: Tier;
  confidence: number;
}

/** A share with its 95 % interval. */
export interface Share {
  hits: number;
  n: number;
  value: number;
  low: number;
  high: number;
}

/** Share with the Wilson score interval (Wilson 1927), z = 1.96; of nothing it is 0, between 0 and 1. */
export function shareOf(hits: number, n: number): Share {
  if (n === 0) return { hits, n, value: 0, low: 0, high: 1 };
  const z2 = 1.96 ** 2;
  const p = hits / n;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { hits, n, value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Share of the items for which `test` holds. */
export function share<T>(items: readonly T[], test: (item: T) => boolean): Share {
  return shareOf(items.filter(test).length, items.length);
}

export interface RoutingFigures {
  accuracy: Share;
  /** Classified below what was needed, and above. */
  underLabelled: Share;
  overLabelled: Share;
  /** The same of the tier taken, after escalation. */
  underRouted: Share;
  overRouted: Share;
  /** Expected calibration error over 15 bins of equal width. */
  calibrationError: number;
  /** Rows by true label (rows of the table) and label given. */
  confusion: number[][];
}

/** All figures of decided rows. */
export function routingFigures(outcomes: readonly Outcome[]): RoutingFigures {
  const rank = (label: Label) => LABELS.indexOf(label);
  const needed = ({ truth }: Outcome) => TIERS.indexOf(tierOf(truth));
  return {
    accuracy: share(outcomes, ({ truth, label }) => truth === label),
    underLabelled: share(outcomes, ({ truth, label }) => rank(label) < rank(truth)),
    overLabelled: share(outcomes, ({ truth, label }) => rank(label) > rank(truth)),
    underRouted: share(outcomes, (outcome) => TIERS.indexOf(outcome.tier) < needed(outcome)),
    overRouted: share(outcomes, (outcome) => TIERS.indexOf(outcome.tier) > needed(outcome)),
    calibrationError: calibrationError(
      outcomes.map(({ truth, label, confidence }) => ({ confidence, right: truth === label })),
    ),
    confusion: LABELS.map((truth) =>
      LABELS.map(
        (label) => outcomes.filter((outcome) => outcome.truth === truth && outcome.label === label).length,
      ),
    ),
  };
}

/** Expected calibration error: |confidence − share right|, weighed by the rows of each of 15 bins. */
export function calibrationError(rows: readonly { confidence: number; right: boolean }[]): number {
  const bins = Array.from({ length: 15 }, () => ({ n: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of rows) {
    const bin = bins[Math.min(14, Math.floor(confidence * 15))];
    if (!bin) continue;
    bin.n++;
    bin.confidence += confidence;
    bin.right += Number(right);
  }
  return (
    bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) /
    Math.max(1, rows.length)
  );
}

/** What every row gets from a control that looks at nothing, or at nothing but the length. */
export function controls(rows: readonly { truth: Label; chars: number }[]): Record<string, Outcome[]> {
  const always = (label: Label) => rows.map(({ truth }) => outcome(truth, label));
  const [low, high] = bestCuts(rows);
  return {
    "always-local": always("EASY"),
    "always-flagship": always("HARD"),
    "length only": rows.map(({ truth, chars }) =>
      outcome(truth, chars < low ? "EASY" : chars < high ? "MEDIUM" : "HARD"),
    ),
  };
}

function outcome(truth: Label, label: Label): Outcome {
  return { truth, label, tier: tierOf(label), confidence: 1 };
}

/** The two lengths that tell the three labels apart best on these very rows: more than length alone can do on others. */
function bestCuts(rows: readonly { truth: Label; chars: number }[]): [number, number] {
  const lengths = rows.map(({ chars }) => chars).toSorted((a, b) => a - b);
  const candidates = [
    ...new Set(Array.from({ length: 41 }, (_, i) => lengths[Math.floor((i / 41) * lengths.length)] ?? 0)),
    Infinity,
  ];
  let best: [number, number] = [0, Infinity];
  let most = -1;
  for (const low of candidates) {
    for (const high of candidates.filter((cut) => cut >= low)) {
      const hits = rows.filter(
        ({ truth, chars }) => truth === (chars < low ? "EASY" : chars < high ? "MEDIUM" : "HARD"),
      ).length;
      if (hits > most) [best, most] = [[low, high], hits];
    }
  }
  return best;
}

/** "74.3 % (69.1–79.0, n = 300)". */
export function showShare({ value, low, high, n }: Share): string {
  return `${percent(value)} % (${percent(low)}–${percent(high)}, n = ${n})`;
}

/** 0.7433 → "74.3". */
export function percent(value: number): string {
  return (value * 100).toFixed(1);
}
