/** Keeps the request log's file open through locks, damage, deletion and full disks, and says how it stands. */
import { basename } from "node:path";
import type { LogDatabase } from "./database.ts";
import { faultOf } from "./faults.ts";
import { openLogFile } from "./file.ts";

export interface ConnectionOptions {
  file: string;
  /** Milliseconds since the epoch; names what is set aside. */
  now: () => number;
  /** Told each new text of `warning`. */
  onWarning: (warning: string) => void;
  /** Another process has changed the file, or it is another file now. */
  onChange: () => void;
  /** Time to try again what could not be done. */
  onRetry: () => void;
}

/** How often other windows' changes are looked for, ms. */
const POLL_MS = 2000;
/** The first wait before a new try, ms; doubled with each up to the longest of its trouble. */
const RETRY_MS = 20;
const RETRY_LONGEST_MS = { locked: 2000, unwritable: 30_000 };
/** A lock shorter than this is the ordinary work of another window and no news, ms. */
const PATIENCE_MS = 3000;

type Trouble = keyof typeof RETRY_LONGEST_MS;

/** The file of one window. Neither its methods nor its timers throw, and no timer keeps the process alive. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #poll: NodeJS.Timeout;
  readonly #notices = new Set<string>();
  #database: LogDatabase | undefined;
  #version = 0;
  #retry: NodeJS.Timeout | undefined;
  #tries = 0;
  #troubledSince: number | undefined;
  #trouble: string | undefined;
  #unwritable = false;
  #told: string | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#open(false);
    this.#poll = setInterval(() => this.#look(), POLL_MS).unref();
  }

  /** What the user must know: what happened to the file, then what is wrong with it now. */
  get warning(): string | undefined {
    return [...this.#notices, this.#trouble].filter(Boolean).join(" ") || undefined;
  }

  /** How long the file has not been writable, ms: 0 when it is, Infinity when that is more than a lock. */
  get troubledMs(): number {
    if (this.#closed || this.#unwritable) return Number.POSITIVE_INFINITY;
    return this.#troubledSince === undefined ? 0 : performance.now() - this.#troubledSince;
  }

  /** Reads from the file; `fallback` when it cannot be read now. */
  read<T>(work: (database: LogDatabase) => T, fallback: T): T {
    const done = this.#attempt(work);
    return done?.value === undefined ? fallback : done.value;
  }

  /** Writes to the file. False when it cannot be written now: `onRetry` is called when it is worth a new try. */
  write(work: (database: LogDatabase) => void): boolean {
    const done = this.#attempt(work);
    if (!done) return false;
    this.#calm();
    return true;
  }

  /** Like `write`, after another try to open a file that could not be opened. */
  writeAgain(work: (database: LogDatabase) => void): boolean {
    if (!this.#database) this.#open(false);
    return this.write(work);
  }

  /** Notes a row that the file refuses; true when the error was of that kind. */
  isBadRow(error: unknown): boolean {
    if (faultOf(error) !== "row") return false;
    this.#note(`A row of the request log could not be kept: ${messageOf(error)}.`);
    return true;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    this.#drop();
  }

  #attempt<T>(work: (database: LogDatabase) => T): { value: T | undefined } | undefined {
    for (const last of [false, true]) {
      if (this.#closed) return undefined;
      try {
        if (this.#database?.isReplaced()) this.#open(false);
        if (!this.#database) return undefined;
        return { value: work(this.#database) };
      } catch (error) {
        if (this.isBadRow(error)) return { value: undefined };
        const fault = faultOf(error);
        if (fault !== "corrupt" || last) {
          this.#troubled(fault === "locked" ? "locked" : "unwritable", error);
          return undefined;
        }
        this.#open(true);
      }
    }
    return undefined;
  }

  #open(suspect: boolean): void {
    this.#drop();
    const { file, now } = this.#options;
    try {
      const { database, notice } = openLogFile(file, now, suspect);
      this.#database = database;
      this.#version = database.version();
      if (notice !== undefined) this.#note(notice);
    } catch (error) {
      this.#troubled(faultOf(error) === "locked" ? "locked" : "unwritable", error);
    }
  }

  #drop(): void {
    try {
      this.#database?.close();
    } catch {
      // What could be written is written; a file that cannot be closed is left to the operating system.
    }
    this.#database = undefined;
  }

  /** Looks for what other windows did. */
  #look(): void {
    const before = this.#database;
    if (!before) return;
    this.#attempt((database) => {
      const version = database.version();
      if (database === before && version === this.#version) return;
      this.#version = version;
      if (database.isFromTheFuture()) this.#open(false);
      this.#options.onChange();
    });
  }

  #troubled(trouble: Trouble, error: unknown): void {
    this.#troubledSince ??= performance.now();
    this.#unwritable = trouble === "unwritable";
    const file = basename(this.#options.file);
    if (trouble === "unwritable") {
      this.#trouble = `The request log ${file} cannot be written (${messageOf(error)}): rows of this session are kept in memory, and are lost when the window closes.`;
    } else if (performance.now() - this.#troubledSince > PATIENCE_MS) {
      this.#trouble = `The request log ${file} is locked by another program: new rows wait in memory until it is free.`;
    }
    this.#tell();
    if (this.#retry || this.#closed) return;
    const wait = Math.min(RETRY_MS * 2 ** this.#tries++, RETRY_LONGEST_MS[trouble]);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#options.onRetry();
    }, wait).unref();
  }

  #calm(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tries = 0;
    this.#troubledSince = undefined;
    this.#unwritable = false;
    this.#trouble = undefined;
    this.#tell();
  }

  #note(notice: string): void {
    this.#notices.add(notice);
    this.#tell();
  }

  #tell(): void {
    const { warning } = this;
    if (warning !== undefined && warning !== this.#told) this.#options.onWarning(warning);
    this.#told = warning;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
