/** Between the features of a row and the columns of a regression: dense features first, then each bucket that occurs. */
import type { NgramBlock, NgramTable } from "../src/core/router/ngrams.ts";
import type { Example } from "./logistic.ts";

/** What an n-gram is taken to tell of a class at the least, as a log-ratio. */
const LEAST_TOLD = 0.1;

/** Gives every bucket that occurs a column behind the dense features, so that fitting is no longer than it must be. */
export class Columns {
  readonly #columnOf = new Map<number, number>();
  readonly #dense: number;
  readonly #mask: number;

  /** `dense`: how many dense features there are; `buckets`: a power of two. */
  constructor(dense: number, buckets: number) {
    this.#dense = dense;
    this.#mask = buckets - 1;
  }

  get count(): number {
    return this.#dense + this.#columnOf.size;
  }

  /** The columns of a row that are not 0. */
  read(dense: ArrayLike<number>, blocks: readonly NgramBlock[]): Pick<Example, "at" | "values"> {
    const at: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < this.#dense; i++) {
      const value = dense[i] as number;
      if (value === 0) continue;
      at.push(i);
      values.push(value);
    }
    for (const { buckets, value } of blocks) {
      for (const hash of buckets) {
        const bucket = hash & this.#mask;
        let column = this.#columnOf.get(bucket);
        if (column === undefined) this.#columnOf.set(bucket, (column = this.count));
        at.push(column);
        values.push(value);
      }
    }
    return { at: Int32Array.from(at), values: Float64Array.from(values) };
  }

  /**
   * How hard each weight is pulled back, a number a column and class: as `dense` says, and an n-gram by `ngrams` over
   * how much it tells of the class by itself, the log-ratio of its shares inside and outside (as Wang & Manning 2012
   * scale their features). What occurs in all classes alike has to prove itself more often.
   */
  pulls(
    dense: readonly number[],
    ngrams: number,
    examples: readonly Pick<Example, "at" | "y">[],
    classes: number,
  ): Float64Array {
    const counts = new Float64Array(this.count * classes).fill(1);
    for (const { at, y } of examples) {
      for (const column of at) counts[column * classes + y] = (counts[column * classes + y] as number) + 1;
    }
    const totals = Array.from({ length: classes }, (_, c) => {
      let sum = 0;
      for (let column = this.#dense; column < this.count; column++)
        sum += counts[column * classes + c] as number;
      return sum;
    });
    const all = totals.reduce((sum, total) => sum + total, 0);
    const pulls = new Float64Array(this.count * classes);
    for (let column = 0; column < this.count; column++) {
      const of = counts.subarray(column * classes, (column + 1) * classes);
      const sum = of.reduce((total, one) => total + one, 0);
      for (let c = 0; c < classes; c++) {
        const inside = (of[c] as number) / (totals[c] as number);
        const outside = (sum - (of[c] as number)) / (all - (totals[c] as number));
        const tells = Math.max(LEAST_TOLD, Math.abs(Math.log(inside / outside)));
        pulls[column * classes + c] = column < this.#dense ? (dense[column] as number) : ngrams / tells;
      }
    }
    return pulls;
  }

  /** The n-gram weights as bytes. A softmax does not change when all classes shift alike: they are centred first. */
  quantise(weights: Float64Array, classes: number): NgramTable {
    const table = new Float64Array((this.#mask + 1) * classes);
    for (const [bucket, column] of this.#columnOf) {
      const of = weights.subarray(column * classes, (column + 1) * classes);
      const mean = of.reduce((sum, value) => sum + value, 0) / classes;
      for (const [c, value] of of.entries()) table[bucket * classes + c] = value - mean;
    }
    const largest = table.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-9);
    const scale = Number((largest / 127).toPrecision(6));
    return { scale, data: Int8Array.from(table, (value) => Math.round(value / scale)) };
  }
}
