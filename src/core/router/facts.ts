/** What is plain to see of a request: what it asks for in words, and how much comes along. */
import type { Command, EditorRequest, Task, Tier } from "../request.ts";
import { TASKS, TIERS } from "../request.ts";
import { findTodo } from "../tasks/findTodo.ts";
import { FOLLOW_UPS, PROMPT_WORDS } from "./lexicon.ts";
import type { GroupMatch, Matcher } from "./matcher.ts";
import { createMatcher, fold } from "./matcher.ts";
import { codeShape, countWords, readInstruction } from "./reading.ts";

/** Characters of the code in which a TODO comment is looked for, and of the comment that are read. */
const TODO_READ = 8000;
const COMMENT_READ = 1500;
/** An instruction that only asks to go on has at most this many words. */
const FOLLOW_UP_WORDS = 4;
/** An instruction up to this length may leave it to a TODO comment to say what is wanted. */
const LEAVES_IT_CHARS = 48;
/** Code of at most this many lines, with at most one other file, can be one symbol. */
const ONE_SYMBOL_LINES = 14;

export interface Facts {
  command: Command | null;
  /** Words of the instruction. */
  promptWords: number;
  /** Numbers and separators of the instruction: how much it asks for at once. */
  requirements: number;
  /** Amounts that bound the problem. */
  quantities: number;
  pastedLines: number;
  /** The prompt holds a stack trace or names an exception. */
  hasTrace: boolean;
  /** Question marks, ends of sentences and lines, and names of code in the instruction. */
  questions: number;
  sentences: number;
  namesAsked: number;
  codeLines: number;
  /** Deepest indentation of the code, in steps of about two columns. */
  nesting: number;
  /** Of the code: characters of its longest line, places where the flow parts, different names. */
  longestLine: number;
  branches: number;
  codeNames: number;
  attachedFiles: number;
  attachedChars: number;
  /** Earlier messages of this chat. */
  historyTurns: number;
  /** Estimated tokens of the whole request, as a part of a local model's context. */
  localContext: number;
  diagnostics: number;
  /** Undefined without a symbol. */
  references: number | undefined;
  referenceFiles: number;
  /** What is to be done, folded: the instruction, or the TODO comment that it tells to carry out. */
  asked: string;
  /** A question in chat with nothing of the editor: no file, code, diagnostics, or earlier turns. */
  bare: boolean;
  /** What the instruction asks for: its groups of words. */
  asksFor: Map<string, GroupMatch>;
  /** It asks to explain one thing in view. */
  oneSymbol: boolean;
  /** It only asks to go on. */
  followsUp: boolean;
  /** The highest tier that answered before, when it does. */
  inherited: Tier | undefined;
}

const matchPrompt = matcherOf(PROMPT_WORDS);
const matchFollowUp = createMatcher({ followUp: FOLLOW_UPS });

/** The matcher of a lexicon. */
export function matcherOf(groups: Readonly<Record<string, { words: string }>>): Matcher {
  return createMatcher(Object.fromEntries(Object.entries(groups).map(([name, { words }]) => [name, words])));
}

/** Marks of a long wish: numbers, enumerations, list items. */
const REQUIREMENT = /[0-9]+|[,;:、，；：]/g;

/** Amounts that bound a problem: 6TB, 300 ms, 40 services, 3k/s, 0.3 %. */
const QUANTITY =
  /(?<![\w.-])\d[\d.,]*\s?(%|k|m|b|tb|gb|mb|kb|ms|s|h|min|mins|minutes|hours|days|weeks|months|years|million|billion|rows|users|events|requests|services|nodes|clusters|tenants|files|clients|devs|亿|万|个|台|件|人)(?![a-z0-9])/g;

/** Reads the facts of a request. */
export function factsOf(request: EditorRequest): Facts {
  const { instruction, pastedLines, hasTrace, questions, sentences, names } = readInstruction(request.prompt);
  const asked = taskText(request, instruction);
  const code = codeShape(request.code);
  const promptWords = countWords(instruction);
  const followsUp = isFollowUp(instruction, promptWords);
  const tiers = request.history.flatMap(({ tier }) => (tier ? [TIERS.indexOf(tier)] : []));
  const asksFor = matchPrompt(asked);
  const facts: Facts = {
    command: request.command,
    promptWords,
    requirements: asked.match(REQUIREMENT)?.length ?? 0,
    quantities: asked.match(QUANTITY)?.length ?? 0,
    pastedLines,
    hasTrace,
    questions,
    sentences,
    namesAsked: names,
    codeLines: code.lines,
    nesting: code.nesting,
    longestLine: code.longestLine,
    branches: code.branches,
    codeNames: code.names,
    attachedFiles: request.attachments.length,
    attachedChars: request.attachments.reduce((sum, { text }) => sum + text.length, 0),
    historyTurns: request.history.length,
    localContext: Math.min(4, charsOf(request) / CHARS_PER_TOKEN / LOCAL_CONTEXT),
    diagnostics: request.diagnostics.length,
    references: request.symbol && finite(request.symbol.referenceCount),
    referenceFiles: finite(request.symbol?.referenceFiles),
    asked,
    bare: isBare(request) && !asksAcrossFiles(asksFor),
    asksFor,
    oneSymbol: false,
    followsUp,
    inherited: followsUp && tiers.length > 0 ? TIERS[Math.max(...tiers)] : undefined,
  };
  return { ...facts, oneSymbol: asksOneSymbol(facts) };
}

