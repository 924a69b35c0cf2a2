/**
 * What two facts of a request mean together: 40 lines to explain are not 40 lines to rename. A linear model knows each
 * fact by itself; every pair of them gets a bucket of the n-gram table, so that it stays linear and explains itself.
 */
import type { NgramBlock } from "./ngrams.ts";
import { blockOf, hashText, NGRAM_SEEDS } from "./ngrams.ts";

/** A feature that is there, and how large it is: its power of two, 0 for yes-or-no, -1 for one that is missing. */
export interface Facet {
  feature: string;
  value: number;
}

/** Every pair of facets, hashed; `spans` of the block are the indices of the two in `facets`. */
export function pairsOf(facets: readonly Facet[]): NgramBlock {
  const hashes = facets.map(({ feature, value }) => hashText(0, feature) ^ Math.imul(value + 2, 0x85ebca6b));
  const pairs = blockOf("pairs", "", (add) => {
    for (let i = 0; i < hashes.length; i++) {
      const first = Math.imul((hashes[i] as number) ^ NGRAM_SEEDS.pairs, 0x9e3779b1);
      for (let k = i + 1; k < hashes.length; k++) add(first ^ (hashes[k] as number), i, k);
    }
  });
  return { ...pairs, facets: facets.map(({ feature }) => feature) };
}
