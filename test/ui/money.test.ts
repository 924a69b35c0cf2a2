/** Money as a user meets it: quotes and questions before it is spent, budgets in the status bar, prices in titles. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestLog } from "../../src/core/log/requestLog.ts";
import { startAnthropicServer } from "../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../fixtures/servers/openai.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { openLog, startSession, type Session } from "./support.ts";

const LOCAL = "llama3.2:3b";
const MID = "gpt-4o-mini";
const FLAGSHIP = "claude-opus-5";
const REFACTOR = "@hybrid /refactor refactor this into a strategy pattern across files";
const STATUS_BAR = "hybrid.hybrid-router";
const DOLLAR = 1_000_000_000;

let session: Session;
let log: RequestLog;
let ollama: WireServer;
let openai: WireServer;
let anthropic: WireServer;

beforeAll(async () => {
  [ollama, openai, anthropic] = await Promise.all([
    startOllamaServer({ models: { [LOCAL]: { text: "From the local model." } }, loaded: [LOCAL] }),
    startOpenAiServer({ models: { [MID]: { text: "From the mid model." } } }),
    startAnthropicServer({ models: { [FLAGSHIP]: { text: "From the flagship." } } }),
  ]);
  session = await startSession({
    env: { OPENAI_API_KEY: "sk-test-openai-0123456789", ANTHROPIC_API_KEY: "sk-ant-test-0123456789" },
    settings: {
      "hybrid.ollama.baseUrl": ollama.url,
      "hybrid.providers": { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
      "hybrid.tiers.mid.models": [`openai/${MID}`],
      "hybrid.tiers.flagship.models": [`anthropic/${FLAGSHIP}`],
      "hybrid.prices": {
        [`anthropic/${FLAGSHIP}`]: { input: 5, output: 25 },
        [`openai/${MID}`]: { input: 0.15, output: 0.6 },
      },
      "hybrid.quotes.above": 0.05,
    },
  });
  await session.workbench.statusBarItem(STATUS_BAR);
  log = await openLog(session);
  await session.workbench.openFile("src/payments.ts");
  await session.workbench.placeCursor("switch (method)", { offset: 2 });
});
afterAll(async () => {
  log?.close();
  await session?.close();
  await Promise.all([ollama?.close(), openai?.close(), anthropic?.close()]);
});
afterEach(() => {
  for (const server of [openai, anthropic])
    expect(server.chats.every(({ raw }) => !raw.includes("sk-"))).toBe(true);
});

/** Requests that each model got so far. */
const chats = () => [ollama, openai, anthropic].map((server) => server.chats.length);
const labels = ({ rows }: { rows: { label: string }[] }) => rows.map(({ label }) => label);
/** Dollars spent so far. */
const spent = () => log.spend(0).nanoDollars / DOLLAR;

