/**
 * What activation costs, in the real editor: VS Code's own figure from "Developer: Show Running Extensions", over
 * several fresh windows, and the bytes that are loaded for it. Build first: `npm run build`.
 */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../scripts/host/paths.ts";
import { startSession } from "../ui/support.ts";
import { Workbench } from "../../scripts/host/workbench.ts";

const WINDOWS = 7;

const entry = statSync(join(PROJECT_ROOT, "dist/extension.js")).size;
const chunks = readdirSync(join(PROJECT_ROOT, "dist/chunks")).map((name) =>
  join(PROJECT_ROOT, "dist/chunks", name),
);
const text = readFileSync(join(PROJECT_ROOT, "dist/extension.js"), "utf8");
const eager = chunks.filter((path) => new RegExp(`from"\\./chunks/${path.split("/").at(-1)}"`).test(text));
const total = eager.reduce((sum, path) => sum + statSync(path).size, entry);
console.log(
  `loaded at activation: ${(total / 1000).toFixed(1)} kB in ${eager.length + 1} files (limit 150 kB)`,
);

const session = await startSession();
const times: number[] = [];
try {
  for (let run = 0; run < WINDOWS; run++) {
    const workbench =
      run === 0 ? session.workbench : await Workbench.open(session.server, session.folder, {});
    await workbench.statusBarItem("hybrid.hybrid-router");
    await workbench.runCommand("Developer: Show Running Extensions");
    const row = workbench.page
      .locator(".runtime-extensions-editor .extension", { hasText: "Hybrid" })
      .first();
    const shown = await workbench.waitFor("the activation time", async () => {
      const found = /Activation: (\d+)ms/.exec(await row.innerText().catch(() => ""));
      return found?.[1];
    });
    times.push(Number(shown));
    if (run > 0) await workbench.close();
  }
} finally {
  await session.close();
}
const sorted = times.toSorted((a, b) => a - b);
console.log(
  `activation in ${WINDOWS} fresh windows: median ${sorted[Math.floor(WINDOWS / 2)]} ms, ` +
    `from ${sorted[0]} to ${sorted.at(-1)} ms (limit 50 ms)`,
);
process.exit();
