import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { SCHEMA_VERSION } from "../../../src/core/log/schema.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { asNobody, folder, startWindow, until } from "./support/processes.ts";
import { attempt, random } from "./support/records.ts";

const NOW = Date.parse("2026-11-22T21:50:03.004Z");
const ASIDE = "requests.db.corrupt-2026-11-22T21-50-03.004Z";

function open(file: string, warnings: string[] = []): RequestLog {
  const log = openRequestLog({ file, now: () => NOW, onWarning: (text) => warnings.push(text) });
  onTestFinished(() => log.close());
  return log;
}

/** What another connection finds in the file. */
function inFile(file: string): Record<string, unknown>[] {
  const db = new DatabaseSync(file);
  try {
    return db.prepare("SELECT request_id AS id, user_rating AS rating FROM attempts ORDER BY rowid").all();
  } finally {
    db.close();
  }
}

/** A file with so many rows, closed. */
function filled(file: string, rows: number): Buffer {
  const log = openRequestLog({ file });
  for (let i = 0; i < rows; i++) log.append(attempt({ requestId: `old-${i}`, input: "x".repeat(500) }));
  log.close();
  return readFileSync(file);
}

const ids = (log: RequestLog): string[] => log.recent(1000).map(({ requestId }) => requestId);

/** The file that is used beside one of a newer version. */
const OTHER = `requests.v${SCHEMA_VERSION}.db`;

describe("a locked file", () => {
  it("lets rows and ratings wait, shows them meanwhile, and takes them when it is free", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.append(attempt({ requestId: "before" }));
    log.append(attempt({ requestId: "both", startedAt: 1_749_999_999_998 }));
    const window = startWindow("lock", file);
    await until(() => window.lines().includes("locked"));
    let calls = 0;
    log.onDidChange(() => calls++);

    log.append(attempt({ requestId: "waits", startedAt: 1_750_000_000_001, costProvenance: "estimated" }));
    log.append(attempt({ requestId: "waits", attempt: 2, startedAt: 1_750_000_000_002 }));
    log.append(attempt({ requestId: "both", attempt: 2, startedAt: 1_749_999_999_999 }));
    log.append(attempt({ requestId: "before" }));
    log.rate("waits", -1);
    log.rate("before", 1);

    expect(inFile(file)).toEqual([
      { id: "before", rating: null },
      { id: "both", rating: null },
    ]);
    expect(log.recent(10).map((row) => [row.requestId, row.attempt, row.userRating])).toEqual([
      ["waits", 2, -1],
      ["waits", 1, null],
      ["before", 1, 1],
      ["both", 2, null],
      ["both", 1, null],
    ]);
    expect(log.request("before")).toEqual([attempt({ requestId: "before", userRating: 1 })]);
    expect(log.spend(0)).toMatchObject({ nanoDollars: 5 * 384_000, estimated: 1 });
    expect(log.spend(0).byTier.mid).toEqual({
      nanoDollars: 5 * 384_000,
      requests: 3,
      inputTokens: 5 * 1200,
      outputTokens: 5 * 340,
    });
    expect(calls).toBe(6);

    window.release();
    await until(() => inFile(file).length === 5);
    expect(inFile(file)).toEqual([
      { id: "before", rating: 1 },
      { id: "both", rating: null },
      { id: "waits", rating: null },
      { id: "waits", rating: -1 },
      { id: "both", rating: null },
    ]);
    expect(log.spend(0).nanoDollars).toBe(5 * 384_000);
    expect(log.spend(0).byTier.mid.requests).toBe(3);
    await until(() => calls === 7);
    expect(log.warning).toBeUndefined();
  }, 20_000);

  it("is no news while it lasts a moment, and is told of when it lasts", async () => {
    const file = join(folder(), "requests.db");
    const warnings: string[] = [];
    const log = open(file, warnings);
    const window = startWindow("lock", file);
    await until(() => window.lines().includes("locked"));
    log.append(attempt());
    expect(log.warning).toBeUndefined();
    await until(() => log.warning !== undefined, 9000);
    expect(warnings).toEqual([
      "The request log requests.db is locked by another program: new rows wait in memory until it is free.",
    ]);
    window.release();
    await until(() => log.warning === undefined);
    expect(inFile(file)).toHaveLength(1);
  }, 30_000);

  it("is opened later when even that cannot be done at first", async () => {
    const file = join(folder(), "requests.db");
    const window = startWindow("exclusive", file);
    await until(() => window.lines().includes("locked"));
    const log = open(file);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    let calls = 0;
    log.onDidChange(() => calls++);
    window.release();
    await until(() => calls > 0);
    expect(inFile(file)).toHaveLength(1);
    expect(ids(log)).toEqual(["request-1"]);
  }, 20_000);

  it("still takes what waits when the window closes and the lock goes soon", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    const window = startWindow("lock", file, "300");
    await until(() => window.lines().includes("locked"));
    log.append(attempt());
    log.close();
    expect(inFile(file)).toHaveLength(1);
    await window.done;
  }, 20_000);
});

