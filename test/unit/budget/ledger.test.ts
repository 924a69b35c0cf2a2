import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BudgetState, Reserved } from "../../../src/core/budget/budget.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { asNobody, folder, startWindow, until } from "../log/support/processes.ts";
import { attempt } from "../log/support/records.ts";
import { NO_LIMITS, NOON, reservation } from "./support/reservations.ts";

const LIMITS = { ...NO_LIMITS, daily: 100 };

function open(file = join(folder(), "requests.db")): RequestLog {
  const log = openRequestLog({ file });
  onTestFinished(() => log.close());
  return log;
}

/** Spent, pending and remaining of the daily limit at noon. */
function stands(log: RequestLog): number[] {
  const { spent = -1, pending = -1, remaining = -1 } = log.budget.state(LIMITS, NOON).tightest ?? {};
  return [spent, pending, remaining];
}

/** Asks for so many at once, each of so many nano-dollars; how many were granted. */
async function granted(log: RequestLog, name: string, count: number, nanoDollars: number): Promise<number> {
  const asked = Array.from({ length: count }, (_, i) =>
    log.budget.reserve(reservation({ requestId: `${name}-${i}`, nanoDollars }), LIMITS),
  );
  return (await Promise.all(asked)).filter(({ ok }) => ok).length;
}

describe("a reservation", () => {
  it("is pending until its row is appended, and then counts for what it cost", async () => {
    const log = open();
    let calls = 0;
    log.onDidChange(() => calls++);
    await log.budget.reserve(reservation({ nanoDollars: 70 }), LIMITS);
    expect(stands(log)).toEqual([0, 70, 30]);
    log.append(attempt({ startedAt: NOON, costNanoDollars: 41 }));
    expect(stands(log)).toEqual([41, 0, 59]);
    log.budget.settle(reservation());
    expect(stands(log)).toEqual([41, 0, 59]);
    expect(calls).toBe(3);
  });

  it("is free again when its call was never made", async () => {
    const log = open();
    await log.budget.reserve(reservation({ nanoDollars: 100 }), LIMITS);
    expect(await granted(log, "second", 1, 1)).toBe(0);
    log.budget.settle(reservation());
    expect(await granted(log, "second", 1, 100)).toBe(1);
  });

  it("is replaced when it is asked for again", async () => {
    const log = open();
    await log.budget.reserve(reservation({ nanoDollars: 60 }), LIMITS);
    expect((await log.budget.reserve(reservation({ nanoDollars: 101 }), LIMITS)).ok).toBe(false);
    expect(stands(log)).toEqual([0, 60, 40]);
    expect((await log.budget.reserve(reservation({ nanoDollars: 90 }), LIMITS)).ok).toBe(true);
    expect(stands(log)).toEqual([0, 90, 10]);
  });

  it("counts for longer once it is renewed, and not again once its row is there", async () => {
    const log = open();
    const short = reservation({ nanoDollars: 80, expiresAt: NOON + 1000 });
    await log.budget.reserve(short, LIMITS);
    const pendingAt = (at: number): number | undefined => log.budget.state(LIMITS, at).tightest?.pending;
    expect(pendingAt(NOON + 1000)).toBe(0);
    log.budget.renew(short, NOON + 9000);
    expect(pendingAt(NOON + 1000)).toBe(80);
    log.append(attempt({ startedAt: NOON, costNanoDollars: 10 }));
    log.budget.renew(short, NOON + 99_000);
    expect(pendingAt(NOON + 1000)).toBe(0);
  });

  it("passes when it is free, and counts as too much when it is no number", async () => {
    const log = open();
    log.append(attempt({ startedAt: NOON, costNanoDollars: 500 }));
    expect((await log.budget.reserve(reservation({ nanoDollars: 0 }), LIMITS)).ok).toBe(true);
    expect((await log.budget.reserve(reservation({ nanoDollars: Number.NaN }), LIMITS)).ok).toBe(false);
    expect((await log.budget.reserve(reservation({ nanoDollars: 0.1 }), LIMITS)).ok).toBe(false);
    expect(stands(log)).toEqual([500, 0, 0]);
  });

  it("leaves the share alone that is kept for others", async () => {
    const log = open();
    const asked = reservation({ nanoDollars: 81 });
    expect(await log.budget.reserve(asked, LIMITS, 0.2)).toMatchObject({ ok: false, refusal: { kept: 20 } });
    expect((await log.budget.reserve(asked, LIMITS, 0.1)).ok).toBe(true);
  });

  it("with what no column takes neither throws nor hangs", async () => {
    const log = open();
    const asked = reservation({ attempt: Number.NaN });
    expect((await log.budget.reserve(asked, LIMITS)).ok).toBe(true);
    expect(await granted(log, "next", 1, 1)).toBe(1);
  });
});

