/** What leaves the machine, as a user can check it: guarded files, secrets taken out, the list of all that was sent. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAnthropicServer } from "../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../fixtures/servers/openai.ts";
import type { RecordedRequest } from "../fixtures/servers/script.ts";
import { lastUserText } from "../fixtures/servers/script.ts";
import type { WireServer } from "../fixtures/servers/wireServer.ts";
import { NO_OLLAMA, startSession, type Session } from "./support.ts";

const [MID, FLAGSHIP] = ["openai/gpt-4o-mini", "anthropic/claude-opus-5"];
const ITEM = "hybrid.hybrid-router";
/** In parts, so that no scanner takes this file for a leak. */
const KEY = ["sk", "live", "51HqTz0Kd9Rm3XvBn7LpWc4Ye8Us2AgJf6"].join("_");
const PASSWORD = "vL8-qquartz-Ember-2291";
const CODE = [
  "export function connect(): Client {",
  `  const key = "${KEY}";`,
  `  return new Client(key, "${PASSWORD}");`,
  "}",
].join("\n");

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
      "hybrid.routing.router": "always-flagship",
      "hybrid.privacy.localOnly": ["src/payments.ts"],
      "hybrid.quotes.above": 0,
    },
  });
  await writeFile(join(session.folder, ".env"), `DB_PASSWORD=${PASSWORD}\nPORT=8080\n`);
  await writeFile(join(session.folder, "src/client.ts"), `${CODE}\n`);
  await session.workbench.statusBarItem(ITEM);
});
afterAll(async () => {
  await session?.close();
  await Promise.all([ollama?.close(), openai?.close(), anthropic?.close()]);
});
beforeEach(async () => {
  await session.workbench.runCommand("Notifications: Clear All Notifications");
  await session.workbench.newChat();
});

/** What the cloud's servers received, oldest first: nothing here goes to the mid model. */
function received(): RecordedRequest[] {
  expect(openai.requests).toEqual([]);
  return anthropic.requests.slice();
}

/** Says that nothing reached the cloud's servers while `work` ran. */
async function withoutCloud(work: () => Promise<void>): Promise<void> {
  const before = received().length;
  await work();
  expect(received()).toHaveLength(before);
}

/** The list of what left, opened anew, once it holds `expected`. */
async function whatLeft(expected: string): Promise<string> {
  const { workbench } = session;
  await workbench.runCommand("Hybrid: Show What Left This Machine");
  return workbench.waitFor(`“${expected}” in the list of what left`, async () => {
    const shown = await workbench.previewText();
    const text = shown?.replaceAll("\u00A0", " ") ?? "";
    return text.startsWith("What Left This Machine") && text.includes(expected) && text;
  });
}

test("before anything left, the list says so and what it would hold", async () => {
  const { workbench } = session;
  const text = await whatLeft("Nothing has left this machine.");
  expect(text).toContain("the SHA-256 of exactly what was sent");
  // The keyboard is in it, to read on without a mouse; and asked for again it takes its own place.
  expect(await workbench.page.evaluate("document.activeElement.className")).toContain("webview");
  await whatLeft("Nothing has left this machine.");
  expect(await workbench.tabs()).toEqual(["Preview What Left This Machine.md"]);
  await workbench.runCommand("View: Close Editor");
});

describe("a local-only file", () => {
  test("is reviewed here though the flagship was wanted, and keeps the rest of its chat here", async () => {
    const { workbench } = session;
    await workbench.openFile("src/payments.ts");
    await workbench.placeCursor("switch (method)", { offset: 2 });
    await withoutCloud(async () => {
      const { text, buttons } = await workbench.ask("@hybrid /review");
      expect(text).toContain("From the local model.");
      expect(text).toContain("This asked for the flagship tier; read the answer with care.");
      expect(text).toContain("Stayed on this machine: src/payments.ts is local-only (src/payments.ts).");
      expect(buttons).not.toContain("Try a stronger model");
      await workbench.openFile("src/duration.ts");
      const next = await workbench.ask("@hybrid which of these findings is the worst?");
      expect(next.text).toContain("From the local model.");
      expect(next.text).toContain("Stayed on this machine: an earlier turn of this chat was local-only.");
    });
    await workbench.newChat();
    const free = await workbench.ask("@hybrid which sorting algorithm is stable?");
    expect(free.text).toContain("From the flagship.");
    expect(free.text).not.toContain("Stayed on this machine");
  });

  test("without a local model is refused with file and setting, and explained all the same", async () => {
    const { workbench, server } = session;
    await server.writeSettings({ "hybrid.ollama.baseUrl": NO_OLLAMA });
    try {
      await workbench.openFile("src/payments.ts");
      await workbench.placeCursor("function refuse", { offset: 10 });
      await withoutCloud(async () => {
        const { error, text } = await workbench.ask("@hybrid /review");
        expect(`${error} ${text}`).toContain(
          "This may not leave your machine: src/payments.ts is local-only (src/payments.ts). No local model can answer now.",
        );
        expect(`${error} ${text}`).toContain("take the file out of hybrid.privacy.localOnly");
        const explained = await workbench.ask("@hybrid /explain refuse", 90_000);
        expect(explained.text).toContain("refuse is a function, defined at src/payments.ts:");
        expect(explained.text).toContain("builtin/symbol · no tokens · $0");
      });
    } finally {
      await server.writeSettings({ "hybrid.ollama.baseUrl": ollama.url });
    }
  });
});