describe("a damaged file", () => {
  it("is set aside as it is, and a new one begun", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    const garbage = Buffer.from("not a database at all, not at all ".repeat(300));
    writeFileSync(file, garbage);
    const warnings: string[] = [];
    const log = open(file, warnings);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    expect(log.warning).toBe(
      `The request log requests.db was damaged: it was set aside as ${ASIDE}, and a new one was begun.`,
    );
    expect(warnings).toEqual([log.warning]);
    expect(readFileSync(join(dir, ASIDE))).toEqual(garbage);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it("is let be when another window has set it aside in the meantime", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    writeFileSync(file, "not a database ".repeat(300));
    const log = openRequestLog({
      file,
      now: () => {
        // Asked for the time just before the file is set aside: the other window is faster.
        renameSync(file, join(dir, "aside"));
        filled(file, 1);
        return NOW;
      },
    });
    onTestFinished(() => log.close());
    log.append(attempt({ requestId: "new", startedAt: 1_760_000_000_000 }));
    expect(ids(log)).toEqual(["new", "old-0"]);
    expect(log.warning).toBeUndefined();
    expect(readdirSync(dir).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  it("takes its side files along, so that what they hold can still be read", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    filled(file, 60);
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    // Leaves something in the side file that does not cover the first page, which is spoilt next.
    other.exec("UPDATE attempts SET user_rating = 1 WHERE request_id = 'old-30'");
    const side = readFileSync(`${file}-wal`);
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([Buffer.alloc(100, "spoilt"), whole.subarray(100)]));
    const log = open(file);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    expect(readFileSync(join(dir, `${ASIDE}-wal`))).toEqual(side);
    expect(existsSync(join(dir, `${ASIDE}-shm`))).toBe(true);
  });

  it("is noticed however it was cut off", () => {
    const whole = filled(join(folder(), "whole.db"), 60);
    const next = random(3);
    // SQLite takes a single byte for an empty file, and fills up a last page that is short.
    const lengths = [2, 15, 16, 99, 100, 101, 511, 512, 4095, 4096, 4097, whole.length - 4096];
    for (let i = 0; i < 12; i++) lengths.push(2 + Math.floor(next() * (whole.length - 4096)));
    for (const length of lengths) {
      const file = join(folder(), "requests.db");
      writeFileSync(file, whole);
      truncateSync(file, length);
      const log = open(file);
      log.append(attempt({ requestId: "new" }));
      expect(ids(log), `cut to ${length} of ${whole.length}`).toEqual(["new"]);
      expect(log.warning, `cut to ${length} of ${whole.length}`).toContain(
        "set aside as requests.db.corrupt-",
      );
      log.close();
    }
  }, 30_000);

  it("never throws, whatever bytes are spoilt, and works on once the damage is found", () => {
    const whole = filled(join(folder(), "whole.db"), 60);
    const next = random(4);
    let asides = 0;
    for (let round = 0; round < 40; round++) {
      const dir = folder();
      const file = join(dir, "requests.db");
      const spoilt = Buffer.from(whole);
      const start = Math.floor(next() * spoilt.length);
      const length = 1 + Math.floor(next() * 6000);
      for (let i = start; i < Math.min(start + length, spoilt.length); i++)
        spoilt[i] = Math.floor(next() * 256);
      writeFileSync(file, spoilt);
      const what = `${length} bytes from ${start}`;
      const log = open(file);
      log.append(attempt({ requestId: "first" }));
      expect(log.request("first"), what).toEqual([attempt({ requestId: "first" })]);
      log.recent(1000);
      log.spend(0);
      log.rate("old-30", 1);
      log.append(attempt({ requestId: "second" }));
      log.close();
      const again = open(file);
      expect(again.request("second"), what).toEqual([attempt({ requestId: "second" })]);
      again.close();
      if (readdirSync(dir).some((name) => name.includes(".corrupt-"))) asides += 1;
    }
    expect(asides).toBeGreaterThan(10);
  }, 30_000);

  it("is a new one when it is empty", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    writeFileSync(file, "");
    const log = open(file);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    expect(log.warning).toBeUndefined();
    expect(readdirSync(dir).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  it("is what another program's database is taken for", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE attempts (tries INTEGER); INSERT INTO attempts VALUES (42)");
    db.close();
    const log = open(file);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    const aside = new DatabaseSync(join(dir, ASIDE));
    expect(aside.prepare("SELECT tries FROM attempts").get()).toEqual({ tries: 42 });
    aside.close();
  });

  it("is replaced while the log is open, and the row that met it is kept", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    const log = open(file);
    log.append(attempt({ requestId: "lost" }));
    // The table is gone, as if another program had been at the file.
    const db = new DatabaseSync(file);
    db.exec("DROP TABLE attempts");
    db.close();
    log.append(attempt({ requestId: "kept" }));
    expect(ids(log)).toEqual(["kept"]);
    expect(log.warning).toContain(ASIDE);
  });
});

describe("a file from the future", () => {
  it("stays as it is, and another is used beside it", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    filled(file, 3);
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 5}; ALTER TABLE attempts ADD COLUMN mood TEXT`);
    db.close();
    const bytes = readFileSync(file);
    const { mtimeMs } = statSync(file);
    const log = open(file);
    log.append(attempt());
    expect(ids(log)).toEqual(["request-1"]);
    expect(log.warning).toBe(
      `The request log requests.db was written by a newer version of Hybrid: it stays as it is, and this version writes to ${OTHER}.`,
    );
    log.close();
    expect(inFile(join(dir, OTHER))).toHaveLength(1);
    expect(readFileSync(file)).toEqual(bytes);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it("is left alone from the moment that a newer window takes it over", async () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    const log = open(file);
    log.append(attempt({ requestId: "old" }));
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    await until(() => log.warning !== undefined);
    log.append(attempt({ requestId: "new" }));
    expect(inFile(file).map(({ id }) => id)).toEqual(["old"]);
    expect(inFile(join(dir, OTHER)).map(({ id }) => id)).toEqual(["new"]);
  }, 20_000);
});

describe("a place that cannot be written", () => {
  it("keeps rows in memory, says so, and writes them when it can after all", async () => {
    const dir = folder();
    const blocked = join(dir, "storage");
    const file = join(blocked, "requests.db");
    writeFileSync(blocked, "a file where a folder should be");
    const warnings: string[] = [];
    const log = open(file, warnings);
    log.append(attempt());
    log.append(attempt({ requestId: "request-2", startedAt: 1_750_000_000_001 }));
    log.rate("request-1", 1);
    expect(ids(log)).toEqual(["request-2", "request-1"]);
    expect(log.request("request-1")[0]?.userRating).toBe(1);
    expect(log.spend(0).nanoDollars).toBe(2 * 384_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      "rows of this session are kept in memory, and are lost when the window closes",
    );
    rmSync(blocked);
    await until(() => existsSync(file) && log.warning === undefined);
    expect(inFile(file)).toEqual([
      { id: "request-1", rating: 1 },
      { id: "request-2", rating: null },
    ]);
  }, 20_000);

  it.skipIf(process.platform === "win32")("is a folder without the right to write in it", async () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    filled(file, 2);
    chmodSync(file, 0o444);
    chmodSync(dir, 0o555);
    await asNobody(() => {
      const log = open(file);
      log.append(attempt({ startedAt: 1_760_000_000_000 }));
      expect(ids(log)[0]).toBe("request-1");
      expect(log.warning).toContain("are lost when the window closes");
      log.close();
    });
    chmodSync(dir, 0o755);
    expect(readdirSync(dir).filter((name) => name.includes("corrupt"))).toEqual([]);
    chmodSync(file, 0o644);
    expect(inFile(file)).toHaveLength(2);
  });
});

describe("a file that goes away while it is open", () => {
  it("is begun anew when it is deleted", () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.append(attempt({ requestId: "gone" }));
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
    log.append(attempt({ requestId: "new" }));
    expect(ids(log)).toEqual(["new"]);
    expect(inFile(file)).toHaveLength(1);
  });

  it("is given up for the one that another window has put in its place, whose rows stay whole", () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    const first = open(file);
    first.append(attempt({ requestId: "aside" }));
    mkdirSync(join(dir, "aside"));
    for (const suffix of ["", "-wal", "-shm"])
      renameSync(file + suffix, join(dir, "aside", `requests.db${suffix}`));
    const second = open(file);
    second.append(attempt({ requestId: "second" }));
    first.append(attempt({ requestId: "first" }));
    expect(ids(first).toSorted()).toEqual(["first", "second"]);
    first.close();
    second.append(attempt({ requestId: "third" }));
    expect(inFile(file).map(({ id }) => id)).toEqual(["second", "first", "third"]);
  });
});
