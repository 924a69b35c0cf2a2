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
  // What was spent is kept by itself, so that a budget is decided without a walk over a month of attempts, and deleting
  // old attempts gives no money back. By quarters of an hour, since every time zone's midnight is at one. The trigger
  // moves money from pending to spent in the statement that adds the row: at no moment is it counted twice, or not at
  // all. 2^53 - 1 is the most that JavaScript reads.
  `CREATE TABLE spent (
    tier TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    nano_dollars INTEGER NOT NULL,
    PRIMARY KEY (tier, quarter)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO spent SELECT actual_tier, started_at / 900000 * 900000,
      CAST(MIN(TOTAL(cost_nano_dollars), 9007199254740991) AS INTEGER)
    FROM attempts WHERE cost_nano_dollars > 0 GROUP BY 1, 2;
  CREATE TABLE reservations (
    request_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    tier TEXT NOT NULL,
    nano_dollars INTEGER NOT NULL,
    at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (request_id, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER attempts_settle AFTER INSERT ON attempts BEGIN
    INSERT INTO spent SELECT NEW.actual_tier, NEW.started_at / 900000 * 900000, MIN(NEW.cost_nano_dollars, 9007199254740991)
      WHERE NEW.cost_nano_dollars > 0
      ON CONFLICT (tier, quarter) DO UPDATE SET nano_dollars = MIN(nano_dollars + excluded.nano_dollars, 9007199254740991);
    DELETE FROM reservations WHERE request_id = NEW.request_id AND attempt = NEW.attempt;
  END;
  CREATE TABLE egress (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    request_id TEXT,
    attempt INTEGER,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    model TEXT,
    items TEXT NOT NULL CHECK (json_valid(items)),
    redactions INTEGER NOT NULL,
    note TEXT NOT NULL
  ) STRICT;
  CREATE INDEX egress_at ON egress (at);`,
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
