import { describe, expect, it } from "vitest";
import type { BudgetLimits, LimitState, Money, Refusal } from "../../../src/core/budget/budget.ts";
import { noMoney, periodsOf, refusalOf, stateOf } from "../../../src/core/budget/budget.ts";
import { limitsTable, refusalText } from "../../../src/core/budget/budgetText.ts";
import { drain, keptShareOf, reservedForHard } from "../../../src/core/budget/drain.ts";
import { NO_LIMITS, NOON } from "./support/reservations.ts";

const DOLLAR = 1_000_000_000;

function money(daily: Partial<Money["daily"]>, monthly: Partial<Money["daily"]> = daily): Money {
  const none = noMoney();
  return { daily: { ...none.daily, ...daily }, monthly: { ...none.monthly, ...monthly } };
}

describe("the state of budgets", () => {
  const limits: BudgetLimits = {
    daily: 100,
    monthly: 1000,
    tiers: { flagship: { daily: 50, monthly: null } },
  };
  const balance = {
    spent: money({ mid: 20, flagship: 20 }, { mid: 300, flagship: 400 }),
    pending: money({ flagship: 25 }),
  };

  it("holds every limit that is set, the tightest apart", () => {
    const periods = periodsOf(NOON);
    const state = stateOf(limits, balance, periods);
    expect(state.limits.map(({ period, tier, used, remaining }) => [period, tier, used, remaining])).toEqual([
      ["daily", null, 0.65, 35],
      ["monthly", null, 0.725, 275],
      ["daily", "flagship", 0.9, 5],
    ]);
    expect(state.tightest).toEqual({
      period: "daily",
      tier: "flagship",
      limit: 50,
      spent: 20,
      pending: 25,
      used: 0.9,
      remaining: 5,
      resetsAt: periods.daily.end,
    });
    expect(stateOf(NO_LIMITS, balance, periods)).toEqual({ limits: [], tightest: undefined, ...balance });
  });

  it("goes above the whole where more was spent than allowed, and is used up where nothing is", () => {
    const state = stateOf({ ...NO_LIMITS, daily: 40, monthly: 0 }, balance, periodsOf(NOON));
    expect(state.limits.map(({ used, remaining }) => [used, remaining])).toEqual([
      [1.625, 0],
      [1, 0],
    ]);
  });

  it("refuses by the limits of the call's tier and of all, naming the one that resets last", () => {
    const state = stateOf(limits, balance, periodsOf(NOON));
    const refusal = (tier: "mid" | "flagship", nanoDollars: number): unknown[] | undefined => {
      const found = refusalOf(state, { tier, nanoDollars }, 0);
      return found && [found.period, found.tier];
    };
    expect(refusal("flagship", 5)).toBeUndefined();
    expect(refusal("flagship", 6)).toEqual(["daily", "flagship"]);
    expect(refusal("flagship", 36)).toEqual(["daily", null]);
    expect(refusal("mid", 35)).toBeUndefined();
    expect(refusal("mid", 36)).toEqual(["daily", null]);
    expect(refusal("mid", 276)).toEqual(["monthly", null]);
    expect(refusal("mid", 0)).toBeUndefined();
  });
});

describe("a budget that drains", () => {
  it("takes nothing off the threshold up to half, and 0.2 when it is used up", () => {
    expect([-1, 0, 0.5, Number.NaN].map(drain)).toEqual([0, 0, 0, 0]);
    expect(drain(0.75)).toBeCloseTo(0.1, 12);
    expect([1, 1.5, Infinity].map(drain)).toEqual([0.2, 0.2, 0.2]);
  });

  it("keeps its last fifth from flagship steps of other labels", () => {
    const state = stateOf(
      { ...NO_LIMITS, daily: 100 },
      { spent: money({ mid: 50 }), pending: money({ mid: 20 }) },
      periodsOf(NOON),
    );
    const step = { tier: "flagship", label: "MEDIUM", nanoDollars: 10 } as const;
    expect(reservedForHard(state, step)).toBeUndefined();
    expect(reservedForHard(state, { ...step, nanoDollars: 11 })).toMatchObject({ kept: 20, limit: 100 });
    expect(reservedForHard(state, { ...step, nanoDollars: 11, label: "HARD" })).toBeUndefined();
    expect(reservedForHard(state, { ...step, nanoDollars: 11, tier: "mid" })).toBeUndefined();
    expect(reservedForHard(state, { ...step, nanoDollars: 31, label: "HARD" })).toMatchObject({ kept: 0 });
    expect(reservedForHard(state, { ...step, nanoDollars: 11 }, 0.1)).toBeUndefined();
    expect(keptShareOf({ tier: "flagship", label: "EASY" }, 0.3)).toBe(0.3);
  });
});

