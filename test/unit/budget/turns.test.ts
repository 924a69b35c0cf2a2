import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { BudgetState, Reserved } from "../../../src/core/budget/budget.ts";
import { folder, startProcess } from "../log/support/processes.ts";
import type { Step } from "./support/reservations.ts";
import { NO_LIMITS, reservation } from "./support/reservations.ts";

const SPENDER = fileURLToPath(new URL("./support/spender.ts", import.meta.url));
const LIMITS = { ...NO_LIMITS, daily: 100, monthly: 250 };

/** Takes the steps in a process that lives in that time zone. */
async function inZone(zone: string, steps: Step[]): Promise<(Reserved | BudgetState)[]> {
  const file = join(folder(), "requests.db");
  const [line = ""] = await startProcess(SPENDER, ["script", file, JSON.stringify(steps)], { TZ: zone }).done;
  return JSON.parse(line) as (Reserved | BudgetState)[];
}

/** What the limits say at a time: period, spent, pending, and when they reset. */
function lines(state: Reserved | BudgetState | undefined): unknown[][] {
  if (!state || !("limits" in state)) return [];
  return state.limits.map(({ period, spent, pending, resetsAt }) => [
    period,
    spent,
    pending,
    new Date(resetsAt).toISOString(),
  ]);
}

const spend = (time: string, costNanoDollars: number): Step => ({
  append: { requestId: time, startedAt: Date.parse(time), costNanoDollars, actualTier: "mid" },
});
const reserve = (time: string, nanoDollars: number): Step => ({
  reserve: reservation({ requestId: `${time}-r`, at: Date.parse(time), nanoDollars }),
  limits: LIMITS,
});
const look = (time: string): Step => ({ at: Date.parse(time), limits: LIMITS });

describe("days and months begin at local midnight", () => {
  it.each([
    // A day of 23 hours.
    ["Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-31T22:00:00Z"],
    // A day of 25 hours.
    ["Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-31T23:00:00Z"],
    // The clock goes from 24:00 to 01:00.
    ["America/Santiago", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", "2026-10-01T03:00:00Z"],
    // Half an hour of summer time, and a zone at three quarters of an hour.
    ["Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", "2026-10-31T13:00:00Z"],
    ["Asia/Kathmandu", "2026-07-14T18:15:00Z", "2026-07-15T18:15:00Z", "2026-07-31T18:15:00Z"],
  ])(
    "%s from %s to %s",
    async (zone, from, to, monthEnd) => {
      const before = (time: string): string => new Date(Date.parse(time) - 1).toISOString();
      const results = await inZone(zone, [
        spend(before(from), 1),
        spend(from, 10),
        spend(before(to), 20),
        spend(to, 40),
        look(from),
        look(before(to)),
        look(to),
        reserve(before(to), 71),
        reserve(to, 60),
        reserve(before(to), 70),
      ]);
      expect(lines(results[0])).toEqual([
        ["daily", 30, 0, to.replace("Z", ".000Z")],
        ["monthly", 71, 0, monthEnd.replace("Z", ".000Z")],
      ]);
      expect(lines(results[1])).toEqual(lines(results[0]));
      expect(lines(results[2])[0]?.slice(0, 3)).toEqual(["daily", 40, 0]);
      expect(results.slice(3).map((result) => "ok" in result && result.ok)).toEqual([false, true, true]);
    },
    20_000,
  );

  it("a month turns on a day of 25 hours, and a leap day belongs to February", async () => {
    const results = await inZone("America/New_York", [
      spend("2026-11-01T03:59:59Z", 90),
      spend("2026-11-01T04:00:00Z", 30),
      look("2026-11-01T03:59:59Z"),
      look("2026-11-02T04:59:59Z"),
      spend("2028-02-29T12:00:00Z", 5),
      look("2028-02-01T12:00:00Z"),
      look("2028-03-01T12:00:00Z"),
    ]);
    expect(results.map(lines)).toEqual([
      [
        ["daily", 90, 0, "2026-11-01T04:00:00.000Z"],
        ["monthly", 90, 0, "2026-11-01T04:00:00.000Z"],
      ],
      [
        ["daily", 30, 0, "2026-11-02T05:00:00.000Z"],
        ["monthly", 30, 0, "2026-12-01T05:00:00.000Z"],
      ],
      [
        ["daily", 0, 0, "2028-02-02T05:00:00.000Z"],
        ["monthly", 5, 0, "2028-03-01T05:00:00.000Z"],
      ],
      [
        ["daily", 0, 0, "2028-03-02T05:00:00.000Z"],
        ["monthly", 0, 0, "2028-04-01T04:00:00.000Z"],
      ],
    ]);
  }, 20_000);

  it("a call belongs to the day it began in, wherever the clock goes meanwhile", async () => {
    const limits = LIMITS;
    const late = reservation({ at: Date.parse("2026-07-15T23:59:59Z"), nanoDollars: 60 });
    const results = await inZone("UTC", [
      { reserve: late, limits },
      look("2026-07-16T00:01:00Z"),
      // The clock jumps a day back, and ten days on.
      look("2026-07-14T12:00:00Z"),
      { reserve: { ...late, requestId: "ahead", at: Date.parse("2026-07-25T12:00:00Z") }, limits },
      look("2026-07-15T23:00:00Z"),
      { append: { startedAt: late.at, costNanoDollars: 50, actualTier: "mid" } },
      look("2026-07-15T23:00:00Z"),
      look("2026-07-16T00:02:00Z"),
    ]);
    expect(results.map(lines).map((found) => found.map((line) => line.slice(1, 3)))).toEqual([
      [],
      [
        [0, 0],
        [0, 60],
      ],
      [
        [0, 0],
        [0, 60],
      ],
      [],
      // What the clock swept when it was ahead is no longer pending; its row counts all the same.
      [
        [0, 0],
        [0, 60],
      ],
      [
        [50, 0],
        [50, 60],
      ],
      [
        [0, 0],
        [50, 60],
      ],
    ]);
  }, 20_000);
});
