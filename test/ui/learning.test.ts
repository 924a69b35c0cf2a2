/** Learning as a user does it: no rows yet, labels by one key each, a fitted threshold, the report, and all forgotten. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttemptRecord } from "../../src/core/log/record.ts";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { tierOf } from "../../src/core/request.ts";
import { createEmbeddedClassifier } from "../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../src/core/router/router.ts";
import { dataFile } from "../../training/data.ts";
import { readRequests } from "../../training/rows.ts";
import { attempt } from "../unit/log/support/records.ts";
import { openLog, startSession, type Session } from "./support.ts";

const COUNT = 36;
let session: Session;
let log: RequestLog;
/** What was asked, with the label its author gave. */
const examples = readRequests(dataFile("da.jsonl"))
  .rows.filter(({ request }) => request.prompt.length > 10)
  .slice(0, COUNT);
const truth = new Map(examples.map(({ id, label }) => [id, label ?? "EASY"]));

beforeAll(async () => {
  session = await startSession();
});
afterAll(async () => {
  log?.close();
  await session?.close();
});

async function settingsFile(): Promise<string> {
  const files = await readdir(session.server.userDataDir, { recursive: true });
  const written = files.filter((file) => file.endsWith("settings.json"));
  const texts = written.map((file) => readFile(join(session.server.userDataDir, file), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

async function answeredRow(example: (typeof examples)[number], startedAt: number): Promise<AttemptRecord> {
  const { request } = example;
  const decision = await route(request, createEmbeddedClassifier(), DEFAULT_POLICY);
  return attempt({
    requestId: example.id,
    startedAt,
    surface: request.surface,
    command: request.command,
    languageId: request.languageId,
    input: request.prompt,
    task: decision.task,
    classifiedLabel: decision.label,
    classifiedTier: tierOf(decision.label),
    actualTier: decision.tier,
    confidence: decision.confidence,
    probabilities: decision.probabilities,
  });
}

/** The report's text; it opens as a Markdown preview, which is closed again. */
async function learningReport(): Promise<string> {
  const { workbench } = session;
  await workbench.runCommand("Hybrid: Show Learning Report");
  const text = await workbench.waitFor("the report", () => workbench.previewText());
  await workbench.runCommand("View: Close Editor");
  return text;
}

test("with too few labels a fit says what it takes and leads there", async () => {
  const { workbench } = session;
  await workbench.statusBarItem("hybrid.hybrid-router");
  await workbench.runCommand("Hybrid: Fit Threshold…");
  await workbench.waitForNotification("0 requests tell what tier they needed; a fit takes 30");
  await workbench.clickNotification("0 requests tell", "Label Requests…");
  await workbench.waitForNotification("no request waits for a label");
  expect(await learningReport()).toContain("Nothing has been learned yet");
});

test("labels are given by one key a request, least sure first, and taken back by one", async () => {
  const { workbench } = session;
  log = await openLog(session);
  const now = Date.now();
  for (const [i, example] of examples.entries()) log.append(await answeredRow(example, now - i * 60_000));
  const order = log
    .recent(COUNT)
    .toSorted((a, b) => a.confidence - b.confidence || b.startedAt - a.startedAt)
    .map(({ requestId }) => requestId);
  await workbench.runCommand("Notifications: Clear All Notifications");
  await workbench.runCommand("Hybrid: Label Requests…");
  const first = await workbench.quickPick("Label requests: 1 of 36");
  expect(first.placeholder).toContain(
    log
      .request(order[0] ?? "")[0]
      ?.input?.replaceAll(/\s+/g, " ")
      .slice(0, 40),
  );
  const keyOf = (id: string) => ({ EASY: "1", MEDIUM: "2", HARD: "3" })[truth.get(id) ?? "EASY"];
  // The first one wrong, taken back, and right.
  await workbench.page.keyboard.press("3");
  await workbench.quickPick("Label requests: 2 of 36");
  await workbench.page.keyboard.press("u");
  await workbench.quickPick("Label requests: 1 of 36");
  expect(log.request(order[0] ?? "")[0]?.userLabel).toBeNull();
  for (const id of order.slice(0, COUNT - 1)) await workbench.page.keyboard.press(keyOf(id));
  await workbench.quickPick("Label requests: 36 of 36");
  await workbench.page.keyboard.press("Escape");
  await workbench.waitForNotification("35 requests labelled");
  const labels = order.map((id) => log.request(id)[0]?.userLabel);
  expect(labels).toEqual([...order.slice(0, COUNT - 1).map((id) => truth.get(id)), null]);
});

test("the report has figures of held-out labels, and the fit writes the setting and takes it back", async () => {
  const { workbench } = session;
  const report = await learningReport();
  expect(report).toMatch(/35 labels: \d+ EASY, \d+ MEDIUM, \d+ HARD/);
  expect(report).toContain("label right");

  await workbench.runCommand("Hybrid: Fit Threshold…");
  expect((await workbench.inputBox()).title).toContain("35 tell");
  await workbench.typeInput("abc");
  await workbench.waitFor("the complaint", async () =>
    (await workbench.inputBox()).message.includes("A number from 0 to 100"),
  );
  await workbench.typeInput("100");
  // Whatever is asked, all may be under-routed: the lowest threshold fits.
  const fit = await workbench.quickPick("Fits “at most 100 % under-routed”: 0.30 (now 0.70)");
  expect(fit.rows[0]?.description).toMatch(/% under-routed, [\d.]+ % over-routed/);
  await workbench.page.keyboard.press("Enter");
  await workbench.waitForNotification("the confidence threshold is 0.30 now");
  expect(await settingsFile()).toMatch(/"hybrid\.routing\.confidenceThreshold": 0\.3\b/);
  await workbench.clickNotification("the confidence threshold", "Undo");
  await workbench.waitFor("the old threshold", async () => {
    const settings = await settingsFile();
    return /"hybrid\.routing\.confidenceThreshold": 0\.7\b/.test(settings);
  });
});

test("all that was learned is forgotten after a question, and comes back by undo", async () => {
  const { workbench } = session;
  await workbench.runCommand("Hybrid: Forget What You Learned…");
  const dialog = await workbench.waitFor("the question", () => workbench.dialog());
  expect(dialog.message).toContain("35 labels and 0 judged answers");
  await workbench.clickDialog("Forget");
  await workbench.waitForNotification("forgotten. The router is as shipped");
  expect(await learningReport()).toContain("Nothing has been learned yet");
  await workbench.clickNotification("forgotten", "Undo");
  await workbench.waitFor("the labels again", async () => (await learningReport()).includes("35 labels"));
});
