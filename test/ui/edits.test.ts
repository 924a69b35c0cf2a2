/** Right-click → Hybrid → Document: a diff, buttons to apply it, one undo; keys, menu and status bar beside it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { startSession, type Session } from "./support.ts";

const LOCAL = "llama3.2:3b";
let session: Session;
let ollama: WireServer;

beforeAll(async () => {
  ollama = await startOllamaServer({ models: { [LOCAL]: {} }, loaded: [LOCAL] });
  session = await startSession({
    settings: { "hybrid.ollama.baseUrl": ollama.url, "hybrid.routing.router": "always-local" },
  });
});
afterAll(async () => {
  await session?.close();
  await ollama?.close();
});

test("the editor's menu has the Hybrid submenu with every command", async () => {
  await session.workbench.openFile("src/retry.ts");
  await session.workbench.placeCursor("delayAfter(attempt: number)", { offset: 2 });
  expect(await session.workbench.openContextMenu()).toContain("Hybrid");
  expect(await session.workbench.submenu("Hybrid")).toEqual([
    "Explain Symbol",
    "Classify TODO",
    "Refactor…",
    "Fix",
    "Write Tests",
    "Document",
    "Ask…",
  ]);
  await session.workbench.page.keyboard.press("Escape");
  await session.workbench.page.keyboard.press("Escape");
});

test("an edit is shown as a diff, applied on a key, and undone in one step", async () => {
  const path = join(session.folder, "src/retry.ts");
  const before = await readFile(path, "utf8");
  await session.workbench.openFile("src/retry.ts");
  await session.workbench.placeCursor("delayAfter(attempt: number)", { offset: 2 });
  ollama.script({
    text: "Says what happens on the first attempt.\n\n```ts\n  /** The pause after an attempt, counted from 1. */\n  delayAfter(attempt: number): number {\n    return 0;\n  }\n```",
  });
  await session.workbench.openContextMenu();
  await session.workbench.pickFromMenu("Hybrid", "Document");
  const diff = await session.workbench.waitForDiff("proposed by Hybrid");
  expect(diff.modified).toContain("The pause after an attempt");
  expect(diff.original).toContain("Milliseconds to wait");
  expect(await readFile(path, "utf8")).toBe(before);
  await session.workbench.runCommand("Hybrid: Apply Proposed Edit");
  await session.workbench.waitFor("the edit in the editor", async () =>
    (await session.workbench.editorText()).includes("The pause after an attempt"),
  );
  await session.workbench.page.keyboard.press("ControlOrMeta+Z");
  await session.workbench.waitFor(
    "the undo",
    async () => !(await session.workbench.editorText()).includes("The pause after an attempt"),
  );
});

test("the status bar's tooltip has a table by tier, and its click opens the menu", async () => {
  const tooltip = await session.workbench.statusBarTooltip("hybrid.hybrid-router");
  expect(tooltip).toMatch(/Hybrid today/);
  expect(tooltip).toMatch(/Local[\s\S]*Mid[\s\S]*Flagship/);
  await session.workbench.clickStatusBarItem("hybrid.hybrid-router");
  const { rows } = await session.workbench.quickPick();
  expect(rows.map(({ label }) => label)).toEqual([
    "Ask…",
    "Recent Requests",
    "Check Models",
    "Set API Key…",
    "What Left This Machine",
    "Settings",
    "Output",
  ]);
  await session.workbench.pick("Check Models");
  const models = await session.workbench.quickPick();
  expect(models.rows.map(({ label }) => label)).toContain(`ollama/${LOCAL}`);
  expect(JSON.stringify(models.rows)).toContain("no API key");
  await session.workbench.page.keyboard.press("Escape");
});

test("a key goes into secret storage, masked, and is found in no file of the editor", async () => {
  const key = "sk-ui-test-9f8e7d6c5b4a";
  await session.workbench.runCommand("Hybrid: Set API Key…");
  await session.workbench.pick("Groq");
  expect((await session.workbench.inputBox()).password).toBe(true);
  await session.workbench.typeInput(key);
  await session.workbench.waitForNotification("The key for Groq is stored");
  await session.workbench.runCommand("Hybrid: Set API Key…");
  const { rows } = await session.workbench.quickPick();
  expect(JSON.stringify(rows.find(({ label }) => label === "Groq"))).toContain("stored");
  await session.workbench.page.keyboard.press("Escape");
  const files = await readdir(session.server.userDataDir, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
  );
  expect(contents.length).toBeGreaterThan(3);
  expect(contents.filter((content) => content.includes(key))).toEqual([]);
});