describe("what was spent", () => {
  it("stays spent when old attempts are deleted, and is forgotten months later", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.append(attempt({ startedAt: NOON, costNanoDollars: 90 }));
    await log.deleteOlderThan(NOON + 1);
    expect(log.recent(9)).toEqual([]);
    expect(stands(log)).toEqual([90, 0, 10]);
    await log.deleteOlderThan(NOON + 80 * 86_400_000);
    expect(stands(open(file))).toEqual([0, 0, 100]);
  });

  it("is counted from the attempts of a file that an earlier version wrote", () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    for (const [i, costNanoDollars] of [30, 12, 0, Number.MAX_SAFE_INTEGER].entries()) {
      const actualTier = i === 3 ? "flagship" : "mid";
      log.append(attempt({ attempt: i, startedAt: NOON, costNanoDollars, actualTier }));
    }
    log.append(attempt({ attempt: 9, startedAt: NOON, costNanoDollars: 7, actualTier: "flagship" }));
    log.close();
    const db = new DatabaseSync(file);
    db.exec(`DROP TRIGGER attempts_settle; DROP TABLE spent; DROP TABLE reservations; DROP TABLE egress;
      PRAGMA user_version = 3`);
    db.close();
    const { spent } = open(file).budget.state(NO_LIMITS, NOON);
    expect(spent.daily).toEqual({ local: 0, mid: 42, flagship: Number.MAX_SAFE_INTEGER });
    expect(spent.monthly).toEqual(spent.daily);
  });

  it("never overflows, and takes no refund", () => {
    const log = open();
    for (const [i, costNanoDollars] of [Number.MAX_SAFE_INTEGER, 9, -50].entries()) {
      log.append(attempt({ attempt: i, startedAt: NOON, costNanoDollars }));
    }
    expect(log.recent(9)).toHaveLength(3);
    expect(log.budget.state(NO_LIMITS, NOON).spent.daily.mid).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("a locked file", () => {
  it("does not let a window's parallel calls race past the limit, and learns of them when it is free", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    const other = open(file);
    log.append(attempt({ requestId: "before", startedAt: NOON, costNanoDollars: 20 }));
    await log.budget.reserve(reservation({ requestId: "running", nanoDollars: 15 }), LIMITS);
    const window = startWindow("lock", file);
    await until(() => window.lines().includes("locked"));

    expect(await granted(log, "parallel", 20, 20)).toBe(3);
    expect(stands(log)).toEqual([20, 75, 5]);
    log.append(attempt({ requestId: "running", startedAt: NOON, costNanoDollars: 10 }));
    log.append(attempt({ requestId: "parallel-0", startedAt: NOON, costNanoDollars: 5 }));
    log.budget.settle(reservation({ requestId: "parallel-1" }));
    log.budget.renew(reservation({ requestId: "parallel-1", nanoDollars: 20 }), NOON * 2);
    expect(stands(log)).toEqual([35, 20, 45]);
    // The other window knows of what is in the file: the row and the reservation of before.
    expect(stands(other)).toEqual([20, 15, 65]);

    window.release();
    await until(() => stands(other)[0] === 35);
    expect(stands(other)).toEqual([35, 20, 45]);
    expect(stands(log)).toEqual([35, 20, 45]);
    expect(await granted(other, "late", 3, 20)).toBe(2);
  }, 30_000);

  it("is waited for when the lock is short", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    const window = startWindow("lock", file, "400");
    await until(() => window.lines().includes("locked"));
    expect(await granted(log, "parallel", 20, 20)).toBe(5);
    const db = new DatabaseSync(file);
    onTestFinished(() => db.close());
    expect(db.prepare("SELECT COUNT(*) AS open FROM reservations").get()).toEqual({ open: 5 });
  }, 20_000);
});

