/** Finds a TODO comment in source text of the common languages, without a parser. */

/** A TODO, FIXME, HACK, XXX, BUG, OPTIMIZE … comment. */
export interface TodoComment {
  /** The comment's lines as they stand in the text, from its marker's line on, trimmed. */
  comment: string;
  /** "TODO", "FIXME" …, upper case. */
  marker: string;
  /** First and last line of the comment, from 1. */
  startLine: number;
  endLine: number;
  /** The code around it, without the comment, at most `CONTEXT_CHARS` characters. */
  context: string;
}

const CONTEXT_BEFORE = 3;
const CONTEXT_AFTER = 12;
const CONTEXT_CHARS = 2000;
/** Lines that one comment may have, and characters of a line that are read: beyond, the file is not made by hand. */
const COMMENT_LINES = 30;
const LINE_CHARS = 2000;

/**
 * What opens a comment. `#`, `--`, `;` and `%` mean other things too, so they must stand at the line's start or after a
 * space; `//` must not stand in an address. A leading `*` is a block's continued line.
 */
const OPENER = /(?<!:)\/{2,3}!?|\/\*+!?|<!--|(?<=^|\s)(?:#+|--+\[*|;+|%+|"""|'''|REM\b|\{-)|^\s*\*(?!\/)/;
const MARKER =
  /(?<![\w$])(?:(TODO|FIXME|HACK|XXX|BUG|OPTIMI[SZ]E|REFACTOR|REVIEW|NOTE)(?![\w-])|@?(todo|fixme|Todo|Fixme)(?=[\s:({]|$))/;
/** Cheap test before the expensive one. */
const MAYBE = /todo|fixme|hack|xxx|bug|optimi[sz]e|refactor|review|note/i;
/** Markers that say what to do; the others are notes unless nothing better is there. */
const STRONG = /^(TODO|FIXME|HACK|XXX|BUG)$/;

interface Hit {
  line: number;
  column: number;
  open: string;
  marker: string;
}

/**
 * The TODO comment at or nearest to `line` (from 1; 0 takes the first of the text), or undefined. On a tie the one above
 * wins: a comment stands over what it is about.
 */
export function findTodo(text: string, line: number): TodoComment | undefined {
  if (!MAYBE.test(text)) return undefined;
  const lines = text.split(/\r?\n/);
  const hits = lines.flatMap((content, index) => hitOf(content, index + 1) ?? []);
  const strong = hits.filter(({ marker }) => STRONG.test(marker));
  const candidates = strong.length > 0 ? strong : hits;
  const comments = candidates.map((hit) => ({ hit, end: endOf(lines, hit) }));
  const distance = ({ hit, end }: { hit: Hit; end: number }) =>
    line < hit.line ? hit.line - line : Math.max(0, line - end);
  let nearest = comments[0];
  for (const candidate of comments) {
    if (nearest && distance(candidate) < distance(nearest)) nearest = candidate;
  }
  if (!nearest) return undefined;
  const { hit, end } = nearest;
  const own = lines.slice(hit.line - 1, end);
  own[0] = (own[0] as string).slice(hit.column);
  return {
    comment: own.map((content) => content.trim()).join("\n"),
    marker: hit.marker,
    startLine: hit.line,
    endLine: end,
    context: contextOf(lines, hit, end),
  };
}

function hitOf(content: string, line: number): Hit | undefined {
  if (!MAYBE.test(content)) return undefined;
  const read = content.slice(0, LINE_CHARS);
  // The first opener is enough: what follows a later one follows the first one too.
  const opener = OPENER.exec(read);
  if (!opener) return undefined;
  const marker = MARKER.exec(read.slice(opener.index + opener[0].length));
  const name = marker?.[1] ?? marker?.[2];
  return name === undefined
    ? undefined
    : { line, column: opener.index, open: opener[0].trim(), marker: name.toUpperCase() };
}

/** The last line of the comment that starts at `hit`: line comments that go on below it, or the block's end. */
function endOf(lines: readonly string[], { line, column, open }: Hit): number {
  const first = (lines[line - 1] as string).slice(column);
  const closer = closerOf(open);
  if (closer && first.slice(open.length).includes(closer)) return line;
  let end = line;
  while (end < lines.length && end - line < COMMENT_LINES) {
    const next = (lines[end] as string).slice(0, LINE_CHARS);
    if (hitOf(next, end + 1)) return end;
    if (closer) {
      if (open === "*" && !/^\s*\*/.test(next)) return end;
      const body = next.replace(/^\s*\*(?!\/)/, "").trim();
      if (body.startsWith(closer) || body === "" || body.startsWith("@")) return end;
      end++;
      if (body.includes(closer)) return end;
    } else {
      const body = next.trimStart();
      if (!body.startsWith(open) || body.slice(open.length).trim() === "") return end;
      end++;
    }
  }
  return end;
}

/** What ends a block comment; undefined for a line comment. */
function closerOf(open: string): string | undefined {
  if (open.startsWith("/*") || open === "*") return "*/";
  if (open === "<!--") return "-->";
  if (open.startsWith("--[")) return "]]";
  if (open === "{-") return "-}";
  return open === '"""' || open === "'''" ? open : undefined;
}

function contextOf(lines: readonly string[], hit: Hit, end: number): string {
  const before = lines.slice(Math.max(0, hit.line - 1 - CONTEXT_BEFORE), hit.line - 1);
  const sameLine = (lines[hit.line - 1] as string).slice(0, hit.column);
  const after = lines.slice(end, end + CONTEXT_AFTER);
  const around = [...before, ...(sameLine.trim() === "" ? [] : [sameLine.trimEnd()]), ...after];
  return around.join("\n").slice(0, CONTEXT_CHARS);
}
