/**
 * Trains the embedded router and the TODO classifier, measures both on rows that they were not trained on, and writes
 * the weights and training/report.md. Deterministic: a second run changes no byte. The rows in training/data are all
 * that the router's own heads need; the head for general questions is trained where the public sets are
 * (`HYBRID_DATA`, or `../shared/data` beside the project), and left as it is where they are not.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import general from "../src/core/router/weights/general.json" with { type: "json" };
import type { Head, HeadName } from "../src/core/router/weights.ts";
import { joinHead, ngramFile, readNgrams, WEIGHTS_VERSION } from "../src/core/router/weights.ts";
import type { TodoHead, TodoWeights } from "../src/core/tasks/todoModel.ts";
import { authorNames, dataFile, publicFile, todoFiles } from "./data.ts";
import { split } from "./folds.ts";
import { nearDuplicates } from "./nearDuplicates.ts";
import { report } from "./report.ts";
import { readRequests, readTodos } from "./rows.ts";
import type { TrainingRow } from "./routerTraining.ts";
import {
  calibrate,
  calibrated,
  crossValidate,
  decideGeneral,
  trainEditorHeads,
  trainGeneralHead,
  trainingRows,
} from "./routerTraining.ts";
import type { Share } from "./metrics.ts";
import { ablation, labelHoldsUnderCode, learningCurve } from "./studies.ts";
import { crossValidateTodo, labelledTodos, trainTodo } from "./todoTraining.ts";

const root = resolve(import.meta.dirname, "..");
const weightsFolder = resolve(root, "src/core/router/weights");

/** JSON with one line a feature, so that a change can be read. */
function write(path: string, value: object): void {
  const json = JSON.stringify(value, null, 2).replace(/\[\s+([^\][{}]*?)\s+\]/g, (_, items: string) => {
    return `[${items.replace(/\s+/g, " ")}]`;
  });
  writeFileSync(resolve(root, path), `${json}\n`);
}

function writeHead(name: HeadName, { ngrams, known, ...head }: Head): void {
  mkdirSync(weightsFolder, { recursive: true });
  write(`src/core/router/weights/${name}.json`, {
    version: WEIGHTS_VERSION,
    scale: ngrams.scale,
    bytes: ngrams.data.length,
    ...head,
  });
  writeFileSync(
    resolve(weightsFolder, ngramFile(name)),
    Buffer.concat([Buffer.from(ngrams.data.buffer), known]),
  );
}

function writeTodo({ version, category, priority }: TodoWeights): void {
  const readable = ({ ngrams, ...head }: TodoHead) => ({ scale: ngrams.scale, ...head });
  const folder = "src/core/tasks/weights";
  mkdirSync(resolve(root, folder), { recursive: true });
  write(`${folder}/todo.json`, { version, category: readable(category), priority: readable(priority) });
  const tables = [category, priority].map(({ ngrams }) => ngrams.data);
  writeFileSync(
    resolve(root, folder, "todo.bin"),
    Buffer.concat(tables.map((data) => Buffer.from(data.buffer))),
  );
}

function rowsOf<T>({ rows, problems }: { rows: T[]; problems: string[] }): T[] {
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return rows;
}

const requests = authorNames().map((name) => rowsOf(readRequests(dataFile(`${name}.jsonl`))));
const twice = nearDuplicates(requests.flat());
if (twice.length > 0)
  throw new Error(`Rows that say the same: ${twice.map(({ id, of }) => `${id} = ${of}`).join(", ")}`);
const authors = requests.map((rows) => trainingRows(rows));

const publicTrain = publicFile("uncommonroute/train.jsonl");
const publicDev = publicFile("uncommonroute/dev.jsonl");
const publicRows = (path: string | undefined): TrainingRow[] =>
  path ? trainingRows(rowsOf(readRequests(path, "uncommonroute"))) : [];
const publicTraining = publicRows(publicTrain);
const storedGeneral = (): Head => joinHead("general", general, readNgrams("general"));
const generalOf = (rows: readonly TrainingRow[]): Head =>
  publicTraining.length > 0 ? trainGeneralHead(publicTraining, rows) : storedGeneral();
let generalHeld: ReturnType<typeof decideGeneral> = [];
let underCode: Share | undefined;
if (publicTraining.length > 0) {
  console.log("General questions: training on the public tier set …");
  const parts = split(publicTraining);
  const inside = parts.flatMap((part) => {
    const others = parts.filter((other) => other !== part).flat();
    return decideGeneral(trainGeneralHead(others, authors.flat()), part);
  });
  const head = { ...generalOf(authors.flat()), temperature: calibrate(inside) };
  writeHead("general", head);
  generalHeld = decideGeneral(head, publicRows(publicDev));
  const questions = publicDev ? rowsOf(readRequests(publicDev, "uncommonroute")) : [];
  underCode = labelHoldsUnderCode(head, questions, requests.flat());
}

console.log(`Router: cross-validating over ${authors.length} authors and in folds …`);
const authorFolds = crossValidate(authors, generalOf);
const byAuthor = calibrated(authorFolds);
const inFolds = calibrated(crossValidate(split(authors.flat()), generalOf));
const temperature = calibrate(authorFolds.flat());
const heads = trainEditorHeads(authors.flat());
writeHead("label", { ...heads.label, temperature });
writeHead("task", heads.task);

console.log("TODO classifier: cross-validating over authors and in folds …");
const todoAuthors = todoFiles().map((name) => labelledTodos(rowsOf(readTodos(dataFile(name)))));
const todoByAuthor = crossValidateTodo(todoAuthors);
const todoInFolds = crossValidateTodo(split(todoAuthors.flat()));
writeTodo(trainTodo(todoAuthors.flat()));

console.log("Studies: features taken away, fewer rows …");
const text = report({
  authors,
  byAuthor,
  inFolds,
  temperature,
  ablation: ablation(authors),
  learningCurve: learningCurve(authors),
  general: generalHeld,
  underCode,
  todoByAuthor,
  todoInFolds,
});
writeFileSync(resolve(import.meta.dirname, "report.md"), text);
console.log(text);
