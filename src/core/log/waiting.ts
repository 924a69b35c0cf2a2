/** Rows and marks that wait in memory until the file can be written. */
import type { LogDatabase } from "./database.ts";
import type { AttemptRecord, Mark } from "./record.ts";
import type { Spend } from "./requestLog.ts";
import { addAttempt } from "./spend.ts";

/** What the file holds of a request; answers as for an empty file while that cannot be read. */
export type Known = Pick<LogDatabase, "answered" | "lastAttempt">;

/** The rows and marks that one window has not been able to write yet. */
export class Waiting {
  /** By request and attempt, in the order they came. */
  readonly #rows = new Map<string, AttemptRecord>();
  /** Of rows that are in the file; `attempt` is undefined while the last one is not known. */
  readonly #marks = new Map<string, { attempt: number | undefined; mark: Mark }>();

  get size(): number {
    return this.#rows.size + this.#marks.size;
  }

  has(record: AttemptRecord): boolean {
    return this.#rows.has(keyOf(record));
  }

  add(record: AttemptRecord): void {
    if (!this.has(record)) this.#rows.set(keyOf(record), structuredClone(record));
  }

  /** Marks the last attempt of a request, be it here or in the file. */
  mark(requestId: string, mark: Mark, known: Known): void {
    const rows = this.request(requestId);
    const last = rows.reduce((max, { attempt }) => Math.max(max, attempt), 0);
    const inFile = known.lastAttempt(requestId) ?? 0;
    if (last > inFile) {
      for (const row of rows) if (row.attempt === last) Object.assign(row, mark);
    } else {
      const before = this.#marks.get(requestId)?.mark;
      this.#marks.set(requestId, { attempt: inFile || undefined, mark: { ...before, ...mark } });
    }
  }

  /** The waiting rows of one request. */
  request(requestId: string): AttemptRecord[] {
    return [...this.#rows.values()].filter((row) => row.requestId === requestId);
  }

  /** `rows` of the file with the marks that wait for them, and the rows that wait. */
  overlay(rows: AttemptRecord[], waiting: AttemptRecord[], known: Known): AttemptRecord[] {
    if (this.size === 0) return rows;
    const rated = rows.map((row) => {
      const wait = this.#marks.get(row.requestId);
      if (!wait || row.attempt !== (wait.attempt ??= known.lastAttempt(row.requestId))) return row;
      return { ...row, ...wait.mark };
    });
    const inFile = new Set(rows.map(keyOf));
    return [...rated, ...structuredClone(waiting.filter((row) => !inFile.has(keyOf(row))))];
  }

  /** All waiting rows, the latest first. */
  latest(): AttemptRecord[] {
    return [...this.#rows.values()].toReversed();
  }

  /** Adds the waiting rows begun at `since` or later. */
  addTo(spend: Spend, since: number, known: Known): void {
    const counted = new Set<string>();
    for (const row of this.#rows.values()) {
      if (row.startedAt < since) continue;
      const request = JSON.stringify([row.requestId, row.actualTier]);
      const first =
        row.outcome === "answered" &&
        !counted.has(request) &&
        !known.answered(row.requestId, row.actualTier, since);
      if (first) counted.add(request);
      addAttempt(spend, row, first);
    }
  }

  /** Writes everything in one transaction. `onBadRow` is told of a row that the file refuses, and the rest goes on. */
  writeTo(database: LogDatabase, isBadRow: (error: unknown) => boolean): void {
    database.transaction(() => {
      for (const row of this.#rows.values()) {
        try {
          database.insert(row);
        } catch (error) {
          if (!isBadRow(error)) throw error;
        }
      }
      for (const [requestId, { attempt, mark }] of this.#marks) database.mark(requestId, attempt, mark);
    });
    this.#rows.clear();
    this.#marks.clear();
  }
}

function keyOf({ requestId, attempt }: AttemptRecord): string {
  return JSON.stringify([requestId, attempt]);
}
