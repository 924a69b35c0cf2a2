/** Finds the literals that telling names are given. */
import { TELLING_ELSEWHERE } from "./languages.ts";
import { type NamedSecret, namedSecret } from "./names.ts";
import type { SecretFinding } from "./secrets.ts";
import { type Value, valueOf } from "./syntax.ts";
import { isJoined } from "./passwords.ts";
import { isNoise, isReadable, isStrong, words } from "./readable.ts";
import { isSecret } from "./values.ts";
import { isPlainWord } from "./words.ts";

/** Every name of a secret has one of these in it. */
const TELLING = new RegExp(
  String.raw`${TELLING_ELSEWHERE}|pass[ _-]?(?:phrase|word|code)|pass|(?:recovery|unlock|backup|access|alarm|door|gate)[ _-]?codes?\b|pwd|secret|token|key|cred|auth|bearer|jwt|pw\b|psk|sas\b|pswd|_pat\b|salt\b|pepper\b`,
  "gi",
);
const NAME_MAX = 80;
/** A line longer than this is data or minified: its names say nothing. */
const LINE_MAX = 10_000;
/** NAME_KEY=value in a .env file is hardly anything else. */
const CERTAIN_KEY_MIN = 20;
/** Names that promise no more than a long key. */
const LONG_KEY = 40;
/** Values hardly overlap: where those of a line are longer than this together, it is no text that someone wrote. */
const JUDGED_TIMES = 2;
const JUDGED_MIN = 2000;
const MADE_UP_MIN = 8;
/** Where a word would do as well, letters alone must be as many as this. */
const LETTERS_MIN = 16;
/** An Amazon resource name, in which "secret:" says of which type it is. */
const RESOURCE = /\barn:[\w:/-]*$/;
const SCHEME = /^(?:Bearer|Basic|Token|ApiKey)\s+/i;

/** Every secret that a name in the text is given; they may overlap. */
export function findAssignments(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let lineStart = 0;
  let lineEnd = -1;
  let judged = 0;
  const names = new Map<string, NamedSecret | undefined>();
  const judgements = new Map<string, boolean>();
  TELLING.lastIndex = 0;
  for (let match = TELLING.exec(text); match; match = TELLING.exec(text)) {
    if (match.index > lineEnd) {
      lineStart = text.lastIndexOf("\n", match.index) + 1;
      lineEnd = text.indexOf("\n", match.index);
      if (lineEnd < 0) lineEnd = text.length;
      judged = 0;
    }
    if (lineEnd - lineStart > LINE_MAX) {
      TELLING.lastIndex = lineEnd;
      continue;
    }
    const [start, end] = nameAround(text, match.index, TELLING.lastIndex);
    TELLING.lastIndex = end;
    const named = remembered(names, text.slice(start, end), namedSecret);
    if (!named || judged > JUDGED_MIN + JUDGED_TIMES * (lineEnd - lineStart)) continue;
    // Names that say little are many, and hardly one of them is given anything.
    if (named.minLength > 0 && !/["'`=:>]/.test(text.slice(end, end + NAME_MAX))) continue;
    const found = valueOf(text, { start, end, lineStart, lineEnd, named });
    if (!found || RESOURCE.test(text.slice(Math.max(lineStart, start - NAME_MAX), start))) continue;
    const value = text.slice(found.start, found.end);
    judged += value.length;
    const key = [
      named.role,
      named.kind,
      named.minLength,
      named.vague,
      found.certainty,
      found.listed,
      found.decoded,
      value,
    ];
    const told = remembered(
      judgements,
      key.join(" "),
      () => !isDoubtful(named, found, value) && isConvincing(named, value, found),
    );
    if (!told) continue;
    const scheme = SCHEME.exec(value)?.[0].length ?? 0;
    findings.push({ kind: named.kind, start: found.start + scheme, end: found.end });
  }
  return findings;
}

/** Whether the value may be no more than the next word: of a list, of a sentence, of a count of tests that pass. */
function isDoubtful({ vague }: NamedSecret, { listed, certainty }: Value, value: string): boolean {
  if (certainty === "certain" || !(listed || vague)) return false;
  if (listed && vague) return true;
  if (value.includes("=") && !isStrong(value) && !isNoise(value)) return true;
  if (listed && /^[a-z]+\d[a-z]+$/.test(value)) return true;
  return /^[A-Za-z]*$/.test(value) && (value.length < LETTERS_MIN || isReadable(value));
}

function isConvincing(
  { role, kind, minLength }: NamedSecret,
  value: string,
  { certainty, decoded }: Value,
): boolean {
  if (minLength > 0) {
    const enough = certainty === "certain" ? CERTAIN_KEY_MIN : minLength;
    if (certainty === "bare" || value.length < enough || !isSecret("token", value, "quoted")) return false;
    // Hex is a checksum more often than a key.
    return (
      minLength < LONG_KEY ||
      decoded ||
      (/[a-z]/.test(value) && /[A-Z]/.test(value) && /^(?:base64:)?[\w+/=-]+$/.test(value))
    );
  }
  if (isSecret(role, value, certainty)) return true;
  // A secret may be drawn like a key or made up like a password: "supersecret-2024".
  const joined =
    isJoined(value) && !words(value).some(isPlainWord) && /\d/.test(value) && /[A-Z]/.test(value);
  const madeUp =
    value.length >= MADE_UP_MIN &&
    (joined || (kind.endsWith("secret") && /\d.*\d|\d.*[!@#$%&*?]|[!@#$%&*?].*\d/.test(value)));
  return madeUp && isSecret("password", value, certainty);
}

function remembered<T>(memory: Map<string, T>, key: string, make: (key: string) => T): T {
  if (!memory.has(key)) memory.set(key, make(key));
  return memory.get(key) as T;
}

/** Letters of the scripts that part words by spaces. */
const LETTER = /[\w\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{M}-]/u;

/** The whole name in which the telling letters stand. */
function nameAround(text: string, from: number, to: number): [number, number] {
  let start = from;
  while (start > 0 && from - start < NAME_MAX && /[\w.$\p{L}\p{M}-]/u.test(text[start - 1] ?? "")) start -= 1;
  let end = to;
  if (LETTER.test(text[to - 1] ?? "")) {
    while (end < text.length && end - to < NAME_MAX && LETTER.test(text[end] ?? "")) end += 1;
  }
  // The n of an escaped line break belongs to no name.
  if (text[start - 1] === "\\" && /[nrt]/.test(text[start] ?? "") && start < from) start += 1;
  // "the API key is …"
  if (/^keys?$/i.test(text.slice(start, end))) {
    start -=
      /\b(?:api|access|secret|private|encryption|license|unseal|recovery) $/i.exec(
        text.slice(Math.max(0, start - 12), start),
      )?.[0].length ?? 0;
  }
  return [start, end];
}
