/** One window's way to the file: what cannot be written now waits in memory, and is seen by readers meanwhile. */
import { Connection } from "./connection.ts";
import type { LogDatabase } from "./database.ts";
import { Waiting } from "./waiting.ts";

export interface StoreOptions {
  file: string;
  /** Milliseconds since the epoch; names what is set aside. */
  now?: () => number;
  /** Told each new text of `warning`. */
  onWarning?: (warning: string) => void;
}

/** What the request log, the budget and the egress ledger of a window share. No method throws. */
export class Store {
  readonly waiting = new Waiting();
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor({ file, now = Date.now, onWarning = () => {} }: StoreOptions) {
    this.#connection = new Connection({
      file,
      now,
      onWarning,
      onChange: () => this.changed(),
      onRetry: () => this.#retry(),
    });
  }

  get warning(): string | undefined {
    return this.#connection.warning;
  }

  /** How long the file has not been writable, ms: 0 when it is, Infinity when that is more than a lock. */
  get troubledMs(): number {
    return this.#connection.troubledMs;
  }

  /** Reads from the file; `fallback` when it cannot be read now. */
  read<T>(work: (database: LogDatabase) => T, fallback: T): T {
    return this.#connection.read(work, fallback);
  }

  /** Writes to the file, beside what waits. False when it cannot be written now. */
  write(work: (database: LogDatabase) => void): boolean {
    return this.#connection.write(work);
  }

  /** Writes to the file, or, while that cannot be done, has `wait` put it with what waits. */
  keep(write: (database: LogDatabase) => void, wait: (waiting: Waiting) => void): void {
    if (this.#closed) return;
    // Behind what waits it waits too: the timer knows when the file is worth another try.
    const written = this.waiting.size === 0 && this.#connection.write(write);
    if (!written) wait(this.waiting);
    this.changed();
  }

  /** Writes to the file, after all that waits. False when either cannot be done now. */
  writeInTurn(work: (database: LogDatabase) => void): boolean {
    return (this.waiting.size === 0 || this.#flush(false)) && this.#connection.write(work);
  }

  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the listeners. */
  changed(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  /** Writes what waits, if it can, and closes. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    if (this.waiting.size > 0) this.#flush(true);
    this.#connection.close();
  }

  #retry(): void {
    const { warning } = this;
    if (this.#flush(false) || warning !== this.warning) this.changed();
  }

  /** Writes what waits. False when it still must. */
  #flush(atClose: boolean): boolean {
    return this.#connection.writeAgain((database) => {
      if (atClose) database.waitLonger();
      this.waiting.writeTo(database, (error) => this.#connection.isBadRow(error));
    });
  }
}
