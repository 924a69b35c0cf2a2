/** Finds rows that say the same, so that no row is measured on what it was trained on. */
import type { EditorRequest } from "../src/core/request.ts";
import { fold } from "../src/core/router/matcher.ts";

/** Jaccard similarity of shingles from which two texts count as one; among rewordings of a text it is far above. */
const SAME = 0.6;
/** Characters of a shingle. */
const SHINGLE = 8;
/** Texts shorter than this say too little to be compared: "fix it" twice is not a copy. */
const LEAST = 24;

/** Pairs of ids whose prompt and code together are nearly the same. */
export function nearDuplicates(
  rows: readonly { id: string; request: EditorRequest }[],
): { id: string; of: string }[] {
  const found: { id: string; of: string }[] = [];
  const read: { id: string; shingles: Set<string> }[] = [];
  const holders = new Map<string, number[]>();
  for (const { id, request } of rows) {
    const shingles = shinglesOf(`${request.prompt}\n${request.code}`);
    const shared = new Map<number, number>();
    for (const shingle of shingles) {
      for (const index of holders.get(shingle) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    }
    for (const [index, both] of shared) {
      const other = read[index] as { id: string; shingles: Set<string> };
      if (both / (shingles.size + other.shingles.size - both) >= SAME) found.push({ id, of: other.id });
    }
    for (const shingle of shingles) {
      const list = holders.get(shingle);
      if (list) list.push(read.length);
      else holders.set(shingle, [read.length]);
    }
    read.push({ id, shingles });
  }
  return found;
}

function shinglesOf(text: string): Set<string> {
  const folded = fold(text);
  if (folded.length < LEAST) return new Set();
  return new Set(Array.from({ length: folded.length - SHINGLE + 1 }, (_, i) => folded.slice(i, i + SHINGLE)));
}
