/**
 * Measures the router or the TODO classifier on a file of rows: `npm run --silent eval -- FILE.jsonl`. Bad rows are named
 * and left out. Exit code 1: nothing to measure; 2: called wrongly.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { LABELS, TASKS } from "../src/core/request.ts";
import { createClassifier } from "../src/core/router/classifiers.ts";
import { evaluateRoutes } from "./evalRoutes.ts";
import type { SettingKey, Settings } from "../src/core/settings.ts";
import { parseSettings } from "../src/core/settings.ts";
import { DEFAULT_POLICY, route } from "../src/core/router/router.ts";
import { classifyTodo } from "../src/core/tasks/todoClassifier.ts";
import { TODO_CATEGORIES, TODO_PRIORITIES } from "../src/core/tasks/todoModel.ts";
import { authorNames, dataFile, todoFiles } from "../training/data.ts";
import type { Outcome, Share } from "../training/metrics.ts";
import {
  calibrationError,
  controls,
  percent,
  routingFigures,
  share,
  showShare,
} from "../training/metrics.ts";
import type { ReadRows, RequestExample } from "../training/rows.ts";
import { readRequests, readTodos } from "../training/rows.ts";

const USAGE = `Usage: npm run --silent eval -- FILE.jsonl [--router embedded|ollama|hybrid] [--format hybrid|uncommonroute]
                                        [--predictions OUT.jsonl] [--json]
       npm run --silent eval -- --routes FILE.yaml
       npm run --silent eval -- --todo FILE.jsonl [--predictions OUT.jsonl] [--json]`;

function fail(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        router: { type: "string", default: "embedded" },
        format: { type: "string", default: "hybrid" },
        predictions: { type: "string" },
        todo: { type: "string" },
        routes: { type: "string" },
        json: { type: "boolean", default: false },
        "base-url": { type: "string", default: "http://127.0.0.1:11434" },
        model: { type: "string", default: "llama3.2:3b" },
        "deadline-ms": { type: "string", default: "60000" },
      },
    });
    return { ...values, file: values.todo ?? positionals[0] };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

const {
  file,
  router,
  format,
  predictions,
  todo,
  routes,
  json,
  "base-url": baseUrl,
  model,
  "deadline-ms": deadline,
} = options();
if (routes !== undefined) {
  process.exit(
    await evaluateRoutes(routes).catch((error: unknown) =>
      fail(`${routes}: ${error instanceof Error ? error.message : String(error)}`, 1),
    ),
  );
}
if (!file) fail(USAGE, 2);
if (router !== "embedded" && router !== "ollama" && router !== "hybrid")
  fail(`There is no router “${router}”: “embedded”, “ollama” and “hybrid” can be measured.`, 2);
const deadlineMs = Number(deadline);
if (!(deadlineMs > 0)) fail(`--deadline-ms takes milliseconds, not “${deadline}”.\n${USAGE}`, 2);
if (format !== "hybrid" && format !== "uncommonroute") fail(`There is no format “${format}”.\n${USAGE}`, 2);

if (todo === undefined) await evaluateRequests(read(() => readRequests(file, format)));
else evaluateTodos();

function read<T>(reader: () => ReadRows<T>): T[] {
  try {
    const { rows, problems } = reader();
    for (const problem of problems) console.error(`${file}: ${problem} (left out)`);
    if (rows.length === 0) fail(`${file}: no row to measure.`, 1);
    return rows;
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : String(error)}`, 1);
  }
}

/** Routes every row, prints the figures of the labelled ones. */
async function evaluateRequests(examples: readonly RequestExample[]): Promise<void> {
  const classifier = createClassifier(routerSettings(), { deadlineMs });
  await needModel(examples[0] as RequestExample);
  const decided = [];
  for (const example of examples) {
    const before = performance.now();
    const decision = await route(example.request, classifier, DEFAULT_POLICY);
    decided.push({ example, decision, micros: (performance.now() - before) * 1000 });
  }
  savePredictions(
    decided.map(({ example: { id }, decision: { tier, label, confidence, task, reasons } }) => {
      return { id, tier, label, confidence, task, reasons: reasons.map(({ text }) => text) };
    }),
  );
  const labelled = decided.flatMap(({ example, decision }) => {
    const { label: truth, task: trueTask, request } = example;
    if (!truth) return [];
    const { label, tier, confidence, task } = decision;
    const attached = request.attachments.reduce((sum, { text }) => sum + text.length, 0);
    return [
      {
        truth,
        trueTask,
        label,
        tier,
        confidence,
        task,
        chars: request.prompt.length + request.code.length + attached,
      },
    ];
  });
  const withTask = labelled.filter(({ trueTask }) => trueTask);
  const figures = {
    rows: examples.length,
    labelled: labelled.length,
    fellBack: decided.filter(({ decision: { reasons } }) =>
      reasons.some(({ text }) => text.endsWith("the embedded router decided")),
    ).length,
    trainedOn: countTrainedOn(
      examples,
      () => authorNames().flatMap((name) => readRequests(dataFile(`${name}.jsonl`)).rows),
      ({ request: { prompt, code, command } }) => [prompt, code, command],
    ),
    ...describe(labelled),
    byTier: Object.fromEntries(
      LABELS.map((truth) => [
        truth,
        share(
          labelled.filter((row) => row.truth === truth),
          ({ label }) => label === truth,
        ),
      ]),
    ),
    byTask: Object.fromEntries(
      TASKS.map((task) => [
        task,
        share(
          labelled.filter((row) => row.trueTask === task),
          ({ truth, label }) => truth === label,
        ),
      ]),
    ),
    task: share(withTask, ({ trueTask, task }) => trueTask === task),
    controls: Object.fromEntries(
      Object.entries(controls(labelled)).map(([name, rows]) => [name, describe(rows)]),
    ),
    ...times(decided.map(({ micros }) => micros)),
  };
  if (json) console.log(JSON.stringify(figures, null, 2));
  else printRequests(figures);
}

