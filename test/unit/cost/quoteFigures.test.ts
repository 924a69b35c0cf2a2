import { expect, it } from "vitest";
import { quoteFigures, quoteFiguresText } from "../../../src/core/cost/quoteFigures.ts";
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import { attempt } from "../log/support/records.ts";

const quoted = (cost: number, changes: Partial<AttemptRecord> = {}) =>
  attempt({
    costNanoDollars: cost,
    costProvenance: "computed",
    quoteLowNanoDollars: 100,
    quoteHighNanoDollars: 300,
    ...changes,
  });

it("counts what fell within, above and below, by known costs alone", () => {
  const rows = [
    quoted(100),
    quoted(300),
    quoted(301),
    quoted(99),
    quoted(250, { costProvenance: "reported" }),
    quoted(900, { costProvenance: "estimated" }),
    quoted(900, { outcome: "interrupted" }),
    quoted(900, { quoteLowNanoDollars: null, quoteHighNanoDollars: null }),
    quoted(0, { quoteLowNanoDollars: 0, quoteHighNanoDollars: 0 }),
  ];
  const figures = quoteFigures(rows);
  expect(figures).toEqual({ count: 5, within: 3, above: 1, medianRatio: 1.25 });
  expect(figures && quoteFiguresText(figures)).toBe(
    "3 of 5 quoted answers cost what was said, 1 cost more; the middle one 1.3 times the middle of its quote.",
  );
});

it("says nothing of nothing", () => {
  expect(quoteFigures([])).toBeUndefined();
});
