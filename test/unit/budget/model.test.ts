import * as fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type {
  BudgetLimits,
  BudgetState,
  PeriodLimits,
  Reservation,
} from "../../../src/core/budget/budget.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import type { Tier } from "../../../src/core/request.ts";
import { TIERS } from "../../../src/core/request.ts";
import { attempt } from "../log/support/records.ts";
import { NOON } from "./support/reservations.ts";

const HOUR = 3_600_000;

type Op =
  | { kind: "reserve"; id: number; tier: Tier; nanoDollars: number; lives: number; kept: number }
  | { kind: "append"; id: number; cost: number; tier: Tier }
  | { kind: "settle" | "renew"; id: number }
  | { kind: "wait"; ms: number };

const money = fc.integer({ min: 0, max: 120 });
const tier = fc.constantFrom(...TIERS);
const id = fc.integer({ min: 0, max: 7 });
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("reserve" as const),
      id,
      tier,
      nanoDollars: money,
      lives: fc.constantFrom(HOUR, 90 * HOUR),
      kept: fc.constantFrom(0, 0, 0.2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("append" as const), id, cost: money, tier }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("settle" as const, "renew" as const), id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(0, 1, HOUR - 1, HOUR, 13 * HOUR, 20 * 24 * HOUR),
    }),
  },
);

const limit = fc.option(fc.integer({ min: 0, max: 400 }), { nil: null });
const pair: fc.Arbitrary<PeriodLimits> = fc.record({ daily: limit, monthly: limit });
const limits: fc.Arbitrary<BudgetLimits> = fc
  .tuple(pair, fc.dictionary(tier, pair, { maxKeys: 2 }))
  .map(([whole, tiers]) => ({ ...whole, tiers }));

/** The budgets in the plainest way: lists, and days and months by their names. */
class Model {
  rows: { key: string; tier: Tier; at: number; cost: number }[] = [];
  open: Reservation[] = [];

  sums(now: number, period: "daily" | "monthly", of: Tier | null): { spent: number; pending: number } {
    const name = (at: number): string => new Date(at).toDateString().slice(period === "daily" ? 0 : 4, 99);
    const same = (at: number): boolean =>
      period === "daily"
        ? name(at) === name(now)
        : name(at).slice(0, 3) === name(now).slice(0, 3) && name(at).slice(-4) === name(now).slice(-4);
    const mine = (one: { tier: Tier; at: number }): boolean =>
      (of === null || one.tier === of) && same(one.at);
    return {
      spent: this.rows.filter(mine).reduce((sum, { cost }) => sum + cost, 0),
      pending: this.open
        .filter((one) => mine(one) && one.expiresAt > now)
        .reduce((sum, { nanoDollars }) => sum + nanoDollars, 0),
    };
  }

  fits(asked: Reservation, all: BudgetLimits, kept: number): boolean {
    const before = this.open;
    this.open = before.filter(({ requestId }) => requestId !== asked.requestId);
    const fits = [null, asked.tier].every((of) =>
      (["daily", "monthly"] as const).every((period) => {
        const most = (of === null ? all : all.tiers[of])?.[period] ?? null;
        if (most === null) return true;
        const { spent, pending } = this.sums(asked.at, period, of);
        return spent + pending + asked.nanoDollars <= most - Math.ceil(most * kept);
      }),
    );
    this.open = before;
    return asked.nanoDollars === 0 || fits;
  }
}

/** Does the same with the windows, in turn, and with the model. */
async function compare(windows: RequestLog[], ops: Op[], all: BudgetLimits): Promise<void> {
  const model = new Model();
  const generations = new Map<number, number>();
  let now = NOON;
  for (const [step, op] of ops.entries()) {
    const log = windows[step % windows.length] as RequestLog;
    if (op.kind === "wait") now += op.ms;
    else {
      const requestId = `${op.id}-${generations.get(op.id) ?? 0}`;
      const held = model.open.find((one) => one.requestId === requestId);
      const others = model.open.filter((one) => one !== held);
      if (op.kind === "reserve") {
        const { tier, nanoDollars, lives, kept } = op;
        const asked = { requestId, attempt: 1, tier, nanoDollars, at: now, expiresAt: now + lives };
        const fits = model.fits(asked, all, kept);
        expect((await log.budget.reserve(asked, all, kept)).ok).toBe(fits);
        if (fits && nanoDollars > 0) model.open = [...others, asked];
      } else if (op.kind === "append") {
        const at = held?.at ?? now;
        const actualTier = held?.tier ?? op.tier;
        log.append(attempt({ requestId, startedAt: at, costNanoDollars: op.cost, actualTier }));
        model.rows.push({ key: requestId, tier: actualTier, at, cost: op.cost });
        model.open = others;
        generations.set(op.id, (generations.get(op.id) ?? 0) + 1);
      } else if (op.kind === "settle") {
        log.budget.settle({ requestId, attempt: 1 });
        model.open = others;
        // An attempt that was settled is over: the next one has another name.
        generations.set(op.id, (generations.get(op.id) ?? 0) + 1);
      } else if (held) {
        log.budget.renew(held, now + 2 * HOUR);
        model.open = [...others, { ...held, expiresAt: now + 2 * HOUR }];
      }
    }
    for (const log of windows) agree(log.budget.state(all, now), model, now);
  }
}

function agree(state: BudgetState, model: Model, now: number): void {
  for (const period of ["daily", "monthly"] as const) {
    for (const tier of TIERS) {
      const found = { spent: state.spent[period][tier], pending: state.pending[period][tier] };
      expect(found).toEqual(model.sums(now, period, tier));
    }
  }
  for (const { period, tier, spent, pending } of state.limits) {
    expect({ spent, pending }).toEqual(model.sums(now, period, tier));
  }
}

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hybrid-budget-"));
  try {
    await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe("the ledger does what plain lists do", () => {
  it("in two windows on one file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), limits, (ops, all) =>
        inFolder(async (dir) => {
          const windows = [0, 1].map(() => openRequestLog({ file: join(dir, "requests.db") }));
          await compare(windows, ops, all).finally(() => windows.forEach((log) => log.close()));
        }),
      ),
      { numRuns: 120 },
    );
  }, 120_000);

  it("in a window whose file cannot be made, and in the file once it can", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), limits, (ops, all) =>
        inFolder(async (dir) => {
          const blocked = join(dir, "storage");
          writeFileSync(blocked, "a file where a folder should be");
          const log = openRequestLog({ file: join(blocked, "requests.db") });
          try {
            await compare([log], ops, all);
            const far = NOON + 20 * 24 * HOUR;
            const before = log.budget.state(all, far);
            rmSync(blocked);
            log.close();
            const again = openRequestLog({ file: join(blocked, "requests.db") });
            expect(again.budget.state(all, far)).toEqual(before);
            again.close();
          } finally {
            log.close();
          }
        }),
      ),
      { numRuns: 120 },
    );
  }, 120_000);
});
