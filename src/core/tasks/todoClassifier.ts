/** Classifies TODO comments with no model at all: words and marker, weighed by a small trained linear model. */
import { readFileSync } from "node:fs";
import type { TodoCategory, TodoFeatures, TodoHead, TodoPriority, TodoWeights } from "./todoModel.ts";
import {
  TODO_BUCKETS,
  TODO_CATEGORIES,
  TODO_FEATURES,
  TODO_PRIORITIES,
  TODO_WEIGHTS_VERSION,
  todoFeatures,
  todoScores,
} from "./todoModel.ts";
import { TODO_WORDS } from "./todoLexicon.ts";
import stored from "./weights/todo.json" with { type: "json" };

export interface TodoClassification {
  category: TodoCategory;
  priority: TodoPriority;
  /** Probability that the category is right, 0 to 1. */
  confidence: number;
  /** The evidence used, as part of a sentence, without a full stop: marker, words found, what was missing. */
  why: string;
}

let shipped: TodoWeights | undefined;

/** The weights of the package, read once. Throws when the file is missing. */
export function shippedTodoWeights(): TodoWeights {
  return (shipped ??= joinTodoWeights(stored, readFileSync(new URL("./weights/todo.bin", import.meta.url))));
}

/** Joins the readable weights with their n-gram tables: the category's, then the priority's. */
function joinTodoWeights({ version, category, priority }: StoredTodoWeights, bytes: Buffer): TodoWeights {
  const data = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const cut = TODO_BUCKETS * TODO_CATEGORIES.length;
  const head = ({ scale, ...rest }: StoredTodoHead, table: Int8Array): TodoHead => ({
    ...rest,
    ngrams: { scale, data: table },
  });
  return {
    version,
    category: head(category, data.subarray(0, cut)),
    priority: head(priority, data.subarray(cut)),
  };
}

type StoredTodoHead = Omit<TodoHead, "ngrams"> & { scale: number };
interface StoredTodoWeights {
  version: number;
  category: StoredTodoHead;
  priority: StoredTodoHead;
}

/** Reasons named for each of category and priority. */
const EVIDENCE_SHOWN = 2;

/**
 * Says what a TODO comment is about and how urgent it is. The comment comes with or without its opener ("// TODO: …").
 * `languageId` is accepted and not read: the opener tells the syntax, and words tell the rest.
 */
export function classifyTodo(
  todo: { comment: string; context: string; languageId?: string },
  weights: TodoWeights = shippedTodoWeights(),
): TodoClassification {
  if (weights.version !== TODO_WEIGHTS_VERSION) {
    throw new Error(
      `The TODO weights (version ${weights.version}) do not fit this code (version ${TODO_WEIGHTS_VERSION}). Run "npm run train".`,
    );
  }
  const features = todoFeatures(todo.comment, todo.context);
  const category = decide(weights.category, TODO_CATEGORIES, features);
  if (features.words.size === 0 && category.probability < TELLING) return guessByMarker(features);
  const priority = decide(weights.priority, TODO_PRIORITIES, features);
  return {
    category: category.chosen,
    priority: priority.chosen,
    confidence: category.probability,
    why: sentence(features, category, priority),
  };
}

interface Choice<T extends string> {
  chosen: T;
  probability: number;
  /** Phrases of the features that speak for it against the runner-up, strongest first. */
  evidence: string[];
}

function decide<T extends string>(head: TodoHead, classes: readonly T[], features: TodoFeatures): Choice<T> {
  const scores = todoScores(head, features);
  const order = [...scores.keys()].toSorted((a, b) => (scores[b] as number) - (scores[a] as number));
  const [best, next] = order as [number, number];
  const top = scores[best] as number;
  const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
  const contributions = TODO_FEATURES.flatMap((name, i) => {
    const weight = (head.weights[name]?.[best] ?? 0) - (head.weights[name]?.[next] ?? 0);
    const text = phraseOf(name, features);
    return features.values[i] !== 0 && weight > 0 && text ? [{ text, weight }] : [];
  });
  const evidence = contributions.toSorted((a, b) => b.weight - a.weight).map(({ text }) => text);
  return { chosen: classes[best] as T, probability: 1 / total, evidence };
}

/** What a feature says; empty for those that mean nothing to a reader. */
function phraseOf(name: string, { words }: TodoFeatures): string {
  const group = TODO_WORDS[name];
  if (group) return group.says.replace("{}", words.get(name)?.word ?? "");
  switch (name) {
    case "questionMark":
      return "has a question mark";
    case "year":
      return "names a year";
    case "long":
      return "explains at length";
    case "numbers":
      return "gives figures";
    case "testContext":
      return "stands in a test";
    default:
      return "";
  }
}

function sentence(
  features: TodoFeatures,
  category: Choice<TodoCategory>,
  priority: Choice<TodoPriority>,
): string {
  const about = category.evidence.slice(0, EVIDENCE_SHOWN);
  const urgency = priority.evidence.filter((text) => !about.includes(text)).slice(0, EVIDENCE_SHOWN - 1);
  const subject = features.marker ? `this ${features.marker}` : "the comment";
  const first =
    about.length > 0 ? `${subject} ${about.join(" and ")}` : `${subject} looks most like others of its kind`;
  return urgency.length > 0 ? `${first}; for the priority, it ${urgency.join(" and ")}` : first;
}

/**
 * Without one known word, and wording that says no more, the marker and a question mark are left. The confidence is
 * what such guesses are worth: hardly more than one in three.
 */
const GUESS_CONFIDENCE = 0.35;
const TELLING = 0.5;

function guessByMarker({ marker, values }: TodoFeatures): TodoClassification {
  const asks = values[TODO_FEATURES.indexOf("questionMark")] === 1;
  const category = asks ? "question" : (MARKER_CATEGORIES[marker] ?? "feature");
  const clue = asks ? "its question mark" : marker ? `its marker ${marker}` : "its being there";
  return {
    category,
    priority: category === "bug" ? "medium" : "low",
    confidence: GUESS_CONFIDENCE,
    why: `none of its words is telling, so this is a guess by ${clue}`,
  };
}

const MARKER_CATEGORIES: Readonly<Record<string, TodoCategory>> = {
  FIXME: "bug",
  BUG: "bug",
  HACK: "refactor",
  XXX: "refactor",
  OPTIMIZE: "performance",
};
