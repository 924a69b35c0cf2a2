/**
 * What going local first would cost and solve on real edits: EDIT-Bench has, for 44 models, the share of tests passed
 * of 540 edits asked for in VS Code. The prompts are not public, so the router takes no part: every edit starts at
 * the tier named, its answer is checked, and the next tier is asked when the check objects.
 */
import { readFileSync } from "node:fs";
import { listedPrice, rateAt } from "../../src/core/cost/prices.ts";
import type { ModelId, Tier } from "../../src/core/request.ts";
import { TIERS } from "../../src/core/request.ts";
import { publicFile } from "../../training/data.ts";
import type { Check, Expected, Interval, Try } from "./cascade.ts";
import { bootstrap, oracle, replay } from "./cascade.ts";

/** A model of the results and whose price it has; undefined for one on the user's machine. */
interface Model {
  name: string;
  pricedAs?: ModelId;
}

/** Hybrid's default mid model, the best of the 44 as flagship, and two local ones: about as small as 3B, and one for a large GPU. */
const MID: Model = { name: "gpt-4o-mini", pricedAs: "openai/gpt-4o-mini" };
const FLAGSHIP: Model = { name: "claude-sonnet-4", pricedAs: "anthropic/claude-sonnet-4-0" };
const TRIOS: readonly Record<Tier, Model>[] = ["gemma-3n-e4b-it", "gpt-oss-20b"].map((name) => ({
  local: { name },
  mid: MID,
  flagship: FLAGSHIP,
}));

/** Tokens of one edit: about 150 lines of code with the instruction in, about 50 lines out. */
const TOKENS = { input: 2000, output: 500 };
/** Prices of that day, so that the table stays the same. */
const PRICED_AT = Date.UTC(2026, 10, 1);

const CHECKS: readonly (Check & { name: string })[] = [
  { name: "perfect check", recall: 1, falseAlarms: 0 },
  { name: "half: 50 % found, 5 % false alarms", recall: 0.5, falseAlarms: 0.05 },
  { name: "no check", recall: 0, falseAlarms: 0 },
];

type Results = Record<string, Record<string, number>>;

const file = publicFile("editbench/results.json");
if (file) {
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  console.log(
    `540 edits; solved: all tests pass. Per edit and model ${TOKENS.input} tokens in, ${TOKENS.output} out; local calls\n` +
      "and the check cost nothing; a failed answer is paid for; every model sees the edit afresh, once.\n" +
      "[…] 95 % bootstrap over edits; difference: points solved against always-flagship, the same edits.",
  );
  for (const trio of TRIOS) await report(results, trio);
} else console.log("data not present: skipped (EDIT-Bench's results.json, see training/data.ts)");

async function report(results: Results, trio: Record<Tier, Model>): Promise<void> {
  const cost = Object.fromEntries(
    await Promise.all(TIERS.map(async (tier) => [tier, await dollarsOf(trio[tier])])),
  ) as Record<Tier, number>;
  console.log(
    `\n${TIERS.map((tier) => `${tier} ${trio[tier].name} ($${(cost[tier] * 100).toFixed(3)} per 100)`).join(", ")}`,
  );
  const edits = Object.keys(results[trio.flagship.name] ?? {}).filter((key) => key.startsWith("question_"));
  const triesOf = (edit: string, tiers: readonly Tier[]): Try[] =>
    tiers.map((tier) => ({ solved: results[trio[tier].name]?.[edit] === 1, cost: cost[tier] }));
  const always = (tier: Tier) => edits.map((edit) => replay(triesOf(edit, [tier]), { recall: 0, falseAlarms: 0 }));
  const flagship = always("flagship");
  const show = (name: string, rows: readonly Expected[]) => console.log(line(name, rows, flagship));

  console.log(`${"".padEnd(58)}solved %           difference           $ per 100 edits`);
  show("oracle (cheapest tier that solves it)", edits.map((edit) => oracle(triesOf(edit, TIERS))));
  for (const tier of TIERS.toReversed()) show(`always ${tier}`, always(tier));
  const paths: Tier[][] = [["local", "mid", "flagship"], ["local", "flagship"], ["mid", "flagship"]];
  for (const path of paths) {
    for (const check of CHECKS.filter(({ recall }) => recall > 0)) {
      const rows = edits.map((edit) => replay(triesOf(edit, path), check));
      show(`${path.join(" → ")}, ${check.name}`, rows);
    }
  }
  const even = breakEven((check) => mean(edits.map((edit) => replay(triesOf(edit, TIERS), check).solved)), mean(flagship.map(({ solved }) => solved)));
  console.log(
    even === undefined
      ? "With 5 % false alarms, local → mid → flagship never solves as much as always flagship."
      : `With 5 % false alarms, local → mid → flagship solves as much as always flagship from ${Math.round(even * 100)} % of failures found on.`,
  );
}

/** Dollars of one edit. Throws when the price is not known. */
async function dollarsOf({ name, pricedAs }: Model): Promise<number> {
  if (!pricedAs) return 0;
  const price = await listedPrice(pricedAs, PRICED_AT);
  if (!price) throw new Error(`no price of ${name} (${pricedAs})`);
  const of = (rate: typeof price.input, tokens: number) => rateAt(rate, TOKENS.input) * tokens;
  return (of(price.input, TOKENS.input) + of(price.output, TOKENS.output)) / 1e6;
}

function line(name: string, rows: readonly Expected[], flagship: readonly Expected[]): string {
  const solved = bootstrap(rows.map((row) => row.solved * 100));
  const difference = bootstrap(rows.map((row, i) => (row.solved - (flagship[i]?.solved ?? 0)) * 100));
  const dollars = bootstrap(rows.map((row) => row.cost * 100));
  return `${name.padEnd(58)}${cell(solved, 1)}  ${cell(difference, 1).padStart(19)}  ${cell(dollars, 3)}`;
}

function cell({ mean: value, low, high }: Interval, digits: number): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** The lowest recall, in whole percent, at which `solvedWith` reaches `target`. */
function breakEven(solvedWith: (check: Check) => number, target: number): number | undefined {
  const recalls = Array.from({ length: 101 }, (_, i) => i / 100);
  return recalls.find((recall) => solvedWith({ recall, falseAlarms: 0.05 }) >= target);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