describe("a flagship request that may cost more than hybrid.quotes.above", () => {
  beforeEach(async () => {
    await session.workbench.newChat();
    await session.workbench.send(REFACTOR);
  });

  test("is asked about first, and Cancel sends nothing", async () => {
    const { workbench } = session;
    const question = await workbench.quickPick("This asks for about");
    expect(question.title).toMatch(
      /^Hybrid: This asks for about \$0\.0\d+–0\.10 on anthropic\/claude-opus-5$/,
    );
    expect(labels(question)).toEqual(["Continue", "Use Mid", "Use Local", "Cancel"]);
    expect(question.rows.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^anthropic\/claude-opus-5, about \$0\.0\d+–0\.10\.$/),
      `openai/${MID}, under $0.01. The answer may be weaker.`,
      `ollama/${LOCAL}, free. The answer may be weaker.`,
      "Nothing is sent.",
    ]);
    await workbench.pick("Cancel");
    const { text, error, buttons } = await workbench.answer();
    expect(text).toContain("Stopped before any model was asked: nothing was spent.");
    expect([error, buttons]).toEqual([undefined, []]);
    expect([chats(), log.recent(9)]).toEqual([[0, 0, 0], []]);
  });

  test("Escape is Cancel", async () => {
    const { workbench } = session;
    await workbench.quickPick("This asks for about");
    await workbench.page.keyboard.press("Escape");
    expect((await workbench.answer()).text).toContain("Stopped before any model was asked");
    expect(chats()).toEqual([0, 0, 0]);
  });

  test("stopping the request closes the question", async () => {
    const { workbench } = session;
    await workbench.quickPick("This asks for about");
    await workbench.cancelAnswer();
    await workbench.waitFor("the question to close", async () => !(await workbench.isQuickInputOpen()));
    await workbench.waitFor("the end of the request", async () => !(await workbench.answering()));
    expect(chats()).toEqual([0, 0, 0]);
  });

  test("Use Mid is answered by the mid model, which says whose choice that was", async () => {
    const { workbench } = session;
    await workbench.quickPick("This asks for about");
    await workbench.pick("Use Mid");
    const { text } = await workbench.answer();
    expect(text).toMatch(new RegExp(`Mid · openai/${MID} · HARD`));
    expect(text).toContain("From the mid model.");
    expect(text).toMatch(/anthropic\/claude-opus-5: you chose Mid over about \$[\d.]+–0\.10\./);
    expect(chats()).toEqual([0, 1, 0]);
  });

  test("Continue is answered by the flagship, and the row keeps the quote", async () => {
    const { workbench } = session;
    anthropic.script({ text: "From the flagship.", usage: { input: 1000, output: 3000 } });
    await workbench.quickPick("This asks for about");
    await workbench.pick("Continue");
    const { text } = await workbench.answer();
    expect(text).toMatch(new RegExp(`Flagship · anthropic/${FLAGSHIP} · HARD`));
    expect(text).toContain("From the flagship.");
    // 1000 × $5 / 1e6 + 3000 × $25 / 1e6
    expect(text).toContain("1,000 in + 3,000 out tokens · $0.08");
    expect(text).not.toContain("Stopped");
    const [row] = log.recent(1);
    expect(row).toMatchObject({ actualModel: `anthropic/${FLAGSHIP}`, costNanoDollars: 80_000_000 });
    expect(row?.quoteLowNanoDollars).toBeLessThan(80_000_000);
    expect(row?.quoteHighNanoDollars).toBeGreaterThan(80_000_000);
  });
});

