/** Where the labelled rows are: our own in training/data, the public sets beside the project where somebody put them. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

const own = resolve(import.meta.dirname, "data");
const heldOut = resolve(import.meta.dirname, "heldOut");
const shared = process.env["HYBRID_DATA"] ?? resolve(import.meta.dirname, "../../shared/data");

/** A file of our own rows. */
export function dataFile(name: string): string {
  return resolve(own, name);
}

/** Who wrote requests to train on: every file of two letters is one author's. */
export function authorNames(): string[] {
  return namesIn(own, /^[a-z]{2}\.jsonl$/).map((name) => name.slice(0, 2));
}

/** The files of TODO comments to train on, one an author. */
export function todoFiles(): string[] {
  return namesIn(own, /^todo-\w+\.jsonl$/);
}

/** Requests and TODO comments of authors whose labels nothing is trained or tuned on: only to be measured on. */
export function heldOutFiles(): { requests: string[]; todos: string[] } {
  const of = (pattern: RegExp) => namesIn(heldOut, pattern).map((name) => resolve(heldOut, name));
  return { requests: of(/^[a-z]{2}\.jsonl$/), todos: of(/^todo-\w+\.jsonl$/) };
}

/** Labels and tasks that a second reader gave, who did not see the author's. */
export const READINGS = resolve(import.meta.dirname, "readings.jsonl");

function namesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .toSorted();
}

/** A file of the public sets, or undefined where they are not. */
export function publicFile(name: string): string | undefined {
  const path = resolve(shared, name);
  return existsSync(path) ? path : undefined;
}
