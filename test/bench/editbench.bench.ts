/**
 * What going local first would cost and solve on real edits. EDIT-Bench has, for 44 models, the share of tests passed
 * of 540 edits asked for in VS Code: 108 edits, each asked in five languages. The prompts are not at hand, so the
 * router takes no part: every edit starts at the tier named, its answer is checked, and where the check objects the
 * next tier is asked.
 */
import { readFileSync } from "node:fs";
import { listedPrice, rateAt } from "../../src/core/cost/prices.ts";
import type { ModelId, Tier } from "../../src/core/request.ts";
import { TIERS } from "../../src/core/request.ts";
import { publicFile } from "../../training/data.ts";
import type { Check, Expected, Interval, Try } from "./cascade.ts";
import { bootstrap, meanOf, oracle, replay } from "./cascade.ts";

/** A model of the results, and by which name it is priced; without one it runs on the user's machine. */
interface Model {
  name: string;
  pricedAs?: ModelId;
}

/** Hybrid's default mid model, and the best of the 44. */
const MID: Model = { name: "gpt-4o-mini", pricedAs: "openai/gpt-4o-mini" };
const FLAGSHIP: Model = { name: "claude-sonnet-4", pricedAs: "anthropic/claude-sonnet-4-0" };
/** The smallest of the 44, about as small as Hybrid's default local model; and one that wants a GPU of 16 GB. */
const LOCAL: readonly Model[] = [{ name: "gemma-3n-e4b-it" }, { name: "gpt-oss-20b" }];

/** Tokens of one edit, for every model alike: about 150 lines of code and the instruction in, about 50 lines out. */
const TOKENS = { input: 2000, output: 500 };
/** Prices of 1 November 2026, so that the table stays the same. */
const PRICED_AT = Date.UTC(2026, 10, 1);
/** The five languages of an edit are hardly independent, so intervals count every edit once. */
const INDEPENDENT = 108;

const PERFECT: Check = { recall: 1, falseAlarms: 0 };
/** Half of the failed answers are found, and one good answer in twenty is thrown away. */
const HALF: Check = { recall: 0.5, falseAlarms: 0.05 };
const NONE: Check = { recall: 0, falseAlarms: 0 };
const PATHS: readonly Tier[][] = [
  ["local", "mid", "flagship"],
  ["local", "flagship"],
  ["mid", "flagship"],
];

type Results = Record<string, Record<string, number>>;

const ASSUMED = `solved: every test of the edit passes. ${TOKENS.input} tokens in and ${TOKENS.output} out an edit and model; prices of 1 November 2026.
Local calls, the check and the user's time cost nothing; an answer thrown away is paid for; the last answer stands.
check 100/0 finds every failure; check 50/5 finds half and objects to 5 % of good answers; no check is "always".
[…] 95 % bootstrap, counting the five languages of an edit as one; difference to always flagship, on the same edits.`;

const file = publicFile("editbench/results.json");
if (file) {
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  console.log(ASSUMED);
  for (const local of LOCAL) await report(results, { local, mid: MID, flagship: FLAGSHIP });
} else
  console.log(
    "data not present: skipped (EDIT-Bench's results.json; training/data.ts says where it is looked for)",
  );

async function report(results: Results, trio: Record<Tier, Model>): Promise<void> {
  const costs = await Promise.all(TIERS.map((tier) => dollarsOf(trio[tier])));
  const edits = Object.keys(results[trio.flagship.name] ?? {}).filter((key) => key.startsWith("question_"));
  const triesOf = (edit: string, tiers: readonly Tier[]): Try[] =>
    tiers.map((tier) => ({
      solved: results[trio[tier].name]?.[edit] === 1,
      cost: costs[TIERS.indexOf(tier)] as number,
    }));
  const along = (tiers: readonly Tier[], check: Check) =>
    edits.map((edit) => replay(triesOf(edit, tiers), check));
  const flagship = along(["flagship"], NONE);
  const show = (name: string, rows: readonly Expected[]) => console.log(line(name, rows, flagship));

  console.log(`\n${TIERS.map((tier) => `${tier} = ${trio[tier].name}`).join(", ")}, ${edits.length} edits`);
  console.log(row("", "solved, %", "difference, points", "$ per 100 edits"));
  show(
    "oracle: cheapest that solves",
    edits.map((edit) => oracle(triesOf(edit, TIERS))),
  );
  for (const tier of TIERS.toReversed()) show(`always ${tier}`, along([tier], NONE));
  for (const path of PATHS) {
    show(`${path.join(" → ")}, check 100/0`, along(path, PERFECT));
    show(`${path.join(" → ")}, check 50/5`, along(path, HALF));
  }
  const target = meanOf(flagship.map(({ solved }) => solved));
  const even = Array.from({ length: 101 }, (_, percent) => percent).find(
    (percent) =>
      meanOf(
        along(TIERS, { recall: percent / 100, falseAlarms: HALF.falseAlarms }).map(({ solved }) => solved),
      ) >= target,
  );
  const reached = even === undefined ? "never" : `from a check that finds ${even} % of failures on`;
  console.log(`At 5 % false alarms, local → mid → flagship solves as much as always flagship ${reached}.`);
}

/** Dollars of one edit. Throws when the price is not known. */
async function dollarsOf({ name, pricedAs }: Model): Promise<number> {
  if (!pricedAs) return 0;
  const price = await listedPrice(pricedAs, PRICED_AT);
  if (!price) throw new Error(`no price of ${name} (${pricedAs})`);
  const input = rateAt(price.input, TOKENS.input) * TOKENS.input;
  return (input + rateAt(price.output, TOKENS.input) * TOKENS.output) / 1e6;
}

function line(name: string, rows: readonly Expected[], flagship: readonly Expected[]): string {
  const of = (value: (expected: Expected, i: number) => number) => bootstrap(rows.map(value), INDEPENDENT);
  return row(
    name,
    cell(
      of(({ solved }) => 100 * solved),
      1,
    ),
    cell(
      of(({ solved }, i) => 100 * (solved - (flagship[i]?.solved ?? 0))),
      1,
    ),
    cell(
      of(({ cost }) => 100 * cost),
      3,
    ),
  );
}

function cell({ mean, low, high }: Interval, digits: number): string {
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function row(...[name = "", ...cells]: string[]): string {
  return [name.padEnd(40), ...cells.map((text) => text.padStart(22))].join("");
}
