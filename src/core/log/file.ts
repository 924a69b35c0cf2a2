/** Gets the request log's file open, whatever lies in its place. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { FromTheFuture, LogDatabase } from "./database.ts";
import { Busy, faultOf } from "./faults.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** An open log, and what the user must know of how it was opened. */
export interface OpenedLog {
  database: LogDatabase;
  notice: string | undefined;
}

/** A window that set a file aside for longer than this has died over it, ms. */
const ABANDONED_MS = 10_000;

/**
 * Opens `file`, creating it and its folder where they are missing. A damaged file is set aside with its side files
 * and a new one begun; one that a newer version wrote stays as it is, and a file beside it is used. `suspect` has the
 * whole file checked first. Throws what SQLite or the file system throws when there is nothing to be opened.
 */
export function openLogFile(file: string, now: () => number, suspect = false): OpenedLog {
  mkdirSync(dirname(file), { recursive: true });
  const inode = inodeOf(file);
  try {
    return { database: new LogDatabase(file, suspect), notice: undefined };
  } catch (error) {
    if (error instanceof FromTheFuture) return openBeside(file, now);
    if (faultOf(error) !== "corrupt") throw error;
    const aside = setAside(file, inode, now);
    // Not again: what cannot be opened now is not the old file's fault.
    const database = new LogDatabase(file, false);
    if (aside === undefined) return { database, notice: undefined };
    const notice = `The request log ${basename(file)} was damaged: it was set aside as ${basename(aside)}, and a new one was begun.`;
    return { database, notice };
  }
}

function openBeside(file: string, now: () => number): OpenedLog {
  const extension = extname(file);
  const beside = join(dirname(file), `${basename(file, extension)}.v${SCHEMA_VERSION}${extension}`);
  const opened = openLogFile(beside, now);
  const notice = `The request log ${basename(file)} was written by a newer version of Hybrid: it stays as it is, and this version writes to ${basename(beside)}.`;
  return { ...opened, notice: opened.notice ? `${notice} ${opened.notice}` : notice };
}

/**
 * Renames a damaged file, and its side files, to `<name>.corrupt-<time>`. Returns the new path, or undefined when
 * another window has replaced the file meanwhile. Throws Busy while another window is at it.
 */
function setAside(file: string, inode: number | undefined, now: () => number): string | undefined {
  return alone(file, () => {
    // Windows forbids ":" in file names.
    const aside = `${file}.corrupt-${new Date(now()).toISOString().replaceAll(":", "-")}`;
    // Two windows may find the same damage; the second must not set the first one's new file aside.
    if (inodeOf(file) !== inode) return undefined;
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
    return aside;
  });
}

/** Runs `work` in one process at a time, by a lock file. */
function alone<T>(file: string, work: () => T): T {
  const lock = `${file}.lock`;
  try {
    closeSync(openSync(lock, "wx"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_MS) rmSync(lock, { force: true });
    throw new Busy("another window is setting the request log aside", { cause: error });
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
