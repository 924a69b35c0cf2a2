/** What one window remembers of the file's money, for when it cannot be read, or is not the file that it was. */
import type { FileMoney } from "../log/moneyTables.ts";
import type { Tier } from "../request.ts";
import { TIERS } from "../request.ts";
import type { Money, Period, Periods, Reservation } from "./budget.ts";
import { noMoney, PERIODS } from "./budget.ts";

interface Remembered {
  start: number;
  /** What the file said last. */
  seen: Record<Tier, number>;
  /** What earlier files held and the present one does not: in one file, spent money only grows. */
  lost: Record<Tier, number>;
}

export class Memory {
  readonly #spent = new Map<Period, Remembered>();
  #open: Reservation[] = [];

  /** Remembers what the file says. Gives it back with the money that was lost with earlier files. */
  learn({ spent, reservations }: FileMoney, periods: Periods): FileMoney {
    for (const period of PERIODS) {
      const before = this.#recalled(period, periods);
      for (const tier of TIERS) {
        before.lost[tier] += Math.max(0, before.seen[tier] - spent[period][tier]);
        before.seen[tier] = spent[period][tier];
      }
      this.#spent.set(period, before);
    }
    this.#open = reservations;
    return { spent: this.#sums(periods), reservations };
  }

  /**
   * What the file said last. What was open then stays open even past its expiry, since nobody can see what it came to.
   */
  recall(periods: Periods): FileMoney {
    const reservations = this.#open.map((open) => ({ ...open, expiresAt: Number.POSITIVE_INFINITY }));
    return { spent: this.#sums(periods), reservations };
  }

  /** Remembers a reservation made since the file was read. */
  add(reservation: Reservation): void {
    const { requestId, attempt } = reservation;
    const others = this.#open.filter((open) => open.requestId !== requestId || open.attempt !== attempt);
    this.#open = [...others, reservation];
  }

  #recalled(period: Period, periods: Periods): Remembered {
    const { start } = periods[period];
    const remembered = this.#spent.get(period);
    if (remembered?.start === start) return remembered;
    return { start, seen: { local: 0, mid: 0, flagship: 0 }, lost: { local: 0, mid: 0, flagship: 0 } };
  }

  #sums(periods: Periods): Money {
    const sums = noMoney();
    for (const period of PERIODS) {
      const { seen, lost } = this.#recalled(period, periods);
      for (const tier of TIERS) sums[period][tier] = seen[tier] + lost[tier];
    }
    return sums;
  }
}
