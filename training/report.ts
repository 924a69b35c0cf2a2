/** The training report, Markdown. */
import { LABELS, TASKS, TIERS, tierOf } from "../src/core/request.ts";
import { enoughTier } from "../src/core/router/router.ts";
import { TODO_CATEGORIES } from "../src/core/tasks/todoModel.ts";
import type { Outcome, Share } from "./metrics.ts";
import { calibrationError, controls, percent, routingFigures, share, showShare } from "./metrics.ts";
import type { HeldOut, TrainingRow } from "./routerTraining.ts";
import { THRESHOLD } from "./routerTraining.ts";
import type { Reading } from "./rows.ts";
import type { StudyLine } from "./studies.ts";
import type { TodoHeldOut } from "./todoTraining.ts";

export interface Measured {
  authors: readonly (readonly TrainingRow[])[];
  byAuthor: HeldOut[];
  /** Decisions of the weights as shipped on authors whose labels had no part in training or any choice. */
  unseen: HeldOut[];
  readings: readonly Reading[];
  temperature: number;
  ablation: StudyLine[];
  learningCurve: StudyLine[];
  /** Decisions on the dev split of the public tier set; empty without it. */
  general: readonly HeldOut[];
  /** How often their label is the same with code pasted before them. */
  underCode: Share | undefined;
  todoByAuthor: TodoHeldOut[];
  todoUnseen: TodoHeldOut[];
}

/** Writes down what was measured, with what limits it. */
export function report(measured: Measured): string {
  const { authors, byAuthor, unseen, temperature, general, todoByAuthor, todoUnseen } = measured;
  const rows = byAuthor.map(({ row }) => ({ truth: row.label, chars: row.chars }));
  const figures = routingFigures(byAuthor);
  const heldOutAuthors = new Set(unseen.map(({ row }) => row.id.slice(0, 2))).size;
  return `# What training measured

Written by \`npm run train\`. Every figure is of rows that the weights were not trained on; intervals are 95 % (Wilson).

**Limits.** The ${byAuthor.length + unseen.length} rows are by ${authors.length + heldOutAuthors} authors who wrote and labelled requests for this purpose; they are not sampled
from real use: most were written by language models playing the parts of developers, each author in a session of its
own that saw no other rows. The word lists were written with the first two authors' rows in view, and
the strengths of the pull were chosen by cross-validation over the authors trained on, so the figures across authors
flatter the router a little. The labels of the ${heldOutAuthors} authors held out had no part in any choice; only the
share of words from which a request counts as familiar was read off their prompts.

## Router

| | label right | labelled too low | labelled too high | tier too low | tier too high | calibration error | task right |
| --- | --- | --- | --- | --- | --- | --- | --- |
${routerLine("across authors: each by training on others", byAuthor, byAuthor)}
${routerLine(`${heldOutAuthors} authors held out`, unseen, unseen)}
${Object.entries(controls(rows))
  .map(([name, outcomes]) => routerLine(name, outcomes))
  .join("\n")}

“Tier” is after escalation: the cheapest tier from the label's up that suffices with a probability of ${THRESHOLD}. “Length
only” has its cuts fitted to the very rows it is measured on: the most that length could do. The temperature shipped is
${temperature}, fitted to the predictions across authors; in the figures each part has its own, fitted to the other parts.

### What a reader makes of it

${readersText(measured)}

### By author

| author | rows | label right | task right |
| --- | --- | --- | --- |
${authors.map((part) => authorLine(part, byAuthor)).join("\n")}

### Confusion (across authors)

| truth ↓ / label → | ${LABELS.join(" | ")} |
| --- | --- | --- | --- |
${LABELS.map((label, i) => `| ${label} | ${figures.confusion[i]?.join(" | ")} |`).join("\n")}

### Confidence (across authors)

| confidence | rows | label right |
| --- | --- | --- |
${[0, 0.5, 0.6, 0.7, 0.8, 0.9].map((low, i, lows) => confidenceLine(byAuthor, low, lows[i + 1] ?? 1.01)).join("\n")}

### Threshold (across authors)

| taken up below | tier too low | tier too high |
| --- | --- | --- |
${[0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8].map((threshold) => thresholdLine(byAuthor, threshold)).join("\n")}

### Task (across authors)

| task | rows | label right | task right |
| --- | --- | --- | --- |
${TASKS.map((task) => taskLine(task, byAuthor)).join("\n")}

Authors do not agree on what \`/fix\` of a plain error is: some say edit, others debug; nor where a question about code
ends and its explanation begins.

### What each kind of feature is worth (across authors)

| features | label right |
| --- | --- |
${measured.ablation.map(({ name, accuracy }) => `| ${name} | ${showShare(accuracy)} |`).join("\n")}

### What more rows are worth (across authors)

| trained on | rows | label right |
| --- | --- | --- |
${measured.learningCurve.map(({ name, rows, accuracy }) => `| ${name} | ${rows} | ${showShare(accuracy)} |`).join("\n")}
${general.length === 0 ? "" : generalSection(general, measured.underCode)}
## TODO classifier

| | category right | priority right | calibration error |
| --- | --- | --- | --- |
${todoLine("across authors: each by training on others", todoByAuthor)}
${todoLine(`${heldOutAuthors} authors held out`, todoUnseen)}
| control: the most common | ${showShare(share(todoByAuthor, ({ row }) => row.category === mostCommon(todoByAuthor.map((one) => one.row.category))))} | ${showShare(share(todoByAuthor, ({ row }) => row.priority === mostCommon(todoByAuthor.map((one) => one.row.priority))))} | |

| category (across authors) | rows | category right | priority right |
| --- | --- | --- | --- |
${TODO_CATEGORIES.map((name) => categoryLine(name, todoByAuthor)).join("\n")}
`;
}

