/** Two hundred requests at once through the whole core: real HTTP, a real file, and a daily budget that they share. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { random } from "../log/support/records.ts";
import type { Stage } from "./support/stage.ts";
import { ask, DOLLAR, MID, openStage, toMid } from "./support/stage.ts";

const COUNT = 200;
/** The price of a million output tokens, dollars, and the most of them that an answer of the mid tier may have. */
const PRICE = 100;
const MOST = 8192;
const LIMIT = 20 * DOLLAR;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

it("never spend and reserve more than the budget together, and use most of it", async () => {
  const next = random(7);
  const hybrid = stage.hybrid({
    "budget.daily": LIMIT / DOLLAR,
    "budget.onLimit": "stop",
    prices: { [MID]: { input: 0, output: PRICE } },
    "tiers.flagship.models": [],
    "ollama.baseUrl": "http://127.0.0.1:9",
  });
  const scripts = Array.from({ length: COUNT }, () => ({
    chunks: ["From ", "the ", "mid ", "model."],
    chunkDelayMs: Math.ceil(next() * 40),
    // At most what is reserved, and close to it, so that nearly all of the budget can be spent.
    usage: { input: 10, output: MOST - Math.floor(next() * 1200) },
  }));
  stage.openai.script(...scripts);

  const moments: { spent: number; reserved: number }[] = [];
  const look = () => moments.push(stage.read());
  // Told of every row and every reservation, when it is in the file.
  const stop = stage.log.onDidChange(look);
  const answered = await Promise.all(
    Array.from({ length: COUNT }, async (_, i) => {
      await sleep(next() * 500);
      return ask(hybrid, { id: `r${i}`, sessionId: `s${i}`, ...toMid });
    }),
  );
  stop();
  look();

  for (const { spent, reserved } of moments) expect(spent + reserved).toBeLessThanOrEqual(LIMIT);
  expect(Math.max(...moments.map(({ spent, reserved }) => spent + reserved))).toBeGreaterThan(0.9 * LIMIT);
  expect(moments.filter(({ reserved }) => reserved > 0).length).toBeGreaterThan(20);
  expect(moments.at(-1)).toMatchObject({ reserved: 0, reservations: 0 });
  expect(moments.at(-1)?.spent).toBeGreaterThan(0.8 * LIMIT);

  const outcomes = answered.map(({ summary }) => summary.error?.kind ?? summary.outcome);
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  expect(count("answered") + count("overBudget")).toBe(COUNT);
  expect(count("answered")).toBe(stage.openai.chats.length);
  expect(count("answered")).toBeGreaterThanOrEqual(Math.floor(LIMIT / ((MOST * PRICE * DOLLAR) / 1e6)));
  const rows = stage.log.recent(2 * COUNT);
  expect(rows).toHaveLength(count("answered"));
  expect(rows.reduce((sum, { costNanoDollars }) => sum + costNanoDollars, 0)).toBe(moments.at(-1)?.spent);
}, 60_000);
