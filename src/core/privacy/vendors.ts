/** Finds the keys whose format gives them away, whatever they are called. */
import type { SecretFinding } from "./secrets.ts";
import { isFilledIn } from "./placeholders.ts";
import { AI_KEYS } from "./vendors/ai.ts";
import { BUSINESS_EMBEDDED, BUSINESS_KEYS } from "./vendors/business.ts";
import { CLOUD_EMBEDDED, CLOUD_KEYS } from "./vendors/cloud.ts";
import { DEVELOPMENT_EMBEDDED, DEVELOPMENT_KEYS } from "./vendors/development.ts";

const RULES = [...AI_KEYS, ...CLOUD_KEYS, ...DEVELOPMENT_KEYS, ...BUSINESS_KEYS].flatMap(
  ({ kind, prefixes, rest }) =>
    prefixes.map((prefix) => ({ kind, prefix, rest: new RegExp(`(?:${rest})(?![A-Za-z0-9])`, "y") })),
);
const EMBEDDED = [...CLOUD_EMBEDDED, ...DEVELOPMENT_EMBEDDED, ...BUSINESS_EMBEDDED];

const longestFirst = [...new Set(RULES.map(({ prefix }) => prefix))].toSorted((a, b) => b.length - a.length);
const escaped = (part: string) => part.replace(/[.$/+]/g, String.raw`\$&`);
/** Any of the prefixes; gathered by their first letter, they are tried in half the time. */
const ANY = [...Map.groupBy(longestFirst, ([first = ""]) => first)]
  .map(([first, all]) => `${escaped(first)}(?:${all.map((prefix) => escaped(prefix.slice(1))).join("|")})`)
  .join("|");
/** Where one begins a word. */
const BEGINNING = new RegExp(`(?<![A-Za-z0-9_-])(?:${ANY})`, "g");
/** The rules to try where a prefix stands: its own, then those of the shorter ones it begins with. */
const RULES_AT = new Map(
  longestFirst.map((prefix) => [
    prefix,
    RULES.filter((rule) => prefix.startsWith(rule.prefix)).toSorted(
      (a, b) => b.prefix.length - a.prefix.length,
    ),
  ]),
);

/** An AWS secret key has no mark of its own: forty characters, not far behind its access key. */
const AWS_SECRET = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g;
const AWS_SECRET_WITHIN = 300;

/** Every vendor's key in the text; they may overlap. */
export function findVendorKeys(text: string): SecretFinding[] {
  return [...findPrefixed(text), ...findEmbedded(text)];
}

function findPrefixed(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  BEGINNING.lastIndex = 0;
  for (let match = BEGINNING.exec(text); match; match = BEGINNING.exec(text)) {
    const found = keyAt(text, match.index, match[0]);
    if (!found) continue;
    findings.push(found);
    if (found.kind === "AWS access key") findings.push(...awsSecretsAfter(text, found.end));
    BEGINNING.lastIndex = found.end;
  }
  return findings;
}

function keyAt(text: string, start: number, beginning: string): SecretFinding | undefined {
  for (const { kind, prefix, rest } of RULES_AT.get(beginning) ?? []) {
    rest.lastIndex = start + prefix.length;
    const value = rest.exec(text)?.[0];
    if (value === undefined || !isFilledIn(value)) continue;
    return { kind, start, end: start + prefix.length + value.length };
  }
  return undefined;
}

function findEmbedded(text: string): SecretFinding[] {
  return EMBEDDED.filter(({ near }) => near.test(text)).flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const value = match[1] ?? match[0];
      const end = match.index + match[0].length;
      return isFilledIn(value) ? [{ kind, start: end - value.length, end }] : [];
    }),
  );
}

function awsSecretsAfter(text: string, from: number): SecretFinding[] {
  return [...text.slice(from, from + AWS_SECRET_WITHIN).matchAll(AWS_SECRET)]
    .filter(([value]) => /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value))
    .map(({ 0: value, index }) => ({
      kind: "AWS secret key",
      start: from + index,
      end: from + index + value.length,
    }));
}
