/**
 * How long the request log keeps the extension host busy. Run with `node test/bench/log.bench.ts`; prints µs for
 * append, alone and beside other writing processes, and ms for what is read from a hundred thousand rows.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../src/core/log/sqlite.ts";
import { attempt, random, randomAttempt } from "../unit/log/support/records.ts";

const APPENDS = 2000;
const ROWS = 100_000;
const OTHERS = 3;

const [mode, target = "", pause = "0"] = process.argv.slice(2);
if (mode === "--write") await writeForever(target, Number(pause));
else await main();

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hybrid-bench-"));
  try {
    console.log(
      `Node ${process.version}, ${availableParallelism()} cores, SQLite ${process.versions["sqlite"]}`,
    );
    opening(join(dir, "open.db"));
    await appends(dir);
    await locked(join(dir, "locked.db"));
    reads(join(dir, "full.db"));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function opening(file: string): void {
  const first = timed(() => openRequestLog({ file }).close());
  const again = Array.from({ length: 20 }, () => timed(() => openRequestLog({ file }).close()));
  console.log(
    `open and close: new file, first in the process ${ms(first)}; again, median ${ms(quantile(again, 0.5))}`,
  );
}

async function appends(dir: string): Promise<void> {
  await measureAppends(join(dir, "alone.db"), "append, alone");
  for (const [pause, how] of [
    [50, "20 rows a second each"],
    [0, "as fast as they can"],
  ] as const) {
    const file = join(dir, `shared-${pause}.db`);
    openRequestLog({ file }).close();
    const others = Array.from({ length: OTHERS }, () =>
      spawn(process.execPath, ["--no-warnings", import.meta.filename, "--write", file, String(pause)], {
        stdio: "ignore",
      }),
    );
    await sleep(1000);
    await measureAppends(file, `append, ${OTHERS} others writing ${how}`);
    for (const other of others) other.kill("SIGKILL");
  }
}

async function measureAppends(file: string, what: string): Promise<void> {
  const log = openRequestLog({ file });
  const times: number[] = [];
  for (let i = 0; i < APPENDS; i++) {
    const record = attempt({ requestId: `${process.pid}-${i}`, input: "x".repeat(200) });
    times.push(timed(() => log.append(record)));
    if (i % 20 === 19) await sleep(1);
  }
  const at = (q: number): string => micros(quantile(times, q));
  console.log(`${what}: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (n = ${APPENDS})`);
  log.close();
}

async function locked(file: string): Promise<void> {
  const log = openRequestLog({ file });
  const other = new DatabaseSync(file);
  other.exec("BEGIN IMMEDIATE");
  const first = timed(() => log.append(attempt()));
  const next = timed(() => log.append(attempt({ attempt: 2 })));
  console.log(`append to a locked file: first ${ms(first)}, next ${ms(next)}`);
  other.exec("ROLLBACK");
  other.close();
  await sleep(200);
  log.close();
}

function reads(file: string): void {
  fill(file);
  const log = openRequestLog({ file });
  const newest = log.recent(300).at(-1)?.startedAt ?? 0;
  report("spend() of all rows", () => log.spend(0));
  report("spend() of the newest 300", () => log.spend(newest));
  report("recent(50)", () => log.recent(50));
  report("request(id)", () => log.request("request-500"));
  log.close();

  function report(what: string, work: () => ReturnType<RequestLog["spend" | "recent"]>): void {
    const times = Array.from({ length: 20 }, () => timed(work));
    console.log(
      `${what}, ${ROWS} in the log: median ${ms(quantile(times, 0.5))}, longest ${ms(quantile(times, 1))}`,
    );
  }
}

function fill(file: string): void {
  openRequestLog({ file }).close();
  const db = new DatabaseSync(file);
  const next = random(1);
  const log = openRequestLog({ file });
  log.append({ ...randomAttempt(next, "request-0", 1), input: "x".repeat(200) });
  log.close();
  // Copies of one row with other ids, times and tiers: the log itself would take half a minute.
  const columns = db
    .prepare(
      "SELECT group_concat(name, ', ') AS list FROM pragma_table_info('attempts') WHERE name NOT IN ('id', 'request_id', 'started_at', 'actual_tier')",
    )
    .get()?.["list"];
  db.exec(`INSERT INTO attempts (request_id, started_at, actual_tier, ${String(columns)})
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    SELECT 'request-' || i, 1750000000000 + i * 60000, iif(i % 3 = 0, 'local', iif(i % 3 = 1, 'mid', 'flagship')), ${String(columns)}
    FROM n, attempts WHERE attempts.request_id = 'request-0'`);
  db.close();
}

async function writeForever(file: string, pauseMs: number): Promise<void> {
  const log = openRequestLog({ file });
  for (let i = 0; ; i++) {
    log.append(attempt({ requestId: `${process.pid}-${i}`, input: "x".repeat(200) }));
    if (pauseMs > 0) await sleep(pauseMs);
    else if (i % 100 === 0) await sleep(0);
  }
}

/** Milliseconds that `work` took. */
function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(times: number[], q: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function micros(value: number): string {
  return `${Math.round(value * 1000)} µs`;
}
