/** The extension comes up in a real workbench. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type Session } from "./support.ts";

let session: Session;
beforeAll(async () => {
  session = await startSession();
});
afterAll(async () => {
  await session?.close();
});

test("its status bar item shows today's spend", async () => {
  const item = await session.workbench.statusBarItem("hybrid.hybrid-router");
  expect(item.text).toMatch(/^\$0(?:\.00)?$/);
  expect(item.label).toContain("Hybrid");
});

test("its commands are in the palette", async () => {
  await session.workbench.openFile("src/duration.ts");
  const commands = await session.workbench.commandsMatching("Hybrid: ");
  expect(commands).toEqual(expect.arrayContaining(["Hybrid: Explain Symbol", "Hybrid: Set API Key…"]));
});

test("its submenu is in the editor's context menu", async () => {
  await session.workbench.placeCursor("parseDuration(text", { offset: 3 });
  expect(await session.workbench.openContextMenu()).toContain("Hybrid");
  expect(await session.workbench.submenu("Hybrid")).toContain("Explain Symbol");
});
