/** The learning report as Markdown. */
import { quoteFigures, quoteFiguresText } from "../cost/quoteFigures.ts";
import type { Label } from "../request.ts";
import { LABELS } from "../request.ts";
import type { HeldOutFigures } from "./correction.ts";
import { LEAST_LABELS } from "./correction.ts";
import type { Learned } from "./learner.ts";

/** What was learned and whether it helps; figures are of labels held out from the learning. */
export function learningText({ report, evidence }: Learned): string {
  const { labels, before, after, verdict } = report;
  const count = LABELS.reduce((sum, label) => sum + labels[label], 0);
  const quotes = quoteFigures(evidence.map(({ row }) => row));
  const quoted = quotes ? [`\n## Quotes\n\n${quoteFiguresText(quotes)}\n`] : [];
  if (count === 0 && evidence.every(({ succeeded }) => succeeded === undefined)) {
    return [
      "Nothing has been learned yet.\n",
      "Rate answers, ask again with a stronger model where one was not good enough, or run",
      `**Hybrid: Label Requests…**: from ${LEAST_LABELS} labels on, Hybrid corrects its router by them where that helps.\n`,
      ...quoted,
    ].join("\n");
  }
  const good = evidence.filter(({ succeeded }) => succeeded === true).length;
  const bad = evidence.filter(({ succeeded }) => succeeded === false).length;
  return [
    `**${verdict}**\n`,
    `${count} ${count === 1 ? "label" : "labels"}: ${LABELS.map((label: Label) => `${labels[label]} ${label}`).join(", ")}. ${good} answers were good enough, ${bad} were not (ratings, and requests asked again).\n`,
    ...(count >= LEAST_LABELS
      ? [
          table(count, before, after),
          "Each label was decided by what the other four fifths of the labels teach.",
        ]
      : []),
    "Degraded answers are not learned from. “Hybrid: Forget What You Learned…” goes back to the router as shipped.\n",
    ...quoted,
  ].join("\n");
}

function table(count: number, before: HeldOutFigures, after: HeldOutFigures): string {
  const share = (hits: number) => {
    const { low, high } = interval(hits, count);
    return `${percent(hits / count)} (${percent(low)}–${percent(high)})`;
  };
  const lines: [string, (figures: HeldOutFigures) => string][] = [
    ["label right", ({ right }) => share(right)],
    ["labelled too low", ({ tooLow }) => share(tooLow)],
    ["labelled too high", ({ tooHigh }) => share(tooHigh)],
    ["surprise (mean −ln p)", ({ logLoss }) => logLoss.toFixed(3)],
  ];
  return [
    "| held-out labels | as shipped | with what was learned |",
    "| --- | --- | --- |",
    ...lines.map(([name, of]) => `| ${name} | ${of(before)} | ${of(after)} |`),
    "",
  ].join("\n");
}

/** Wilson score interval (Wilson 1927), z = 1.96. */
export function interval(hits: number, n: number): { low: number; high: number } {
  const z2 = 1.96 ** 2;
  const p = hits / n;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