describe("the table of the limits", () => {
  it("has what is spent, pending and left of each, marked from 80 % on, and is empty without any", () => {
    const limits = {
      daily: 100 * DOLLAR,
      monthly: 1000 * DOLLAR,
      tiers: { flagship: { daily: 50 * DOLLAR, monthly: null } },
    };
    const balance = { spent: money({ flagship: 40 * DOLLAR }), pending: money({ flagship: 10 * DOLLAR }) };
    const { limits: states } = stateOf(limits, balance, periodsOf(NOON));
    const midnight = periodsOf(NOON).daily.end;
    const rows = limitsTable(states, midnight - 90 * 60_000)
      .split("\n")
      .map((row) =>
        row
          .replaceAll("&nbsp;", " ")
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(rows[0]).toEqual(["Budget", "Limit", "Spent", "Pending", "Used", "Resets"]);
    expect(rows.slice(2)).toEqual([
      ["Daily", "$100.00", "$40.00", "$10.00", "50 %", "in 1 h 30 min"],
      ["Monthly", "$1,000.00", "$40.00", "$10.00", "5 %", expect.stringMatching(/^in \d+ days$/)],
      ["Daily, flagship", "$50.00", "$40.00", "$10.00", "$(error) 100 %", "in 1 h 30 min"],
    ]);
    expect(
      limitsTable(stateOf({ ...limits, daily: 60 * DOLLAR }, balance, periodsOf(NOON)).limits, NOON),
    ).toContain("$(warning)&nbsp;83&nbsp;%");
    expect(limitsTable([], NOON)).toBe("");
  });
});

describe("what a person reads of a refusal", () => {
  const midnight = new Date(2026, 10, 23).getTime();
  const state: LimitState = {
    period: "daily",
    tier: null,
    limit: 5 * DOLLAR,
    spent: 4.71 * DOLLAR,
    pending: 0.42 * DOLLAR,
    used: 1.026,
    remaining: 0,
    resetsAt: midnight,
  };
  const say = (changes: Partial<Refusal>, before: number): string =>
    refusalText(
      { ...state, nanoDollars: DOLLAR, kept: 0, ...changes },
      (changes.resetsAt ?? midnight) - before,
    );
  const minutes = (count: number): number => count * 60_000;

  it.each([
    [
      {},
      minutes(192),
      "The daily budget of $5.00 is used up: $4.71 spent, $0.42 pending. It resets at midnight, in 3 h 12 min.",
    ],
    [
      { pending: 0, spent: 5 * DOLLAR },
      minutes(12) - 1,
      "The daily budget of $5.00 is used up: $5.00 spent. It resets at midnight, in 12 min.",
    ],
    [
      { tier: "flagship", pending: 0 },
      minutes(120),
      "The daily budget of $5.00 for the flagship tier has no room for a call that may cost $1.00: $4.71 spent. It resets at midnight, in 2 h.",
    ],
    [
      { period: "monthly", resetsAt: new Date(2026, 11, 1).getTime() },
      8 * 24 * minutes(60),
      "The monthly budget of $5.00 is used up: $4.71 spent, $0.42 pending. It resets on 1 December, in 8 days.",
    ],
    [
      { spent: 3.5 * DOLLAR, pending: 0, kept: DOLLAR },
      30,
      "The last $1.00 of the daily budget of $5.00 is kept for HARD requests: $3.50 spent. It resets at midnight, in a minute.",
    ],
    [
      { spent: 3.5 * DOLLAR, pending: 0, kept: DOLLAR, nanoDollars: 2 * DOLLAR },
      minutes(59) + 1,
      "The daily budget of $5.00 has no room for a call that may cost $2.00: $3.50 spent. It resets at midnight, in 1 h.",
    ],
    [
      { limit: 0, spent: 0, pending: 0 },
      0,
      "The daily budget of $0 allows no call that costs money: $0 spent. It has been reset since: try again.",
    ],
  ] as const)("%j", (changes, before, text) => expect(say(changes, before)).toBe(text));
});
