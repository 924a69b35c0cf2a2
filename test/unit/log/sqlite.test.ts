import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import type { RequestLog, Spend } from "../../../src/core/log/requestLog.ts";
import { SCHEMA_VERSION } from "../../../src/core/log/schema.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { folder } from "./support/processes.ts";
import { attempt, random, randomAttempt } from "./support/records.ts";

function open(file: string): RequestLog {
  const log = openRequestLog({ file });
  onTestFinished(() => log.close());
  return log;
}

function randomAttempts(seed: number, count: number): AttemptRecord[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => randomAttempt(next, `request-${i >> 1}`, (i % 2) + 1));
}

/** The same sums by the slowest and plainest way. */
function spendOf(records: AttemptRecord[], since: number): Spend {
  const rows = records.filter(({ startedAt }) => startedAt >= since);
  const sum = (list: AttemptRecord[], of: (row: AttemptRecord) => number | null): number =>
    list.reduce((total, row) => total + (of(row) ?? 0), 0);
  const tier = (name: string): Spend["byTier"]["local"] => {
    const own = rows.filter(({ actualTier }) => actualTier === name);
    const answered = own.filter(({ outcome }) => outcome === "answered").map(({ requestId }) => requestId);
    return {
      nanoDollars: sum(own, (row) => row.costNanoDollars),
      requests: new Set(answered).size,
      inputTokens: sum(own, (row) => row.inputTokens),
      outputTokens: sum(own, (row) => row.outputTokens),
    };
  };
  return {
    nanoDollars: sum(rows, (row) => row.costNanoDollars),
    estimated: rows.filter(({ costProvenance }) => costProvenance === "estimated").length,
    unpriced: rows.filter(({ costProvenance }) => costProvenance === "unpriced").length,
    byTier: { local: tier("local"), mid: tier("mid"), flagship: tier("flagship") },
  };
}