describe("a daily budget", () => {
  beforeAll(() => session.workbench.applySettings({ "hybrid.quotes.above": 0 }));
  beforeEach(() => session.workbench.newChat());

  test("shows what is pending while an answer streams, in a tooltip that stays open", async () => {
    const { workbench } = session;
    await workbench.applySettings({
      "hybrid.budget.daily": 5,
      "hybrid.budget.monthly": 50,
      "hybrid.budget.tiers": { flagship: { daily: 4 } },
    });
    anthropic.script({
      chunks: Array.from({ length: 600 }, (_, i) => `word${i} `),
      chunkDelayMs: 50,
    });
    await workbench.send(REFACTOR);
    await workbench.waitFor("the first words", async () =>
      (await workbench.partialAnswer())?.text.includes("word3"),
    );
    const tooltip = await workbench.statusBarTooltip(STATUS_BAR);
    expect(tooltip).toMatch(/Budget\s+Limit\s+Spent\s+Pending\s+Used\s+Resets/);
    // 16,384 × $25 / 1e6, and the prompt.
    expect(tooltip).toMatch(
      /Daily\s+\$5\.00\s+\$0\.08\d?\s+\$0\.41\s+9 %\s+in (\d+ h( \d+ min)?|\d+ min|a minute)/,
    );
    expect(tooltip).toMatch(/Monthly\s+\$50\.00\s+\$0\.08\d?\s+\$0\.41\s+0 %\s+in /);
    expect(tooltip).toMatch(/Daily, flagship\s+\$4\.00\s+\$0\.08\d?\s+\$0\.41\s+12 %\s+in /);
    const before = (await workbench.partialAnswer())?.text.length ?? 0;
    const hidden = await workbench.waitFor("more words under an open tooltip", async () => {
      if (!(await workbench.isTooltipOpen())) return "it closed";
      return ((await workbench.partialAnswer())?.text.length ?? 0) > before + 400 && "it stayed";
    });
    expect(hidden).toBe("it stayed");
    await workbench.page.locator(".workbench-hover a", { hasText: "Stop" }).click();
    expect((await workbench.answer()).text).toContain("Stopped.");
    expect(await anthropic.chats.at(-1)?.over).toBe("aborted");
  });

  test("warns at 80 %: text, background, spoken label, tooltip", async () => {
    const { workbench } = session;
    const daily = Math.ceil((1000 * spent()) / 0.84) / 1000;
    await workbench.applySettings({
      "hybrid.budget.daily": daily,
      "hybrid.budget.monthly": 0,
      "hybrid.budget.tiers": {},
    });
    const item = await workbench.waitFor("the warning", async () => {
      const shown = await workbench.statusBarItem(STATUS_BAR);
      return shown.background === "warning" && shown;
    });
    const percent = Math.floor((100 * spent()) / daily);
    expect(percent).toBeGreaterThanOrEqual(80);
    expect(item.text).toMatch(new RegExp(`\\$0\\.08\\d? · ${percent} %$`));
    expect(item.label).toContain(`, ${percent} percent of the daily budget used`);
    expect(await workbench.statusBarTooltip(STATUS_BAR)).toMatch(new RegExp(`\\$0\\s+${percent} %\\s+in `));
  });

  describe("that is used up", () => {
    beforeAll(async () => {
      const { workbench } = session;
      await workbench.applySettings({ "hybrid.budget.daily": 0.05, "hybrid.budget.onLimit": "ask" });
      await workbench.waitFor("the error background", async () => {
        const { background, label } = await workbench.statusBarItem(STATUS_BAR);
        return background === "error" && label.includes("percent of the daily budget used");
      });
    });

    test("asks under “ask”: the local model, once all the same, or not at all", async () => {
      const { workbench } = session;
      const [before] = [chats()];
      await workbench.send(REFACTOR);
      const question = await workbench.quickPick("The daily budget of $0.05 is used up");
      expect(question.title).toMatch(/: (≥ )?\$0\.08\d? spent\. It resets at midnight, in /);
      expect(labels(question)).toEqual(["Use Local", "Continue Once", "Cancel"]);
      await workbench.pick("Cancel");
      expect((await workbench.answer()).text).toContain("Stopped before any model was asked");
      expect(chats()).toEqual(before);

      await workbench.send(REFACTOR);
      await workbench.quickPick("is used up");
      await workbench.pick("Use Local");
      const local = await workbench.answer();
      expect(local.text).toContain("From the local model.");
      expect(local.text).toContain("you chose Local. The daily budget of $0.05 is used up");

      await workbench.newChat();
      await workbench.send(REFACTOR);
      await workbench.quickPick("is used up");
      await workbench.pick("Continue Once");
      expect((await workbench.answer()).text).toContain("From the flagship.");
    });

    test("refuses under “stop”, says when it resets, and offers a local answer", async () => {
      const { workbench } = session;
      await workbench.applySettings({ "hybrid.budget.onLimit": "stop" });
      const before = chats();
      const { error, buttons } = await workbench.ask(REFACTOR);
      expect(error).toMatch(
        /The daily budget of \$0\.05 is used up: \$0\.\d+ spent\. It resets at midnight, in /,
      );
      expect(error).toContain("hybrid.budget.onLimit");
      expect(chats()).toEqual(before);
      expect(buttons).toEqual(["Try again", "Try locally"]);
      await workbench.clickInChat("Try locally");
      await workbench.waitFor("the local answer", async () =>
        (await workbench.partialAnswer())?.text.includes("From the local model."),
      );
    });

    test("goes on locally under “localOnly”, marked and with the reason", async () => {
      const { workbench } = session;
      await workbench.applySettings({ "hybrid.budget.onLimit": "localOnly" });
      const { text } = await workbench.ask(REFACTOR);
      expect(text).toMatch(new RegExp(`Local · ollama/${LOCAL} · HARD`));
      expect(text).toContain("This asked for the flagship tier; read the answer with care.");
      expect(text).toMatch(/anthropic\/claude-opus-5: The daily budget of \$0\.05 is used up/);
    });

    afterAll(() =>
      session.workbench.applySettings({ "hybrid.budget.daily": 0, "hybrid.budget.onLimit": "ask" }),
    );
  });
});

