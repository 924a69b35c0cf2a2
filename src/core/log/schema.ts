/** The tables of the request log, version by version. */
import type { DatabaseSync } from "node:sqlite";

/**
 * One step a version, never edited once released: an older file walks through all that it lacks. Money in
 * nano-dollars, times in milliseconds, `reasons` and `probabilities` as JSON. The index holds all that a sum needs, so that summing never
 * reads the prompts.
 */
const MIGRATIONS = [
  `CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    surface TEXT NOT NULL,
    command TEXT,
    project TEXT,
    language_id TEXT NOT NULL,
    input TEXT,
    task TEXT NOT NULL,
    classified_label TEXT NOT NULL,
    classified_tier TEXT NOT NULL,
    actual_tier TEXT NOT NULL,
    actual_model_used TEXT NOT NULL,
    confidence REAL NOT NULL,
    reasons TEXT NOT NULL CHECK (json_valid(reasons)),
    router TEXT NOT NULL,
    escalated_from TEXT,
    retry_of TEXT,
    degraded INTEGER NOT NULL CHECK (degraded IN (0, 1)),
    outcome TEXT NOT NULL,
    error_kind TEXT,
    error_message TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cache_read_tokens INTEGER,
    cache_write_tokens INTEGER,
    reasoning_tokens INTEGER,
    cost_nano_dollars INTEGER NOT NULL,
    cost_provenance TEXT NOT NULL,
    price_source TEXT NOT NULL,
    first_token_ms REAL,
    total_ms REAL NOT NULL,
    user_rating INTEGER CHECK (user_rating IN (1, -1)),
    UNIQUE (request_id, attempt)
  ) STRICT;
  CREATE INDEX attempts_spend ON attempts (started_at, actual_tier, outcome, attempt, request_id, cost_nano_dollars,
    cost_provenance, input_tokens, output_tokens);`,
  `ALTER TABLE attempts ADD COLUMN probabilities TEXT CHECK (json_valid(probabilities));
  ALTER TABLE attempts ADD COLUMN user_label TEXT;`,
  `ALTER TABLE attempts ADD COLUMN cache_write_1h_tokens INTEGER;
  ALTER TABLE attempts ADD COLUMN price_date TEXT;
  ALTER TABLE attempts ADD COLUMN quote_low_nano_dollars INTEGER;
  ALTER TABLE attempts ADD COLUMN quote_high_nano_dollars INTEGER;`,
] as const;

/** The version this code writes, kept in `PRAGMA user_version`. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version of an open file; 0 for a new one. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Brings a file up to `SCHEMA_VERSION`. Windows that open a new file at once take turns. Throws what SQLite throws. */
export function migrate(db: DatabaseSync): void {
  if (schemaVersion(db) >= SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of MIGRATIONS.slice(schemaVersion(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
