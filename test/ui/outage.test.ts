/** Outages as a user meets them: a drill of either side, a server that fails for real, the pause and its end. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAnthropicServer } from "../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../fixtures/servers/openai.ts";
import type { Script } from "../fixtures/servers/script.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { startSession, type Session } from "./support.ts";

const [LOCAL, MID, FLAGSHIP] = ["ollama/llama3.2:3b", "openai/gpt-4o-mini", "anthropic/claude-opus-5"];
const ITEM = "hybrid.hybrid-router";
const HARD = "@hybrid /refactor refactor this into a strategy pattern across files";
const EASY = "@hybrid what does the keyword const mean in typescript?";

let session: Session;
let ollama: WireServer;
let openai: WireServer;
let anthropic: WireServer;

beforeAll(async () => {
  ollama = await startOllamaServer({
    models: { "llama3.2:3b": { text: "From the local model." } },
    loaded: ["llama3.2:3b"],
  });
  openai = await startOpenAiServer({ models: { "gpt-4o-mini": { text: "From the mid model." } } });
  anthropic = await startAnthropicServer({ models: { "claude-opus-5": { text: "From the flagship." } } });
  session = await startSession({
    env: { OPENAI_API_KEY: "sk-test-openai-0123456789", ANTHROPIC_API_KEY: "sk-ant-test-0123456789" },
    settings: {
      "hybrid.ollama.baseUrl": ollama.url,
      "hybrid.providers": { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
      "hybrid.tiers.mid.models": [MID],
      "hybrid.tiers.flagship.models": [FLAGSHIP],
      "hybrid.privacy.localOnly": ["src/orders.ts"],
      "hybrid.quotes.above": 0,
    },
  });
  await session.workbench.statusBarItem(ITEM);
});
afterAll(async () => {
  await session?.close();
  await Promise.all([ollama?.close(), openai?.close(), anthropic?.close()]);
});
beforeEach(async () => {
  await session.workbench.runCommand("Notifications: Clear All Notifications");
  await session.workbench.openFile("src/payments.ts");
  await session.workbench.placeCursor("switch (method)", { offset: 2 });
  await session.workbench.newChat();
});

/** Starts a drill by the two lists. */
async function startDrill(side: string): Promise<void> {
  const { workbench } = session;
  await workbench.runCommand("Hybrid: Outage Drill…");
  const sides = await workbench.quickPick("what is to seem down?");
  expect(sides.rows.map(({ label }) => label)).toEqual(["The cloud is down", "The local models are down"]);
  await workbench.pick(side);
  const lengths = await workbench.quickPick("for how long?");
  expect(lengths.rows.map(({ label }) => label)).toEqual(["1 minute", "5 minutes", "15 minutes"]);
  await workbench.pick("15 minutes");
}

/** Waits until the status bar shows a drill, or shows none. */
async function drillShown(shown: boolean): Promise<void> {
  const beaker = session.workbench.page.locator(`.statusbar-item[id*="${ITEM}"] .codicon-beaker`);
  await session.workbench.waitFor(
    shown ? "the drill in the status bar" : "the end of the drill in the status bar",
    async () => (await beaker.count()) > 0 === shown,
  );
}

/** Says that the cloud's servers got no question while `work` ran. */
async function withoutCloud<T>(work: () => Promise<T>): Promise<T> {
  const before = [openai.requests.length, anthropic.requests.length];
  const result = await work();
  expect([openai.requests.length, anthropic.requests.length]).toEqual(before);
  return result;
}

