import { describe, expect, it } from "vitest";
import { bootstrap, oracle, replay } from "../../bench/cascade.ts";

const local = { solved: false, cost: 0 };
const mid = { solved: true, cost: 1 };
const flagship = { solved: false, cost: 10 };

describe("a path of models", () => {
  it("ends at the first good answer where the check is perfect, and pays for what was thrown away", () => {
    expect(replay([flagship, mid, local], { recall: 1, falseAlarms: 0 })).toEqual({ solved: 1, cost: 11 });
  });

  it("stays with the first answer where there is no check", () => {
    expect(replay([local, mid], { recall: 0, falseAlarms: 0 })).toEqual({ solved: 0, cost: 0 });
  });

  it("lets failures pass, and throws away good answers, as often as the check is said to", () => {
    // Half of the failed local answers go on to mid; a tenth of its good ones on to a flagship that fails.
    const { solved, cost } = replay([local, mid, flagship], { recall: 0.5, falseAlarms: 0.1 });
    expect(solved).toBeCloseTo(0.45, 12);
    expect(cost).toBeCloseTo(0.5 * 1 + 0.05 * 10, 12);
  });

  it("has an oracle that takes the cheapest that solves it, or the cheapest of all", () => {
    expect(oracle([flagship, mid, local])).toEqual({ solved: 1, cost: 1 });
    expect(oracle([flagship, local])).toEqual({ solved: 0, cost: 0 });
  });
});

describe("the bootstrap interval", () => {
  const values = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0));

  it("is about the binomial one for independent values, and repeats", () => {
    const { mean, low, high } = bootstrap(values);
    expect(mean).toBe(0.25);
    expect(low).toBeCloseTo(0.25 - 1.96 * Math.sqrt((0.25 * 0.75) / 400), 1);
    expect(high - low).toBeCloseTo(2 * 1.96 * Math.sqrt((0.25 * 0.75) / 400), 2);
    expect(bootstrap(values)).toEqual({ mean, low, high });
  });

  it("is twice as wide when a quarter of the values are independent", () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(bootstrap(values, 100)) / width(bootstrap(values))).toBeCloseTo(2, 0);
  });
});
