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

interface Node {
  next: Map<number, Node>;
  /** Groups of the words that end here. */
  whole: string[];
  /** Groups of the beginnings that end here. */
  start: string[];
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

/** The matcher of a lexicon; it takes text that went through `fold`. Its tree is grown at the first use. */
export function createMatcher(groups: WordGroups): Matcher {
  let root: Node | undefined;
  return (folded) => {
    root ??= treeOf(groups);
    const found = new Map<string, GroupMatch>();
    for (let start = 0; start < folded.length; start++) {
      const first = folded.charCodeAt(start);
      const insideWord = start > 0 && isWordUnit(first) && isWordUnit(folded.charCodeAt(start - 1));
      if (!insideWord || isUnspaced(first)) walk(root, folded, start, found);
    }
    return found;
  };
}

function treeOf(groups: WordGroups): Node {
  const root = newNode();
  for (const [group, words] of Object.entries(groups)) {
    for (const entry of fold(words).split(",")) add(root, entry.trim(), group);
  }
  return root;
}

function newNode(): Node {
  return { next: new Map(), whole: [], start: [] };
}

function add(root: Node, entry: string, group: string): void {
  const isStart = entry.endsWith("*");
  const word = isStart ? entry.slice(0, -1) : entry;
  if (word === "") return;
  let node = root;
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    let child = node.next.get(unit);
    if (!child) node.next.set(unit, (child = newNode()));
    node = child;
  }
  (isStart ? node.start : node.whole).push(group);
}

function walk(root: Node, text: string, from: number, found: Map<string, GroupMatch>): void {
  let node: Node | undefined = root;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    node = node.next.get(unit);
    if (!node) return;
    if (node.start.length > 0) record(node.start, text, from, i + 1, found);
    if (node.whole.length === 0) continue;
    const endsWord = isUnspaced(unit) || !isWordUnit(unit) || i + 1 === text.length;
    if (endsWord || !isWordUnit(text.charCodeAt(i + 1))) record(node.whole, text, from, i + 1, found);
  }
}

function record(
  groups: string[],
  text: string,
  from: number,
  to: number,
  found: Map<string, GroupMatch>,
): void {
  for (const group of groups) {
    const match = found.get(group);
    if (match) match.count++;
    else found.set(group, { count: 1, word: wholeWord(text, from, to) });
  }
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
