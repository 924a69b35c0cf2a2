/**
 * Another window that spends, in a process of its own, and says on stdout what it does.
 *   spend <file> <name> <count> <limit>   so many requests in parallel, of random amounts and durations
 *   churn <file> <name> <count> <limit>   the same as fast as it can, four at a time, of amounts near a quarter of the limit
 *   exact <file> <name> <count>           one after another, each costing what was reserved for it
 *   hold <file> <nanoDollars> <at> <expiresAt>   reserves once and hangs, to be killed
 *   script <file> <steps as JSON>         the steps of a test, in this process's time zone
 */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { BudgetLimits, Reservation } from "../../../../src/core/budget/budget.ts";
import { openRequestLog } from "../../../../src/core/log/sqlite.ts";
import { attempt, random } from "../../log/support/records.ts";
import { NO_LIMITS, NOON, reservation } from "./reservations.ts";
import type { Step } from "./reservations.ts";

const [task = "", file = "", ...rest] = process.argv.slice(2);
const log = openRequestLog({ file });
const tasks: Record<string, () => Promise<void>> = { spend, churn, exact, hold, script };
await tasks[task]?.();

async function spend(): Promise<void> {
  const [name = "", count = "0", limit = "0"] = rest;
  const next = random(name.charCodeAt(0));
  const limits = { ...NO_LIMITS, daily: Number(limit) };
  const plans = Array.from({ length: Number(count) }, (_, i) => ({
    requestId: `${name}-${i}`,
    nanoDollars: 1 + Math.floor(next() * 130_000_000),
    share: 0.5 + next() / 2,
    delay: next() * 600,
    duration: next() * 60,
  }));
  await Promise.all(plans.map((plan) => request(plan, limits)));
  log.close();
}

async function churn(): Promise<void> {
  const [name = "", count = "0", limit = "0"] = rest;
  const next = random(name.charCodeAt(0));
  const limits = { ...NO_LIMITS, daily: Number(limit) };
  let left = Number(count);
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const nanoDollars = Math.floor(Number(limit) * (0.1 + next() / 4));
      await request(
        { requestId: `${name}-${left}`, nanoDollars, share: 0, delay: 0, duration: next() * 2 },
        limits,
      );
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  log.close();
}

/** One request; its events are said no earlier, its end no later, than the file knows of them. */
async function request(
  plan: { requestId: string; nanoDollars: number; share: number; delay: number; duration: number },
  limits: BudgetLimits,
): Promise<void> {
  const { requestId, nanoDollars } = plan;
  await sleep(plan.delay);
  // No midnight comes between, whenever the test runs.
  const at = NOON + Math.floor(performance.now());
  const asked: Reservation = { ...reservation(), requestId, nanoDollars, at, expiresAt: at + 600_000 };
  const reserved = await log.budget.reserve(asked, limits);
  if (!reserved.ok) {
    say("refused", nanoDollars);
    return;
  }
  say("reserved", nanoDollars);
  await sleep(plan.duration);
  const costNanoDollars = Math.ceil(nanoDollars * plan.share);
  say("settled", costNanoDollars - nanoDollars);
  log.append(attempt({ requestId, startedAt: at, costNanoDollars }));
}

async function exact(): Promise<void> {
  const [name = "", count = "0"] = rest;
  for (let i = 0; i < Number(count); i++) {
    const requestId = `${name}-${i}`;
    const at = Date.now();
    const asked = { ...reservation(), requestId, nanoDollars: 1000, at, expiresAt: at + 600_000 };
    await log.budget.reserve(asked, NO_LIMITS);
    log.append(attempt({ requestId, startedAt: at, costNanoDollars: 1000 }));
    await sleep(0);
  }
  log.close();
}

async function hold(): Promise<void> {
  const [nanoDollars = 0, at = 0, expiresAt = 0] = rest.map(Number);
  await log.budget.reserve({ ...reservation(), requestId: "held", nanoDollars, at, expiresAt }, NO_LIMITS);
  say("reserved", nanoDollars);
  setInterval(() => {}, 1000);
}

async function script(): Promise<void> {
  const steps: unknown = JSON.parse(rest[0] ?? "[]");
  const results: unknown[] = [];
  for (const step of steps as Step[]) {
    if ("reserve" in step) results.push(await log.budget.reserve(step.reserve, step.limits));
    else if ("append" in step) log.append(attempt(step.append));
    else results.push(log.budget.state(step.limits, step.at));
  }
  writeSync(1, `${JSON.stringify(results)}\n`);
  log.close();
}

/** Written at once, with the clock that all processes of a machine share. */
function say(event: string, nanoDollars: number): void {
  writeSync(1, `${process.hrtime.bigint()} ${event} ${nanoDollars}\n`);
}
