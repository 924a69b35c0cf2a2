/** Private keys as PEM blocks: whole or cut off, on lines of their own or with their line breaks escaped. */
import type { SecretFinding } from "./secrets.ts";

const BEGIN = /-----BEGIN|---- BEGIN SSH2/g;
const HEADER =
  /-----BEGIN(?:[ +]|%20)(?:(?:[A-Z0-9]{1,20}(?:[ +]|%20)){0,4}PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?|OpenVPN Static key V1)-----|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/y;
const END = /-----END(?:[A-Za-z0-9 +]|%20){0,60}-----|---- END [A-Z0-9 ]{0,60} ----/y;
/**
 * What stands between the lines of a key: breaks, escaped ones too, the quotes, signs and indents of code, the numbers
 * and marks of listings and patches, and what languages without escapes call a break.
 */
const BETWEEN =
  /(?:&#(?:1[03]|x[ad]);|\\+u000[ad]|\\+[nrt]?|[\s"'`,.;|>*#()&]|\+(?=[\s"'])|-(?=-----END|[A-Za-z0-9+/])|\/\/ |(?<=\n[ \t>]{0,8})\d{1,5}(?:[:|.)]|[ \t])|<br ?\/?>|%0[ad]|(?<=[&+|.# \t])(?:vb(?:CrLf|Lf|NewLine)|Environment\.NewLine|System\.lineSeparator|PHP_EOL|chr\(1[03]|char\(1[03]|#?1[03](?=[ #+])|_(?=\s)))*/iy;
const LINE = /(?:[A-Za-z0-9+/]|%2[BF])+(?:=|%3D){0,2}/y;
/** Lines that come before the key itself, in encrypted and PGP keys. */
const ATTRIBUTE =
  /(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash|MessageID|Subject):(?:[ ]"[^"\n]*"|[^\n\\"]*)/y;
/** Shorter than this is a word of code, unless it ends the key. */
const LINE_MIN = 16;
/** Fewer base64 characters than this are no key: "-----BEGIN PRIVATE KEY-----\n...". */
const KEY_MIN = 24;

export function findPrivateKeys(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  BEGIN.lastIndex = 0;
  for (let match = BEGIN.exec(text); match; match = BEGIN.exec(text)) {
    const start = match.index;
    const body = endOf(HEADER, text, start);
    const end = body === undefined ? undefined : keyEnd(text, body);
    if (end !== undefined) findings.push({ kind: "private key", start, end });
    BEGIN.lastIndex = end ?? body ?? BEGIN.lastIndex;
  }
  return findings;
}

/** Where the key that begins here ends, or undefined if there is none. */
function keyEnd(text: string, body: number): number | undefined {
  let end = body;
  let size = 0;
  for (;;) {
    const next = endOf(BETWEEN, text, end) ?? end;
    const marked = endOf(END, text, next);
    if (marked !== undefined) return size < KEY_MIN ? undefined : marked;
    const attribute = endOf(ATTRIBUTE, text, next);
    const line = endOf(LINE, text, next);
    if (attribute === undefined && !(line !== undefined && isLine(text, next, line))) break;
    size += attribute === undefined ? (line ?? next) - next : 0;
    end = attribute ?? line ?? next;
  }
  return size < KEY_MIN ? undefined : end;
}

/** Whether this run of base64 belongs to the key: long, or the last before the end of key or text. */
function isLine(text: string, start: number, end: number): boolean {
  if (end - start >= LINE_MIN || text[end - 1] === "=" || end === text.length) return true;
  const next = endOf(BETWEEN, text, end) ?? end;
  return next === text.length || text.startsWith("-----END", next);
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
