/**
 * What a budget costs a request. Run with `node test/bench/budget.bench.ts`; prints µs for reserving and settling,
 * alone and beside other processes that do the same, and for all of it on a file with a million attempts in one month.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { BudgetLimits, Reservation } from "../../src/core/budget/budget.ts";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";
import { attempt } from "../unit/log/support/records.ts";

const ROUNDS = 2000;
const OTHERS = 3;
const ATTEMPTS = 1_000_000;
/** Local noon of the last day of a month of 31 days. */
const NOW = new Date(2026, 6, 31, 12).getTime();
const MONTH_MS = 30.4 * 24 * 3_600_000;

const LIMITS: BudgetLimits = {
  daily: 1e15,
  monthly: 1e15,
  tiers: { flagship: { daily: 1e15, monthly: 1e15 } },
};

const [mode, target = "", pause = "0"] = process.argv.slice(2);
if (mode === "--spend") await spendForever(target, Number(pause));
else await main();

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hybrid-bench-"));
  try {
    console.log(
      `Node ${process.version}, ${availableParallelism()} cores, SQLite ${process.versions["sqlite"]}`,
    );
    await measure(join(dir, "alone.db"), "1 process");
    for (const [ms, how] of [
      [50, "20 requests a second each"],
      [0, "as fast as they can"],
    ] as const) {
      const file = join(dir, `shared-${ms}.db`);
      openRequestLog({ file }).close();
      const others = Array.from({ length: OTHERS }, () =>
        spawn(process.execPath, ["--no-warnings", import.meta.filename, "--spend", file, String(ms)], {
          stdio: "ignore",
        }),
      );
      await sleep(1000);
      await measure(file, `${OTHERS + 1} processes, the others with ${how}`);
      for (const other of others) other.kill("SIGKILL");
    }
    const file = join(dir, "full.db");
    fill(file);
    await measure(file, `1 process, ${ATTEMPTS.toLocaleString("en-US")} attempts in the month`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Reserve, append (which settles), and what the status bar asks for after it. */
async function measure(file: string, what: string): Promise<void> {
  const log = openRequestLog({ file });
  const times = {
    reserve: [] as number[],
    append: [] as number[],
    settle: [] as number[],
    state: [] as number[],
  };
  for (let i = 0; i < ROUNDS; i++) {
    const asked = reservation(i);
    times.reserve.push(await timed(() => log.budget.reserve(asked, LIMITS)));
    times.append.push(await timed(() => spend(log, asked)));
    await log.budget.reserve({ ...asked, attempt: 2 }, LIMITS);
    times.settle.push(await timed(() => log.budget.settle({ ...asked, attempt: 2 })));
    times.state.push(await timed(() => log.budget.state(LIMITS, NOW)));
    if (i % 20 === 19) await sleep(1);
  }
  log.close();
  console.log(`${what} (n = ${ROUNDS}):`);
  for (const [name, list] of Object.entries(times)) {
    const at = (q: number): string => `${Math.round(quantile(list, q) * 1000)} µs`;
    console.log(`  ${name}: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
  }
}

function reservation(i: number): Reservation {
  return {
    requestId: `${process.pid}-${i}`,
    attempt: 1,
    tier: "flagship",
    nanoDollars: 50_000_000,
    at: NOW,
    expiresAt: NOW + 600_000,
  };
}

function spend(log: RequestLog, { requestId, at }: Reservation): void {
  log.append(attempt({ requestId, startedAt: at, actualTier: "flagship", costNanoDollars: 12_345_678 }));
}

/** Copies of one row, over the three tiers and every quarter of an hour of the month: the most that a sum can meet. */
function fill(file: string): void {
  const log = openRequestLog({ file });
  log.append(attempt({ requestId: "request-0", startedAt: NOW }));
  log.close();
  const db = new DatabaseSync(file);
  const columns = db
    .prepare(
      "SELECT group_concat(name, ', ') AS list FROM pragma_table_info('attempts') WHERE name NOT IN ('id', 'request_id', 'started_at', 'actual_tier')",
    )
    .get()?.["list"];
  db.exec(`INSERT INTO attempts (request_id, started_at, actual_tier, ${String(columns)})
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ATTEMPTS - 1})
    SELECT 'request-' || i, ${NOW} - CAST(${MONTH_MS / ATTEMPTS} * i AS INTEGER),
      iif(i % 3 = 0, 'local', iif(i % 3 = 1, 'mid', 'flagship')), ${String(columns)}
    FROM n, attempts WHERE attempts.request_id = 'request-0'`);
  db.exec(`DROP TRIGGER attempts_settle; DROP TABLE spent; DROP TABLE reservations; DROP TABLE egress;
    PRAGMA user_version = 3`);
  db.close();
  const start = performance.now();
  openRequestLog({ file }).close();
  console.log(
    `opening a file of an earlier version with as many: ${Math.round(performance.now() - start)} ms`,
  );
}

async function spendForever(file: string, pauseMs: number): Promise<void> {
  const log = openRequestLog({ file });
  for (let i = 0; ; i++) {
    const asked = reservation(i);
    await log.budget.reserve(asked, LIMITS);
    spend(log, asked);
    if (pauseMs > 0) await sleep(pauseMs);
    else if (i % 50 === 0) await sleep(0);
  }
}

/** Milliseconds that `work` took. */
async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function quantile(times: number[], q: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
