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

/** True for letters and digits of scripts that are written without spaces. */
export function isUnspaced(code: number): boolean {
  return (
    (code >= 0x0e00 && code <= 0x0e7f) ||
    (code >= 0x3040 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af)
  );
}

/** True for UTF-16 units that belong to a word: ASCII letters, digits and `_`, and all that is not punctuation above. */
export function isWordUnit(code: number): boolean {
  if (code < 0x80) {
    return (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x30 && code <= 0x39) ||
      (code >= 0x41 && code <= 0x5a) ||
      code === 0x5f
    );
  }
  if (code < 0xc0) return false;
  return !((code >= 0x2000 && code <= 0x2bff) || (code >= 0x3000 && code <= 0x303f) || code >= 0xd800);
}

/** The matcher of a lexicon; it takes text that went through `fold`. Its index is made at the first use. */
export function createMatcher(groups: WordGroups): Matcher {
  let index: readonly (readonly Entry[] | undefined)[] | undefined;
  return (folded) => {
    index ??= indexOf(groups);
    const found = new Map<string, GroupMatch>();
    let before = 0;
    for (let start = 0; start < folded.length; start++) {
      const first = folded.charCodeAt(start);
      const insideWord = isWordUnit(first) && isWordUnit(before);
      before = first;
      if (insideWord && !isUnspaced(first)) continue;
      const second = start + 1 < folded.length ? folded.charCodeAt(start + 1) : 0;
      const third = start + 2 < folded.length ? folded.charCodeAt(start + 2) : 0;
      matchAt(index[slotOf(first, second, third)], folded, start, found);
      if (third !== 0) matchAt(index[slotOf(first, second, 0)], folded, start, found);
      if (second !== 0) matchAt(index[slotOf(first, 0, 0)], folded, start, found);
    }
    return found;
  };
}

/** Slots of the index; a power of two, several times the number of beginnings that occur. */
const SLOTS = 2 ** 14;

/** Words by their first three units, which tell most of them apart; shorter words stand under what they have and 0. */
function indexOf(groups: WordGroups): (Entry[] | undefined)[] {
  const index: (Entry[] | undefined)[] = Array.from({ length: SLOTS });
  for (const [group, words] of Object.entries(groups)) {
    for (const text of fold(words).split(",")) {
      const entry = text.trim();
      const isStart = entry.endsWith("*");
      const word = isStart ? entry.slice(0, -1) : entry;
      if (word === "") continue;
      const unit = (i: number) => (i < word.length ? word.charCodeAt(i) : 0);
      const slot = slotOf(unit(0), unit(1), unit(2));
      (index[slot] ??= []).push({ word, isStart, group });
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
