import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { shipped } from "../../../src/core/router/embedded.ts";
import type { NgramBlock } from "../../../src/core/router/ngrams.ts";
import type { Head } from "../../../src/core/router/weights.ts";
import { shippedTodoWeights } from "../../../src/core/tasks/todoClassifier.ts";
import { authorNames, dataFile, heldOutFiles, todoFiles } from "../../../training/data.ts";
import type { TodoWeights } from "../../../src/core/tasks/todoModel.ts";
import { Columns } from "../../../training/columns.ts";
import { split } from "../../../training/folds.ts";
import { bestTemperature, fit, sparse } from "../../../training/logistic.ts";
import { calibrationError, controls, routingFigures, shareOf } from "../../../training/metrics.ts";
import { nearDuplicates } from "../../../training/nearDuplicates.ts";
import { readRequests, readTodos } from "../../../training/rows.ts";
import {
  calibrated,
  crossValidate,
  trainEditorHeads,
  trainingRows,
} from "../../../training/routerTraining.ts";
import { labelledTodos, trainTodo } from "../../../training/todoTraining.ts";

const requests = authorNames().map((name) => readRequests(dataFile(`${name}.jsonl`)).rows);
const authors = requests.map((rows) => trainingRows(rows));

function fingerprint({ ngrams, known, ...head }: Head): string {
  const hash = createHash("sha256");
  hash
    .update(JSON.stringify({ scale: ngrams.scale, ...head }))
    .update(ngrams.data)
    .update(known);
  return hash.digest("hex");
}

describe("the shipped weights", () => {
  it("of the router are what training makes of the committed rows", { timeout: 400_000 }, () => {
    const { label, task } = shipped();
    const made = trainEditorHeads(authors.flat());
    // Compared as bytes: a failed comparison of a hundred thousand numbers cannot be read.
    expect(fingerprint(made.task)).toBe(fingerprint(task));
    expect(fingerprint({ ...made.label, temperature: label.temperature })).toBe(fingerprint(label));
  });

  it("of the TODO classifier are what training makes of the committed rows", { timeout: 400_000 }, () => {
    const rows = todoFiles().flatMap((name) => labelledTodos(readTodos(dataFile(name)).rows));
    const print = (weights: TodoWeights) =>
      [weights.category, weights.priority].map(({ ngrams, ...head }) =>
        createHash("sha256")
          .update(JSON.stringify({ scale: ngrams.scale, ...head }))
          .update(ngrams.data)
          .digest("hex"),
      );
    expect(print(trainTodo(rows))).toEqual(print(shippedTodoWeights()));
  });
});

describe("the rows", () => {
  it(
    "hold no request twice, within or across authors, those held out among them",
    { timeout: 400_000 },
    () => {
      const heldOut = heldOutFiles().requests.flatMap((path) => readRequests(path).rows);
      expect(heldOut.length).toBeGreaterThan(0);
      expect(nearDuplicates([...requests.flat(), ...heldOut])).toEqual([]);
    },
  );

  it("are told when they say the same in other spaces and cases", () => {
    const [row] = requests.flat();
    const copy = structuredClone(row);
    if (!row || !copy) throw new Error("no rows");
    copy.request.prompt = copy.request.prompt.toUpperCase().replaceAll(" ", "  ");
    expect(nearDuplicates([row, { ...copy, id: "copy" }])).toEqual([{ id: "copy", of: row.id }]);
  });
});

describe("cross-validation", () => {
  it("decides every row once and beats the controls on other authors' rows", { timeout: 400_000 }, () => {
    const parts = [authors.slice(0, -2).flat(), authors.slice(-2).flat()];
    const held = calibrated(crossValidate(parts, () => shipped().general));
    expect(new Set(held.map(({ row }) => row.id)).size).toBe(authors.flat().length);
    const figures = routingFigures(held);
    const lengthOnly = controls(held.map(({ row }) => ({ truth: row.label, chars: row.chars })))[
      "length only"
    ];
    expect(figures.accuracy.low).toBeGreaterThan(routingFigures(lengthOnly ?? []).accuracy.high);
    expect(figures.underRouted.value).toBeLessThan(figures.underLabelled.value);
  });

  it("splits into disjoint parts that hold every row, the same each time", () => {
    const rows = Array.from({ length: 23 }, (_, i) => i);
    const parts = split(rows);
    expect(parts.flat().toSorted((a, b) => a - b)).toEqual(rows);
    expect(parts.map((part) => part.length)).toEqual([5, 5, 5, 4, 4]);
    expect(split(rows)).toEqual(parts);
  });
});

