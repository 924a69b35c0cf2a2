/** The request log in one SQLite file that every window writes: WAL, one row an attempt, `node:sqlite`. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Ledger } from "../budget/ledger.ts";
import type { Label } from "../request.ts";
import { Egress } from "./egressLedger.ts";
import type { AttemptRecord, Mark } from "./record.ts";
import type { RequestLog, Spend } from "./requestLog.ts";
import { noSpend } from "./spend.ts";
import type { StoreOptions } from "./store.ts";
import { Store } from "./store.ts";
import type { Known } from "./waiting.ts";

/** Rows deleted in one go: a few ms. */
const DELETE_BATCH = 1000;

/**
 * Opens the request log. Never throws: what cannot be opened or written now is kept in memory and tried again, and
 * `warning` says what the user must know.
 */
export function openRequestLog(options: StoreOptions): RequestLog {
  return new SqliteLog(new Store(options));
}

class SqliteLog implements RequestLog {
  readonly budget: Ledger;
  readonly egress: Egress;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.budget = new Ledger(store);
    this.egress = new Egress(store);
  }

  get warning(): string | undefined {
    return this.#store.warning;
  }

  append(record: AttemptRecord): void {
    if (this.#store.waiting.has(record)) return;
    this.#store.keep(
      (database) => database.insert(record),
      (waiting) => {
        if (!this.#store.read((database) => database.has(record), false)) waiting.add(record);
      },
    );
  }

  rate(requestId: string, userRating: 1 | -1 | null): void {
    this.#mark(requestId, { userRating });
  }

  label(requestId: string, userLabel: Label | null): void {
    this.#mark(requestId, { userLabel });
  }

  #mark(requestId: string, mark: Mark): void {
    this.#store.keep(
      (database) => database.mark(requestId, undefined, mark),
      (waiting) => waiting.mark(requestId, mark, this.#known()),
    );
  }

  spend(since: number): Spend {
    const spend = this.#store.read((database) => database.spend(since), noSpend());
    this.#store.waiting.addTo(spend, since, this.#known());
    return spend;
  }

  recent(limit: number): AttemptRecord[] {
    const most = Math.max(0, Math.floor(limit));
    const { waiting } = this.#store;
    const rows = this.#store.read<AttemptRecord[]>((database) => database.recent(most), []);
    return waiting
      .overlay(rows, waiting.latest(), this.#known())
      .toSorted((a, b) => b.startedAt - a.startedAt)
      .slice(0, most);
  }

  request(requestId: string): AttemptRecord[] {
    const { waiting } = this.#store;
    const rows = this.#store.read<AttemptRecord[]>((database) => database.request(requestId), []);
    return waiting
      .overlay(rows, waiting.request(requestId), this.#known())
      .toSorted((a, b) => a.attempt - b.attempt);
  }

  async deleteOlderThan(before: number): Promise<number> {
    let deleted = 0;
    for (const table of ["attempts", "egress"] as const) {
      let batch = DELETE_BATCH;
      while (batch === DELETE_BATCH) {
        batch = 0;
        this.#store.write((database) => {
          batch = (table === "egress" ? database.egress : database).deleteBefore(before, DELETE_BATCH);
        });
        deleted += batch;
        await nextTurn();
      }
    }
    this.#store.write(({ money }) => money.forgetBefore(before));
    if (deleted > 0) this.#store.changed();
    return deleted;
  }

  onDidChange(listener: () => void): () => void {
    return this.#store.onDidChange(listener);
  }

  close(): void {
    this.#store.close();
  }

  /** What the file knows of a request, asked one by one, for the few rows that wait. */
  #known(): Known {
    return {
      answered: (...of) => this.#store.read((database) => database.answered(...of), false),
      lastAttempt: (of) =>
        this.#store.read<number | undefined>((database) => database.lastAttempt(of), undefined),
    };
  }
}
