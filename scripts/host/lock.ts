/** One holder at a time among all processes of this machine. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while holding the lock `file`. The lock is SQLite's own lock on that file, so the operating system
 * gives it back when a holder dies: there is no stale lock to detect. `onWait` is called once when it is taken.
 */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    let told = false;
    while (!tryLock(database)) {
      if (!told) onWait();
      told = true;
      await sleep(300);
    }
    return await work();
  } finally {
    database.close();
  }
}

/** SQLITE_BUSY, see https://sqlite.org/rescode.html#busy */
const BUSY = 5;

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
