/** Parts for cross-validation, the same in every run. */

const SEED = 20261;
const FOLDS = 5;

/** `FOLDS` parts of equal size, shuffled by the seed. */
export function split<T>(rows: readonly T[]): T[][] {
  const random = generator(SEED);
  const keyed = rows.map((row) => ({ row, key: random() })).toSorted((a, b) => a.key - b.key);
  return Array.from({ length: FOLDS }, (_, k) =>
    keyed.filter((_, i) => i % FOLDS === k).map(({ row }) => row),
  );
}

/** The parts, an author's rows each, dealt out into `count` larger ones: authors stay whole. */
export function dealt<T>(authors: readonly (readonly T[])[], count: number): T[][] {
  return Array.from({ length: count }, (_, k) => authors.filter((_, i) => i % count === k).flat());
}

/** Numbers in [0, 1): a linear congruential generator modulo 2³² with the constants of Numerical Recipes. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
