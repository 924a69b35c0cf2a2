import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOfDay } from "../../../src/core/log/day.ts";

const HOUR = 3_600_000;
let zone: string | undefined;

beforeEach(() => {
  zone = process.env["TZ"];
});
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("startOfDay", () => {
  it("is the local midnight, not the one of UTC", () => {
    process.env["TZ"] = "America/New_York";
    // 23:30 on 14 July in New York is 03:30 on the 15th in UTC.
    expect(startOfDay(Date.parse("2026-07-15T03:30:00Z"))).toBe(Date.parse("2026-07-14T04:00:00Z"));
    process.env["TZ"] = "Asia/Kolkata";
    expect(startOfDay(Date.parse("2026-07-15T03:30:00Z"))).toBe(Date.parse("2026-07-14T18:30:00Z"));
  });

  it("gives days of 23 and 25 hours where the clock changes", () => {
    process.env["TZ"] = "Europe/Berlin";
    const spring = Date.parse("2026-03-29T12:00:00Z");
    expect(startOfDay(spring, 1) - startOfDay(spring)).toBe(23 * HOUR);
    const autumn = Date.parse("2026-10-25T12:00:00Z");
    expect(startOfDay(autumn, 1) - startOfDay(autumn)).toBe(25 * HOUR);
    expect(startOfDay(startOfDay(autumn, 1) - 1)).toBe(startOfDay(autumn));
  });

  it("begins the day at its first moment where the clock skips midnight", () => {
    process.env["TZ"] = "America/Santiago";
    // On 6 September 2026 the clock goes from 24:00 to 01:00.
    const noon = Date.parse("2026-09-06T15:00:00Z");
    expect(startOfDay(noon)).toBe(Date.parse("2026-09-06T04:00:00Z"));
    expect(startOfDay(startOfDay(noon) - 1)).toBeLessThan(startOfDay(noon));
  });

  it("is its own start, and crosses months and years", () => {
    process.env["TZ"] = "UTC";
    const start = Date.parse("2026-12-31T00:00:00Z");
    expect(startOfDay(start)).toBe(start);
    expect(startOfDay(start, 1)).toBe(Date.parse("2027-01-01T00:00:00Z"));
  });
});
