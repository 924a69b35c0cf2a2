import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import type { Window } from "../log/support/processes.ts";
import { folder, startProcess, until } from "../log/support/processes.ts";
import { NO_LIMITS, NOON, reservation } from "./support/reservations.ts";

const SPENDER = fileURLToPath(new URL("./support/spender.ts", import.meta.url));
const LIMIT = 1_000_000_000;

/** Asks a connection of its own, again and again, what the file holds at one moment, until the windows end. */
async function watch(file: string, windows: Window[]): Promise<{ spent: number; pending: number }[]> {
  openRequestLog({ file }).close();
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  const read = db.prepare(`SELECT (SELECT TOTAL(cost_nano_dollars) FROM attempts) AS spent,
    (SELECT TOTAL(nano_dollars) FROM spent) AS counted, (SELECT TOTAL(nano_dollars) FROM reservations) AS pending`);
  const moments: { spent: number; pending: number }[] = [];
  while (windows.some(({ process }) => process.exitCode === null && process.signalCode === null)) {
    const { spent, counted, pending } = read.get() ?? {};
    expect(counted).toBe(spent);
    moments.push({ spent: Number(spent), pending: Number(pending) });
    await nextTurn();
  }
  await Promise.all(windows.map(({ done }) => done));
  const { spent, pending } = read.get() ?? {};
  return [...moments, { spent: Number(spent), pending: Number(pending) }];
}

/** The most that was settled and reserved at once by what the windows themselves say. */
function peakOf(lines: string[]): number {
  const events = lines
    .map((line) => line.split(" "))
    .filter(([, event]) => event !== "refused")
    .map(([time = "0", , amount = "0"]) => ({ time: BigInt(time), amount: Number(amount) }))
    .toSorted((a, b) => (a.time < b.time ? -1 : 1));
  let sum = 0;
  return events.reduce((peak, { amount }) => Math.max(peak, (sum += amount)), 0);
}

describe("parallel requests with ten times the demand", () => {
  for (const [names, count] of [
    [["a"], 200],
    [["a", "b", "c", "d"], 50],
  ] as const) {
    it(`stay within the limit and use most of it: ${names.length} × ${count}`, async () => {
      const file = join(folder(), "requests.db");
      openRequestLog({ file }).close();
      const windows = names.map((name) =>
        startProcess(SPENDER, ["spend", file, name, String(count), String(LIMIT)]),
      );
      const moments = await watch(file, windows);
      const lines = (await Promise.all(windows.map(({ done }) => done))).flat();
      const refused = lines.filter((line) => line.includes("refused"));
      const answered = lines.filter((line) => line.includes("settled"));
      expect(refused.length + answered.length).toBe(200);
      expect(refused.length).toBeGreaterThan(100);
      for (const { spent, pending } of moments) expect(spent + pending).toBeLessThanOrEqual(LIMIT);
      expect(moments.filter(({ pending }) => pending > 0).length).toBeGreaterThan(20);
      expect(peakOf(lines)).toBeLessThanOrEqual(LIMIT);
      expect(peakOf(lines)).toBeGreaterThan(0.8 * LIMIT);
      const last = moments.at(-1);
      expect(last?.pending).toBe(0);
      expect(last?.spent).toBeGreaterThan(0.8 * LIMIT);
    }, 60_000);
  }
});

describe("windows that ask at the same moment, again and again", () => {
  it("never hold more than the limit together", async () => {
    const file = join(folder(), "requests.db");
    openRequestLog({ file }).close();
    const windows = ["a", "b", "c", "d"].map((name) =>
      startProcess(SPENDER, ["churn", file, name, "400", String(LIMIT)]),
    );
    const moments = await watch(file, windows);
    const lines = (await Promise.all(windows.map(({ done }) => done))).flat();
    for (const { pending } of moments) expect(pending).toBeLessThanOrEqual(LIMIT);
    expect(peakOf(lines)).toBeLessThanOrEqual(LIMIT);
    expect(peakOf(lines)).toBeGreaterThan(0.8 * LIMIT);
    expect(lines.filter((line) => line.includes("refused")).length).toBeGreaterThan(100);
    expect(lines.filter((line) => line.includes("settled")).length).toBeGreaterThan(100);
  }, 60_000);
});

describe("a row that is appended", () => {
  it("turns pending into spent in one moment: the sum never falls", async () => {
    const file = join(folder(), "requests.db");
    openRequestLog({ file }).close();
    const windows = ["a", "b"].map((name) => startProcess(SPENDER, ["exact", file, name, "800"]));
    const moments = await watch(file, windows);
    let before = 0;
    for (const { spent, pending } of moments) {
      expect(spent + pending).toBeGreaterThanOrEqual(before);
      before = spent + pending;
    }
    expect(moments.filter(({ pending }) => pending > 0).length).toBeGreaterThan(10);
    expect(moments.at(-1)).toEqual({ spent: 2 * 800 * 1000, pending: 0 });
  }, 60_000);
});

describe("a window that is killed", () => {
  it("holds its money until its reservation expires, and no longer", async () => {
    const file = join(folder(), "requests.db");
    const log = openRequestLog({ file });
    onTestFinished(() => log.close());
    const expiresAt = NOON + 60_000;
    const window = startProcess(SPENDER, ["hold", file, "80", String(NOON), String(expiresAt)]);
    await until(() => window.lines().length > 0);
    window.process.kill("SIGKILL");
    await window.done;

    const limits = { ...NO_LIMITS, daily: 100 };
    const early = await log.budget.reserve(reservation({ nanoDollars: 30, at: expiresAt - 1 }), limits);
    expect(early).toMatchObject({ ok: false, refusal: { spent: 0, pending: 80, limit: 100 } });
    expect(log.budget.state(limits, expiresAt).tightest?.pending).toBe(0);
    const late = await log.budget.reserve(reservation({ nanoDollars: 30, at: expiresAt }), limits);
    expect(late.ok).toBe(true);
    const db = new DatabaseSync(file);
    onTestFinished(() => db.close());
    expect(db.prepare("SELECT request_id AS id FROM reservations").all()).toEqual([{ id: "request-1" }]);
  }, 20_000);
});