describe("a drill with the cloud down", () => {
  test("has the local model answer, says so everywhere, and leaves no pause behind", async () => {
    const { workbench } = session;
    await startDrill("The cloud is down");
    await workbench.waitForNotification("the cloud seems down for 15 minutes");
    await drillShown(true);
    expect((await workbench.statusBarItem(ITEM)).label).toContain("outage drill running");
    expect(await workbench.statusBarTooltip(ITEM)).toMatch(
      /Outage drill: the cloud until \d{1,2}:\d\d.*\. End it/,
    );
    await withoutCloud(async () => {
      const { text } = await workbench.ask(HARD);
      expect(text).toContain("From the local model.");
      expect(text).toContain(`Answered by ${LOCAL}, because ${FLAGSHIP} failed (Outage drill: `);
      expect(text).toContain("This asked for the flagship tier; read the answer with care.");
      // Three failures in a row open the breakers, for ten seconds at first: a slow machine asks once more.
      const paused = /anthropic is paused after \d failures in an outage drill, tried again in \d+ s/;
      await workbench.waitFor(
        "an answer without a try",
        async () => paused.test((await workbench.ask(HARD)).text),
        180_000,
      );
      expect(await workbench.statusBarTooltip(ITEM)).toMatch(
        /anthropic is paused after \d failures in an outage drill, .*: Outage drill: /,
      );
    });
    await workbench.runCommand("Hybrid: Outage Drill…");
    await workbench.waitForNotification("an outage drill of the cloud runs until");
    await workbench.clickNotification("an outage drill of the cloud runs until", "End It Now");
    await workbench.waitForNotification("the outage drill is over");
    await drillShown(false);
    expect(await workbench.statusBarTooltip(ITEM)).not.toContain("paused");
    expect((await workbench.ask(HARD)).text).toContain("From the flagship.");
  }, 240_000);
});

describe("a drill with the local models down", () => {
  test("has the cloud carry on, and a local-only file fail with its reason", async () => {
    const { workbench } = session;
    await startDrill("The local models are down");
    await drillShown(true);
    const before = ollama.requests.length;
    expect((await workbench.ask(EASY)).text).toContain("From the mid model.");
    await workbench.openFile("src/orders.ts");
    await workbench.placeCursor("function totalOf", { offset: 10 });
    await workbench.newChat();
    await withoutCloud(async () => {
      const { error, text } = await workbench.ask("@hybrid /review");
      expect(`${error} ${text}`).toContain(
        "This may not leave your machine: src/orders.ts is local-only (src/orders.ts).",
      );
      expect(`${error} ${text}`).toContain(`${LOCAL}: an outage drill is on`);
    });
    expect(ollama.requests).toHaveLength(before);
    await workbench.clickStatusBarTooltip(ITEM, "End it");
    await workbench.waitForNotification("the outage drill is over");
    await drillShown(false);
    await workbench.newChat();
    expect((await workbench.ask(EASY)).text).toContain("From the local model.");
  });
});

describe("a server that fails", () => {
  const overloaded = (headers: Record<string, string> = {}): Script => ({
    fault: { kind: "status", status: 503, headers },
  });

  test("three times is left alone, with a countdown, until the pause is over or ended by hand", async () => {
    const { workbench } = session;
    // The last one asks for a pause that no machine is too slow to see.
    anthropic.script(overloaded(), overloaded(), overloaded({ "retry-after": "110" }));
    for (let i = 0; i < 3; i++) {
      const { text } = await workbench.ask(HARD);
      expect(text).toContain(`Answered by ${MID}, because ${FLAGSHIP} failed`);
    }
    const asked = anthropic.chats.length;
    const { text } = await workbench.ask(HARD);
    expect(text).toContain("From the mid model.");
    expect(text).toMatch(/anthropic\/claude-opus-5: paused after 3 failures, tried again in \d+ s\./);
    expect(anthropic.chats).toHaveLength(asked);

    const left = async () =>
      Number(/tried again in (\d+) s/.exec(await workbench.statusBarTooltip(ITEM))?.[1] ?? Number.NaN);
    expect(await workbench.statusBarTooltip(ITEM)).toMatch(
      /claude-opus-5 is paused after 3 failures, tried again in \d+ s: .*overloaded \(503\)/,
    );
    const first = await left();
    await workbench.waitFor("the countdown", async () => (await left()) < first);

    await workbench.runCommand("Hybrid: Check Models");
    const { rows } = await workbench.quickPick("Models by tier");
    expect(rows.find(({ label }) => label === FLAGSHIP)?.detail).toMatch(
      /^paused after 3 failures, tried again in \d+ s\. Pick it to end the pause now$/,
    );
    await workbench.pick(FLAGSHIP ?? "");
    await workbench.waitForNotification(`${FLAGSHIP} is no longer paused`);
    expect(await workbench.statusBarTooltip(ITEM)).not.toContain("paused");
    const again = await workbench.ask(HARD);
    expect(again.text).toContain("From the flagship.");
    expect(anthropic.chats).toHaveLength(asked + 1);
  });
});