describe("tier and quote in titles", () => {
  test("the lightbulb of a selection opens an input box that follows what is typed", async () => {
    const { workbench } = session;
    await workbench.openFile("src/payments.ts");
    const code = await readFile(join(session.folder, "src/payments.ts"), "utf8");
    await workbench.selectText(
      code.slice(code.indexOf("switch (method)"), code.indexOf('    case "paypal"')),
    );
    const entries = await workbench.openLightbulb("Hybrid: Refactor…");
    expect(entries).toContainEqual(
      expect.stringMatching(/^Hybrid: Refactor… · (Local, free|Mid, under \$0\.01)$/),
    );
    await workbench.pickFromLightbulb("Hybrid: Refactor…");
    const titled = (title: RegExp) =>
      workbench.waitFor(`the title ${title}`, async () => title.test((await workbench.inputBox()).title));
    await titled(/^Hybrid: Refactor · (Local, free|Mid, under \$0\.01)$/);
    await workbench.typeInput("refactor this into a strategy pattern across files", false);
    await titled(/^Hybrid: Refactor · Flagship, about \$0\.0\d+–0\.10$/);
    await workbench.typeInput("rename fee to charge", false);
    await titled(/^Hybrid: Refactor · Local, free$/);
    await workbench.page.keyboard.press("Escape");
  });

  test("the lightbulb of an error fixes the function that the error is in", async () => {
    const { workbench } = session;
    await writeFile(
      join(session.folder, "src/broken.ts"),
      'import { parseDuration } from "./duration.ts";\n\nexport function nextRun(text: string): number {\n  const pause: string = parseDuration(text);\n  return Number(pause);\n}\n',
    );
    await workbench.openFile("src/broken.ts");
    await workbench.placeCursor("pause: string", { offset: 2 });
    const entries = await workbench.openLightbulb("Hybrid: Fix");
    expect(entries).toContain("Hybrid: Fix · Local, free");
    ollama.script({
      text: "The pause is a number.\n\n```ts\nexport function nextRun(text: string): number {\n  const pause: number = parseDuration(text);\n  return pause;\n}\n```",
    });
    await workbench.pickFromLightbulb("Hybrid: Fix");
    const diff = await workbench.waitForDiff("proposed by Hybrid");
    expect(diff.modified).toContain("const pause: number");
    expect(ollama.chats.at(-1)?.raw).toContain("export function nextRun");
    expect(ollama.chats.at(-1)?.raw).toContain("is not assignable to type");
    expect(log.recent(1)[0]).toMatchObject({ surface: "codeAction", command: "fix" });
    await workbench.runCommand("Hybrid: Discard Proposed Edit");
  });
});

describe("a request that fits nowhere", () => {
  beforeAll(async () => {
    await session.workbench.applySettings({
      "hybrid.ollama.numCtx": 512,
      "hybrid.routing.router": "always-local",
    });
  });
  beforeEach(() => session.workbench.newChat());

  test("says by how much, and what helps", async () => {
    const { workbench } = session;
    const lines = Array.from({ length: 200 }, (_, i) => `export const value${i} = "text ${i}";`);
    await writeFile(join(session.folder, "src/large.ts"), lines.join("\n"));
    await workbench.openFile("src/large.ts");
    await workbench.page.keyboard.press("ControlOrMeta+A");
    const before = chats();
    const { error } = await workbench.ask("@hybrid /review");
    expect(error).toContain("This is too long for the models that can answer it now.");
    expect(error).toMatch(/ollama\/llama3\.2:3b: does not fit local \(\d\.\dk > 384 tokens\)/);
    expect(error).toContain("A larger hybrid.ollama.numCtx");
    expect(chats()).toEqual(before);
  });

  test("is made to fit by leaving out earlier messages, and says which", async () => {
    const { workbench } = session;
    // Its selection would go along.
    await workbench.runCommand("View: Close All Editors");
    const long = (word: string) => Array.from({ length: 90 }, (_, i) => `${word}${i}`).join(" ");
    await workbench.ask(`@hybrid what is a mutex? ${long("alpha")}`);
    const { text } = await workbench.ask(`@hybrid and what is a semaphore? ${long("beta")}`);
    expect(text).toContain("From the local model.");
    expect(text).toMatch(/Left out, since it would not fit: 2 earlier messages \(\d+ tokens\)\./);
    expect(ollama.chats.at(-1)?.raw).not.toContain("alpha");
  });
});