describe("secrets", () => {
  /** The code that the request asks to change, with a comment: what a model would send back. */
  const documented = (request: RecordedRequest) => {
    const code = /## Code to change[^\n]*\n```\w*\n([\s\S]*?)\n```/.exec(lastUserText(request))?.[1];
    return `Says what it is.\n\n\`\`\`ts\n/** Connects to the shop. */\n${code ?? "no code was sent"}\n\`\`\``;
  };

  test("of code and of .env are taken out of what is sent, and stand in the edited file as before", async () => {
    const { workbench } = session;
    await workbench.openFile("src/client.ts");
    await workbench.placeCursor("function connect", { offset: 10 });
    anthropic.script({ text: documented });
    await workbench.runCommand("Hybrid: Document");
    const diff = await workbench.waitForDiff("proposed by Hybrid");
    expect(diff.modified).toContain(KEY);
    await workbench.waitForNotification("2 secrets were taken out before this left your machine");
    await workbench.runCommand("Hybrid: Apply Proposed Edit");
    await workbench.waitFor("the edit in the editor", async () =>
      (await workbench.editorText()).includes("Connects to the shop"),
    );
    await workbench.runCommand("File: Save");
    const path = join(session.folder, "src/client.ts");
    await workbench.waitFor("the edit on disk", async () =>
      (await readFile(path, "utf8")).includes("Connects to the shop"),
    );
    expect(await readFile(path, "utf8")).toBe(`/** Connects to the shop. */\n${CODE}\n`);
    const raw = anthropic.chats.at(-1)?.raw ?? "";
    expect(raw).toContain("function connect");
    expect(raw).toContain("[redacted: Stripe key 1]");
    for (const secret of [KEY, PASSWORD]) expect(raw).not.toContain(secret);
  });

  test("are counted in the chat, and restored in its answer", async () => {
    const { workbench } = session;
    await workbench.openFile("src/client.ts");
    await workbench.placeCursor("function connect", { offset: 10 });
    anthropic.script({
      text: (request) => `The key is ${/\[redacted: Stripe key \d+\]/.exec(request.raw)?.[0]}, in the open.`,
    });
    const { text } = await workbench.ask("@hybrid /review");
    expect(text).toContain(`The key is ${KEY}, in the open.`);
    expect(text).toMatch(/2 secrets were taken out before this left your machine: .*Stripe key/);
    for (const secret of [KEY, PASSWORD]) expect(anthropic.chats.at(-1)?.raw).not.toContain(secret);
  });
});

test("the list holds exactly what the servers received: when, to whom, which lines, how much", async () => {
  expect(ollama.chats.length).toBeGreaterThan(1);
  const sent = received();
  expect(sent.length).toBeGreaterThan(2);
  const text = await whatLeft(`The last ${sent.length} requests that went beyond this machine`);
  expect(text).not.toContain("ollama");
  const kB = (count: number) => (count < 1000 ? `${count} B` : `${(count / 1000).toFixed(1)} kB`);
  const entries = text.split(/\n(?=\d{1,2}:\d\d:\d\d)/).slice(1);
  expect(entries).toHaveLength(sent.length);
  for (const [i, { raw, model, path }] of sent.toReversed().entries()) {
    const to = `anthropic/${model} · ${kB(Buffer.byteLength(raw))} to ${new URL(anthropic.url).host}${path}`;
    expect(entries[i]).toContain(to);
    expect(entries[i]).toContain(`SHA-256 ${createHash("sha256").update(raw).digest("hex")}`);
  }
  // Newest first: the review, the edit, the free question.
  expect(entries[0]).toMatch(/src\/client\.ts, lines 1–5 \(\d+ B\)\s+what was asked\s+2 secrets taken out/);
  expect(entries[1]).toMatch(/src\/client\.ts, lines 1–4 \(\d+ B\)\s+what was asked\s+2 secrets taken out/);
  expect(entries[2]).not.toContain("lines");
});
