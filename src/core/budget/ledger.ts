/** The budgets in the request log's file; `BudgetLedger` says what they promise. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FileMoney } from "../log/moneyTables.ts";
import type { Store } from "../log/store.ts";
import type {
  Balance,
  BudgetLedger,
  BudgetLimits,
  BudgetState,
  Periods,
  Reservation,
  ReservationKey,
  Reserved,
} from "./budget.ts";
import { addMoney, noMoney, periodsOf, refusalOf, stateOf } from "./budget.ts";
import { Memory } from "./memory.ts";

/** How long a locked file is waited for before a window decides alone, ms. */
const PATIENCE_MS = 2000;
/** The first wait before a new try, ms; doubled with each up to the longest. Each try may itself block for 25 ms. */
const RETRY_MS = 5;
const RETRY_LONGEST_MS = 100;

export class Ledger implements BudgetLedger {
  readonly #store: Store;
  readonly #memory = new Memory();
  /** The end of the reservations asked for so far: of one window's, one at a time waits for the file. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  async reserve(asked: Reservation, limits: BudgetLimits, keptShare = 0): Promise<Reserved> {
    const reservation = { ...asked, nanoDollars: countable(asked.nanoDollars) };
    if (reservation.nanoDollars === 0) return { ok: true, reservation };
    const turn = this.#turn.then(() => this.#reserve(reservation, limits, keptShare));
    this.#turn = turn;
    const reserved = await turn;
    if (reserved.ok) this.#store.changed();
    return reserved;
  }

  settle(key: ReservationKey): void {
    this.#store.keep(
      ({ money }) => money.remove(key),
      (waiting) => waiting.settle(key),
    );
  }

  renew(reservation: Reservation, expiresAt: number): void {
    const renewed = { ...reservation, expiresAt };
    if (countable(renewed.nanoDollars) === 0) return;
    this.#store.keep(
      ({ money }) => money.put(renewed),
      (waiting) => waiting.reserve(renewed),
    );
  }

  state(limits: BudgetLimits, at: number): BudgetState {
    const periods = periodsOf(at);
    return stateOf(limits, this.#balance(this.#look(periods), periods, at), periods);
  }

  async #reserve(reservation: Reservation, limits: BudgetLimits, keptShare: number): Promise<Reserved> {
    const periods = periodsOf(reservation.at);
    let reserved: Reserved | undefined;
    // Decides with the file locked against all other windows.
    const inFile = (): boolean =>
      this.#store.writeInTurn((database) => {
        reserved = database.transaction(() => {
          database.money.sweep(reservation.at);
          const money = this.#memory.learn(database.money.read(periods), periods);
          const decided = this.#decide(money, reservation, limits, keptShare);
          if (decided.ok) database.money.put(reservation);
          return decided;
        });
      });
    let wait = RETRY_MS;
    while (this.#store.troubledMs < PATIENCE_MS && !inFile()) {
      await sleep(wait);
      wait = Math.min(2 * wait, RETRY_LONGEST_MS);
    }
    if (reserved?.ok) this.#memory.add(reservation);
    if (reserved) return reserved;
    const alone = this.#decide(this.#look(periods), reservation, limits, keptShare);
    if (alone.ok) this.#store.waiting.reserve(reservation);
    return alone;
  }

  #decide(inFile: FileMoney, reservation: Reservation, limits: BudgetLimits, keptShare: number): Reserved {
    const { at, requestId, attempt } = reservation;
    const periods = periodsOf(at);
    const isOther = (open: Reservation): boolean => open.requestId !== requestId || open.attempt !== attempt;
    const balance = this.#balance(inFile, periods, at, isOther);
    const refusal = refusalOf(stateOf(limits, balance, periods), reservation, keptShare);
    return refusal ? { ok: false, refusal } : { ok: true, reservation };
  }

  /** What the file says now, or said last. */
  #look(periods: Periods): FileMoney {
    const inFile = this.#store.read<FileMoney | undefined>(
      (database) => database.snapshot(() => database.money.read(periods)),
      undefined,
    );
    return inFile ? this.#memory.learn(inFile, periods) : this.#memory.recall(periods);
  }

  /** The file's money with what waits for it; only the reservations that `counts` says. */
  #balance(
    { spent, reservations }: FileMoney,
    periods: Periods,
    now: number,
    counts: (open: Reservation) => boolean = () => true,
  ): Balance {
    const { waiting } = this.#store;
    for (const { actualTier, startedAt, costNanoDollars } of waiting.latest()) {
      addMoney(spent, periods, actualTier, startedAt, countable(costNanoDollars));
    }
    const pending = noMoney();
    for (const open of waiting.overlayReservations(reservations)) {
      if (open.expiresAt > now && counts(open))
        addMoney(pending, periods, open.tier, open.at, open.nanoDollars);
    }
    return { spent, pending };
  }
}

/** Nano-dollars as a whole number from 0 to 2^53 - 1; what is no number counts as the most. */
function countable(nanoDollars: number): number {
  if (Number.isNaN(nanoDollars)) return Number.MAX_SAFE_INTEGER;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.ceil(nanoDollars)));
}
