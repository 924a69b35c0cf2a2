import * as fc from "fast-check";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EgressRow } from "../../../src/core/log/egress.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { folder, startWindow, until } from "./support/processes.ts";
import { attempt } from "./support/records.ts";

function row(changes: Partial<EgressRow> = {}): EgressRow {
  return {
    at: 1_750_000_000_000,
    requestId: "request-1",
    attempt: 1,
    provider: "openai",
    host: "api.openai.com",
    path: "/v1/chat/completions",
    bytes: 4096,
    sha256: "ab".repeat(32),
    model: "openai/gpt-4o-mini",
    items: [{ path: "src/shop.ts", startLine: 3, endLine: 40, bytes: 900 }],
    redactions: 0,
    note: "",
    ...changes,
  };
}

function open(file = join(folder(), "requests.db"), warnings: string[] = []): RequestLog {
  const log = openRequestLog({ file, onWarning: (text) => warnings.push(text) });
  onTestFinished(() => log.close());
  return log;
}

const notes = (rows: EgressRow[]): string[] => rows.map(({ note }) => note);

describe("the egress ledger", () => {
  it("gives back every field, after it was closed and opened again", () => {
    const file = join(folder(), "requests.db");
    const text = fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));
    const count = fc.nat();
    const line = fc.option(count, { nil: null });
    const rows = fc.sample(
      fc.record<EgressRow>({
        at: fc.integer({ min: 0, max: 2e12 }),
        requestId: fc.option(text, { nil: null }),
        attempt: line,
        provider: text,
        host: text,
        path: text,
        bytes: count,
        sha256: fc.constant("0f".repeat(32)),
        model: fc.option(text, { nil: null }),
        items: fc.array(fc.record({ path: text, startLine: line, endLine: line, bytes: count })),
        redactions: count,
        note: text,
      }),
      { numRuns: 200, seed: 5 },
    );
    const log = open(file);
    for (const one of rows) log.egress.append(one);
    log.close();
    const again = open(file);
    expect(again.egress.recent(1000)).toEqual(rows.toReversed().toSorted((a, b) => b.at - a.at));
    expect(again.warning).toBeUndefined();
  });

  it("is read in pages that lose nothing, whatever left in the same millisecond", () => {
    const log = open();
    for (const [i, at] of [1, 2, 2, 2, 3, 4, 4].entries()) log.egress.append(row({ at, note: `${i}` }));
    expect(notes(log.egress.recent(1))).toEqual(["6", "5"]);
    expect(notes(log.egress.recent(3))).toEqual(["6", "5", "4"]);
    expect(notes(log.egress.recent(1, 3))).toEqual(["3", "2", "1"]);
    expect(notes(log.egress.recent(9, 2))).toEqual(["0"]);
    expect([0, -1, Number.NaN].map((limit) => log.egress.recent(limit))).toEqual([[], [], []]);
  });

  it("lets rows wait while the file is locked, behind the attempts, and shows them meanwhile", async () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.egress.append(row({ at: 2, note: "before" }));
    const window = startWindow("lock", file);
    await until(() => window.lines().includes("locked"));
    let calls = 0;
    log.onDidChange(() => calls++);
    log.append(attempt());
    const waits = row({ at: 3, note: "waits" });
    log.egress.append(waits);
    waits.note = "changed afterwards";
    log.egress.append(row({ at: 1, note: "old" }));
    expect(calls).toBe(3);
    expect(notes(log.egress.recent(9))).toEqual(["waits", "before", "old"]);
    expect(notes(log.egress.recent(9, 3))).toEqual(["before", "old"]);
    expect(notes(log.egress.recent(1))).toEqual(["waits"]);
    const other = open(file);
    expect(notes(other.egress.recent(9))).toEqual(["before"]);
    window.release();
    await until(() => other.egress.recent(9).length === 3);
    expect(notes(log.egress.recent(9))).toEqual(["waits", "before", "old"]);
    expect(other.recent(9)).toHaveLength(1);
  }, 20_000);

  it("is deleted together with the attempts", async () => {
    const log = open();
    for (let i = 0; i < 1500; i++) log.egress.append(row({ at: 999 }));
    log.egress.append(row({ at: 1000, note: "young" }));
    log.append(attempt({ startedAt: 999 }));
    expect(await log.deleteOlderThan(1000)).toBe(1501);
    expect(notes(log.egress.recent(9))).toEqual(["young"]);
    expect(log.recent(9)).toEqual([]);
  });

  it("refuses one bad row with a warning, locked or not, and goes on", async () => {
    const warnings: string[] = [];
    const file = join(folder(), "requests.db");
    const log = open(file, warnings);
    log.egress.append(row({ bytes: Number.NaN }));
    log.egress.append(row({ note: "a\0b" }));
    expect(notes(log.egress.recent(9))).toEqual(["a\uFFFDb"]);
    expect(warnings[0]).toContain("egress.bytes");
    const window = startWindow("lock", file);
    await until(() => window.lines().includes("locked"));
    log.egress.append(row({ redactions: Number.NaN }));
    log.egress.append(row({ note: "good" }));
    window.release();
    await until(() => warnings.at(-1)?.includes("egress.redactions") === true);
    expect(notes(open(file).egress.recent(9)).toSorted()).toEqual(["a\uFFFDb", "good"]);
  }, 20_000);

  it("leaves out a row that somebody else has spoilt", () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    log.egress.append(row({ note: "good" }));
    log.egress.append(row({ note: "spoilt" }));
    const db = new DatabaseSync(file);
    db.exec("UPDATE egress SET items = '[1]' WHERE note = 'spoilt'");
    db.close();
    expect(notes(log.egress.recent(9))).toEqual(["good"]);
  });

  it("is begun anew with the file when its table is gone", () => {
    const file = join(folder(), "requests.db");
    const log = open(file);
    const db = new DatabaseSync(file);
    db.exec("DROP TABLE egress");
    db.close();
    log.egress.append(row({ note: "kept" }));
    expect(notes(log.egress.recent(9))).toEqual(["kept"]);
    expect(log.warning).toContain("set aside");
  });
});