/** What another confidence threshold would make of the same decisions. */
function thresholdLine(held: readonly HeldOut[], threshold: number): string {
  const off = held.map(({ label, probabilities, truth }) => {
    const tier = enoughTier(tierOf(label), probabilities, threshold);
    return TIERS.indexOf(tier) - TIERS.indexOf(tierOf(truth));
  });
  return `| ${threshold.toFixed(2)} | ${showShare(share(off, (by) => by < 0))} | ${showShare(share(off, (by) => by > 0))} |`;
}

function generalSection(general: readonly HeldOut[], underCode: Share | undefined): string {
  const isEnglish = ({ row }: HeldOut) => /^[\0-\x7f]*$/.test(row.features.facts.asked);
  const english = general.filter(isEnglish);
  return `
## General questions

Trained on the train split of a public tier set (UncommonRoute, MIT, not part of this repository), measured on its dev
split: label right ${showShare(share(general, ({ truth, label }) => truth === label))}, of prompts in plain ASCII
${showShare(share(english, ({ truth, label }) => truth === label))}.${
    underCode
      ? ` With 500 to 4,000 characters of real code pasted before the
question the label is the same in ${showShare(underCode)}.`
      : ""
  }
`;
}

/** How often somebody who reads the request agrees with its author: what no router can be better than. */
function readersText({ readings, byAuthor }: Measured): string {
  const held = new Map(byAuthor.map((one) => [one.row.id, one]));
  const pairs = readings.flatMap((reading) => {
    const one = held.get(reading.id);
    return one ? [{ reading, one }] : [];
  });
  const label = share(pairs, ({ reading, one }) => reading.label === one.truth);
  const task = share(pairs, ({ reading, one }) => reading.task === one.row.task);
  const agreed = pairs.filter(({ reading, one }) => reading.label === one.truth);
  const router = share(agreed, ({ one }) => one.label === one.truth);
  return `A second reader (a language model), who did not see the author's labels, gave the same label in ${showShare(label)}
and the same task in ${showShare(task)}. Where both gave one label, the router gives it in ${showShare(router)}.`;
}

function authorLine(part: readonly TrainingRow[], held: readonly HeldOut[]): string {
  const ids = new Set(part.map(({ id }) => id));
  const own = held.filter(({ row }) => ids.has(row.id));
  const label = showShare(share(own, ({ truth, label }) => truth === label));
  return `| ${part[0]?.id.slice(0, 2)} | ${own.length} | ${label} | ${percent(share(own, ({ row, task }) => row.task === task).value)} % |`;
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

function todoLine(name: string, todo: readonly TodoHeldOut[]): string {
  const error = calibrationError(
    todo.map(({ row, category, confidence }) => ({ confidence, right: row.category === category })),
  );
  const category = showShare(share(todo, (one) => one.row.category === one.category));
  const priority = showShare(share(todo, (one) => one.row.priority === one.priority));
  return `| ${name} | ${category} | ${priority} | ${error.toFixed(3)} |`;
}

function categoryLine(category: string, todo: readonly TodoHeldOut[]): string {
  const rows = todo.filter(({ row }) => row.category === category);
  const right = percent(share(rows, (one) => one.category === category).value);
  return `| ${category} | ${rows.length} | ${right} % | ${percent(share(rows, ({ row, priority }) => row.priority === priority).value)} % |`;
}

function mostCommon(values: readonly string[]): string {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].toSorted((a, b) => b[1].length - a[1].length)[0]?.[0] ?? "";
}
