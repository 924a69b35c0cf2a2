/** AttemptRecord ↔ row of the table `attempts`. */
import type { SQLInputValue } from "node:sqlite";
import * as v from "valibot";
import type { ErrorKind } from "../errors.ts";
import type { ModelId, Surface, Task } from "../request.ts";
import { LABELS, TIERS } from "../request.ts";
import type { AttemptRecord, CostProvenance, Outcome } from "./record.ts";

export type Kind = "text" | "integer" | "real" | "flag" | "json";

/** Each field's column and how it is kept. */
const COLUMNS: readonly (readonly [field: keyof AttemptRecord, column: string, kind: Kind])[] = [
  ["requestId", "request_id", "text"],
  ["attempt", "attempt", "integer"],
  ["sessionId", "session_id", "text"],
  ["startedAt", "started_at", "integer"],
  ["surface", "surface", "text"],
  ["command", "command", "text"],
  ["project", "project", "text"],
  ["languageId", "language_id", "text"],
  ["input", "input", "text"],
  ["task", "task", "text"],
  ["classifiedLabel", "classified_label", "text"],
  ["classifiedTier", "classified_tier", "text"],
  ["actualTier", "actual_tier", "text"],
  ["actualModel", "actual_model_used", "text"],
  ["confidence", "confidence", "real"],
  ["reasons", "reasons", "json"],
  ["router", "router", "text"],
  ["escalatedFrom", "escalated_from", "text"],
  ["retryOf", "retry_of", "text"],
  ["degraded", "degraded", "flag"],
  ["outcome", "outcome", "text"],
  ["errorKind", "error_kind", "text"],
  ["errorMessage", "error_message", "text"],
  ["inputTokens", "input_tokens", "integer"],
  ["outputTokens", "output_tokens", "integer"],
  ["cacheReadTokens", "cache_read_tokens", "integer"],
  ["cacheWriteTokens", "cache_write_tokens", "integer"],
  ["cacheWrite1hTokens", "cache_write_1h_tokens", "integer"],
  ["reasoningTokens", "reasoning_tokens", "integer"],
  ["costNanoDollars", "cost_nano_dollars", "integer"],
  ["costProvenance", "cost_provenance", "text"],
  ["priceSource", "price_source", "text"],
  ["priceDate", "price_date", "text"],
  ["quoteLowNanoDollars", "quote_low_nano_dollars", "integer"],
  ["quoteHighNanoDollars", "quote_high_nano_dollars", "integer"],
  ["firstTokenMs", "first_token_ms", "real"],
  ["totalMs", "total_ms", "real"],
  ["userRating", "user_rating", "integer"],
  ["probabilities", "probabilities", "json"],
  ["userLabel", "user_label", "text"],
];

/** Columns under the names of their fields, for SELECT. */
export const SELECTED = COLUMNS.map(([field, column]) => `${column} AS ${field}`).join(", ");

const stored = v.nullable(v.string());
const count = v.nullable(v.number());

/** A word from a list that a later version may have made longer. */
function word<T extends string>(): v.GenericSchema<unknown, T> {
  return v.custom<T>((value) => typeof value === "string");
}

const storedRow = v.object({
  requestId: v.string(),
  attempt: v.number(),
  sessionId: v.string(),
  startedAt: v.number(),
  surface: word<Surface>(),
  command: stored,
  project: stored,
  languageId: v.string(),
  input: stored,
  task: word<Task>(),
  classifiedLabel: v.picklist(LABELS),
  classifiedTier: v.picklist(TIERS),
  actualTier: v.picklist(TIERS),
  actualModel: word<ModelId>(),
  confidence: v.number(),
  reasons: v.pipe(v.string(), v.parseJson(), v.array(v.object({ text: v.string(), weight: v.number() }))),
  router: v.string(),
  escalatedFrom: v.nullable(v.picklist(TIERS)),
  retryOf: stored,
  degraded: v.pipe(
    v.number(),
    v.transform((flag) => flag === 1),
  ),
  outcome: word<Outcome>(),
  errorKind: v.nullable(word<ErrorKind>()),
  errorMessage: stored,
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWrite1hTokens: count,
  reasoningTokens: count,
  costNanoDollars: v.number(),
  costProvenance: word<CostProvenance>(),
  priceSource: v.string(),
  priceDate: stored,
  quoteLowNanoDollars: count,
  quoteHighNanoDollars: count,
  firstTokenMs: count,
  totalMs: v.number(),
  userRating: v.nullable(v.picklist([1, -1])),
  probabilities: v.nullable(
    v.pipe(v.string(), v.parseJson(), v.strictTuple([v.number(), v.number(), v.number()])),
  ),
  userLabel: v.nullable(v.picklist(LABELS)),
});

/** Adds a row unless the same attempt is there already. */
export const INSERT = `INSERT INTO attempts (${COLUMNS.map(([, column]) => column).join(", ")})
  VALUES (${COLUMNS.map(() => "?").join(", ")}) ON CONFLICT (request_id, attempt) DO NOTHING`;

/** The values that `INSERT` takes. */
export function toValues(record: AttemptRecord): SQLInputValue[] {
  return COLUMNS.map(([field, , kind]) => toValue(record[field], kind));
}

/** The rows that `SELECTED` gave; one that somebody else has spoilt is left out. */
export function fromRows(rows: unknown[]): AttemptRecord[] {
  return rows.flatMap((row) => {
    const result = v.safeParse(storedRow, row);
    return result.success ? [result.output] : [];
  });
}

/** What a column of that kind takes of a field's value. */
export function toValue(value: unknown, kind: Kind): SQLInputValue {
  if (value === null) return null;
  if (kind === "json") return text(JSON.stringify(value));
  if (kind === "flag") return value === true ? 1 : 0;
  if (typeof value === "string") return text(value);
  if (typeof value !== "number") return null;
  return kind === "integer" ? integer(value) : value;
}

/** SQLite ends a text at NUL, and keeps UTF-8, which has no half surrogates. */
function text(value: string): string {
  return value.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** A number that an INTEGER column takes and JavaScript reads back unchanged. */
function integer(value: number): number | null {
  if (Number.isNaN(value)) return null;
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)));
}
