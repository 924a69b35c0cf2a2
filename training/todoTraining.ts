/** Trains the TODO classifier, and measures it on rows that it was not trained on. */
import { classifyTodo } from "../src/core/tasks/todoClassifier.ts";
import { TODO_WORDS } from "../src/core/tasks/todoLexicon.ts";
import type {
  TodoCategory,
  TodoFeatures,
  TodoHead,
  TodoPriority,
  TodoWeights,
} from "../src/core/tasks/todoModel.ts";
import {
  TODO_BUCKETS,
  TODO_CATEGORIES,
  TODO_FEATURES,
  TODO_PRIORITIES,
  TODO_WEIGHTS_VERSION,
  todoFeatures,
  todoScores,
} from "../src/core/tasks/todoModel.ts";
import { split } from "./folds.ts";
import { Columns } from "./columns.ts";
import { bestTemperature, fit } from "./logistic.ts";
import type { TodoRow } from "./rows.ts";

/**
 * How many rows a lean counts for, and the log-odds it starts from. Chosen by cross-validation over the authors, which
 * flatters the figures by a few tenths of a percent: words among 1.5–10, n-grams among 0.1–0.8, leans among 0–3.
 */
const PULL = {
  category: { words: 6, ngrams: 0.2 },
  priority: { words: 3, ngrams: 0.4 },
} as const;
const LEAN = 1.5;

export interface LabelledTodo extends TodoRow {
  category: TodoCategory;
  priority: TodoPriority;
}

/** The rows that have both category and priority. */
export function labelledTodos(rows: readonly TodoRow[]): LabelledTodo[] {
  return rows.flatMap((row) =>
    row.category && row.priority ? [{ ...row, category: row.category, priority: row.priority }] : [],
  );
}

/** Fits both heads; their temperatures are fitted to folds inside the rows. */
export function trainTodo(rows: readonly LabelledTodo[]): TodoWeights {
  return {
    version: TODO_WEIGHTS_VERSION,
    category: calibratedHead(rows, TODO_CATEGORIES, "category"),
    priority: calibratedHead(rows, TODO_PRIORITIES, "priority"),
  };
}

type Key = "category" | "priority";

function calibratedHead(rows: readonly LabelledTodo[], classes: readonly string[], key: Key): TodoHead {
  const parts = split(rows);
  const held = parts.flatMap((part) => {
    const head = trainHead(parts.filter((other) => other !== part).flat(), classes, key);
    return part.map((row) => ({ scores: todoScores(head, featuresOf(row)), y: classes.indexOf(row[key]) }));
  });
  return { ...trainHead(rows, classes, key), temperature: bestTemperature(held) };
}

function trainHead(rows: readonly LabelledTodo[], classes: readonly string[], key: Key): TodoHead {
  const prior = Float64Array.from(
    TODO_FEATURES.flatMap((feature) =>
      classes.map((name) => (TODO_WORDS[feature]?.[key] === name ? LEAN : 0)),
    ),
  );
  const columns = new Columns(TODO_FEATURES.length, TODO_BUCKETS);
  const examples = rows.map((row) => {
    const { values, ngrams } = featuresOf(row);
    return { ...columns.read(values, ngrams), y: classes.indexOf(row[key]) };
  });
  const pulls = columns.pulls(
    TODO_FEATURES.map(() => PULL[key].words),
    PULL[key].ngrams,
    examples,
    classes.length,
  );
  const { bias, weights } = fit(examples, { classes: classes.length, pull: pulls, prior });
  const round = (value: number) => Number(value.toFixed(3)) + 0;
  const of = (i: number) => [...weights.subarray(i * classes.length, (i + 1) * classes.length)];
  return {
    temperature: 1,
    bias: [...bias].map(round),
    weights: Object.fromEntries(TODO_FEATURES.map((name, i) => [name, of(i).map(round)])),
    ngrams: columns.quantise(weights, classes.length),
  };
}

/** Rows are read once, however many folds they are in. */
const read = new WeakMap<TodoRow, TodoFeatures>();

function featuresOf(row: TodoRow): TodoFeatures {
  const known = read.get(row) ?? todoFeatures(row.comment, row.context);
  read.set(row, known);
  return known;
}

/** One answer on a row that the weights were not trained on. */
export interface TodoHeldOut {
  row: LabelledTodo;
  category: TodoCategory;
  priority: TodoPriority;
  confidence: number;
}

/** Every row classified once by weights that it had no part in, temperatures included. */
export function crossValidateTodo(parts: readonly (readonly LabelledTodo[])[]): TodoHeldOut[] {
  return parts.flatMap((part) =>
    classifyTodos(part, trainTodo(parts.filter((other) => other !== part).flat())),
  );
}

/** Classifies rows. */
export function classifyTodos(rows: readonly LabelledTodo[], weights: TodoWeights): TodoHeldOut[] {
  return rows.map((row) => {
    const { category, priority, confidence } = classifyTodo(row, weights);
    return { row, category, priority, confidence };
  });
}
