/** What was observed, as the table of docs/reliability.md: one line for all providers that fare the same. */
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import type { Party } from "./parties.ts";
import { PARTIES } from "./parties.ts";
import type { Observed } from "./stage.ts";
import { MODEL } from "./stage.ts";

export interface Cell extends Observed {
  party: Party;
  url: string;
}

/** The table in Markdown; `cells` by fault, in order. */
export function tableOf(cells: ReadonlyMap<string, readonly Cell[]>): string {
  const order = ({ party }: Cell) => PARTIES.indexOf(party);
  const lines = [...cells].flatMap(([what, unordered]) => {
    const all = unordered.toSorted((a, b) => order(a) - order(b));
    const alike = Map.groupBy(all, (cell) => `${seen(cell)} | ${logged(cell)}`);
    return [...alike].map(([result, same], index) => {
      const who = names(
        same.map(({ party }) => party),
        all.length,
      );
      return `| ${index === 0 ? what : ""} | ${who} | ${result} |`;
    });
  });
  return ["| fault | provider | the user sees | the log holds |", "| --- | --- | --- | --- |", ...lines].join(
    "\n",
  );
}

function names(parties: readonly Party[], of: number): string {
  if (parties.length === PARTIES.length) return "all";
  const kinds = [true, false].map((local) => PARTIES.filter((party) => party.local === local));
  for (const [kind, word] of [[kinds[0], "local ones"] as const, [kinds[1], "cloud vendors"] as const]) {
    const same = kind?.length === parties.length && kind.every((party) => parties.includes(party));
    if (same && of === PARTIES.length) return word;
  }
  return parties.map(({ name }) => name).join(", ");
}

function seen(cell: Cell): string {
  const { shown, summary } = cell;
  const text =
    shown.length > 60 ? `${shown.slice(0, 12)}… (${shown.length.toLocaleString("en-US")} characters)` : shown;
  const before = text ? `“${text.trim()}”` : "";
  if (summary.outcome === "answered") return before;
  if (summary.outcome === "cancelled") return before ? `${before}, and no more` : "that it was stopped";
  const { message = "", hint = "" } = summary.error ?? {};
  // What a server says of itself differs from each to the next.
  const general = message.replace(/( \(\d{3}\)| failed): .+$/, "$1: *its own words*.");
  const said = inGeneral(`${general} ${hint}`.trim(), cell);
  return before ? `${before}, then: ${said}` : said;
}

/** Names of model, provider and address are told as what they are, so that those who fare the same are one line. */
function inGeneral(message: string, { party: { name, label }, url }: Cell): string {
  return (
    message
      .replaceAll(`${label} (${MODEL})`, "*model*")
      .replaceAll(`${name}/${MODEL}`, "*model*")
      .replaceAll(MODEL, "*model*")
      .replace(new RegExp(`${url}(/v1)?`, "g"), "*address*")
      .replaceAll(`hybrid.providers.${name}.`, "hybrid.providers.*provider*.")
      .replaceAll(label, "*provider*")
      // Which of the two it is depends on the machine that runs this, not on Hybrid.
      .replaceAll("its name could not be looked up; is this machine online?", "its name was not found")
      .replaceAll(/\s+/g, " ")
      .replaceAll("|", "\\|")
  );
}

function logged({ rows }: Cell): string {
  return rows.map(rowOf).join("; ") || "no row: it was not tried";
}

function rowOf(row: AttemptRecord): string {
  const kind = row.errorKind && row.errorKind !== row.outcome ? ` (${row.errorKind})` : "";
  const tokens = [
    [row.inputTokens, "in"],
    [row.outputTokens, "out"],
  ].flatMap(([count, way]) => (typeof count === "number" ? [`${count.toLocaleString("en-US")} ${way}`] : []));
  return `${row.outcome}${kind}, ${costOf(row)}, ${tokens.join(" + ") || "no tokens"}`;
}

function costOf({ costProvenance, priceSource }: AttemptRecord): string {
  if (priceSource === "not billed") return "not billed";
  return priceSource === "local" ? "free" : costProvenance;
}
