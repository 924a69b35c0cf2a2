/** Rows, marks and reservations that wait in memory until the file can be written. */
import type { Reservation, ReservationKey } from "../budget/budget.ts";
import type { LogDatabase } from "./database.ts";
import type { EgressRow } from "./egress.ts";
import type { AttemptRecord, Mark } from "./record.ts";
import type { Spend } from "./requestLog.ts";
import { addAttempt } from "./spend.ts";

/** What the file holds of a request; answers as for an empty file while that cannot be read. */
export type Known = Pick<LogDatabase, "answered" | "lastAttempt">;

/** A reservation by its attempt; without `open` one that was settled. */
type ReservationChange = ReservationKey & { open?: Reservation };

/** What one window has not been able to write yet. */
export class Waiting {
  /** By request and attempt, in the order they came. */
  readonly #rows = new Map<string, AttemptRecord>();
  /** Of rows that are in the file; `attempt` is undefined while the last one is not known. */
  readonly #marks = new Map<string, { attempt: number | undefined; mark: Mark }>();
  /** The last change of each reservation. */
  readonly #reservations = new Map<string, ReservationChange>();
  #egress: EgressRow[] = [];

  get size(): number {
    return this.#rows.size + this.#marks.size + this.#reservations.size + this.#egress.length;
  }

  has(record: AttemptRecord): boolean {
    return this.#rows.has(keyOf(record));
  }

  /** Adds an attempt, which settles its reservation. */
  add(record: AttemptRecord): void {
    if (this.has(record)) return;
    this.#rows.set(keyOf(record), structuredClone(record));
    this.settle(record);
  }

  /** Makes or replaces a reservation, unless it is settled already. */
  reserve(open: Reservation): void {
    const key = keyOf(open);
    const before = this.#reservations.get(key);
    if (before && !before.open) return;
    this.#reservations.set(key, { requestId: open.requestId, attempt: open.attempt, open: { ...open } });
  }

  settle({ requestId, attempt }: ReservationKey): void {
    this.#reservations.set(keyOf({ requestId, attempt }), { requestId, attempt });
  }

  addEgress(row: EgressRow): void {
    this.#egress.push(structuredClone(row));
  }

  /** The egress rows that wait, the latest first. */
  egress(): EgressRow[] {
    return structuredClone(this.#egress.toReversed());
  }

  /** `reservations` of the file with the changes that wait. */
  overlayReservations(reservations: Reservation[]): Reservation[] {
    if (this.#reservations.size === 0) return reservations;
    const unchanged = reservations.filter((reservation) => !this.#reservations.has(keyOf(reservation)));
    const open = [...this.#reservations.values()].flatMap((change) => change.open ?? []);
    return [...unchanged, ...open];
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

  /** Writes everything in one transaction. `isBadRow` is told of a row that the file refuses, and the rest goes on. */
  writeTo(database: LogDatabase, isBadRow: (error: unknown) => boolean): void {
    const unlessBad = (write: () => void): void => {
      try {
        write();
      } catch (error) {
        if (!isBadRow(error)) throw error;
      }
    };
    database.transaction(() => {
      for (const row of this.#rows.values()) unlessBad(() => database.insert(row));
      for (const row of this.#egress) unlessBad(() => database.egress.insert(row));
      for (const change of this.#reservations.values()) {
        const { open } = change;
        unlessBad(() => (open ? database.money.put(open) : database.money.remove(change)));
      }
      for (const [requestId, { attempt, mark }] of this.#marks) database.mark(requestId, attempt, mark);
    });
    this.#rows.clear();
    this.#marks.clear();
    this.#reservations.clear();
    this.#egress = [];
  }
}

function keyOf({ requestId, attempt }: ReservationKey): string {
  return JSON.stringify([requestId, attempt]);
}
