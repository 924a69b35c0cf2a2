/** How long the search for secrets takes, medians in µs per 10 kB, by what is searched. `npm run bench -- secrets`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findSecrets, redact } from "../../src/core/privacy/secrets.ts";

const ROUNDS = 41;
const root = join(import.meta.dirname, "..", "..");

/** The files of a folder and those below it, one after another, until there are enough characters. */
function gathered(folder: string, ending: string, length: number): string {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const text = files
    .filter((file) => file.endsWith(ending))
    .toSorted()
    .map((file) => readFileSync(join(root, folder, file), "utf8"))
    .join("\n");
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

const code = gathered("src", ".ts", 100_000);
/** A password every kilobyte, so that the text is rendered and looked through again. */
const planted = code.replaceAll(/[^]{1000}/g, (part, at: number) => `${part}\npassword = "Gandalf#${at}"\n`);

const KINDS: readonly { name: string; run: () => unknown; length: number }[] = [
  { name: "10 kB of TypeScript", run: () => findSecrets(code.slice(0, 10_000)), length: 10_000 },
  { name: "100 kB of TypeScript", run: () => findSecrets(code), length: code.length },
  { name: "100 kB of Markdown", run: () => findSecrets(docs), length: 100_000 },
  { name: "100 kB of TypeScript, 100 passwords", run: () => redact(planted), length: planted.length },
  { name: "100 kB on one line", run: () => findSecrets(oneLine), length: code.length },
];
const docs = gathered("docs", ".md", 100_000);
const oneLine = code.replaceAll("\n", " ");

for (const { name, run, length } of KINDS) {
  const micros = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return ((performance.now() - start) * 1000 * 10_000) / length;
  }).toSorted((a, b) => a - b);
  const median = micros[Math.floor(ROUNDS / 2)] ?? 0;
  console.log(`${name.padEnd(40)} median ${median.toFixed(0).padStart(5)} µs per 10 kB`);
}
