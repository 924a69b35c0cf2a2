/** The training report, Markdown. */
import { LABELS, TASKS } from "../src/core/request.ts";
import { TODO_CATEGORIES } from "../src/core/tasks/todoModel.ts";
import type { Outcome } from "./metrics.ts";
import { calibrationError, controls, percent, routingFigures, share, showShare } from "./metrics.ts";
import type { HeldOut } from "./routerTraining.ts";
import { THRESHOLD } from "./routerTraining.ts";
import type { TodoHeldOut } from "./todoTraining.ts";

export interface Measured {
  byAuthor: HeldOut[];
  inFolds: HeldOut[];
  temperature: number;
  todo: TodoHeldOut[];
}

/** Writes down what was measured, with what limits it. */
export function report({ byAuthor, inFolds, temperature, todo }: Measured): string {
  const rows = byAuthor.map(({ row }) => ({ truth: row.label, chars: row.chars }));
  const figures = routingFigures(byAuthor);
  return `# What training measured

Written by \`npm run train\`. Every figure is of rows that the weights were not trained on; intervals are 95 % (Wilson).

**Limits.** The rows are few and written by two authors for this purpose, not sampled from real use. The lists of words
were written by hand with these same rows in view, and the strengths of the pull were chosen on them; so the figures
flatter the classifiers, and rows nobody has seen will come out lower. Only such rows can support a claim.

## Router

| | label right | labelled too low | labelled too high | tier too low | tier too high | calibration error | task right |
| --- | --- | --- | --- | --- | --- | --- | --- |
${routerLine("trained on one author, measured on the other", byAuthor, byAuthor)}
${routerLine("five folds over both authors", inFolds, inFolds)}
${Object.entries(controls(rows))
  .map(([name, outcomes]) => routerLine(name, outcomes))
  .join("\n")}

“Tier” is after escalation: one tier up below a confidence of ${THRESHOLD}. “Length only” has its cuts fitted to the very rows it
is measured on: the most that length could do. The temperature shipped is ${temperature}, fitted to the predictions across authors;
in the figures each fold has its own, fitted to the held-out predictions of the other folds.

### Confusion (across authors)

| truth ↓ / label → | ${LABELS.join(" | ")} |
| --- | --- | --- | --- |
${LABELS.map((label, i) => `| ${label} | ${figures.confusion[i]?.join(" | ")} |`).join("\n")}

### Confidence (across authors)

| confidence | rows | label right |
| --- | --- | --- |
${[0, 0.5, 0.6, 0.7, 0.8, 0.9].map((low, i, lows) => confidenceLine(byAuthor, low, lows[i + 1] ?? 1.01)).join("\n")}

### Task (across authors)

| task | rows | label right | task right |
| --- | --- | --- | --- |
${TASKS.map((task) => taskLine(task, byAuthor)).join("\n")}

The two authors do not agree on what \`/fix\` of a plain error is: one says edit, the other debug.

## TODO classifier

Five folds, n = ${todo.length}.

| | right |
| --- | --- |
| category | ${showShare(share(todo, ({ row, category }) => row.category === category))} |
| priority | ${showShare(share(todo, ({ row, priority }) => row.priority === priority))} |
| control: the most common category | ${showShare(share(todo, ({ row }) => row.category === mostCommon(todo.map((one) => one.row.category))))} |
| control: the most common priority | ${showShare(share(todo, ({ row }) => row.priority === mostCommon(todo.map((one) => one.row.priority))))} |

Calibration error of the category's confidence: ${calibrationError(
    todo.map(({ row, category, confidence }) => ({ confidence, right: row.category === category })),
  ).toFixed(3)}.

| category | rows | category right | priority right |
| --- | --- | --- | --- |
${TODO_CATEGORIES.map((name) => todoLine(name, todo)).join("\n")}
`;
}

function routerLine(name: string, outcomes: readonly Outcome[], held?: readonly HeldOut[]): string {
  const { accuracy, underLabelled, overLabelled, underRouted, overRouted, calibrationError } =
    routingFigures(outcomes);
  const small = [underLabelled, overLabelled, underRouted, overRouted].map(
    ({ value, hits }) => `${percent(value)} % (${hits})`,
  );
  const ece = held ? calibrationError.toFixed(3) : "";
  const task = held ? showShare(share(held, ({ row, task }) => row.task === task)) : "";
  return `| ${[name, showShare(accuracy), ...small, ece, task].join(" | ")} |`;
}

function confidenceLine(outcomes: readonly Outcome[], low: number, high: number): string {
  const inside = outcomes.filter(({ confidence }) => confidence >= low && confidence < high);
  const right = inside.length > 0 ? showShare(share(inside, ({ truth, label }) => truth === label)) : "";
  return `| ${low} to ${Math.min(1, high)} | ${inside.length} | ${right} |`;
}

function taskLine(task: string, held: readonly HeldOut[]): string {
  const rows = held.filter(({ row }) => row.task === task);
  const label = percent(share(rows, ({ truth, label }) => truth === label).value);
  return `| ${task} | ${rows.length} | ${label} % | ${percent(share(rows, (one) => one.task === task).value)} % |`;
}

function todoLine(category: string, todo: readonly TodoHeldOut[]): string {
  const rows = todo.filter(({ row }) => row.category === category);
  const right = percent(share(rows, (one) => one.category === category).value);
  return `| ${category} | ${rows.length} | ${right} % | ${percent(share(rows, ({ row, priority }) => row.priority === priority).value)} % |`;
}

function mostCommon(values: readonly string[]): string {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].toSorted((a, b) => b[1].length - a[1].length)[0]?.[0] ?? "";
}
