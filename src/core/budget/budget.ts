/** Budgets: the limits, what stands against them, and whether a call still fits. Money in nano-dollars, pure functions. */
import { startOfDay, startOfMonth } from "../log/day.ts";
import type { Tier } from "../request.ts";
import { TIERS } from "../request.ts";

/** A day and a month begin at local midnight. */
export const PERIODS = ["daily", "monthly"] as const;
export type Period = (typeof PERIODS)[number];

/** The most that may be spent, nano-dollars; null for no limit. */
export type PeriodLimits = Record<Period, number | null>;

export interface BudgetLimits extends PeriodLimits {
  tiers: Partial<Record<Tier, PeriodLimits>>;
}

/** Money that a call may cost at most, set aside before it is made. */
export interface Reservation {
  requestId: string;
  attempt: number;
  tier: Tier;
  /** Nano-dollars. */
  nanoDollars: number;
  /** The attempt's `startedAt`, milliseconds since the epoch: the day and month that the money belongs to. */
  at: number;
  /** From then on it no longer counts, milliseconds since the epoch: its window has crashed. */
  expiresAt: number;
}

/** The first moment of a period and of the next one, milliseconds since the epoch. */
export type Periods = Record<Period, { start: number; end: number }>;

/** Nano-dollars by period and tier. */
export type Money = Record<Period, Record<Tier, number>>;

/** What stands against the limits of the periods. */
export interface Balance {
  spent: Money;
  pending: Money;
}

/** How one limit stands; money in nano-dollars. */
export interface LimitState {
  period: Period;
  /** Null for the limit of all tiers together. */
  tier: Tier | null;
  limit: number;
  spent: number;
  /** Reserved for calls in flight. */
  pending: number;
  /** Share of the limit that is spent or pending: 0 to 1, and above where a call cost more than was reserved. */
  used: number;
  /** What is neither spent nor pending, at least 0. */
  remaining: number;
  /** When the next day or month begins, milliseconds since the epoch. */
  resetsAt: number;
}

export interface BudgetState extends Balance {
  /** Every limit that is set. */
  limits: LimitState[];
  /** The one of which the largest share is used; undefined without limits. */
  tightest: LimitState | undefined;
}

/** Why a call was refused: the limit that it does not fit under. */
export interface Refusal extends LimitState {
  /** What the call may cost at most. */
  nanoDollars: number;
  /** The part of the limit that is kept for HARD requests, and not for this one; 0 where it was one itself. */
  kept: number;
}

/** Where one attempt's reservation is found. */
export type ReservationKey = Pick<Reservation, "requestId" | "attempt">;

export type Reserved = { ok: true; reservation: Reservation } | { ok: false; refusal: Refusal };

/**
 * The budgets that all windows of one request log share. No method throws or rejects.
 *
 * - While the file can be written, what is spent and open in a day or month stays within every limit, however many
 *   windows ask at once, as long as no call costs more than was reserved for it and none outlives its reservation.
 * - A file that is locked is waited for, up to two seconds. When it stays locked, or cannot be written for another
 *   reason, a window decides by what it knows: what the file says, if it can be read, or said last; its own rows that
 *   are not in it yet; and its own reservations. Its own parallel calls stay within the limits, but windows do not see
 *   each other's new ones until the file can be written again.
 * - Times are those of the machine's clock: when it jumps ahead, open reservations expire early for other windows, until
 *   they are renewed or their rows come.
 * - A file that was set aside, deleted or replaced takes nothing off what a window has seen spent in this day and month;
 *   a window opened after that begins at what the new file holds.
 */
export interface BudgetLedger {
  /**
   * Sets money aside for a call, or refuses when it does not fit under a limit, of which `keptShare` (0 to 1) is left
   * alone (`keptShareOf`). Asked again for the same attempt, it replaces that reservation. A free call always passes.
   * Money that cannot be counted (NaN) counts as more than any limit.
   */
  reserve(reservation: Reservation, limits: BudgetLimits, keptShare?: number): Promise<Reserved>;
  /**
   * Takes a reservation back whose call was never made. Where one was, appending its row to the log settles it, in the
   * same moment; settling it again does no harm.
   */
  settle(key: ReservationKey): void;
  /** Has an open reservation count for longer, to `expiresAt` (milliseconds since the epoch). */
  renew(reservation: Reservation, expiresAt: number): void;
  /** How every limit stands at a time (milliseconds since the epoch). */
  state(limits: BudgetLimits, at: number): BudgetState;
}

/** The day and the month that a time (milliseconds since the epoch) belongs to. */
export function periodsOf(at: number): Periods {
  return {
    daily: { start: startOfDay(at), end: startOfDay(at, 1) },
    monthly: { start: startOfMonth(at), end: startOfMonth(at, 1) },
  };
}

/** No money at all. */
export function noMoney(): Money {
  return { daily: { local: 0, mid: 0, flagship: 0 }, monthly: { local: 0, mid: 0, flagship: 0 } };
}

/** Adds `nanoDollars` of `tier` to the periods that `at` (milliseconds since the epoch) lies in. */
export function addMoney(money: Money, periods: Periods, tier: Tier, at: number, nanoDollars: number): void {
  for (const period of PERIODS) {
    if (at >= periods[period].start && at < periods[period].end) money[period][tier] += nanoDollars;
  }
}

/** How every limit stands. */
export function stateOf(limits: BudgetLimits, { spent, pending }: Balance, periods: Periods): BudgetState {
  const states = [null, ...TIERS].flatMap((tier) => {
    const own = tier === null ? limits : limits.tiers[tier];
    return PERIODS.flatMap((period): LimitState[] => {
      const limit = own?.[period] ?? null;
      if (limit === null) return [];
      const sums = { spent: sumOf(spent[period], tier), pending: sumOf(pending[period], tier) };
      const taken = sums.spent + sums.pending;
      const used = limit > 0 ? taken / limit : 1;
      const remaining = Math.max(0, limit - taken);
      return [{ period, tier, limit, ...sums, used, remaining, resetsAt: periods[period].end }];
    });
  });
  const tightest = states.toSorted((a, b) => b.used - a.used)[0];
  return { limits: states, tightest, spent, pending };
}

/**
 * The limit that a call of up to `nanoDollars` on `tier` does not fit under, once `keptShare` (0 to 1) of each is left
 * alone; of several the one that resets last. Undefined when it fits. What costs nothing always fits.
 */
export function refusalOf(
  { limits }: Pick<BudgetState, "limits">,
  { tier, nanoDollars }: Pick<Reservation, "tier" | "nanoDollars">,
  keptShare: number,
): Refusal | undefined {
  if (nanoDollars === 0) return undefined;
  return limits
    .filter((state) => state.tier === null || state.tier === tier)
    .map((state) => ({ ...state, nanoDollars, kept: Math.ceil(state.limit * keptShare) }))
    .filter(({ spent, pending, limit, kept }) => spent + pending + nanoDollars > limit - kept)
    .toSorted((a, b) => b.resetsAt - a.resetsAt)[0];
}

function sumOf(money: Record<Tier, number>, tier: Tier | null): number {
  return tier === null ? TIERS.reduce((sum, each) => sum + money[each], 0) : money[tier];
}