/** The settings of the router to measure. */
function routerSettings(): Settings {
  const values: Partial<Record<SettingKey, unknown>> = {
    "routing.router": router,
    "ollama.baseUrl": baseUrl,
    "tiers.local.models": [`ollama/${model}`],
  };
  const { settings, problems } = parseSettings((key) => values[key]);
  if (problems.length > 0) fail(`${problems.join("\n")}\n${USAGE}`, 2);
  return settings;
}

/** Measuring a local model's router means measuring the local model: without it there is nothing to say. */
async function needModel({ request }: RequestExample): Promise<void> {
  if (router === "embedded") return;
  const { askOllama } = await import("../src/core/router/localModel/ollama.ts");
  const { questionOf } = await import("../src/core/router/localModel/question.ts");
  const ask = askOllama({ baseUrl, model, numCtx: 8192, keepAlive: "30m" });
  try {
    await ask(questionOf(request), AbortSignal.timeout(deadlineMs));
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), 1);
  }
}

function describe(rows: readonly Outcome[]) {
  const { accuracy, underLabelled, overLabelled, underRouted, overRouted, calibrationError } =
    routingFigures(rows);
  return { accuracy, underLabelled, overLabelled, underRouted, overRouted, calibrationError };
}

/** Microseconds of one decision. The first one is apart, since the others find everything compiled. */
function times(micros: readonly number[]) {
  const [first = 0, ...rest] = micros;
  const sorted = (rest.length > 0 ? rest : [first]).toSorted((a, b) => a - b);
  const at = (part: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
  return { firstMicros: Math.round(first), p50Micros: at(0.5), p99Micros: at(0.99) };
}

/** Rows that the shipped weights were trained on, whatever their ids are here. */
function countTrainedOn<T>(rows: readonly T[], trained: () => T[], key: (row: T) => unknown): number {
  try {
    const known = new Set(trained().map((row) => JSON.stringify(key(row))));
    return rows.filter((row) => known.has(JSON.stringify(key(row)))).length;
  } catch {
    return 0;
  }
}

function warnOfTraining(trainedOn: number): void {
  if (trainedOn === 0) return;
  console.log(`! ${trainedOn} of these rows were trained on: what follows says nothing about new ones`);
}

interface RoutingSummary extends ReturnType<typeof describe>, ReturnType<typeof times> {
  rows: number;
  labelled: number;
  /** Rows that the embedded router decided because the local model did not; "hybrid" asks it only in doubt. */
  fellBack: number;
  trainedOn: number;
  byTier: Record<string, Share>;
  byTask: Record<string, Share>;
  task: Share;
  controls: Record<string, ReturnType<typeof describe>>;
}

function printRequests(figures: RoutingSummary): void {
  console.log(
    `${figures.rows} rows, ${figures.labelled} labelled; router ${router}${figures.fellBack > 0 ? ` (fell back to embedded in ${figures.fellBack} rows)` : ""}, threshold ${DEFAULT_POLICY.confidenceThreshold}`,
  );
  warnOfTraining(figures.trainedOn);
  if (figures.labelled > 0) {
    console.log(`label right          ${showShare(figures.accuracy)}`);
    for (const [name, part] of present(figures.byTier))
      console.log(`  needs ${name.padEnd(12)} ${showShare(part)}`);
    for (const [name, part] of present(figures.byTask))
      console.log(`  task ${name.padEnd(13)} ${showShare(part)}`);
    console.log(`labelled too low     ${showShare(figures.underLabelled)}`);
    console.log(`labelled too high    ${showShare(figures.overLabelled)}`);
    console.log(`under-routed         ${showShare(figures.underRouted)}   after escalation`);
    console.log(`over-routed          ${showShare(figures.overRouted)}   after escalation`);
    if (figures.task.n > 0) console.log(`task right           ${showShare(figures.task)}`);
    console.log(`calibration error    ${figures.calibrationError.toFixed(3)} (15 bins)`);
    for (const [name, { accuracy, underRouted, overRouted }] of Object.entries(figures.controls)) {
      console.log(
        `control ${name.padEnd(16)} right ${percent(accuracy.value)} %, under ${percent(underRouted.value)} %, over ${percent(overRouted.value)} %`,
      );
    }
    console.log("  (length only: cuts fitted to these very rows, the most that length could do)");
  }
  console.log(
    `one decision         p50 ${figures.p50Micros} µs, p99 ${figures.p99Micros} µs, first ${figures.firstMicros} µs`,
  );
}

function present(shares: Record<string, Share>): [string, Share][] {
  return Object.entries(shares).filter(([, { n }]) => n > 0);
}

/** Classifies every TODO comment, prints the figures of the labelled ones. */
function evaluateTodos(): void {
  const rows = read(() => readTodos(file as string)).map((row) => {
    const before = performance.now();
    const found = classifyTodo(row);
    return { row, found, micros: (performance.now() - before) * 1000 };
  });
  savePredictions(rows.map(({ row: { id }, found }) => ({ id, ...found })));
  const labelled = rows.filter(({ row }) => row.category !== undefined);
  const prioritised = rows.filter(({ row }) => row.priority !== undefined);
  const figures = {
    rows: rows.length,
    trainedOn: countTrainedOn(
      rows.map(({ row }) => row),
      () => todoFiles().flatMap((name) => readTodos(dataFile(name)).rows),
      ({ comment, context }) => [comment, context],
    ),
    category: share(labelled, ({ row, found }) => row.category === found.category),
    priority: share(prioritised, ({ row, found }) => row.priority === found.priority),
    calibrationError: calibrationError(
      labelled.map(({ row, found }) => ({
        confidence: found.confidence,
        right: row.category === found.category,
      })),
    ),
    byCategory: Object.fromEntries(
      TODO_CATEGORIES.map((name) => [
        name,
        share(
          labelled.filter(({ row }) => row.category === name),
          ({ found }) => found.category === name,
        ),
      ]),
    ),
    byPriority: Object.fromEntries(
      TODO_PRIORITIES.map((name) => [
        name,
        share(
          prioritised.filter(({ row }) => row.priority === name),
          ({ found }) => found.priority === name,
        ),
      ]),
    ),
    ...times(rows.map(({ micros }) => micros)),
  };
  if (json) return console.log(JSON.stringify(figures, null, 2));
  console.log(`${figures.rows} TODO comments`);
  warnOfTraining(figures.trainedOn);
  if (labelled.length > 0) console.log(`category right       ${showShare(figures.category)}`);
  for (const [name, part] of present(figures.byCategory))
    console.log(`  ${name.padEnd(18)} ${showShare(part)}`);
  if (prioritised.length > 0) console.log(`priority right       ${showShare(figures.priority)}`);
  for (const [name, part] of present(figures.byPriority))
    console.log(`  ${name.padEnd(18)} ${showShare(part)}`);
  if (labelled.length > 0)
    console.log(`calibration error    ${figures.calibrationError.toFixed(3)} (15 bins, category)`);
  console.log(
    `one comment          p50 ${figures.p50Micros} µs, p99 ${figures.p99Micros} µs, first ${figures.firstMicros} µs`,
  );
}

function savePredictions(rows: readonly object[]): void {
  if (predictions === undefined) return;
  writeFileSync(predictions, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