describe("the request log", () => {
  it("gives back every field of every attempt, after it was closed and opened again", () => {
    const file = join(folder(), "requests.db");
    const records = randomAttempts(1, 300);
    const log = open(file);
    for (const record of records) log.append(record);
    log.close();
    const again = open(file);
    for (const record of records) {
      expect(again.request(record.requestId)[record.attempt - 1]).toEqual(record);
    }
    expect(again.recent(1000)).toHaveLength(300);
    expect(again.warning).toBeUndefined();
  });

  it("keeps typed columns in the words of the design, with a schema version, in WAL mode", () => {
    const file = join(folder(), "requests.db");
    open(file).append(attempt({ userRating: -1, degraded: true }));
    const db = new DatabaseSync(file);
    onTestFinished(() => db.close());
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: SCHEMA_VERSION });
    expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    const row = db.prepare(
      "SELECT input, classified_tier, actual_model_used, cost_nano_dollars, first_token_ms, user_rating, degraded FROM attempts",
    );
    expect(row.get()).toEqual({
      input: "explain parseDuration",
      classified_tier: "local",
      actual_model_used: "openai/gpt-4o-mini",
      cost_nano_dollars: 384_000,
      first_token_ms: 212.5,
      user_rating: -1,
      degraded: 1,
    });
    const columns = db.prepare("SELECT name FROM pragma_table_info('attempts')").all();
    expect(columns).toHaveLength(Object.keys(attempt()).length + 1);
  });

  it("does not cut a text off at a NUL or at half a surrogate pair", () => {
    const log = open(join(folder(), "requests.db"));
    log.append(attempt({ input: "a\0b\uD800c" }));
    expect(log.recent(1)[0]?.input).toBe("a\uFFFDb\uFFFDc");
  });

  it("takes an attempt once, however often it is appended", () => {
    const log = open(join(folder(), "requests.db"));
    log.append(attempt());
    log.append(attempt({ costNanoDollars: 999 }));
    log.append(attempt({ attempt: 2, costNanoDollars: 7 }));
    expect(log.request("request-1").map(({ costNanoDollars }) => costNanoDollars)).toEqual([384_000, 7]);
    expect(log.spend(0).nanoDollars).toBe(384_007);
    expect(log.warning).toBeUndefined();
  });

  it("sums spend exactly, from any time on", () => {
    const log = open(join(folder(), "requests.db"));
    const records = randomAttempts(2, 400);
    for (const record of records) log.append(record);
    const times = [0, 1_750_000_000_000, 1_750_005_000_000, 1_760_000_000_000];
    for (const since of [...times, ...records.slice(0, 20).map(({ startedAt }) => startedAt)]) {
      expect(log.spend(since)).toEqual(spendOf(records, since));
    }
  });

  it("lists the newest attempts first, as many as asked for", () => {
    const log = open(join(folder(), "requests.db"));
    for (const [index, startedAt] of [30, 10, 20, 20].entries()) {
      log.append(attempt({ requestId: `r${index}`, startedAt }));
    }
    expect(log.recent(10).map(({ requestId }) => requestId)).toEqual(["r0", "r3", "r2", "r1"]);
    expect(log.recent(2).map(({ requestId }) => requestId)).toEqual(["r0", "r3"]);
    expect(log.recent(0)).toEqual([]);
    expect(log.recent(-1)).toEqual([]);
    expect(log.request("unknown")).toEqual([]);
  });

  it("rates the last attempt of a request and no other", () => {
    const log = open(join(folder(), "requests.db"));
    log.append(attempt({ attempt: 1 }));
    log.append(attempt({ attempt: 2 }));
    log.append(attempt({ requestId: "request-2" }));
    const ratings = (): unknown[] =>
      ["request-1", "request-2"].map((id) => log.request(id).map((row) => row.userRating));
    log.rate("request-1", -1);
    expect(ratings()).toEqual([[null, -1], [null]]);
    log.rate("request-1", 1);
    log.rate("unknown", 1);
    expect(ratings()).toEqual([[null, 1], [null]]);
    log.rate("request-1", null);
    expect(ratings()).toEqual([[null, null], [null]]);
  });

  it("tells of every change, and of none once it is told to stop", () => {
    const log = open(join(folder(), "requests.db"));
    let calls = 0;
    const stop = log.onDidChange(() => calls++);
    log.append(attempt());
    log.rate("request-1", 1);
    expect(calls).toBe(2);
    stop();
    log.append(attempt({ attempt: 2 }));
    expect(calls).toBe(2);
  });

  it("survives a listener that throws", () => {
    const log = open(join(folder(), "requests.db"));
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    let calls = 0;
    log.onDidChange(() => {
      throw new Error("broken view");
    });
    log.onDidChange(() => calls++);
    log.append(attempt());
    expect(calls).toBe(1);
    expect(String(warn.mock.calls[0]?.[0])).toContain("broken view");
  });

  it("deletes what is older than a time, and nothing else", async () => {
    const log = open(join(folder(), "requests.db"));
    for (let i = 0; i < 2500; i++) log.append(attempt({ requestId: `old-${i}`, startedAt: 999 }));
    log.append(attempt({ requestId: "young", startedAt: 1000 }));
    expect(await log.deleteOlderThan(1000)).toBe(2500);
    expect(log.recent(10).map(({ requestId }) => requestId)).toEqual(["young"]);
    expect(await log.deleteOlderThan(1000)).toBe(0);
  });

  it("refuses one bad row with a warning and goes on", () => {
    const warnings: string[] = [];
    const log = openRequestLog({
      file: join(folder(), "requests.db"),
      onWarning: (text) => warnings.push(text),
    });
    onTestFinished(() => log.close());
    log.append(attempt({ totalMs: Number.NaN }));
    log.append(attempt({ requestId: "good" }));
    expect(log.recent(10).map(({ requestId }) => requestId)).toEqual(["good"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("total_ms");
  });

  it("leaves out a row that somebody else has spoilt", () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.append(attempt({ requestId: "good" }));
    log.append(attempt({ requestId: "spoilt" }));
    const db = new DatabaseSync(file);
    db.exec("UPDATE attempts SET reasons = '[1]' WHERE request_id = 'spoilt'");
    db.close();
    expect(log.recent(10).map(({ requestId }) => requestId)).toEqual(["good"]);
  });

  it("does nothing once it is closed, and leaves no side files behind", () => {
    const file = join(folder(), "deep", "down", "requests.db");
    const log = open(file);
    log.append(attempt());
    log.close();
    log.append(attempt({ attempt: 2 }));
    log.rate("request-1", 1);
    log.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const rows = open(file).request("request-1");
    expect(rows.map(({ attempt, userRating }) => [attempt, userRating])).toEqual([[1, null]]);
  });
});
