/** `@hybrid` in the real chat view, against servers that speak Ollama's, OpenAI's and Anthropic's protocols. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAnthropicServer } from "../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../fixtures/servers/openai.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { NO_OLLAMA, startSession, type Session } from "./support.ts";

const LOCAL = "llama3.2:3b";
const MID = "gpt-4o-mini";
const FLAGSHIP = "claude-opus-5";
const REFACTOR = "@hybrid /refactor refactor this into a strategy pattern across files";
const KEYS = { OPENAI_API_KEY: "sk-test-openai-0123456789", ANTHROPIC_API_KEY: "sk-ant-test-0123456789" };

let session: Session;
let openai: WireServer;
let anthropic: WireServer;

beforeAll(async () => {
  openai = await startOpenAiServer({ models: { [MID]: { text: "From the mid model." } } });
  anthropic = await startAnthropicServer({ models: { [FLAGSHIP]: { text: "From the flagship." } } });
  session = await startSession({
    env: KEYS,
    settings: {
      "hybrid.providers": { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
      "hybrid.tiers.mid.models": [`openai/${MID}`],
      "hybrid.tiers.flagship.models": [`anthropic/${FLAGSHIP}`],
      "hybrid.prices": {
        [`anthropic/${FLAGSHIP}`]: { input: 5, output: 25 },
        [`openai/${MID}`]: { input: 0.15, output: 0.6 },
      },
    },
  });
  // A message sent before the extension is up would go to VS Code's own agent.
  await session.workbench.statusBarItem("hybrid.hybrid-router");
});
afterAll(async () => {
  await session?.close();
  await Promise.all([openai?.close(), anthropic?.close()]);
});
beforeEach(() => session.workbench.newChat());

describe("with no model and no key on the machine", () => {
  test("a command without code says what it needs", async () => {
    const { error, text } = await session.workbench.ask("@hybrid /fix");
    expect(`${error} ${text}`).toMatch(/\/fix needs code to work on\. Select some/);
  });

  test("a symbol is explained from the language server, with tier and reason before and cost after", async () => {
    const { text } = await session.workbench.ask("@hybrid /explain parseDuration", 90_000);
    expect(text).toMatch(/Local · built-in, no model needed · EASY, \d+ % sure/);
    expect(text).toContain("parseDuration is a function, defined at src/duration.ts:");
    expect(text).toContain("function parseDuration(text: string): number");
    expect(text).toMatch(/It is used \d+ times across \d+ files/);
    expect(text).toContain("builtin/symbol · no tokens · $0");
    expect(text.indexOf("Local ·")).toBeLessThan(text.indexOf("is a function"));
  });

  test("a TODO is classified where the cursor is", async () => {
    await session.workbench.openFile("src/payments.ts");
    await session.workbench.placeCursor("FIXME: security", { offset: 3 });
    const { text } = await session.workbench.ask("@hybrid /todo");
    expect(text).toContain("FIXME: security: the token is written to the log in full, mask it");
    expect(text).toMatch(/(low|medium|high) priority/);
    expect(text).toContain("builtin/todo · no tokens · $0");
  });
});

describe("with a local model", () => {
  let ollama: WireServer;
  beforeAll(async () => {
    ollama = await startOllamaServer({
      models: { [LOCAL]: { chunks: ["It reads ", "a duration."], usage: { input: 412, output: 57 } } },
      loaded: [LOCAL],
    });
    await session.server.writeSettings({ "hybrid.ollama.baseUrl": ollama.url });
  });
  afterAll(async () => {
    await session.server.writeSettings({ "hybrid.ollama.baseUrl": NO_OLLAMA });
    await ollama?.close();
  });

  test("easy requests stream from it, grounded, for nothing", async () => {
    const before = openai.requests.length;
    const { text } = await session.workbench.ask("@hybrid /explain parseDuration", 90_000);
    expect(text).toContain("It reads a duration.");
    expect(text).toContain(`ollama/${LOCAL} · 412 in + 57 out tokens · $0`);
    expect(JSON.stringify(ollama.chats.at(-1)?.body["messages"])).toContain(
      "function parseDuration(text: string): number",
    );
    expect(openai.requests).toHaveLength(before);
  });

  test("“Try a stronger model” asks the same of the next tier", async () => {
    await session.workbench.ask("@hybrid /explain parseDuration", 90_000);
    const before = openai.chats.length;
    await session.workbench.clickInChat("Try a stronger model");
    await session.workbench.waitFor("the mid model's answer", async () =>
      (await session.workbench.partialAnswer())?.text.includes(`openai/${MID} ·`),
    );
    const { text } = await session.workbench.answer();
    expect(text).toContain("From the mid model.");
    expect(text).toContain("you asked for the Mid tier");
    expect(JSON.stringify(openai.chats[before]?.body["messages"])).toContain("function parseDuration");
  });

  test("a rating lands in the request log", async () => {
    await session.workbench.ask("@hybrid /explain parseDuration", 90_000);
    await session.workbench.clickInChat("Helpful");
    await session.workbench.runCommand("Hybrid: Show Recent Requests");
    const { rows } = await session.workbench.waitFor("the requests", async () => {
      const shown = await session.workbench.quickPick();
      return shown.title.startsWith("Recent requests") && shown;
    });
    expect(rows[0]?.label).toContain("/explain parseDuration");
    expect(`${rows[0]?.label} ${JSON.stringify(rows[0])}`).toContain("rated helpful");
    await session.workbench.page.keyboard.press("Escape");
  });
});

describe("with a cloud", () => {
  test("a refactor across files goes to the flagship, and the status bar shows its price", async () => {
    anthropic.script({ text: "From the flagship.", usage: { input: 10_000, output: 2_000 } });
    await session.workbench.openFile("src/payments.ts");
    await session.workbench.placeCursor("switch (method)", { offset: 2 });
    const { text, buttons } = await session.workbench.ask(REFACTOR);
    expect(text).toMatch(new RegExp(`Flagship · anthropic/${FLAGSHIP} · HARD`));
    expect(text).toContain("From the flagship.");
    // 10,000 × $5 / 1e6 + 2,000 × $25 / 1e6
    expect(text).toContain("10,000 in + 2,000 out tokens · $0.10");
    expect(buttons).toContain("Try locally");
    await session.workbench.waitFor("the price in the status bar", async () =>
      (await session.workbench.statusBarItem("hybrid.hybrid-router")).text.includes("$0.1"),
    );
    expect(JSON.stringify(anthropic.chats.at(-1)?.body)).toContain("switch (method)");
  });

  test("“this” without a selection means the code at the cursor", async () => {
    await session.workbench.openFile("src/payments.ts");
    await session.workbench.placeCursor("switch (method)", { offset: 2 });
    await session.workbench.ask("@hybrid refactor this into a strategy pattern across files");
    expect(JSON.stringify(anthropic.chats.at(-1)?.body)).toContain("switch (method)");
  });

  test("a follow-up question brings the code of the earlier one along", async () => {
    await session.workbench.openFile("src/payments.ts");
    await session.workbench.placeCursor("switch (method)", { offset: 2 });
    await session.workbench.ask(REFACTOR);
    await session.workbench.ask(
      "@hybrid and redesign the whole architecture of the fees across all files too",
    );
    const sent = anthropic.chats.at(-1)?.body["messages"];
    expect(JSON.stringify(sent)).toContain("switch (method)");
    expect(Array.isArray(sent) && sent.length).toBe(3);
  });

  test("a model that fails before its first word gives way to the next, and the footer says so", async () => {
    anthropic.script({ fault: { kind: "reset" } });
    const { text } = await session.workbench.ask(REFACTOR);
    expect(text).toContain("From the mid model.");
    expect(text).toMatch(new RegExp(`Answered by openai/${MID}, because anthropic/${FLAGSHIP} failed`));
    expect(text).toContain("asked for the flagship tier; read the answer with care");
  });

  test("an answer that breaks off stays on the screen, with a next step", async () => {
    anthropic.script({
      chunks: ["The first half", " of an answer"],
      fault: { kind: "reset", afterChunks: 1 },
    });
    const before = openai.chats.length;
    const { text, buttons } = await session.workbench.ask(REFACTOR);
    expect(text).toContain("The first half");
    expect(text).toContain("The answer broke off");
    expect(text).toContain("What you see is all that was received.");
    expect(buttons).toContain("Try again");
    expect(openai.chats).toHaveLength(before);
  });

  test("stopping the answer stops the server's stream", async () => {
    anthropic.script({
      chunks: Array.from({ length: 300 }, (_, index) => `word${index} `),
      chunkDelayMs: 40,
    });
    await session.workbench.send(REFACTOR);
    await session.workbench.waitFor("the first words", async () =>
      (await session.workbench.partialAnswer())?.text.includes("word3"),
    );
    await session.workbench.waitFor("the running request in the status bar", async () =>
      /≈ \$.* · flagship/.test((await session.workbench.statusBarItem("hybrid.hybrid-router")).text),
    );
    await session.workbench.cancelAnswer();
    expect(await anthropic.chats.at(-1)?.over).toBe("aborted");
  });

  test("nothing can answer: every model is named with its reason, and what to do", async () => {
    await session.server.writeSettings({
      "hybrid.tiers.mid.models": [],
      "hybrid.tiers.flagship.models": ["groq/llama"],
    });
    try {
      const { error, text } = await session.workbench.ask("@hybrid how do I sort a map by value?");
      expect(`${error} ${text}`).toContain("groq/llama: no API key");
      expect(`${error} ${text}`).toContain("Start Ollama");
    } finally {
      await session.server.writeSettings({
        "hybrid.tiers.mid.models": [`openai/${MID}`],
        "hybrid.tiers.flagship.models": [`anthropic/${FLAGSHIP}`],
      });
    }
  });
});

afterEach(() => {
  for (const server of [openai, anthropic])
    expect(server.chats.every(({ raw }) => !raw.includes("sk-"))).toBe(true);
});
