/**
 * The wording of a request as hashed n-grams: words and pairs of words, and pieces of three and four characters, which
 * carry over to inflected forms, typos and languages the word lists do not know. Hashing (Weinberger et al. 2009) keeps
 * the model at a fixed size. What is read is capped, so that cost does not grow with the size of the request.
 */
import { isUnspaced, isWordUnit } from "./matcher.ts";

/** Buckets of the table of weights; a power of two. */
export const BUCKETS = 2 ** 16;

/** UTF-16 units read of each text: the instruction is short, and code tells most at its beginning. */
const INSTRUCTION_READ = 1200;
const CODE_READ = 2400;
const DIAGNOSTICS_READ = 400;

/** How much each kind of n-gram counts, as the length of its part of the vector. Chosen by cross-validation. */
const LENGTHS = { words: 1, pieces: 1, code: 0.8, diagnostics: 0.7, setting: 1, pairs: 1.2 } as const;

/** Seeds that keep the kinds apart in one table. */
export const NGRAM_SEEDS = {
  words: 0x01,
  pieces: 0x02,
  code: 0x03,
  diagnostics: 0x04,
  setting: 0x05,
  pairs: 0x06,
} as const;

export type NgramKind = keyof typeof NGRAM_SEEDS;

/** A text of the request, cut into n-grams. */
export interface NgramBlock {
  kind: NgramKind;
  text: string;
  /** Bucket of each n-gram, none twice. */
  buckets: Int32Array;
  /** Where in `text` it first stands: start, end. */
  spans: Int32Array;
  /** What each n-gram of the block counts: all the same. */
  value: number;
  /** Of pairs of features, their names; `spans` then says which two. */
  facets?: readonly string[];
}

/** Weights of n-grams: `data[(bucket & mask) * classes + class] * scale`, as many buckets as `data` has room for. */
export interface NgramTable {
  scale: number;
  data: Int8Array;
}

/** Adds what the n-grams of `blocks` weigh to `scores`, a number a class. */
export function addNgramScores(
  scores: number[],
  { scale, data }: NgramTable,
  blocks: readonly NgramBlock[],
): void {
  const classes = scores.length;
  const mask = data.length / classes - 1;
  for (const { buckets, value } of blocks) {
    const step = scale * value;
    for (let i = 0; i < buckets.length; i++) {
      const base = ((buckets[i] as number) & mask) * classes;
      for (let c = 0; c < classes; c++) {
        const weight = data[base + c] as number;
        if (weight !== 0) scores[c] = (scores[c] as number) + step * weight;
      }
    }
  }
}

/** Bits of a set of known words; a power of two. A word that is not in it is taken for known in about 1 of 20 cases. */
export const KNOWN_BITS = 2 ** 17;

/** Texts to read, folded (`fold`). */
export interface NgramTexts {
  instruction: string;
  code: string;
  diagnostics: string;
  /** What surrounds the request, one fact each: "fix with 2 errors". */
  setting: readonly string[];
  /** Keeps code of different commands apart. */
  command: string;
}

/** Cuts the texts of a request into n-grams. */
export function ngramsOf({ instruction, code, diagnostics, setting, command }: NgramTexts): NgramBlock[] {
  const asked = instruction.slice(0, INSTRUCTION_READ);
  const askedWords = wordsOf(asked);
  return [
    blockOf("words", asked, (add) => wordGrams(asked, askedWords, NGRAM_SEEDS.words, add)),
    blockOf("pieces", asked, (add) => pieceGrams(asked, askedWords, add)),
    blockOf("code", code, (add) => {
      const read = code.slice(0, CODE_READ);
      oneByOne(read, wordsOf(read), hashText(NGRAM_SEEDS.code, command), add);
    }),
    blockOf("diagnostics", diagnostics, (add) => {
      const read = diagnostics.slice(0, DIAGNOSTICS_READ);
      wordGrams(read, wordsOf(read), NGRAM_SEEDS.diagnostics, add);
    }),
    blockOf("setting", setting.join("\n"), (add) => {
      let start = 0;
      for (const fact of setting) {
        add(hashText(NGRAM_SEEDS.setting, fact), start, start + fact.length);
        start += fact.length + 1;
      }
    }),
  ].filter(({ buckets }) => buckets.length > 0);
}

