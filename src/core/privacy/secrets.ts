/** Finds secrets in texts that are about to leave the machine, and puts placeholders in their place. */
import { findAssignments } from "./assignments.ts";
import { findCredentials } from "./credentials.ts";
import { findPrivateKeys } from "./pem.ts";
import { findVendorKeys } from "./vendors.ts";

export { envValues } from "./environment.ts";

/** One secret in a text; the offsets are UTF-16 and hold the secret itself, not its name. */
export interface SecretFinding {
  /** As a person reads it: "AWS access key", "private key", "password". */
  kind: string;
  start: number;
  end: number;
}

/** What stands in the place of a secret. */
const PLACEHOLDER = /\[redacted: ([^\]\n]{1,60}) (\d{1,6})\]/g;
/** Looks at a text; what is redacted can uncover more, as when a long line becomes short. */
const ROUNDS = 4;
/** Known values shorter than this are not looked for: they stand in too many words. */
const KNOWN_MIN = 6;

/** The secrets in a text, in order, none overlapping another; `knownValues` are found wherever they occur. */
export function findSecrets(text: string, knownValues: readonly string[] = []): SecretFinding[] {
  let findings: SecretFinding[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { text: shown, kept } = render(text, findings);
    const more = scan(shown, knownValues).map((finding) => unshift(finding, kept));
    if (more.length === 0) break;
    findings = merge([...findings, ...more]);
  }
  return findings;
}

/**
 * The text with "[redacted: AWS access key 1]" in the place of each secret; the same secret has the same number. The
 * numbers go on from those that stand in the text already.
 */
export function redact(
  text: string,
  knownValues: readonly string[] = [],
): { text: string; findings: SecretFinding[] } {
  const findings = findSecrets(text, knownValues);
  return { text: render(text, findings).text, findings };
}

/** Everything found in one look, in order. */
function scan(text: string, knownValues: readonly string[]): SecretFinding[] {
  // An escaped line break would look like a letter before the secret.
  const unescaped = text.replaceAll(/\\[nrt]/g, "  ");
  const findings = merge([
    ...findPrivateKeys(text),
    ...findVendorKeys(unescaped),
    ...findCredentials(unescaped),
    ...findAssignments(text),
    ...findKnown(text, knownValues),
  ]);
  if (findings.length === 0) return findings;
  const placeholders = [...text.matchAll(PLACEHOLDER)].map(
    ({ 0: { length }, index }) => [index, index + length] as const,
  );
  return findings.filter(({ start, end }) => !placeholders.some(([from, to]) => start < to && from < end));
}

function findKnown(text: string, knownValues: readonly string[]): SecretFinding[] {
  const findings: SecretFinding[] = [];
  for (const value of knownValues) {
    if (value.length < KNOWN_MIN) continue;
    for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
      findings.push({ kind: "value from .env", start, end: start + value.length });
    }
  }
  return findings;
}

/** In order; overlapping ones become one, under the kind of the first given. */
function merge(findings: readonly SecretFinding[]): SecretFinding[] {
  const ranked = findings.map((finding, rank) => ({ ...finding, rank }));
  const merged: typeof ranked = [];
  for (const finding of ranked.toSorted((a, b) => a.start - b.start || a.rank - b.rank)) {
    const last = merged.at(-1);
    if (!last || finding.start >= last.end) merged.push(finding);
    else {
      last.end = Math.max(last.end, finding.end);
      if (finding.rank < last.rank) Object.assign(last, { kind: finding.kind, rank: finding.rank });
    }
  }
  return merged.map(({ kind, start, end }) => ({ kind, start, end }));
}

/** A stretch of the original in the redacted text: where it begins in both. */
interface Kept {
  shown: number;
  original: number;
}

function render(text: string, findings: readonly SecretFinding[]): { text: string; kept: Kept[] } {
  const placeholders = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const [, kind = "", number] of text.matchAll(PLACEHOLDER)) {
    counts.set(kind, Math.max(counts.get(kind) ?? 0, Number(number)));
  }
  const kept: Kept[] = [{ shown: 0, original: 0 }];
  let shown = "";
  let at = 0;
  for (const { kind, start, end } of findings) {
    const secret = text.slice(start, end);
    let placeholder = placeholders.get(secret);
    if (placeholder === undefined) {
      const number = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, number);
      placeholder = `[redacted: ${kind} ${number}]`;
      placeholders.set(secret, placeholder);
    }
    shown += text.slice(at, start) + placeholder;
    kept.push({ shown: shown.length, original: end });
    at = end;
  }
  return { text: shown + text.slice(at), kept };
}

/** A finding in the redacted text, at its place in the original. */
function unshift({ kind, start, end }: SecretFinding, kept: readonly Kept[]): SecretFinding {
  const from = kept.findLast(({ shown }) => shown <= start) ?? { shown: 0, original: 0 };
  const by = from.original - from.shown;
  return { kind, start: start + by, end: end + by };
}