describe("the regression", () => {
  const rows = [0, 0, 0, 1, 1, 1].map((y, i) => ({
    ...sparse(Float64Array.of(y === 0 ? -1 : 1, i % 2)),
    y,
  }));

  it("finds what tells the classes apart", () => {
    const { weights } = fit(rows, { classes: 2, pull: new Float64Array(4).fill(0.1) });
    const [first0 = 9, first1 = -9, second0 = 9, second1 = 9] = weights;
    expect(first1).toBeGreaterThan(1);
    expect(first0).toBeLessThan(-1);
    expect(Math.abs(second0) + Math.abs(second1)).toBeLessThan(0.4);
  });

  it("stays at its prior under a strong pull", () => {
    const towards = Float64Array.of(2, 0, 0, -1);
    const { weights } = fit(rows, { classes: 2, pull: new Float64Array(4).fill(1e6), prior: towards });
    for (const [i, value] of towards.entries()) expect(weights[i]).toBeCloseTo(value, 3);
  });

  it("pulls an n-gram that tells classes apart less than one that all have", () => {
    const columns = new Columns(1, 8);
    const block = (bucket: number): NgramBlock => ({
      kind: "words",
      text: "",
      buckets: Int32Array.of(bucket),
      spans: Int32Array.of(0, 0),
      value: 1,
    });
    const examples = [0, 0, 0, 1, 1, 1].map((y) => ({
      ...columns.read([1], y === 0 ? [block(1), block(2)] : [block(2), block(3)]),
      y,
    }));
    const pulls = columns.pulls([7], 0.2, examples, 2);
    expect([...pulls.subarray(0, 2)]).toEqual([7, 7]);
    const [onlyFirst = 0, , everywhere = 0] = pulls.subarray(2);
    expect(onlyFirst).toBeLessThan(everywhere / 2);
  });

  it("cools scores that are too timid and warms those that are too sure", () => {
    const scores = (size: number) =>
      Array.from({ length: 40 }, (_, i) => ({ scores: [size, 0], y: i < 30 ? 0 : 1 }));
    expect(bestTemperature(scores(Math.log(3)))).toBe(1);
    expect(bestTemperature(scores(2 * Math.log(3)))).toBe(2);
    expect(bestTemperature(scores(0.5 * Math.log(3)))).toBe(0.5);
  });
});

describe("the metrics", () => {
  it("give the Wilson interval", () => {
    const { value, low, high } = shareOf(8, 10);
    expect(value).toBe(0.8);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(shareOf(0, 0)).toMatchObject({ value: 0, low: 0, high: 1 });
  });

  it("tell under from over, before and after escalation", () => {
    const figures = routingFigures([
      { truth: "HARD", label: "EASY", tier: "mid", confidence: 0.5 },
      { truth: "MEDIUM", label: "EASY", tier: "mid", confidence: 0.5 },
      { truth: "EASY", label: "EASY", tier: "mid", confidence: 0.5 },
      { truth: "HARD", label: "HARD", tier: "flagship", confidence: 0.9 },
    ]);
    expect(figures.underLabelled.hits).toBe(2);
    expect(figures.overLabelled.hits).toBe(0);
    expect(figures.underRouted.hits).toBe(1);
    expect(figures.overRouted.hits).toBe(1);
    expect(figures.confusion).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
    ]);
  });

  it("give the calibration error", () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ confidence: 0.9, right: i < 6 }));
    expect(calibrationError(rows)).toBeCloseTo(0.3, 12);
    expect(calibrationError([])).toBe(0);
  });
});
