/** The request log in one SQLite file that every window writes: WAL, one row an attempt, `node:sqlite`. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Label } from "../request.ts";
import { Connection } from "./connection.ts";
import type { AttemptRecord, Mark } from "./record.ts";
import type { RequestLog, Spend } from "./requestLog.ts";
import { noSpend } from "./spend.ts";
import type { Known } from "./waiting.ts";
import { Waiting } from "./waiting.ts";

export interface RequestLogOptions {
  file: string;
  /** Milliseconds since the epoch; names what is set aside. */
  now?: () => number;
  /** Told each new text of `warning`. */
  onWarning?: (warning: string) => void;
}

/** Rows deleted in one go: a few ms. */
const DELETE_BATCH = 1000;

/**
 * Opens the request log. Never throws: what cannot be opened or written now is kept in memory and tried again, and
 * `warning` says what the user must know.
 */
export function openRequestLog(options: RequestLogOptions): RequestLog {
  return new SqliteLog(options);
}

class SqliteLog implements RequestLog {
  readonly #connection: Connection;
  readonly #waiting = new Waiting();
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor({ file, now = Date.now, onWarning = () => {} }: RequestLogOptions) {
    this.#connection = new Connection({
      file,
      now,
      onWarning,
      onChange: () => this.#changed(),
      onRetry: () => this.#retry(),
    });
  }

  get warning(): string | undefined {
    return this.#connection.warning;
  }

  append(record: AttemptRecord): void {
    if (this.#closed || this.#waiting.has(record)) return;
    // Behind rows that wait it waits too: the timer knows when the file is worth another try.
    const written = this.#waiting.size === 0 && this.#connection.write((database) => database.insert(record));
    if (!written && !this.#connection.read((database) => database.has(record), false))
      this.#waiting.add(record);
    this.#changed();
  }

  rate(requestId: string, userRating: 1 | -1 | null): void {
    this.#mark(requestId, { userRating });
  }

  label(requestId: string, userLabel: Label | null): void {
    this.#mark(requestId, { userLabel });
  }

  #mark(requestId: string, mark: Mark): void {
    if (this.#closed) return;
    const written =
      this.#waiting.size === 0 &&
      this.#connection.write((database) => database.mark(requestId, undefined, mark));
    if (!written) this.#waiting.mark(requestId, mark, this.#known());
    this.#changed();
  }

  spend(since: number): Spend {
    const spend = this.#connection.read((database) => database.spend(since), noSpend());
    this.#waiting.addTo(spend, since, this.#known());
    return spend;
  }

  recent(limit: number): AttemptRecord[] {
    const most = Math.max(0, Math.floor(limit));
    const rows = this.#connection.read((database) => database.recent(most), []);
    return this.#waiting
      .overlay(rows, this.#waiting.latest(), this.#known())
      .toSorted((a, b) => b.startedAt - a.startedAt)
      .slice(0, most);
  }

  request(requestId: string): AttemptRecord[] {
    const rows = this.#connection.read((database) => database.request(requestId), []);
    return this.#waiting
      .overlay(rows, this.#waiting.request(requestId), this.#known())
      .toSorted((a, b) => a.attempt - b.attempt);
  }

  async deleteOlderThan(before: number): Promise<number> {
    let deleted = 0;
    let batch = DELETE_BATCH;
    while (batch === DELETE_BATCH) {
      batch = 0;
      this.#connection.write((database) => {
        batch = database.deleteBefore(before, DELETE_BATCH);
      });
      deleted += batch;
      await nextTurn();
    }
    if (deleted > 0) this.#changed();
    return deleted;
  }

  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    if (this.#waiting.size > 0) this.#flush(true);
    this.#connection.close();
  }

  #retry(): void {
    const { warning } = this;
    if (this.#flush(false) || warning !== this.warning) this.#changed();
  }

  /** Writes what waits. False when it still must. */
  #flush(atClose: boolean): boolean {
    return this.#connection.writeAgain((database) => {
      if (atClose) database.waitLonger();
      this.#waiting.writeTo(database, (error) => this.#connection.isBadRow(error));
    });
  }

  /** What the file knows of a request, asked one by one, for the few rows that wait. */
  #known(): Known {
    return {
      answered: (...of) => this.#connection.read((database) => database.answered(...of), false),
      lastAttempt: (of) =>
        this.#connection.read<number | undefined>((database) => database.lastAttempt(of), undefined),
    };
  }

  #changed(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
