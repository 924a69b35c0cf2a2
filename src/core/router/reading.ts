/** Reads texts of any size at a bounded cost: the instruction apart from what was pasted, the shape of the code. */
import { fold, isUnspaced, isWordUnit } from "./matcher.ts";

/** Characters of the prompt that are read: its beginning and its end, where questions stand. */
const PROMPT_HEAD = 3000;
const PROMPT_TAIL = 1000;
/** Characters of the code whose lines are counted; beyond, lines are estimated from the length. */
const CODE_COUNTED = 20_000;
/** Characters of the instruction whose sentences and names are counted. */
const INSTRUCTION_COUNTED = 1200;

/** Lines that machines write: stack frames, log lines, table rows, prompts of a shell with its output. */
const PASTED_LINE =
  /^\s*(at\s+[\w$.<[]|File "|#\d+\s|\d{4}-\d\d-\d\d[T ]|\[?\d\d:\d\d:\d\d|\[\w*(error|warn|info|debug)|[A-Z]\/\w+|Caused by:|Traceback|>\s|->|\||\+{3}|-{3}|@@|\$\s|={3,}|0x[\da-f]+|\S+\.\w{1,4}:\d+|[A-Z]\w+(Error|Exception)\b)/i;
const TRACE = /(^|\n)\s*(at\s+[\w$.<[]+|File "|#\d+\s+0x|Traceback|Caused by:)|\b[A-Z]\w+(Error|Exception)\b/;
const FENCED = /```[\s\S]*?(```|$)/g;

export interface Instruction {
  /** What the user asks, folded, without fenced blocks and pasted output. */
  instruction: string;
  /** Lines taken for pasted material. */
  pastedLines: number;
  /** The prompt holds a stack trace or names an exception. */
  hasTrace: boolean;
  /** Question marks, ends of sentences and lines, and names of code in what the user asks. */
  questions: number;
  sentences: number;
  names: number;
}

const QUESTION = /[?？]/g;
const SENTENCE_END = /[.!?;。！？]\s|\n/g;
/** `quoted`, called(), camelCase and snake_case. */
const NAME = /`[^`\n]+`|\b\w+\(\)|\b[a-z]+[A-Z]\w*|\b[A-Za-z]+_\w+/g;

/** Separates what the user asks from what came along in the same text. */
export function readInstruction(prompt: string): Instruction {
  const text =
    prompt.length <= PROMPT_HEAD + PROMPT_TAIL
      ? prompt
      : `${prompt.slice(0, PROMPT_HEAD)}\n${prompt.slice(-PROMPT_TAIL)}`;
  const unfenced = text.includes("```") ? text.replace(FENCED, "\n") : text;
  const lines = unfenced.split("\n");
  const own = lines.length === 1 ? lines : withoutCode(lines).filter((line) => !PASTED_LINE.test(line));
  const asked = own.join("\n").trim() === "" ? text : own.join("\n");
  const beginning = asked.slice(0, INSTRUCTION_COUNTED);
  return {
    instruction: fold(asked).trim(),
    pastedLines: countLines(text) - countLines(asked),
    hasTrace: TRACE.test(text),
    questions: countMatches(beginning, QUESTION),
    sentences: countMatches(beginning, SENTENCE_END),
    names: countMatches(beginning, NAME),
  };
}

/** Lines of pasted code in a row from which they are taken for code; fewer may be a list or a line quoted on purpose. */
const CODE_RUN = 4;

const CODE_START =
  /^(?:[})\]<@#]|\/\/|\/\*|\*|--|import |from \S+ import|export |const |let |var |def |class |func |fn |pub |use |package |public |private |protected |static |return\b|if ?\(|for ?\(|while ?\(|else\b|elif |end$|SELECT |INSERT |CREATE |WITH |FROM |WHERE |JOIN |[\w.$]+\(|[\w.[\]"']+ ?[:+]?= ?\S|[\w.-]+: ?\S*$|- \w+:)/;
const CODE_END = /[;{}()[\],>\\=|&]$|=>$|[\w)]:$/;

/** Takes out what reads like a block of code. Lines between two of code belong to it; prose around it stays. */
function withoutCode(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < lines.length;) {
    const end = looksLikeCode(lines[i] as string) ? codeEnd(lines, i) : i;
    if (end - i >= CODE_RUN) {
      i = end;
    } else {
      kept.push(lines[i] as string);
      i++;
    }
  }
  return kept;
}

