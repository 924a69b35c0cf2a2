/** Reservations and limits to vary, and the steps that another process is asked to take. */
import type { BudgetLimits, Reservation } from "../../../../src/core/budget/budget.ts";
import type { AttemptRecord } from "../../../../src/core/log/record.ts";

/** 15 July 2026, noon in UTC, ms. */
export const NOON = Date.UTC(2026, 6, 15, 12);

export const NO_LIMITS: BudgetLimits = { daily: null, monthly: null, tiers: {} };

/** A reservation of a mid tier call at noon, for ten minutes; `changes` over it. */
export function reservation(changes: Partial<Reservation> = {}): Reservation {
  const at = changes.at ?? NOON;
  return {
    requestId: "request-1",
    attempt: 1,
    tier: "mid",
    nanoDollars: 100,
    at,
    expiresAt: at + 600_000,
    ...changes,
  };
}

/** One step of `spender.ts script`. */
export type Step =
  | { reserve: Reservation; limits: BudgetLimits }
  | { append: Partial<AttemptRecord> }
  | { at: number; limits: BudgetLimits };
