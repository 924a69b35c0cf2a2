/** What leaves the machine and what does not, through the whole core: real servers, a real log. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnswerEvent, AnswerSummary } from "../../../src/core/answer.ts";
import type { GivenCall } from "../../../src/core/hybrid.ts";
import { Hybrid } from "../../../src/core/hybrid.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { caveats } from "../../../src/core/present.ts";
import type { EditorRequest } from "../../../src/core/request.ts";
import type { Settings } from "../../../src/core/settings.ts";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { lastUserText } from "../../fixtures/servers/script.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { requestWith, settingsWith } from "../requests.ts";

/** Put together here, so that no key stands in this file. */
const KEY = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dcQ"].join("_");
const PASSWORD = "Sommer-2024!kasse";
let folder: string;
let log: RequestLog;
let ollama: WireServer;
let cloud: WireServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-privacy-"));
  log = openRequestLog({ file: join(folder, "requests.db") });
  ollama = await startOllamaServer({ models: { small: { text: "Local answer." } }, loaded: ["small"] });
  cloud = await startAnthropicServer({ models: { opus: { text: "Cloud answer." } } });
});

afterEach(async () => {
  log.close();
  await Promise.all([ollama.close(), cloud.close()]);
  await rm(folder, { recursive: true });
});

function hybridWith(values: { [K in keyof Settings]?: unknown } = {}, known: string[] = []): Hybrid {
  const settings = settingsWith({
    "ollama.baseUrl": ollama.url,
    providers: { anthropic: { baseUrl: cloud.url } },
    "tiers.local.models": ["ollama/small"],
    "tiers.mid.models": ["anthropic/opus"],
    "tiers.flagship.models": ["anthropic/opus"],
    "privacy.localOnly": ["vault/**"],
    ...values,
  });
  return new Hybrid({
    settings,
    log,
    keyOf: () => Promise.resolve("sk-test"),
    knownSecrets: () => Promise.resolve(known),
  });
}

interface Answered {
  text: string;
  events: AnswerEvent[];
  summary: AnswerSummary;
}

async function ask(hybrid: Hybrid, changes: Partial<EditorRequest>, given?: GivenCall): Promise<Answered> {
  const events: AnswerEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of hybrid.ask(requestWith(changes), signal, given)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "finished") throw new Error("the last event must be `finished`");
  const text = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  return { text, events, summary: last.summary };
}

const mid = { override: { tier: "mid", reason: "test" } } as const;
const vault = { path: "vault/key.ts", code: "export const key = load();", ...mid };

describe("a local-only file", () => {
  it("is answered here, whatever tier was asked for, and says so", async () => {
    const { text, summary } = await ask(hybridWith(), vault);
    expect(text).toBe("Local answer.");
    expect(cloud.requests).toEqual([]);
    expect(caveats(summary).join(" ")).toContain(
      "Stayed on this machine: vault/key.ts is local-only (vault/**)",
    );
  });

  it("is not answered at all when the local model is down", async () => {
    await ollama.close();
    const { summary } = await ask(hybridWith(), vault);
    expect(summary).toMatchObject({ outcome: "failed", error: { kind: "private" }, attempts: [] });
    expect(summary.error?.message).toContain("may not leave your machine: vault/key.ts is local-only");
    expect(summary.error?.hint).toMatch(/anthropic\/opus|Start Ollama/);
    expect(cloud.requests).toEqual([]);
  });

  it("is not sent on when the local model fails in the middle of things", async () => {
    ollama.script({ fault: { kind: "status", status: 500 } });
    const { summary } = await ask(hybridWith(), vault);
    expect(summary).toMatchObject({ outcome: "failed", attempts: [{ actualModel: "ollama/small" }] });
    expect(cloud.requests).toEqual([]);
  });

  it("keeps the rest of its chat here, also after the window was opened anew", async () => {
    const hybrid = hybridWith();
    await ask(hybrid, { ...vault, sessionId: "chat" });
    await ask(hybrid, { prompt: "and what calls it?", sessionId: "chat", ...mid });
    expect(cloud.requests).toEqual([]);
    const history = [{ role: "assistant" as const, text: "It loads the key.", localOnly: true }];
    await ask(hybridWith(), { prompt: "and what calls it?", sessionId: "other", history, ...mid });
    expect(cloud.requests).toEqual([]);
    await ask(hybrid, { prompt: "what is a mutex?", sessionId: "new chat", ...mid });
    expect(cloud.chats).toHaveLength(1);
  });

  it("is known by its path in what another extension sends", async () => {
    const given: GivenCall = { messages: [{ role: "user", text: "explain /w/vault/key.ts" }] };
    await ask(hybridWith(), { surface: "modelPicker", ...mid }, given);
    expect(cloud.requests).toEqual([]);
    expect(ollama.chats).toHaveLength(1);
  });

  it("is never shown to the router's own model on another machine", async () => {
    const elsewhere = hybridWith({
      "routing.router": "ollama",
      "ollama.baseUrl": "https://ollama.example.com",
    });
    const decision = await elsewhere.decide(requestWith(vault), new AbortController().signal);
    expect(decision.router).not.toBe("ollama");
  });
});

