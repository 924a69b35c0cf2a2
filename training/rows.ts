/** Labelled and unlabelled rows: JSON lines in, requests out. A bad line is named and left out; nothing throws. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { EditorRequest, Label, Task } from "../src/core/request.ts";
import { COMMANDS, LABELS, TASKS } from "../src/core/request.ts";
import { TODO_CATEGORIES, TODO_PRIORITIES } from "../src/core/tasks/todoModel.ts";

const count = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9));
const files = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
const optionalCount = v.optional(v.nullable(count), null);

const requestRow = v.object({
  id: v.string(),
  surface: v.picklist(["chat", "command", "codeAction"]),
  command: v.nullable(v.picklist(COMMANDS)),
  prompt: v.string(),
  languageId: v.optional(v.string(), "plaintext"),
  code: v.optional(v.string(), ""),
  fileLines: v.optional(count, 0),
  attachedFiles: v.optional(files, 0),
  attachedChars: v.optional(count, 0),
  diagnostics: v.optional(v.array(v.string()), []),
  symbolReferences: optionalCount,
  symbolFiles: optionalCount,
  historyTurns: v.optional(files, 0),
  label: v.optional(v.picklist(LABELS)),
  task: v.optional(v.picklist(TASKS)),
});
type RequestRow = v.InferOutput<typeof requestRow>;

const promptRow = v.object({
  prompt: v.string(),
  expected_tier: v.optional(v.picklist(["SIMPLE", "MEDIUM", "COMPLEX", "REASONING"])),
});

const todoRow = v.object({
  id: v.string(),
  languageId: v.optional(v.string(), "plaintext"),
  comment: v.string(),
  context: v.optional(v.string(), ""),
  category: v.optional(v.picklist(TODO_CATEGORIES)),
  priority: v.optional(v.picklist(TODO_PRIORITIES)),
});
export type TodoRow = v.InferOutput<typeof todoRow>;

/** A request with what it should be classified as, where that is known. */
export interface RequestExample {
  id: string;
  request: EditorRequest;
  label: Label | undefined;
  task: Task | undefined;
}

export interface ReadRows<T> {
  rows: T[];
  /** "line 3: …", one for every line left out. */
  problems: string[];
}

export type RequestFormat = "hybrid" | "uncommonroute";

/** Reads labelled requests. Throws only when the file cannot be read. */
export function readRequests(path: string, format: RequestFormat = "hybrid"): ReadRows<RequestExample> {
  return format === "hybrid"
    ? readLines(path, requestRow, exampleOf)
    : readLines(path, promptRow, exampleOfPrompt);
}

const readingRow = v.object({ id: v.string(), label: v.picklist(LABELS), task: v.picklist(TASKS) });
/** What a second reader said of a request. */
export type Reading = v.InferOutput<typeof readingRow>;

/** Reads second readings. Throws only when the file cannot be read. */
export function readReadings(path: string): ReadRows<Reading> {
  return readLines(path, readingRow, (row) => row);
}

/** Reads TODO comments. Throws only when the file cannot be read. */
export function readTodos(path: string): ReadRows<TodoRow> {
  return readLines(path, todoRow, (row) => row);
}

function readLines<Row, T>(
  path: string,
  schema: v.GenericSchema<unknown, Row>,
  convert: (row: Row, line: number) => T,
): ReadRows<T> {
  const rows: T[] = [];
  const problems: string[] = [];
  const lines = readFileSync(path, "utf8")
    .replace(/^\uFEFF/, "")
    .split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const value = parseJson(line);
    if (value === undefined) {
      problems.push(`line ${index + 1}: not JSON`);
      continue;
    }
    const parsed = v.safeParse(schema, value);
    if (parsed.success) {
      rows.push(convert(parsed.output, index + 1));
    } else {
      const [issue] = parsed.issues;
      const where = v.getDotPath(issue);
      problems.push(`line ${index + 1}: ${where ? `${where}: ` : ""}${issue.message}`);
    }
  }
  return { rows, problems };
}

/** The value, or undefined for what is not JSON. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function exampleOf(row: RequestRow): RequestExample {
  const { id, label, task } = row;
  return { id, label, task, request: requestOf(row) };
}

function exampleOfPrompt(row: v.InferOutput<typeof promptRow>, line: number): RequestExample {
  const id = String(line);
  const tier = row.expected_tier;
  const label =
    tier && ({ SIMPLE: "EASY", MEDIUM: "MEDIUM", COMPLEX: "HARD", REASONING: "HARD" } as const)[tier];
  const bare = v.parse(requestRow, { id, surface: "chat", command: null, prompt: row.prompt });
  return { id, label, task: undefined, request: requestOf(bare) };
}

/** The request as the editor would have made it; attachments are as many and as long, but without their text. */
function requestOf(row: RequestRow): EditorRequest {
  const { id, surface, command, prompt, languageId, code, fileLines, diagnostics } = row;
  const perFile = " ".repeat(
    row.attachedFiles > 0 ? Math.min(1e6, Math.round(row.attachedChars / row.attachedFiles)) : 0,
  );
  return {
    id,
    sessionId: id,
    surface,
    command,
    prompt,
    languageId,
    code,
    fileLines,
    diagnostics,
    attachments: Array.from({ length: row.attachedFiles }, (_, i) => ({
      path: `file${i}`,
      uri: `file:///file${i}`,
      languageId,
      text: perFile,
    })),
    history: Array.from({ length: row.historyTurns }, () => ({ role: "user" as const, text: "" })),
    ...(row.symbolReferences === null ? {} : { symbol: symbolOf(row, row.symbolReferences) }),
  };
}

function symbolOf(
  { languageId, symbolFiles }: RequestRow,
  referenceCount: number,
): NonNullable<EditorRequest["symbol"]> {
  return {
    name: "",
    kind: "",
    languageId,
    signature: "",
    documentation: "",
    source: "",
    references: [],
    referenceCount,
    referenceFiles: symbolFiles ?? 0,
    callers: [],
    callees: [],
    relatedTypes: [],
    members: [],
  };
}
