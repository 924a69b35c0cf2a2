/** Finds secrets below a column that is called so: in CSV, in tables of Markdown, and in INSERTs of SQL. */
import { namedSecret, type NamedSecret } from "./names.ts";
import type { SecretFinding } from "./secrets.ts";
import { isSecret } from "./values.ts";
import { isPlainWord } from "./words.ts";

/** A header is no longer than this. */
const HEADER_MAX = 400;
const CELL_MAX = 40;
const ROWS_MAX = 200;
/** What a header must have in it, so that few lines are taken apart. */
const TELLING = /pass|pwd|secret|token|key|wort|sen[hñ]|mot de|khẩu|contrase|パス|密/i;
const DELIMITERS = ["|", ",", ";", "\t"];
const INSERT =
  /\binsert\s{1,20}(?:or\s{1,10}\w{1,10}\s{1,10})?(?:ignore\s{1,10})?into\s{1,20}[\w.`"[\]]{1,80}\s{0,20}\(([^()]{1,1000})\)\s{0,20}(?:output\s[^()\n]{1,80})?values\s{0,20}/gi;
const TUPLE =
  /\(((?:[^()'"]|'(?:[^'\\]|''|\\.){0,400}'|"[^"\n]{0,400}"|\([^()]{0,100}\)){1,2000})\)\s{0,20}[,;]?\s{0,20}/y;

/** A piece of a line and where it begins in it. */
interface Cell {
  start: number;
  text: string;
}

export function findInColumns(text: string): SecretFinding[] {
  return [...findBelowHeaders(text), ...findInserted(text)];
}

function findBelowHeaders(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let columns: { name: NamedSecret; at: number }[] = [];
  let delimiter = "";
  let count = 0;
  let rows = 0;
  let start = 0;
  for (let end = 0; start < text.length; start = end + 1) {
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    if (end - start > HEADER_MAX * 2) {
      columns = [];
      continue;
    }
    const line = text.slice(start, end).trimEnd();
    if (columns.length > 0 && rows < ROWS_MAX) {
      const cells = cellsOf(line, delimiter);
      if (cells.length === count) {
        rows += 1;
        for (const { name, at } of columns) {
          const cell = cells[at];
          if (cell && isListed(name, cell.text)) {
            findings.push({
              kind: name.kind,
              start: start + cell.start,
              end: start + cell.start + cell.text.length,
            });
          }
        }
        continue;
      }
      columns = [];
    }
    if (line.length > HEADER_MAX || !TELLING.test(line)) continue;
    delimiter = DELIMITERS.find((each) => line.includes(each)) ?? "";
    const header = delimiter === "" ? [] : cellsOf(line, delimiter);
    if (header.length < 2 || !header.every(({ text: cell }) => isHeading(cell, delimiter))) continue;
    columns = header.flatMap(({ text: cell }, at) => {
      const name = namedSecret(cell);
      return name && name.minLength === 0 && !name.vague ? [{ name, at }] : [];
    });
    count = header.length;
    rows = 0;
  }
  return findings;
}

/** Whether this may head a column: a few words, or nothing beside the borders of a table. */
function isHeading(cell: string, delimiter: string): boolean {
  if (cell === "") return delimiter === "|";
  return cell.length <= CELL_MAX && /^[*_]{0,2}[\p{L}\p{M}\p{N}_ /.-]*[*_]{0,2}$/u.test(cell);
}

/** The cells of a line, without the quotes and marks around them. */
function cellsOf(line: string, delimiter: string): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at <= line.length; at++) {
    const char = line[at];
    if (char === '"' && delimiter !== "|") quoted = !quoted;
    if (at < line.length && (char !== delimiter || quoted)) continue;
    const raw = line.slice(start, at);
    const before = /^[\s"'`*_]*/.exec(raw)?.[0].length ?? 0;
    cells.push({ start: start + before, text: raw.slice(before).replace(/[\s"'`*_]+$/, "") });
    start = at + 1;
  }
  return cells;
}

function isListed({ role }: NamedSecret, value: string): boolean {
  if (value.length < 6 || isPlainWord(value) || /^[a-z]+$/i.test(value)) return false;
  return isSecret(role, value, "quoted");
}

/** INSERT INTO users (login, password) VALUES ('ann', 'value'), … */
function findInserted(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  for (const match of text.matchAll(INSERT)) {
    const names = (match[1] ?? "").split(",").map((name) => namedSecret(name.trim()));
    if (!names.some(Boolean)) continue;
    TUPLE.lastIndex = match.index + match[0].length;
    for (let rows = 0; rows < ROWS_MAX; rows++) {
      const at = TUPLE.lastIndex;
      const tuple = TUPLE.exec(text);
      if (!tuple) break;
      for (const [column, { start, text: value }] of valuesOf(tuple[1] ?? "").entries()) {
        const name = names[column];
        if (!name || name.minLength > 0 || !isListed(name, value)) continue;
        findings.push({ kind: name.kind, start: at + 1 + start, end: at + 1 + start + value.length });
      }
    }
  }
  return findings;
}

/** The literals of a tuple; what is no literal is an empty one. */
function valuesOf(tuple: string): Cell[] {
  const values: Cell[] = [];
  const pattern = /\s*(?:[NE]?'((?:[^'\\]|''|\\.)*)'|"([^"]*)"|[^,'"]*)[^,]*(?:,|$)/y;
  while (pattern.lastIndex < tuple.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(tuple);
    if (!match) break;
    const text = match[1] ?? match[2] ?? "";
    values.push({ start: start + Math.max(0, match[0].indexOf(text)), text });
  }
  return values;
}