describe("a secret", () => {
  const code = `const stripe = new Stripe("${KEY}");\nconnect({ password: "${PASSWORD}" });\n`;

  it("does not leave, and stands in the answer all the same", async () => {
    cloud.script({
      text: ({ raw }) => {
        const [placeholder = "none"] = /\[redacted: [^\]]+\]/.exec(raw) ?? [];
        return `Use \`new Stripe("${placeholder}")\` once [as here], and [redacted: nothing 9].`;
      },
    });
    const { text, summary } = await ask(hybridWith(), { code, path: "src/pay.ts", ...mid });
    const sent = cloud.chats[0]?.raw ?? "";
    expect(sent).not.toContain(KEY);
    expect(sent).not.toContain(PASSWORD);
    expect(sent).toContain("new Stripe(");
    expect(text).toBe(`Use \`new Stripe("${KEY}")\` once [as here], and [redacted: nothing 9].`);
    expect(caveats(summary).join(" ")).toMatch(/2 secrets were taken out before this left your machine: /);
  });

  it("comes back in one piece however the answer is cut", async () => {
    const placeholder = "[redacted: Stripe key 1]";
    cloud.script({
      text: ({ raw }) => `A${(/\[redacted: [^\]]+\]/.exec(raw) ?? [placeholder])[0]}B [c] [`,
    });
    const whole = await ask(hybridWith(), { code, ...mid });
    expect(whole.text).toBe(`A${KEY}B [c] [`);
    const found = /\[redacted: [^\]]+\]/.exec(cloud.chats[0]?.raw ?? "")?.[0] ?? "";
    cloud.script({ chunks: `x ${found} y ${found}`.split("") });
    expect((await ask(hybridWith(), { code, ...mid })).text).toBe(`x ${KEY} y ${KEY}`);
  });

  it("stays whole for a local model, and where the settings say so", async () => {
    await ask(hybridWith(), { code, override: { tier: "local", reason: "test" } });
    expect(lastUserText(ollama.chats[0] ?? raise())).toContain(KEY);
    await ask(hybridWith({ "privacy.redactSecrets": false }), { code, ...mid });
    expect(cloud.chats[0]?.raw).toContain(KEY);
  });

  it("of an .env file is found wherever it stands, and in tools' calls", async () => {
    const plain = "correct-horse-battery";
    const messages: GivenCall["messages"] = [
      { role: "user", text: `log in with ${plain}` },
      { role: "assistant", text: "", toolCalls: [{ id: "1", name: "run", input: { args: [plain] } }] },
      { role: "tool", toolCallId: "1", toolName: "run", text: `ok ${plain}` },
    ];
    cloud.script({ text: "", toolCalls: [{ id: "2", name: "run", input: { again: "x" } }] });
    await ask(hybridWith({}, [plain]), { surface: "modelPicker", ...mid }, { messages });
    const { raw } = cloud.chats[0] ?? raise();
    expect(raw).not.toContain(plain);
    expect(raw.match(/\[redacted: [^\]]+\]/g)?.length).toBe(3);
  });
});

describe("the egress ledger", () => {
  it("has a row for what left: files, lines, bytes, hash, secrets taken out", async () => {
    const attachments = [
      { path: "notes.md", uri: "", languageId: "markdown", text: "one\ntwo", startLine: 5 },
    ];
    const code = `const stripe = new Stripe("${KEY}");\ncharge();`;
    await ask(hybridWith(), { id: "r7", path: "src/pay.ts", code, codeLine: 12, attachments, ...mid });
    const { raw } = cloud.chats[0] ?? raise();
    expect(log.egress.recent(10)).toMatchObject([
      {
        requestId: "r7",
        attempt: 1,
        provider: "anthropic",
        model: "opus",
        path: "/v1/messages",
        bytes: Buffer.byteLength(raw),
        sha256: createHash("sha256").update(raw).digest("hex"),
        items: [
          { path: "src/pay.ts", startLine: 12, endLine: 13, bytes: Buffer.byteLength(code) },
          { path: "notes.md", startLine: 5, endLine: 6, bytes: 7 },
        ],
        redactions: 1,
      },
    ]);
  });

  it("has no row for what stayed here", async () => {
    await ask(hybridWith(), { override: { tier: "local", reason: "test" } });
    expect(log.egress.recent(10)).toEqual([]);
  });

  it("has no row for what an outage drill refused, and no word of secrets that did not leave either", async () => {
    const hybrid = hybridWith();
    hybrid.drill.start("cloud", 5);
    const { text, summary } = await ask(hybrid, { code: `const stripe = new Stripe("${KEY}");`, ...mid });
    expect(text).toBe("Local answer.");
    expect(log.egress.recent(10)).toEqual([]);
    expect(caveats(summary).join(" ")).not.toContain("taken out");
    hybrid.drill.stop();
  });

  it("counts the earlier messages that left, not those that the chat has", async () => {
    const history = Array.from({ length: 20 }, (_, i) => ({
      role: i % 2 === 0 ? ("user" as const) : ("assistant" as const),
      text: `message ${i}`,
    }));
    await ask(hybridWith(), { history, ...mid });
    const sent = cloud.chats[0]?.body["messages"] as unknown[];
    expect(log.egress.recent(1)[0]?.note).toBe(`what was asked and ${sent.length - 1} earlier messages`);
    expect(sent.length).toBeLessThan(20);
  });

  it("has a row for an attempt that failed, too: it left", async () => {
    cloud.script({ fault: { kind: "reset", afterChunks: 1 } });
    await ask(hybridWith(), mid);
    expect(log.egress.recent(10)).toHaveLength(1);
  });
});

function raise(): never {
  throw new Error("nothing was sent");
}
