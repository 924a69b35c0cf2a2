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
import { linearModel } from "../src/core/router/linear.ts";
import { joinHead, ngramFile, readNgrams, WEIGHTS_VERSION } from "../src/core/router/weights.ts";
import type { TodoHead, TodoWeights } from "../src/core/tasks/todoModel.ts";
import { authorNames, dataFile, heldOutFiles, publicFile, READINGS, todoFiles } from "./data.ts";
import { dealt, split } from "./folds.ts";
import { nearDuplicates } from "./nearDuplicates.ts";
import { report } from "./report.ts";
import { readReadings, readRequests, readTodos } from "./rows.ts";
import type { TrainingRow } from "./routerTraining.ts";
import {
  calibrate,
  calibrated,
  crossValidate,
  decideGeneral,
  decideRows,
  trainEditorHeads,
  trainGeneralHead,
  trainingRows,
} from "./routerTraining.ts";
import type { Share } from "./metrics.ts";
import { ablation, labelHoldsUnderCode, learningCurve } from "./studies.ts";
import { classifyTodos, crossValidateTodo, labelledTodos, trainTodo } from "./todoTraining.ts";

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

/** Parts that the authors are dealt out into: each is decided by weights trained on the others. */
const PARTS = 8;
const STUDY_PARTS = 3;

const requests = authorNames().map((name) => rowsOf(readRequests(dataFile(`${name}.jsonl`))));
const { requests: heldOutRequests, todos: heldOutTodos } = heldOutFiles();
const unseenRequests = heldOutRequests.flatMap((path) => rowsOf(readRequests(path)));
const twice = nearDuplicates([...requests.flat(), ...unseenRequests]);
if (twice.length > 0)
  throw new Error(`Rows that say the same: ${twice.map(({ id, of }) => `${id} = ${of}`).join(", ")}`);
const authors = requests.map((rows) => trainingRows(rows));
const unseen = trainingRows(unseenRequests);

const publicTrain = publicFile("uncommonroute/train.jsonl");
const publicDev = publicFile("uncommonroute/dev.jsonl");
const publicRows = (path: string | undefined): TrainingRow[] =>
  path ? trainingRows(rowsOf(readRequests(path, "uncommonroute"))) : [];
const publicTraining = publicRows(publicTrain);
const storedGeneral = (): Head => joinHead("general", general, readNgrams("general"));
const generalOf = (rows: readonly TrainingRow[]): Head =>
  publicTraining.length > 0 ? trainGeneralHead(publicTraining, rows) : storedGeneral();
/** As trained here, or as stored where the public sets are not. */
let generalHead: Head | undefined;
let generalHeld: ReturnType<typeof decideGeneral> = [];
let underCode: Share | undefined;
if (publicTraining.length > 0) {
  console.log("General questions: training on the public tier set …");
  const parts = split(publicTraining);
  const inside = parts.flatMap((part) => {
    const others = parts.filter((other) => other !== part).flat();
    return decideGeneral(trainGeneralHead(others, authors.flat()), part);
  });
  generalHead = { ...generalOf(authors.flat()), temperature: calibrate(inside) };
  writeHead("general", generalHead);
  generalHeld = decideGeneral(generalHead, publicRows(publicDev));
  const questions = publicDev ? rowsOf(readRequests(publicDev, "uncommonroute")) : [];
  underCode = labelHoldsUnderCode(generalHead, questions, requests.flat());
}

console.log(`Router: cross-validating over ${authors.length} authors in ${PARTS} parts …`);
const folds = crossValidate(dealt(authors, PARTS), generalOf);
const byAuthor = calibrated(folds);
const temperature = calibrate(folds.flat());
const heads = trainEditorHeads(authors.flat());
const label = { ...heads.label, temperature };
writeHead("label", label);
writeHead("task", heads.task);
const shippedModel = linearModel({ label, task: heads.task, general: generalHead ?? storedGeneral() });

console.log("TODO classifier: cross-validating over authors …");
const todoAuthors = todoFiles().map((name) => labelledTodos(rowsOf(readTodos(dataFile(name)))));
const todoByAuthor = crossValidateTodo(dealt(todoAuthors, PARTS));
const todoWeights = trainTodo(todoAuthors.flat());
writeTodo(todoWeights);
const unseenTodos = labelledTodos(heldOutTodos.flatMap((path) => rowsOf(readTodos(path))));

console.log("Studies: features taken away, fewer rows …");
const studied = dealt(authors, STUDY_PARTS);
const text = report({
  authors,
  byAuthor,
  unseen: decideRows(shippedModel, unseen),
  readings: rowsOf(readReadings(READINGS)),
  temperature,
  ablation: ablation(studied),
  learningCurve: learningCurve(studied),
  general: generalHeld,
  underCode,
  todoByAuthor,
  todoUnseen: classifyTodos(unseenTodos, todoWeights),
});
writeFileSync(resolve(import.meta.dirname, "report.md"), text);
console.log(text);
