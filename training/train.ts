/**
 * Trains the embedded router and the TODO classifier from the rows in training/data, measures both on rows that they
 * were not trained on, and writes the weights and training/report.md. Deterministic: a second run changes no byte.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { split } from "./folds.ts";
import { report } from "./report.ts";
import { readRequests, readTodos } from "./rows.ts";
import { calibrate, crossValidate, folds, trainingRows, trainRouter } from "./routerTraining.ts";
import { crossValidateTodo, labelledTodos, trainTodo } from "./todoTraining.ts";

const root = resolve(import.meta.dirname, "..");
const data = (name: string) => resolve(import.meta.dirname, "data", name);

/** JSON with one line a feature, so that a change can be read. */
function write(path: string, value: object): void {
  const json = JSON.stringify(value, null, 2).replace(/\[\s+([^\][{}]*?)\s+\]/g, (_, items: string) => {
    return `[${items.replace(/\s+/g, " ")}]`;
  });
  writeFileSync(resolve(root, path), `${json}\n`);
}

function rowsOf<T>({ rows, problems }: { rows: T[]; problems: string[] }): T[] {
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return rows;
}

const authors = ["da.jsonl", "db.jsonl"].map((name) => trainingRows(rowsOf(readRequests(data(name)))));
const todos = labelledTodos(rowsOf(readTodos(data("todo-dev.jsonl"))));

console.log("Router: cross-validating by author and in folds …");
const byAuthor = crossValidate(authors);
const inFolds = crossValidate(split(authors.flat()));
const temperature = calibrate(folds(authors));
write("src/core/router/weights.json", trainRouter(authors.flat(), temperature));

console.log("TODO classifier: cross-validating in folds …");
const todoHeld = crossValidateTodo(split(todos));
write("src/core/tasks/todoWeights.json", trainTodo(todos));

const text = report({ byAuthor, inFolds, temperature, todo: todoHeld });
writeFileSync(resolve(import.meta.dirname, "report.md"), text);
console.log(text);
