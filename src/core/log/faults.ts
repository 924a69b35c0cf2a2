/** What SQLite's and the file system's errors mean for the request log. */

export type Fault =
  /** Another process holds the file: soon over. */
  | "locked"
  /** Not a database, damaged, or not a request log. */
  | "corrupt"
  /** The place cannot be written: no rights, no space, no such folder. */
  | "unwritable"
  /** This one row cannot be stored, whatever is done. */
  | "row";

/** Thrown when a step must wait for another window. */
export class Busy extends Error {}

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const FAULTS: Record<number, Fault> = {
  1: "corrupt", // ERROR: a table or a column is not what it should be
  5: "locked", // BUSY
  6: "locked", // LOCKED
  11: "corrupt", // CORRUPT
  18: "row", // TOOBIG
  19: "row", // CONSTRAINT
  20: "row", // MISMATCH
  26: "corrupt", // NOTADB
};

/** Sorts an error by what can be done about it. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Busy) return "locked";
  if (!(error instanceof Error)) return "unwritable";
  if ("errcode" in error) return FAULTS[Number(error.errcode) & 0xff] ?? "unwritable";
  if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) return "row";
  return "unwritable";
}
