/** The tables `reservations` and `spent` of the open file. Every method throws what SQLite throws. */
import type { StatementSync } from "node:sqlite";
import * as v from "valibot";
import type { Money, Periods, Reservation, ReservationKey } from "../budget/budget.ts";
import { noMoney } from "../budget/budget.ts";
import { TIERS } from "../request.ts";
import { toValue } from "./rows.ts";

/** The money of two periods as the file holds it. */
export interface FileMoney {
  spent: Money;
  /** Open or expired, of all windows. */
  reservations: Reservation[];
}

/** The day always lies within the month. */
const SPENT = `SELECT tier, TOTAL(nano_dollars) AS monthly,
    TOTAL(iif(quarter >= :day AND quarter < :nextDay, nano_dollars, 0)) AS daily
  FROM spent WHERE tier IN ('flagship', 'local', 'mid') AND quarter >= :month AND quarter < :nextMonth GROUP BY tier`;

const RESERVATIONS = `SELECT request_id AS requestId, attempt, tier, nano_dollars AS nanoDollars, at,
    expires_at AS expiresAt FROM reservations WHERE tier IN ('flagship', 'local', 'mid')`;

/** A late renewal must not bring back what its attempt's row has settled. */
const PUT = `INSERT INTO reservations (request_id, attempt, tier, nano_dollars, at, expires_at)
  SELECT :requestId, :attempt, :tier, :nanoDollars, :at, :expiresAt
  WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE request_id = :requestId AND attempt = :attempt)
  ON CONFLICT (request_id, attempt) DO UPDATE SET tier = excluded.tier, nano_dollars = excluded.nano_dollars,
    at = excluded.at, expires_at = excluded.expires_at`;

/** As long as two months and more: what was spent before no budget asks for, ms. */
const KEPT_MS = 70 * 24 * 3_600_000;

const spentRow = v.object({ tier: v.picklist(TIERS), monthly: v.number(), daily: v.number() });
const reservationRow = v.object({
  requestId: v.string(),
  attempt: v.number(),
  tier: v.picklist(TIERS),
  nanoDollars: v.number(),
  at: v.number(),
  expiresAt: v.number(),
});

export class MoneyTables {
  readonly #prepared: (sql: string) => StatementSync;

  constructor(prepared: (sql: string) => StatementSync) {
    this.#prepared = prepared;
  }

  /** Two reads: to be wrapped in a transaction or a snapshot, so that no window comes between. */
  read({ daily, monthly }: Periods): FileMoney {
    const spent = noMoney();
    const times = { day: daily.start, nextDay: daily.end, month: monthly.start, nextMonth: monthly.end };
    for (const row of this.#prepared(SPENT).all(times)) {
      const { tier, ...sums } = v.parse(spentRow, row);
      spent.daily[tier] = sums.daily;
      spent.monthly[tier] = sums.monthly;
    }
    const reservations = this.#prepared(RESERVATIONS).all();
    return { spent, reservations: reservations.map((row) => v.parse(reservationRow, row)) };
  }

  /** Adds or replaces a reservation, unless its attempt is in the file. */
  put({ requestId, attempt, tier, nanoDollars, at, expiresAt }: Reservation): void {
    this.#prepared(PUT).run({
      requestId: toValue(requestId, "text"),
      attempt: toValue(attempt, "integer"),
      tier,
      nanoDollars: toValue(nanoDollars, "integer"),
      at: toValue(at, "integer"),
      expiresAt: toValue(expiresAt, "integer"),
    });
  }

  remove({ requestId, attempt }: ReservationKey): void {
    const sql = "DELETE FROM reservations WHERE request_id = ? AND attempt = ?";
    this.#prepared(sql).run(toValue(requestId, "text"), toValue(attempt, "integer"));
  }

  /** Removes what has expired by `at`, milliseconds since the epoch. */
  sweep(at: number): void {
    this.#prepared("DELETE FROM reservations WHERE expires_at <= ?").run(at);
  }

  /** Forgets what was spent so long before `before` (milliseconds since the epoch) that no month asks for it. */
  forgetBefore(before: number): void {
    this.#prepared("DELETE FROM spent WHERE quarter < ?").run(before - KEPT_MS);
  }
}
