/** The trained weights: what training writes, and how it is stored and read back. */
import { readFileSync } from "node:fs";
import type { NgramTable } from "./ngrams.ts";
import { KNOWN_BITS } from "./ngrams.ts";

/** One linear classifier: bias, dense features by name, wording by bucket; a number a class each. */
export interface Head {
  /** Divides the log-odds, so that a confidence is the share of decisions that are right. */
  temperature: number;
  bias: number[];
  /** Subtracted from a feature before it is weighed: the mean of the rows trained on, 0 for yes-or-no features. */
  means: Record<string, number>;
  dense: Record<string, number[]>;
  ngrams: NgramTable;
  /** The words of the rows trained on, a set of `KNOWN_BITS` bits. */
  known: Uint8Array;
}

/** Every head of the embedded router. */
export interface RouterWeights {
  /** Label of requests from the editor. */
  label: Head;
  task: Head;
  /** Label of questions with nothing of the editor: from public sets, where the others know only our own. */
  general: Head;
}

export type HeadName = keyof RouterWeights;

/** Changes with what the features mean. */
export const WEIGHTS_VERSION = 3;

/** A head as it is stored: readable numbers here, the n-grams as bytes in a file beside it. */
export interface StoredHead extends Omit<Head, "ngrams" | "known"> {
  version: number;
  /** Of the n-gram table. */
  scale: number;
  /** Size of the n-gram table, bytes. */
  bytes: number;
}

/** Where the n-grams of a head are, and behind them its known words. The build copies these files beside the bundle. */
export function ngramFile(name: HeadName): string {
  return `${name}.bin`;
}

/** Joins a stored head with its n-grams. Throws when they are not of this version or not of one training. */
export function joinHead(
  name: HeadName,
  { version, scale, bytes, ...head }: StoredHead,
  data: Int8Array,
): Head {
  const expected = bytes + KNOWN_BITS / 8;
  if (version !== WEIGHTS_VERSION || data.length !== expected) {
    throw new Error(
      `The router's weights “${name}” (version ${version}, ${data.length} of ${expected} bytes) do not fit this code ` +
        `(version ${WEIGHTS_VERSION}). Reinstall the extension, or run "npm run train" in its source.`,
    );
  }
  const known = Uint8Array.from(data.subarray(bytes));
  return { ...head, ngrams: { scale, data: data.subarray(0, bytes) }, known };
}

/** The n-grams of a head, from the package. Throws when the file is missing. */
export function readNgrams(name: HeadName): Int8Array {
  const bytes = readFileSync(new URL(ngramFile(name), new URL("./weights/", import.meta.url)));
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
