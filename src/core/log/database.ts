/** One open SQLite file of the request log. Every method throws what SQLite throws; `sqlite.ts` knows what to do. */
import { statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import * as v from "valibot";
import { periodsOf } from "../budget/budget.ts";
import type { Tier } from "../request.ts";
import { TIERS } from "../request.ts";
import { EgressTable } from "./egressTable.ts";
import { MoneyTables } from "./moneyTables.ts";
import type { AttemptRecord, Mark } from "./record.ts";
import type { Spend } from "./requestLog.ts";
import { fromRows, INSERT, SELECTED, toValues } from "./rows.ts";
import { migrate, SCHEMA_VERSION, schemaVersion } from "./schema.ts";
import { noSpend } from "./spend.ts";

/** How long one statement may wait for another process, ms: it blocks the editor's extension host meanwhile. */
const BUSY_MS = 25;
/** The same for the last write before the window closes, when nothing is left to block. */
const BUSY_AT_CLOSE_MS = 1000;

/** Thrown for a file that a newer version has written. */
export class FromTheFuture extends Error {}

/**
 * Sums per tier; TOTAL gives a float that cannot overflow, exact up to 2^53 nano-dollars. A request counts once for a
 * tier, by its first answered attempt there: COUNT(DISTINCT) says the same and takes half as long again.
 */
const SPEND = `SELECT actual_tier AS tier,
    TOTAL(cost_nano_dollars) AS nanoDollars,
    TOTAL(cost_provenance = 'estimated') AS estimated,
    TOTAL(cost_provenance = 'unpriced') AS unpriced,
    TOTAL(outcome = 'answered' AND (attempt = 1 OR NOT EXISTS (
      SELECT 1 FROM attempts AS earlier
      WHERE earlier.request_id = attempts.request_id AND earlier.attempt < attempts.attempt
        AND earlier.actual_tier = attempts.actual_tier AND earlier.outcome = 'answered' AND earlier.started_at >= :since
    ))) AS requests,
    TOTAL(input_tokens) AS inputTokens,
    TOTAL(output_tokens) AS outputTokens
  FROM attempts WHERE started_at >= :since AND actual_tier IN ('local', 'mid', 'flagship') GROUP BY actual_tier`;

const spendRow = v.object({
  tier: v.picklist(TIERS),
  nanoDollars: v.number(),
  estimated: v.number(),
  unpriced: v.number(),
  requests: v.number(),
  inputTokens: v.number(),
  outputTokens: v.number(),
});

const LAST_ATTEMPT = "SELECT MAX(attempt) AS attempt FROM attempts WHERE request_id = ?";

type Row = Record<string, unknown>;

/** The open file and its prepared statements. */
export class LogDatabase {
  readonly file: string;
  readonly money = new MoneyTables((sql) => this.#prepared(sql));
  readonly egress = new EgressTable((sql) => this.#prepared(sql));
  readonly #db: DatabaseSync;
  readonly #inode: number;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens or creates `file`. `suspect` has SQLite read every page first, which takes about a second a gigabyte.
   * Throws FromTheFuture without having changed the file.
   */
  constructor(file: string, suspect: boolean) {
    // Loaded here and not at the top, so that a runtime without it costs the log and not the whole extension.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    this.file = file;
    this.#db = new DatabaseSync(file);
    try {
      this.#db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      if (this.isFromTheFuture()) throw new FromTheFuture(file);
      this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      migrate(this.#db);
      if (suspect) this.#check();
      this.#inode = statSync(file).ino;
      // A table that is not what it should be is found here, and not by the first row.
      this.recent(0);
      this.egress.recent(1, 0);
      this.money.read(periodsOf(0));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** True when a newer version of the program has changed the file's schema. */
  isFromTheFuture(): boolean {
    return schemaVersion(this.#db) > SCHEMA_VERSION;
  }

  /** True when the path no longer leads to the file that is open: it was deleted, or set aside by another window. */
  isReplaced(): boolean {
    return statSync(this.file, { throwIfNoEntry: false })?.ino !== this.#inode;
  }

  /** A number that changes when another connection has changed the file. */
  version(): number {
    return Number(this.#get("PRAGMA data_version")?.["data_version"]);
  }

  /** Adds a row, or does nothing when the attempt is there already. */
  insert(record: AttemptRecord): void {
    this.#prepared(INSERT).run(...toValues(record));
  }

  /** Rates one attempt, or the last when `attempt` is undefined. Returns whether there was one. */
  mark(requestId: string, attempt: number | undefined, mark: Mark): void {
    const where = `WHERE request_id = ? AND attempt = COALESCE(?, (${LAST_ATTEMPT}))`;
    const set = (column: string, value: string | number | null) =>
      this.#prepared(`UPDATE attempts SET ${column} = ? ${where}`).run(
        value,
        requestId,
        attempt ?? null,
        requestId,
      );
    if (mark.userRating !== undefined) set("user_rating", mark.userRating);
    if (mark.userLabel !== undefined) set("user_label", mark.userLabel);
  }

  /** Number of the last attempt of a request. */
  lastAttempt(requestId: string): number | undefined {
    const attempt = this.#get(LAST_ATTEMPT, requestId)?.["attempt"];
    return typeof attempt === "number" ? attempt : undefined;
  }

  /** Whether the attempt is in the file. */
  has({ requestId, attempt }: AttemptRecord): boolean {
    return (
      this.#get("SELECT 1 FROM attempts WHERE request_id = ? AND attempt = ?", requestId, attempt) !==
      undefined
    );
  }

  /** Whether `tier` answered a request, in an attempt begun at `since` or later. */
  answered(requestId: string, tier: Tier, since: number): boolean {
    const sql = `SELECT 1 FROM attempts
      WHERE request_id = ? AND actual_tier = ? AND started_at >= ? AND outcome = 'answered'`;
    return this.#get(sql, requestId, tier, since) !== undefined;
  }

  /** Sums of all attempts begun at `since` (milliseconds since the epoch) or later. */
  spend(since: number): Spend {
    const spend = noSpend();
    for (const row of this.#prepared(SPEND).all({ since })) {
      const { tier, estimated, unpriced, ...sums } = v.parse(spendRow, row);
      spend.nanoDollars += sums.nanoDollars;
      spend.estimated += estimated;
      spend.unpriced += unpriced;
      spend.byTier[tier] = sums;
    }
    return spend;
  }

  /** Newest first. */
  recent(limit: number): AttemptRecord[] {
    const sql = `SELECT ${SELECTED} FROM attempts ORDER BY started_at DESC, id DESC LIMIT ?`;
    return fromRows(this.#all(sql, limit));
  }

  /** Attempts of one request, first attempt first. */
  request(requestId: string): AttemptRecord[] {
    const sql = `SELECT ${SELECTED} FROM attempts WHERE request_id = ? ORDER BY attempt`;
    return fromRows(this.#all(sql, requestId));
  }

  /** Deletes up to `limit` rows begun before `before`; returns how many. */
  deleteBefore(before: number, limit: number): number {
    const sql = "DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE started_at < ? LIMIT ?)";
    return Number(this.#prepared(sql).run(before, limit).changes);
  }

  /** Does all of `work` or none of it. */
  transaction<T>(work: () => T): T {
    return this.#within("BEGIN IMMEDIATE", work);
  }

  /** Reads without another window's change in between. */
  snapshot<T>(work: () => T): T {
    return this.#within("BEGIN", work);
  }

  /** Lets the writes that follow wait longer. */
  waitLonger(): void {
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_AT_CLOSE_MS}`);
  }

  close(): void {
    this.#db.close();
  }

  #within<T>(begin: string, work: () => T): T {
    this.#db.exec(begin);
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #check(): void {
    const result = this.#get("PRAGMA quick_check(1)")?.["quick_check"];
    if (result !== "ok") throw Object.assign(new Error(String(result)), { errcode: 11 });
  }

  #get(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#prepared(sql).get(...values);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#prepared(sql).all(...values);
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
