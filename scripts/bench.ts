/** `npm run bench`: every benchmark of test/bench, one after another. `npm run bench -- router log` runs some of them. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "..", "test", "bench");
const wanted = process.argv.slice(2);
const benches = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
let failed = 0;
for (const file of benches) {
  console.log(`\n## ${file.replace(".bench.ts", "")}`);
  const { status } = spawnSync(process.execPath, [join(folder, file)], { stdio: "inherit" });
  if (status !== 0) failed += 1;
}
if (benches.length === 0) console.error(`No benchmark of that name in ${folder}.`);
process.exitCode = failed > 0 || benches.length === 0 ? 1 : 0;
