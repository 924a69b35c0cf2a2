/** How quotes compare with what was paid in the end. */
import type { AttemptRecord } from "../log/record.ts";

/** Figures over answered attempts that had a quote and whose cost is known, not guessed. */
export interface QuoteFigures {
  count: number;
  /** How many cost no less than the low and no more than the high end. */
  within: number;
  /** How many cost more than the high end. */
  above: number;
  /** Middle of the cost over the middle of the quote: 1 is right, 2 says that answers cost twice what was said. */
  medianRatio: number;
}

type Quoted = Pick<
  AttemptRecord,
  "outcome" | "costProvenance" | "costNanoDollars" | "quoteLowNanoDollars" | "quoteHighNanoDollars"
>;

/** Undefined when no such attempt is among the rows. */
export function quoteFigures(rows: Iterable<Quoted>): QuoteFigures | undefined {
  const ratios: number[] = [];
  let within = 0;
  let above = 0;
  for (const row of rows) {
    const { quoteLowNanoDollars: low, quoteHighNanoDollars: high, costNanoDollars: cost } = row;
    if (row.outcome !== "answered" || low === null || high === null || high <= 0) continue;
    if (row.costProvenance !== "computed" && row.costProvenance !== "reported") continue;
    ratios.push(cost / ((low + high) / 2));
    if (cost > high) above += 1;
    else if (cost >= low) within += 1;
  }
  if (ratios.length === 0) return undefined;
  const middle = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1;
  return { count: ratios.length, within, above, medianRatio: middle };
}

/** "12 of 14 quoted answers cost what was said, 1 cost more; the middle one 0.8 times the middle of its quote." */
export function quoteFiguresText({ count, within, above, medianRatio }: QuoteFigures): string {
  const answers = count === 1 ? "quoted answer" : "quoted answers";
  return `${within} of ${count} ${answers} cost what was said, ${above} cost more; the middle one ${medianRatio.toFixed(1)} times the middle of its quote.`;
}