/** Bits of the words of a text, in a set of `KNOWN_BITS`. Of an unspaced script, each character is a word. */
export function wordBits(folded: string): number[] {
  const asked = folded.slice(0, INSTRUCTION_READ);
  const words = wordsOf(asked);
  const bits: number[] = [];
  for (let w = 0; w < words.length; w += 2) {
    bits.push(
      finish(hashRange(NGRAM_SEEDS.words, asked, words[w] as number, words[w + 1] as number)) &
        (KNOWN_BITS - 1),
    );
  }
  return bits;
}

type Add = (hash: number, start: number, end: number) => void;

/** Marks the buckets of the block that is being made, without a set for each: equal to `stamp` is taken. */
const seen = new Uint32Array(BUCKETS);
let stamp = 0;

/** A block of the buckets that `read` adds, none twice. */
export function blockOf(kind: NgramKind, text: string, read: (add: Add) => void): NgramBlock {
  const buckets: number[] = [];
  const spans: number[] = [];
  stamp = (stamp + 1) >>> 0 || 1;
  read((hash, start, end) => {
    const bucket = finish(hash) & (BUCKETS - 1);
    if (seen[bucket] === stamp) return;
    seen[bucket] = stamp;
    buckets.push(bucket);
    spans.push(start, end);
  });
  const value = LENGTHS[kind] / Math.sqrt(buckets.length);
  return { kind, text, buckets: Int32Array.from(buckets), spans: Int32Array.from(spans), value };
}

/** Start and end of each word; of an unspaced script, every character is one. */
function wordsOf(text: string): number[] {
  const words: number[] = [];
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : 0x20;
    const unspaced = isUnspaced(unit);
    const inside = isWordUnit(unit) && !unspaced;
    if (inside && start < 0) start = i;
    if (!inside && start >= 0) {
      words.push(start, i);
      start = -1;
    }
    if (unspaced) words.push(i, i + 1);
  }
  return words;
}

function wordGrams(text: string, words: readonly number[], seed: number, add: Add): void {
  let before = 0;
  for (let w = 0; w < words.length; w += 2) {
    const start = words[w] as number;
    const end = words[w + 1] as number;
    const hash = hashRange(seed, text, start, end);
    add(hash, start, end);
    if (w > 0) add(Math.imul(before, 0x9e3779b1) ^ hash, words[w - 2] as number, end);
    before = hash;
  }
}

function oneByOne(text: string, words: readonly number[], seed: number, add: Add): void {
  for (let w = 0; w < words.length; w += 2) {
    const start = words[w] as number;
    const end = words[w + 1] as number;
    if (end - start > 1) add(hashRange(seed, text, start, end), start, end);
  }
}

/** Pieces of three and four characters, the edges of the word counting as one; two and three where there are none. */
function pieceGrams(text: string, words: readonly number[], add: Add): void {
  for (let w = 0; w < words.length; w += 2) {
    const start = words[w] as number;
    const end = words[w + 1] as number;
    if (isUnspaced(text.charCodeAt(start))) {
      for (const size of [2, 3]) {
        if (contiguous(words, w, size))
          add(hashRange(NGRAM_SEEDS.pieces, text, start, start + size), start, start + size);
      }
      continue;
    }
    const edgeStart = start - 1;
    for (let at = edgeStart; at + 3 <= end + 1; at++) {
      let hash = NGRAM_SEEDS.pieces ^ 0x811c9dc5;
      for (let i = at; i < at + 4 && i <= end; i++) {
        const unit = i < start || i >= end ? 0x20 : text.charCodeAt(i);
        hash = Math.imul(hash ^ unit, 0x01000193);
        if (i - at === 2) add(hash, start, end);
      }
      if (at + 4 <= end + 1) add(hash, start, end);
    }
  }
}

/** Whether `size` one-character words stand side by side from word `w`. */
function contiguous(words: readonly number[], w: number, size: number): boolean {
  const last = w + 2 * (size - 1);
  return last < words.length && (words[last + 1] as number) - (words[w] as number) === size;
}

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo). */
function hashRange(seed: number, text: string, start: number, end: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The hash of a whole text. */
export function hashText(seed: number, text: string): number {
  return hashRange(seed, text, 0, text.length);
}

/** Spreads the bits (MurmurHash3's finaliser), since the low ones choose the bucket. */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
