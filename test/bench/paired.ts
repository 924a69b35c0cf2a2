/** Paired measurement: two ways to the same thing, in turn, so that whatever slows the machine slows both. */

interface Quantiles {
  /** Milliseconds. */
  median: number;
  p95: number;
}

export interface Pair {
  direct: Quantiles;
  ours: Quantiles;
  /** Of the differences of each pair, ours minus direct. */
  difference: Quantiles;
  rounds: number;
}

/**
 * Measures `direct` and `ours` in pairs, the first of each pair changing from round to round. Both return
 * milliseconds. The warm-up rounds before are thrown away.
 */
export async function measurePairs(
  direct: () => Promise<number>,
  ours: () => Promise<number>,
  { rounds = 300, warmup = 40 }: { rounds?: number; warmup?: number } = {},
): Promise<Pair> {
  const samples: { direct: number; ours: number }[] = [];
  for (let round = -warmup; round < rounds; round += 1) {
    const sample = { direct: 0, ours: 0 };
    const first = round % 2 === 0;
    if (first) sample.direct = await direct();
    sample.ours = await ours();
    if (!first) sample.direct = await direct();
    if (round >= 0) samples.push(sample);
  }
  return {
    direct: quantiles(samples.map((sample) => sample.direct)),
    ours: quantiles(samples.map((sample) => sample.ours)),
    difference: quantiles(samples.map((sample) => sample.ours - sample.direct)),
    rounds,
  };
}

/** Milliseconds from now to the first item that `isFirst` accepts; reads the rest, so that nothing hangs over. */
export async function timeToFirst<T>(
  start: () => AsyncIterable<T> | Promise<AsyncIterable<T>>,
  isFirst: (item: T) => boolean,
): Promise<number> {
  const began = performance.now();
  let first: number | undefined;
  for await (const item of await start()) {
    if (first === undefined && isFirst(item)) first = performance.now() - began;
  }
  if (first === undefined) throw new Error("the stream ended without what was waited for");
  return first;
}

/** One line of a report. */
export function describePair(name: string, { direct, ours, difference, rounds }: Pair): string {
  const cell = ({ median, p95 }: Quantiles) => `${median.toFixed(2)} (p95 ${p95.toFixed(2)})`.padEnd(20);
  return `${name.padEnd(12)} direct ${cell(direct)} ours ${cell(ours)} difference ${cell(difference)} ms, n=${rounds}`;
}

function quantiles(values: number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95) };
}