describe("a file that cannot be used", () => {
  it("that cannot be made leaves each window with its own limit", async () => {
    const dir = folder();
    const blocked = join(dir, "storage");
    writeFileSync(blocked, "a file where a folder should be");
    const log = open(join(blocked, "requests.db"));
    expect(await granted(log, "parallel", 20, 30)).toBe(3);
    log.append(attempt({ requestId: "parallel-0", startedAt: NOON, costNanoDollars: 12 }));
    expect(stands(log)).toEqual([12, 60, 28]);
    expect(await granted(log, "later", 20, 14)).toBe(2);
    rmSync(blocked);
    await until(() => log.warning === undefined);
    expect(stands(log)).toEqual([12, 88, 0]);
    expect(stands(open(join(blocked, "requests.db")))).toEqual([12, 88, 0]);
  }, 20_000);

  it.skipIf(process.platform === "win32")(
    "that is read-only is read all the same, where it can be",
    async () => {
      const dir = folder();
      const file = join(dir, "requests.db");
      const first = open(file);
      first.append(attempt({ startedAt: NOON, costNanoDollars: 40 }));
      for (const suffix of ["", "-wal", "-shm"]) chmodSync(file + suffix, 0o444);
      chmodSync(dir, 0o555);
      await asNobody(async () => {
        const log = open(file);
        expect(await granted(log, "parallel", 20, 25)).toBe(2);
        expect(await granted(log, "later", 20, 25)).toBe(0);
        expect(stands(log)).toEqual([40, 50, 10]);
        expect(log.warning).toContain("cannot be written");
        log.close();
      });
      chmodSync(dir, 0o755);
      expect(stands(first)).toEqual([40, 0, 60]);
    },
  );

  it("that is spoilt is set aside, and what was spent is not forgotten", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.append(attempt({ startedAt: NOON, costNanoDollars: 80 }));
    expect(stands(log)).toEqual([80, 0, 20]);
    for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
    rmSync(file);
    writeFileSync(file, "not a database ".repeat(500));
    expect(await granted(log, "parallel", 20, 15)).toBe(1);
    expect(log.warning).toContain("set aside");
    log.append(attempt({ requestId: "parallel-0", startedAt: NOON, costNanoDollars: 11 }));
    expect(stands(log)).toEqual([91, 0, 9]);
  });

  it("that goes away and does not come back leaves what was seen last", async () => {
    const dir = folder();
    const storage = join(dir, "storage");
    const file = join(storage, "requests.db");
    const log = open(file);
    log.append(attempt({ startedAt: NOON, costNanoDollars: 30 }));
    await log.budget.reserve(reservation({ requestId: "running", nanoDollars: 25 }), LIMITS);
    rmSync(storage, { recursive: true });
    writeFileSync(storage, "a file where a folder should be");
    expect(stands(log)).toEqual([30, 25, 45]);
    expect(await granted(log, "parallel", 20, 20)).toBe(2);
    log.append(attempt({ requestId: "running", startedAt: NOON, costNanoDollars: 1 }));
    expect(stands(log)).toEqual([31, 40, 29]);
  });

  it("that cannot be read keeps what was open in it counted, since nobody sees what it came to", async () => {
    const storage = join(folder(), "storage");
    const log = open(join(storage, "requests.db"));
    const other = open(join(storage, "requests.db"));
    await other.budget.reserve(reservation({ nanoDollars: 25 }), LIMITS);
    expect(stands(log)).toEqual([0, 25, 75]);
    rmSync(storage, { recursive: true });
    writeFileSync(storage, "a file where a folder should be");
    expect(log.budget.state(LIMITS, NOON + 3_600_000).tightest?.pending).toBe(25);
  });
});

describe("a log that is closed", () => {
  it("still answers", async () => {
    const log = open();
    log.close();
    const reserved: Reserved = await log.budget.reserve(reservation({ nanoDollars: 101 }), LIMITS);
    expect(reserved.ok).toBe(false);
    const state: BudgetState = log.budget.state(LIMITS, NOON);
    expect(state.tightest?.remaining).toBe(100);
    log.budget.settle(reservation());
  });
});
