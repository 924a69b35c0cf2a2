/** What a local model is asked about a request, and how its answer is read. */
import * as v from "valibot";
import type { EditorRequest, Label, Task } from "../../request.ts";
import { LABELS, TASKS } from "../../request.ts";
import { readInstruction } from "../reading.ts";

/** A request whose label is known: shown to the model as an example. */
export interface LabelledExample {
  prompt: string;
  command: string | null;
  languageId: string;
  task: Task;
  label: Label;
}

const SCOPES = ["symbol", "function", "file", "files", "system"] as const;

/** What the model answers. The label stands last, when task and scope have been thought of. */
export interface LocalAnswer {
  task: Task;
  scope: (typeof SCOPES)[number];
  label: Label;
}

/** JSON schema of the answer, as `format` of Ollama's API takes it. */
export const ANSWER_SCHEMA = {
  type: "object",
  properties: {
    task: { type: "string", enum: TASKS },
    scope: { type: "string", enum: SCOPES },
    label: { type: "string", enum: LABELS },
  },
  required: ["task", "scope", "label"],
} as const;

const answer = v.object({ task: v.picklist(TASKS), scope: v.picklist(SCOPES), label: v.picklist(LABELS) });

/** Reads an answer; undefined for what is not one. A schema sent is no promise kept: it is checked here. */
export function readAnswer(text: string): LocalAnswer | undefined {
  try {
    const parsed = v.safeParse(answer, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

export interface QuestionMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Characters of an instruction that the model sees; a router must be quick, and reading costs most. */
const PROMPT_SHOWN = 600;
/** Examples of the user's own that are shown, and of ours where there are too few. */
export const EXAMPLES_SHOWN = 6;

const SYSTEM = `You route requests of a code editor to the cheapest model that will do them well at first try.
label: EASY = a 3B model will do (a fact, one symbol, a one-line edit, a short doc comment, a plain classification);
MEDIUM = some reasoning or a function's worth of code (tests of one function, a contained refactor, a bug in view);
HARD = several files, architecture, concurrency, memory, security, migration, deep types, or a vague big wish.
The length of a request says nothing about its label. Answer as JSON: task, scope, label.`;

const OWN_EXAMPLES: readonly LabelledExample[] = [
  { prompt: "what does `??=` do", command: null, languageId: "typescript", task: "question", label: "EASY" },
  { prompt: "", command: "tests", languageId: "python", task: "tests", label: "MEDIUM" },
  {
    prompt: "just make this queue lock-free",
    command: null,
    languageId: "cpp",
    task: "refactor",
    label: "HARD",
  },
  {
    prompt: "refactor: rename tmp2 to unpaidInvoices",
    command: "refactor",
    languageId: "java",
    task: "edit",
    label: "EASY",
  },
  {
    prompt: "npe on the second save, trace below, the mapper is attached",
    command: null,
    languageId: "kotlin",
    task: "debug",
    label: "MEDIUM",
  },
  { prompt: "is this login safe?", command: "review", languageId: "php", task: "review", label: "HARD" },
];

const SCOPE_OF: Record<Label, LocalAnswer["scope"]> = { EASY: "symbol", MEDIUM: "function", HARD: "files" };

/** The messages of one question: instructions, examples as turns of a chat, the request. */
export function questionOf(
  request: EditorRequest,
  examples: readonly LabelledExample[] = [],
): QuestionMessage[] {
  const shown = [...examples, ...OWN_EXAMPLES].slice(0, EXAMPLES_SHOWN);
  return [
    { role: "system", content: SYSTEM },
    ...shown.flatMap((example): QuestionMessage[] => [
      { role: "user", content: describe(example, "") },
      { role: "assistant", content: JSON.stringify(answerOf(example)) },
    ]),
    { role: "user", content: describe({ ...request, prompt: instructionOf(request) }, factsLine(request)) },
  ];
}

function answerOf({ task, label }: LabelledExample): LocalAnswer {
  return { task, scope: SCOPE_OF[label], label };
}

function instructionOf({ prompt }: EditorRequest): string {
  return readInstruction(prompt).instruction.slice(0, PROMPT_SHOWN);
}

function describe(
  { prompt, command, languageId }: Pick<LabelledExample, "prompt" | "command" | "languageId">,
  facts: string,
): string {
  const what = command ? `/${command} ${prompt}`.trim() : prompt;
  return [`request: ${what || "(nothing typed)"}`, `language: ${languageId}`, facts]
    .filter(Boolean)
    .join("\n");
}

/** The editor's facts in a line: the code itself is too long to be read by a router. */
function factsLine({ code, attachments, diagnostics, symbol }: EditorRequest): string {
  const lines = code === "" ? 0 : code.split("\n", 2000).length;
  const parts = [
    `${lines} lines of code`,
    `${attachments.length} other files`,
    diagnostics.length > 0 ? `errors: ${diagnostics.join("; ").slice(0, 200)}` : "no errors",
    ...(symbol ? [`${symbol.referenceCount} uses in ${symbol.referenceFiles} files`] : []),
  ];
  return `context: ${parts.join(", ")}`;
}
