/** The egress ledger: one row per HTTP request that left, for the user to see what was sent where. */

/** A file, or lines of it, that was part of what left. */
export interface EgressItem {
  /** As shown to the user. */
  path: string;
  /** From 1; null for a whole file. */
  startLine: number | null;
  endLine: number | null;
  bytes: number;
}

/** One HTTP request. */
export interface EgressRow {
  /** When it left, milliseconds since the epoch. */
  at: number;
  /** Null where no request of the user's caused it: a list of models, a health check. */
  requestId: string | null;
  attempt: number | null;
  provider: string;
  host: string;
  /** Of the address, without its query. */
  path: string;
  /** Of the body. */
  bytes: number;
  /** Of the body, hexadecimal. */
  sha256: string;
  model: string | null;
  items: EgressItem[];
  /** How many secrets were taken out before it left. */
  redactions: number;
  /** What else there is to say; may be empty. */
  note: string;
}

/** The ledger as the rest of the core sees it. */
export interface EgressLedger {
  /** Adds a row. Never throws: while the file cannot be written, it waits in memory. */
  append(row: EgressRow): void;
  /**
   * Newest first, rows still in memory included; with `before`, those that left before that time (milliseconds since
   * the epoch). Rows of the same millisecond stay together, so that a page may be a little longer than `limit` and the
   * next one begins where it ended: at the `at` of its last row.
   */
  recent(limit: number, before?: number): EgressRow[];
}
