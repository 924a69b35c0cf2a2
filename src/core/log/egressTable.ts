/** EgressRow ↔ row of the table `egress`. */
import type { StatementSync } from "node:sqlite";
import * as v from "valibot";
import type { EgressRow } from "./egress.ts";
import type { Kind } from "./rows.ts";
import { toValue } from "./rows.ts";

const COLUMNS: readonly (readonly [field: keyof EgressRow, column: string, kind: Kind])[] = [
  ["at", "at", "integer"],
  ["requestId", "request_id", "text"],
  ["attempt", "attempt", "integer"],
  ["provider", "provider", "text"],
  ["host", "host", "text"],
  ["path", "path", "text"],
  ["bytes", "bytes", "integer"],
  ["sha256", "sha256", "text"],
  ["model", "model", "text"],
  ["items", "items", "json"],
  ["redactions", "redactions", "integer"],
  ["note", "note", "text"],
];

const INSERT = `INSERT INTO egress (${COLUMNS.map(([, column]) => column).join(", ")})
  VALUES (${COLUMNS.map(() => "?").join(", ")})`;

const RECENT = `SELECT ${COLUMNS.map(([field, column]) => `${column} AS ${field}`).join(", ")} FROM egress
  WHERE at < :before AND at >= COALESCE(
    (SELECT at FROM egress WHERE at < :before ORDER BY at DESC LIMIT 1 OFFSET :limit - 1), ${Number.MIN_SAFE_INTEGER})
  ORDER BY at DESC, id DESC`;

const line = v.nullable(v.number());
const item = v.object({ path: v.string(), startLine: line, endLine: line, bytes: v.number() });
const stored = v.object({
  at: v.number(),
  requestId: v.nullable(v.string()),
  attempt: v.nullable(v.number()),
  provider: v.string(),
  host: v.string(),
  path: v.string(),
  bytes: v.number(),
  sha256: v.string(),
  model: v.nullable(v.string()),
  items: v.pipe(v.string(), v.parseJson(), v.array(item)),
  redactions: v.number(),
  note: v.string(),
});

/** The table of the open file. Every method throws what SQLite throws. */
export class EgressTable {
  readonly #prepared: (sql: string) => StatementSync;

  constructor(prepared: (sql: string) => StatementSync) {
    this.#prepared = prepared;
  }

  insert(row: EgressRow): void {
    this.#prepared(INSERT).run(...COLUMNS.map(([field, , kind]) => toValue(row[field], kind)));
  }

  /** As `EgressLedger.recent`; a row that somebody else has spoilt is left out. */
  recent(limit: number, before: number): EgressRow[] {
    return this.#prepared(RECENT)
      .all({ limit, before })
      .flatMap((row) => {
        const result = v.safeParse(stored, row);
        return result.success ? [result.output] : [];
      });
  }

  /** Deletes up to `limit` rows that left before `before`; returns how many. */
  deleteBefore(before: number, limit: number): number {
    const sql = "DELETE FROM egress WHERE id IN (SELECT id FROM egress WHERE at < ? LIMIT ?)";
    return Number(this.#prepared(sql).run(before, limit).changes);
  }
}
