/**
 * Finds the words of a lexicon in a text, all groups in one pass. Words of scripts that put spaces between words
 * match at word boundaries; Chinese, Japanese, Korean and Thai match anywhere, since `\b` means nothing there.
 */

/** Words of one group, comma-separated: `refactor*` matches as a beginning, `lock-free` as a whole word. */
export type WordGroups = Readonly<Record<string, string>>;

/** What was found of one group. */
export interface GroupMatch {
  /** How many times. */
  count: number;
  /** The first word found, as it stands in the folded text. */
  word: string;
}

export type Matcher = (folded: string) => Map<string, GroupMatch>;

/** A word of the lexicon. */
interface Entry {
  word: string;
  /** Matches as the beginning of a longer word too. */
  isStart: boolean;
  group: string;
}

const LATIN_MARKS = /[\u0300-\u036f]/g;
// oxlint-disable-next-line no-control-regex -- plain ASCII needs no folding of marks
const ASCII = /^[\0-\x7f]*$/;

/** Lower case, no accents on Latin letters, straight quotes, single spaces: "Giải  thích" → "giai thich". */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  const plain = ASCII.test(lower)
    ? lower
    : lower
        .normalize("NFD")
        .replace(LATIN_MARKS, "")
        .normalize("NFC")
        .replaceAll("đ", "d")
        .replace(/[‘’]/g, "'");
  return plain.replace(/\s+/g, " ");
}

const WORD_UNIT = 1;
const UNSPACED_UNIT = 2;
/** Ranges of UTF-16 units, ends included, that are punctuation and signs; the rest above ASCII belongs to words. */
const SIGNS = [
  [0x80, 0xbf],
  [0x2000, 0x2bff],
  [0x3000, 0x303f],
  [0xd800, 0xffff],
] as const;
/** Thai, the Japanese syllabaries, Chinese characters, Hangul. */
const UNSPACED = [
  [0x0e00, 0x0e7f],
  [0x3040, 0x30ff],
  [0x3400, 0x9fff],
  [0xac00, 0xd7af],
] as const;
/** What each UTF-16 unit is, worked out once: every character of every text is looked at several times. */
const UNITS = new Uint8Array(0x1_00_00).fill(WORD_UNIT, 0x80);
for (const [first, last] of SIGNS) UNITS.fill(0, first, last + 1);
for (const [first, last] of UNSPACED) UNITS.fill(WORD_UNIT | UNSPACED_UNIT, first, last + 1);
for (const unit of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
  UNITS[unit.charCodeAt(0)] = WORD_UNIT;

/** True for letters and digits of scripts that are written without spaces. */
export function isUnspaced(code: number): boolean {
  return ((UNITS[code] as number) & UNSPACED_UNIT) !== 0;
}

/** True for UTF-16 units that belong to a word: ASCII letters, digits and `_`, and all that is not punctuation above. */
export function isWordUnit(code: number): boolean {
  return ((UNITS[code] as number) & WORD_UNIT) !== 0;
}

/** The matcher of a lexicon; it takes text that went through `fold`. Its index is made at the first use. */
export function createMatcher(groups: WordGroups): Matcher {
  let index: Index | undefined;
  return (folded) => {
    index ??= indexOf(groups);
    const { long, short } = index;
    const found = new Map<string, GroupMatch>();
    const unitAt = (i: number) => (i < folded.length ? folded.charCodeAt(i) : 0);
    let before = 0;
    let first = unitAt(0);
    let second = unitAt(1);
    for (let start = 0; start < folded.length; start++) {
      const third = unitAt(start + 2);
      const kind = UNITS[first] as number;
      if ((kind & before & WORD_UNIT) === 0 || (kind & UNSPACED_UNIT) !== 0) {
        const slot = slotOf(first, second, third);
        if (long.begins[slot] === 1) matchAt(long.entries.get(slot), folded, start, found);
        if (short.begins[first % SLOTS] === 1)
          matchAt(short.entries.get(first % SLOTS), folded, start, found);
      }
      before = kind;
      first = second;
      second = third;
    }
    return found;
  };
}

/** Slots of the index; a power of two, several times the number of beginnings that occur. */
const SLOTS = 2 ** 14;

/** Words by the slot of their beginning. Nearly all places begin none: a byte a slot says so without a further look. */
interface Beginnings {
  entries: Map<number, Entry[]>;
  begins: Uint8Array;
}

/** Words of three units and more by the first three, which tell most of them apart; shorter ones by the first. */
interface Index {
  long: Beginnings;
  short: Beginnings;
}

function indexOf(groups: WordGroups): Index {
  const empty = (): Beginnings => ({ entries: new Map(), begins: new Uint8Array(SLOTS) });
  const index: Index = { long: empty(), short: empty() };
  for (const [group, words] of Object.entries(groups)) {
    for (const text of fold(words).split(",")) {
      const entry = text.trim();
      const isStart = entry.endsWith("*");
      const word = isStart ? entry.slice(0, -1) : entry;
      if (word === "") continue;
      const [first = 0, second = 0, third = 0] = [0, 1, 2].map((i) => word.charCodeAt(i));
      const slot = word.length > 2 ? slotOf(first, second, third) : first % SLOTS;
      const { entries, begins } = word.length > 2 ? index.long : index.short;
      const there = entries.get(slot) ?? [];
      entries.set(slot, there);
      there.push({ word, isStart, group });
      begins[slot] = 1;
    }
  }
  return index;
}

function slotOf(first: number, second: number, third: number): number {
  return (first * 1009 + second * 131 + third * 17) & (SLOTS - 1);
}

function matchAt(
  entries: readonly Entry[] | undefined,
  text: string,
  from: number,
  found: Map<string, GroupMatch>,
): void {
  if (!entries) return;
  for (const { word, isStart, group } of entries) {
    if (!text.startsWith(word, from)) continue;
    const end = from + word.length;
    if (isStart || endsWord(text, end)) record(group, text, from, end, found);
  }
}

/** Whether a word that ends before `end` is whole. */
function endsWord(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  return isUnspaced(last) || !isWordUnit(last) || end === text.length || !isWordUnit(text.charCodeAt(end));
}

function record(group: string, text: string, from: number, to: number, found: Map<string, GroupMatch>): void {
  const match = found.get(group);
  if (match) match.count++;
  else found.set(group, { count: 1, word: wholeWord(text, from, to) });
}

/** The matched text, drawn out to the end of its word: "refactor" → "refactoring". */
function wholeWord(text: string, from: number, to: number): string {
  let end = to;
  while (end < text.length && end - from < 40) {
    const unit = text.charCodeAt(end);
    if (!isWordUnit(unit) || isUnspaced(unit)) break;
    end++;
  }
  return text.slice(from, end);
}
