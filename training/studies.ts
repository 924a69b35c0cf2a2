/** What the label head owes to each kind of feature, and to the number of rows: every figure is of other authors' rows. */
import type { EditorRequest } from "../src/core/request.ts";
import type { RequestFeatures } from "../src/core/router/features.ts";
import { extractFeatures, FEATURES, NUMERIC_FEATURES, WORD_GROUPS } from "../src/core/router/features.ts";
import { linearModel, runLinear } from "../src/core/router/linear.ts";
import type { Head } from "../src/core/router/weights.ts";
import type { NgramKind } from "../src/core/router/ngrams.ts";
import { generator } from "./folds.ts";
import type { Share } from "./metrics.ts";
import { share } from "./metrics.ts";
import type { TrainingRow } from "./routerTraining.ts";
import { emptyTaskHead, labelOf, trainLabelHead } from "./routerTraining.ts";
import type { RequestExample } from "./rows.ts";

/** One line of a study. */
export interface StudyLine {
  name: string;
  /** Rows trained on, on average. */
  rows: number;
  accuracy: Share;
}

const HASHED: readonly NgramKind[] = ["words", "pieces", "code", "diagnostics", "setting", "pairs"];

const ABLATIONS: Readonly<Record<string, (features: RequestFeatures) => RequestFeatures>> = {
  "all features": (features) => features,
  "without the wording (n-grams of the instruction)": without("words", "pieces"),
  "without the words of the code": without("code"),
  "without the words of the diagnostics": without("diagnostics"),
  "without the setting (command with size, language, …)": without("setting"),
  "without the pairs of features": without("pairs"),
  "without any of these": without(...HASHED),
  "without the word lists": blank((name) => name in WORD_GROUPS),
  "without counts and flags": blank((name) => !(name in WORD_GROUPS)),
  "only counts and flags": (features) => blank((name) => name in WORD_GROUPS)(without(...HASHED)(features)),
};

function without(...kinds: NgramKind[]) {
  return (features: RequestFeatures): RequestFeatures => ({
    ...features,
    ngrams: features.ngrams.filter(({ kind }) => !kinds.includes(kind)),
  });
}

function blank(test: (feature: string) => boolean) {
  return (features: RequestFeatures): RequestFeatures => ({
    ...features,
    values: features.values.map((value, i) =>
      test(FEATURES[i] as string) ? (i < NUMERIC_FEATURES.length ? Number.NaN : 0) : value,
    ),
  });
}

/** Accuracy with parts of the features taken away, in training and after. */
export function ablation(authors: readonly (readonly TrainingRow[])[]): StudyLine[] {
  return Object.entries(ABLATIONS).map(([name, change]) =>
    line(
      name,
      authors.map((rows) => rows.map((row) => ({ ...row, features: change(row.features) }))),
      (rows) => rows,
    ),
  );
}

/** Accuracy when trained on a part of the other authors' rows, drawn by a seed. */
export function learningCurve(authors: readonly (readonly TrainingRow[])[]): StudyLine[] {
  return [1 / 8, 1 / 4, 1 / 2, 1].map((part) =>
    line(`${Math.round(part * 100)} % of the rows`, authors, (rows) => {
      const random = generator(20_263);
      return rows.filter(() => random() < part);
    }),
  );
}

function line(
  name: string,
  authors: readonly (readonly TrainingRow[])[],
  choose: (rows: readonly TrainingRow[]) => readonly TrainingRow[],
): StudyLine {
  let trained = 0;
  const right = authors.flatMap((held) => {
    const rows = choose(authors.filter((other) => other !== held).flat());
    trained += rows.length;
    const label = labelOf(trainLabelHead(rows));
    return held.map((row) => label(row) === row.label);
  });
  return { name, rows: Math.round(trained / authors.length), accuracy: share(right, (one) => one) };
}

/** Characters of real code put before a question. */
const PASTED = { least: 500, most: 4000 } as const;

/** Share of general questions whose label is the same with code pasted before them. */
export function labelHoldsUnderCode(
  general: Head,
  questions: readonly RequestExample[],
  requests: readonly RequestExample[],
): Share {
  const codes = requests
    .map(({ request }) => request.code)
    .filter((code) => code.length >= PASTED.least)
    .map((code) => code.slice(0, PASTED.most));
  const model = linearModel({ label: general, task: emptyTaskHead(), general });
  const label = (request: EditorRequest) => runLinear(model, extractFeatures(request)).label;
  const pairs = questions.flatMap(({ request }, i) =>
    ["\n", "\n\n"].map((between, k) => {
      const code = codes[(i * 7 + k) % codes.length] as string;
      return { alone: request, pasted: { ...request, prompt: `${code}${between}${request.prompt}` } };
    }),
  );
  return share(pairs, ({ alone, pasted }) => label(alone) === label(pasted));
}
