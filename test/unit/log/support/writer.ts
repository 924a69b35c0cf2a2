/**
 * Another window: a process of its own that works on a request log and says on stdout what it has done.
 *   append <file> <name> <count>   appends count attempts, printing the id of each once it is in the log
 *   forever <file> <name>          the same without end, to be killed
 *   lock <file> [ms]               holds the write lock, printing "locked" when it has it, so long or until stdin ends
 *   exclusive <file>               the same, with the whole file, readers included
 *   open <file>                    opens the log, appends one attempt, prints its warning
 */
import { writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openRequestLog } from "../../../../src/core/log/sqlite.ts";
import { attempt } from "./records.ts";

const [task = "", file = "", name = "", count = "0"] = process.argv.slice(2);

if (task === "lock" || task === "exclusive") {
  const db = new DatabaseSync(file);
  if (task === "exclusive") db.exec("PRAGMA locking_mode = EXCLUSIVE");
  db.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS scratch (a); INSERT INTO scratch VALUES (1)");
  if (task === "exclusive") db.exec("COMMIT");
  say("locked");
  const release = (): void => {
    if (task === "lock") db.exec("ROLLBACK");
    db.close();
    process.stdin.destroy();
  };
  if (name) setTimeout(release, Number(name));
  else process.stdin.once("end", release).resume();
} else {
  const log = openRequestLog({ file });
  const totals: Record<string, number> = {
    append: Number(count),
    open: 1,
    forever: Number.POSITIVE_INFINITY,
  };
  const total = totals[task] ?? 0;
  let next = 0;
  let unsaid: string[] = [];
  const step = (): void => {
    for (let n = 0; n < 25 && next < total; n++, next++) {
      const requestId = `${name || process.pid}-${next}`;
      log.append(attempt({ requestId, costNanoDollars: 1 }));
      unsaid.push(requestId);
    }
    const written = inFile(unsaid);
    for (const id of written) say(id);
    unsaid = unsaid.filter((id) => !written.has(id));
    if (next < total || unsaid.length > 0) {
      setTimeout(step, 1);
      return;
    }
    if (task === "open") say(`warning: ${log.warning ?? "none"}`);
    log.close();
  };
  step();
}

/** Those of the ids that another connection finds in the file; the rest waits for a lock to go. */
function inFile(ids: string[]): Set<string> {
  const db = new DatabaseSync(file);
  try {
    const find = db.prepare("SELECT 1 FROM attempts WHERE request_id = ?");
    return new Set(ids.filter((id) => find.get(id) !== undefined));
  } catch {
    // Locked, or damaged and about to be set aside: nothing is sure yet.
    return new Set();
  } finally {
    db.close();
  }
}

/** Written at once, so that a kill cannot take back what was said. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
