/** Where the labelled rows are: our own in training/data, the public sets beside the project where somebody put them. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

const own = resolve(import.meta.dirname, "data");
const shared = process.env["HYBRID_DATA"] ?? resolve(import.meta.dirname, "../../shared/data");

/** A file of our own rows. */
export function dataFile(name: string): string {
  return resolve(own, name);
}

/** Who wrote requests: every file of two letters is one author's. */
export function authorNames(): string[] {
  return readdirSync(own)
    .filter((name) => /^[a-z]{2}\.jsonl$/.test(name))
    .map((name) => name.slice(0, 2))
    .toSorted();
}

/** The files of TODO comments, one an author. */
export function todoFiles(): string[] {
  return readdirSync(own)
    .filter((name) => /^todo-\w+\.jsonl$/.test(name))
    .toSorted();
}

/** A file of the public sets, or undefined where they are not. */
export function publicFile(name: string): string | undefined {
  const path = resolve(shared, name);
  return existsSync(path) ? path : undefined;
}