/** A refactor across files is about the user's code, even if nothing of it came along. */
function asksAcrossFiles(asksFor: ReadonlyMap<string, GroupMatch>): boolean {
  return asksFor.has("scopeMany") && (asksFor.has("askRefactor") || asksFor.has("migration"));
}

function isBare(request: EditorRequest): boolean {
  const { command, code, fileLines, languageId, attachments, diagnostics, symbol, history } = request;
  return (
    command === null &&
    (languageId === "" || languageId === "plaintext") &&
    code === "" &&
    fileLines === 0 &&
    attachments.length + diagnostics.length + history.length === 0 &&
    symbol === undefined
  );
}

/** English and code have about four characters a token. */
const CHARS_PER_TOKEN = 4;
/** Tokens that a local model of 3B parameters is usually loaded with. */
const LOCAL_CONTEXT = 8192;

function charsOf({ prompt, code, attachments }: EditorRequest): number {
  return attachments.reduce((sum, { text }) => sum + text.length, prompt.length + code.length);
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}

/** What is to be done: the instruction, or the TODO comment that the request tells to carry out. */
function taskText(request: EditorRequest, instruction: string): string {
  if (request.command !== "todo" || instruction.length > LEAVES_IT_CHARS) return instruction;
  const carriesOut =
    instruction === "" ? !onlyClassifies(request) : !matchPrompt(instruction).has("askClassify");
  const todo = carriesOut
    ? findTodo(request.code.slice(0, TODO_READ), (request.cursorLine ?? -1) + 1)
    : undefined;
  return todo ? `${instruction} ${fold(todo.comment.slice(0, COMMENT_READ))}`.trim() : instruction;
}

/**
 * Whether the todo command without a word only asks for category and priority: in chat, and from the editor's own
 * command, which says where the cursor is. A code action carries the comment out, and so does a bare right-click.
 */
function onlyClassifies({ surface, cursorLine }: EditorRequest): boolean {
  return surface === "chat" || (surface === "command" && cursorLine !== undefined);
}

function isFollowUp(instruction: string, words: number): boolean {
  const found = words <= FOLLOW_UP_WORDS ? matchFollowUp(instruction).get("followUp") : undefined;
  return found !== undefined && instruction.startsWith(found.word);
}

/** Subjects that make even one name hard to explain. */
const DEEP: readonly string[] = [
  "concurrency",
  "memory",
  "security",
  "performance",
  "distributed",
  "intermittent",
  "deepTypes",
  "deepTopic",
];

/** By the command on a symbol or a short snippet, or in a few words. */
function asksOneSymbol({
  command,
  promptWords,
  codeLines,
  attachedFiles,
  references,
  asksFor,
}: Facts): boolean {
  const inView = codeLines > 0 || references !== undefined;
  const isSmall = codeLines <= ONE_SYMBOL_LINES && attachedFiles <= 1;
  if (!inView || !isSmall || DEEP.some((group) => asksFor.has(group))) return false;
  if (command === "explain") return promptWords <= 3;
  return command === null && promptWords <= 6 && (asksFor.has("askExplain") || asksFor.has("asksMeaning"));
}

/** How familiar an instruction is that says nothing by itself ("continue"), where an earlier answer says the rest. */
const FOLLOW_UP = 0.3;

/** 0: nothing to go by; 1: a command, which says by itself what is wanted; undefined: as far as its words are known. */
export function familiarityOf({ command, followsUp, inherited, codeLines }: Facts): number | undefined {
  if (inherited) return FOLLOW_UP;
  if (command !== null) return 1;
  return followsUp && codeLines === 0 ? 0 : undefined;
}

/** What each command can be asked to do. */
const COMMAND_TASKS: Readonly<Record<Command, readonly Task[]>> = {
  explain: ["explain", "question"],
  todo: ["classify", "generate", "edit", "refactor", "debug", "docs", "tests", "design"],
  refactor: ["refactor", "edit"],
  fix: ["debug", "edit"],
  tests: ["tests"],
  doc: ["docs"],
  review: ["review"],
};

/** Tasks that the request leaves open. With no text, the todo command classifies, and its code action carries out. */
export function openTasks(request: EditorRequest, { command, promptWords, asksFor }: Facts): readonly Task[] {
  // Without a word there is nothing to tell tasks apart by.
  if (command === null) return promptWords > 0 ? TASKS : ["question"];
  if (command === "explain" && promptWords === 0) return ["explain"];
  if (command !== "todo") return COMMAND_TASKS[command];
  const classifies = promptWords === 0 ? onlyClassifies(request) : asksFor.has("askClassify");
  if (classifies) return ["classify"];
  return request.surface === "codeAction"
    ? COMMAND_TASKS.todo.filter((task) => task !== "classify")
    : COMMAND_TASKS.todo;
}
