/** Finds the literals that telling names are given. */
import { namedSecret } from "./names.ts";
import type { SecretFinding } from "./secrets.ts";
import { valueOf } from "./syntax.ts";
import { isSecret } from "./values.ts";

/** Every name of a secret has one of these in it. */
const TELLING =
  /pass|pwd|secret|token|key|cred|auth|bearer|jwt|pw\b|psk|sas\b|pswd|kennwort|senha|contrase|motdepasse|_pat\b/gi;
const NAME_MAX = 80;
/** A line longer than this is data or minified: its names say nothing. */
const LINE_MAX = 10_000;
/** A secret whose name goes on with other words must be this long. */
const LOOSE_MIN = 16;
const SCHEME = /^(?:Bearer|Basic|Token|ApiKey)\s+/i;

/** Every secret that a name in the text is given; they may overlap. */
export function findAssignments(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let lineStart = 0;
  let lineEnd = -1;
  TELLING.lastIndex = 0;
  for (let match = TELLING.exec(text); match; match = TELLING.exec(text)) {
    if (match.index > lineEnd) {
      lineStart = text.lastIndexOf("\n", match.index) + 1;
      lineEnd = text.indexOf("\n", match.index);
      if (lineEnd < 0) lineEnd = text.length;
    }
    if (lineEnd - lineStart > LINE_MAX) {
      TELLING.lastIndex = lineEnd;
      continue;
    }
    const [start, end] = nameAround(text, match.index, TELLING.lastIndex);
    TELLING.lastIndex = end;
    const named = namedSecret(text.slice(start, end));
    const found = named && valueOf(text, { start, end, lineStart, lineEnd });
    if (!found) continue;
    const value = text.slice(found.start, found.end);
    if ((found.listed || (named.vague && found.certainty !== "certain")) && /^[A-Za-z]*$|=/.test(value))
      continue;
    if (named.loose && (found.certainty === "bare" || value.length < LOOSE_MIN)) continue;
    if (!isSecret(named.role, value, named.loose ? "quoted" : found.certainty)) continue;
    const scheme = SCHEME.exec(value)?.[0].length ?? 0;
    findings.push({ kind: named.kind, start: found.start + scheme, end: found.end });
  }
  return findings;
}

/** The whole name in which the telling letters stand. */
function nameAround(text: string, from: number, to: number): [number, number] {
  let start = from;
  while (start > 0 && from - start < NAME_MAX && /[\w.$-]/.test(text[start - 1] ?? "")) start -= 1;
  let end = to;
  while (end < text.length && end - to < NAME_MAX && /[\wñ-]/.test(text[end] ?? "")) end += 1;
  // The n of an escaped line break belongs to no name.
  if (text[start - 1] === "\\" && /[nrt]/.test(text[start] ?? "") && start < from) start += 1;
  return [start, end];
}