/** The line after the block of code that begins at `start`. */
function codeEnd(lines: readonly string[], start: number): number {
  let end = start + 1;
  for (let i = end, strange = 0; i < lines.length && strange < 3; i++) {
    const line = lines[i] as string;
    if (line.trim() === "") continue;
    if (looksLikeCode(line)) {
      end = i + 1;
      strange = 0;
    } else {
      strange++;
    }
  }
  return end;
}

function looksLikeCode(line: string): boolean {
  const text = line.trim();
  if (text === "") return false;
  const isIndented = /^(?: {2,}|\t)/.test(line) && !/^(?:[-*•] |\d+[.)] )/.test(text);
  return isIndented || CODE_START.test(text) || CODE_END.test(text);
}

export interface CodeShape {
  lines: number;
  /** Deepest indentation, in steps of about two columns. */
  nesting: number;
  /** Characters of the longest line. */
  longestLine: number;
  /** Of its beginning: places where the flow parts, and different names. */
  branches: number;
  names: number;
}

/** Characters of the code whose branches and names are counted. */
const CODE_SCANNED = 4000;
/** Words that part the flow in the usual languages, `&&`, `||`, and the conditional operator (not `?.`, `??`, `?:`). */
const BRANCH =
  /\b(?:if|for|foreach|while|switch|case|catch|except|rescue|elif|when|match|unless|guard|loop)\b|&&|\|\||\?[^.:?]/g;
const CODE_NAME = /[A-Za-z_]\w{2,}/g;
const TAB = 0x09;
const SPACE = 0x20;
/** Columns that a tab stands for. */
const TAB_WIDTH = 4;

/** How long, deep, branched and varied a code is. */
export function codeShape(code: string): CodeShape {
  const counted = code.slice(0, CODE_COUNTED);
  if (counted.trim() === "") return { lines: 0, nesting: 0, longestLine: 0, branches: 0, names: 0 };
  const scanned = code.slice(0, CODE_SCANNED);
  const { lines, longestLine, deepest } = linesOf(counted);
  return {
    lines: Math.round(lines * (code.length / counted.length)),
    nesting: Math.min(deepest, 40) / 2,
    longestLine,
    branches: countMatches(scanned, BRANCH),
    names: new Set(scanned.match(CODE_NAME)).size,
  };
}

/** Lines that are not blank, the longest of them, and the deepest indentation, in columns. */
function linesOf(code: string): { lines: number; longestLine: number; deepest: number } {
  let lines = 0;
  let longestLine = 0;
  let deepest = 0;
  for (let start = 0; start < code.length;) {
    const found = code.indexOf("\n", start);
    const end = found < 0 ? code.length : found;
    let at = start;
    let columns = 0;
    for (; at < end; at++) {
      const unit = code.charCodeAt(at);
      if (unit !== SPACE && unit !== TAB) break;
      columns += unit === TAB ? TAB_WIDTH : 1;
    }
    if (at < end && (code.charCodeAt(at) > SPACE || code.slice(at, end).trim() !== "")) {
      lines++;
      longestLine = Math.max(longestLine, end - start);
      deepest = Math.max(deepest, columns);
    }
    start = end + 1;
  }
  return { lines, longestLine, deepest };
}

/** Words of a folded text; a character of an unspaced script counts as half a word. */
export function countWords(folded: string): number {
  let words = 0;
  let unspaced = 0;
  let inWord = false;
  for (let i = 0; i < folded.length; i++) {
    const unit = folded.charCodeAt(i);
    if (isUnspaced(unit)) unspaced++;
    const isWord = isWordUnit(unit) && !isUnspaced(unit);
    if (isWord && !inWord) words++;
    inWord = isWord;
  }
  return words + Math.ceil(unspaced / 2);
}

/** Whether a fifth of the letters or more is not Latin. */
export function isNonLatin(folded: string): boolean {
  const letters = countWhere(folded, isWordUnit);
  return letters > 0 && countWhere(folded, (unit) => unit > 0x36f && isWordUnit(unit)) / letters >= 0.2;
}

/** Parts names at humps and underscores, so that `userToken` and `user_token` hold the word token. */
export function splitNames(code: string): string {
  return code.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ");
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function countLines(text: string): number {
  return text === "" ? 0 : text.split("\n").length;
}

function countWhere(text: string, test: (unit: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (test(text.charCodeAt(i))) count++;
  return count;
}
