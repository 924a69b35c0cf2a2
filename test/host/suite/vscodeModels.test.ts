/** VS Code's own models as a provider: through its language model API to Hybrid's registered ones, and real servers. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { AnswerEvent, AnswerSummary } from "../../../src/core/answer.ts";
import type { HybridError } from "../../../src/core/errors.ts";
import { Hybrid } from "../../../src/core/hybrid.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { footerText } from "../../../src/core/present.ts";
import type { ModelCall, ProviderEvent, Sent } from "../../../src/core/providers/provider.ts";
import type { EditorRequest } from "../../../src/core/request.ts";
import { parseSettings } from "../../../src/core/settings.ts";
import { createVscodeModels } from "../../../src/editor/vscodeModels.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { configure, NOTHING_THERE, resetSettings } from "./support.ts";

const TOOL = {
  name: "get_weather",
  description: "The weather",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};
/** In parts, so that no scanner takes this file for a leak. */
const KEY = ["sk", "live", "51HqTz0Kd9Rm3XvBn7LpWc4Ye8Us2AgJf6"].join("_");

suite("VS Code's models as a provider", () => {
  const provider = createVscodeModels({ name: "copilot", label: "GitHub Copilot", vendor: "hybrid" });
  const { signal } = new AbortController();
  let cloud: WireServer;

  setup(async () => {
    cloud = await startOpenAiServer({
      models: { mini: { text: "Cloud says hello.", usage: { input: 9, output: 4 } } },
    });
    await configure({
      ...NOTHING_THERE,
      providers: { mycloud: { baseUrl: `${cloud.url}/v1` } },
      "tiers.mid.models": ["mycloud/mini"],
      "tiers.flagship.models": ["mycloud/mini"],
    });
  });
  teardown(async () => {
    await resetSettings();
    await cloud.close();
  });

  const call = (changes: Partial<ModelCall> = {}): ModelCall => ({
    model: "flagship",
    messages: [
      { role: "system", text: "You are terse." },
      { role: "user", text: "hello" },
    ],
    maxOutputTokens: 100,
    ...changes,
  });
  const collect = async (asked: ModelCall, stop: AbortSignal = signal) => {
    const events: ProviderEvent[] = [];
    for await (const event of provider.chat(asked, stop)) events.push(event);
    return events;
  };
  const errorOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => assert.fail("it did not fail"),
      (reason: unknown) => reason as HybridError,
    );
    return error;
  };
  const sentMessages = () => cloud.chats.at(-1)?.body["messages"] as Record<string, unknown>[];

  test("streams text, tells of what it sends, and of no usage, since VS Code tells none", async () => {
    const sent: Sent[] = [];
    const events = await collect(call({ onSent: (one) => sent.push(one) }));
    assert.equal(
      events.map((event) => (event.type === "text" ? event.text : "")).join(""),
      "Cloud says hello.",
    );
    assert.deepEqual(events.at(-1), { type: "finish", reason: "stop" });
    assert.deepEqual([...new Set(events.map(({ type }) => type))], ["text", "finish"]);
    assert.deepEqual(sentMessages(), [
      { role: "user", content: "You are terse." },
      { role: "user", content: "hello" },
    ]);
    assert.equal(sent.length, 1);
    assert.deepEqual([sent[0]?.host, sent[0]?.path], ["vscode.lm/hybrid", "flagship"]);
  });

  test("passes tools, calls and results on, with their ids", async () => {
    cloud.script({ text: "", toolCalls: [{ id: "call_7", name: TOOL.name, input: { city: "Hanoi" } }] });
    const events = await collect(call({ tools: [TOOL], toolRequired: true }));
    const expected = { id: "call_7", name: TOOL.name, input: { city: "Hanoi" } };
    assert.deepEqual(events, [
      { type: "toolCall", call: expected },
      { type: "finish", reason: "toolCalls" },
    ]);
    assert.equal(cloud.chats.at(-1)?.body["tool_choice"], "required");

    await collect(
      call({
        tools: [TOOL],
        messages: [
          { role: "user", text: "weather?" },
          { role: "assistant", text: "Let me look.", toolCalls: [expected] },
          { role: "tool", toolCallId: "call_7", toolName: TOOL.name, text: "31 °C" },
        ],
      }),
    );
    const [asked, called, result] = sentMessages();
    assert.equal(asked?.["content"], "weather?");
    assert.match(JSON.stringify(called), /"Let me look\.".*"call_7".*Hanoi/);
    assert.deepEqual(
      [result?.["role"], result?.["tool_call_id"], result?.["content"]],
      ["tool", "call_7", "31 °C"],
    );
  });

  test("ends with the user's cancellation, before and in the midst of an answer", async () => {
    assert.equal((await errorOf(collect(call(), AbortSignal.abort()))).kind, "cancelled");
    assert.equal(cloud.chats.length, 0);
    cloud.script({ chunks: Array.from({ length: 200 }, () => "word "), chunkDelayMs: 20 });
    const stop = new AbortController();
    const error = await errorOf(
      (async () => {
        for await (const _ of provider.chat(call(), stop.signal)) stop.abort();
      })(),
    );
    assert.equal(error.kind, "cancelled");
    // VS Code 1.110 keeps the caller's token to itself once an answer streams: nothing reaches the provider.
    const [asked] = cloud.chats;
    if (!vscode.version.startsWith("1.110.")) assert.equal(await asked?.over, "aborted");
  });

  test("says what is wrong: an unknown model, a failure, an answer that breaks off", async () => {
    const unknown = await errorOf(collect(call({ model: "gpt-9" })));
    assert.equal(unknown.kind, "modelMissing");
    assert.equal(unknown.message, "GitHub Copilot does not offer the model gpt-9 here.");

    cloud.script({ fault: { kind: "status", status: 503 } }, { fault: { kind: "status", status: 503 } });
    const failed = await errorOf(collect(call()));
    assert.equal(failed.kind, "serverError");
    assert.match(failed.message, /^GitHub Copilot \(flagship\) did not answer: /);

    // VS Code drops what it has not yet handed over when an error comes.
    cloud.script({
      chunks: ["The first ", "half", " of it"],
      chunkDelayMs: 300,
      fault: { kind: "reset", afterChunks: 2 },
    });
    assert.equal((await errorOf(collect(call()))).kind, "interrupted");
  });

  test("tells which models there are, and of a vendor that has none", async () => {
    const status = await provider.status(signal);
    assert.equal(status.state, "ready");
    for (const id of ["auto", "local", "mid", "flagship"]) assert.ok(status.models.includes(id), id);
    const nobody = createVscodeModels({ name: "nobody", label: "Nobody", vendor: "nobody" });
    const missing = await nobody.status(signal);
    assert.equal(
      missing.state === "unavailable" && missing.error.message,
      "VS Code offers no models of Nobody.",
    );
  });

  test("is planned, redacted, listed and booked like every other: part of the user's plan", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hybrid-plan-"));
    const log = openRequestLog({ file: join(folder, "requests.db") });
    const values: Record<string, unknown> = {
      "ollama.baseUrl": NOTHING_THERE["ollama.baseUrl"],
      "tiers.local.models": [],
      "tiers.mid.models": ["copilot/gpt-9"],
      "tiers.flagship.models": ["copilot/flagship"],
    };
    const hybrid = new Hybrid({
      settings: parseSettings((key) => values[key]).settings,
      log,
      keyOf: () => Promise.resolve(undefined),
      moreProviders: [provider],
    });
    try {
      const states = await hybrid.modelStates(signal);
      assert.deepEqual(
        states.map(({ model, unavailable }) => [model, unavailable?.replace(/:.*/, "")]),
        [
          ["copilot/gpt-9", "not offered"],
          ["copilot/flagship", undefined],
        ],
      );
      const events: AnswerEvent[] = [];
      for await (const event of hybrid.ask(request(`const key = "${KEY}";`), signal)) events.push(event);
      const summary = summaryOf(events);
      assert.equal(summary.outcome, "answered");
      assert.match(footerText(summary), /^copilot\/flagship · tokens not reported · part of your plan/);
      assert.equal(summary.attempts[0]?.inputTokens, null);
      const raw = cloud.chats.at(-1)?.raw ?? "";
      assert.ok(!raw.includes(KEY) && raw.includes("[redacted: "), "the key was taken out");
      const rows = log.egress.recent(10);
      assert.equal(rows.length, 1);
      const [row] = rows;
      assert.deepEqual(
        [row?.provider, row?.model, row?.host, row?.path, row?.redactions],
        ["copilot", "flagship", "vscode.lm/hybrid", "flagship", 1],
      );
      assert.match(row?.sha256 ?? "", /^[0-9a-f]{64}$/);

      hybrid.drill.start("cloud", 5);
      const before = cloud.requests.length;
      const refused: AnswerEvent[] = [];
      for await (const event of hybrid.ask(request("x"), signal)) refused.push(event);
      assert.match(summaryOf(refused).error?.userMessage ?? "", /outage drill/i);
      assert.equal(cloud.requests.length, before);
      assert.equal(log.egress.recent(10).length, 1);
    } finally {
      hybrid.drill.stop();
      log.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function request(code: string): EditorRequest {
  return {
    id: crypto.randomUUID(),
    sessionId: crypto.randomUUID(),
    surface: "command",
    command: "review",
    prompt: "",
    languageId: "typescript",
    code,
    fileLines: 1,
    attachments: [],
    diagnostics: [],
    history: [],
    override: { tier: "flagship", reason: "test" },
  };
}

function summaryOf(events: readonly AnswerEvent[]): AnswerSummary {
  const last = events.at(-1);
  assert.equal(last?.type, "finished");
  return last.summary;
}
