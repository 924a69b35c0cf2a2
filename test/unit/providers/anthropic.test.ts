/** The wire contract with Anthropic: the body out, recorded streams in. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAnthropicProvider } from "../../../src/core/providers/anthropic.ts";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { call, collect, KEY, MODEL, startReplay } from "./harness.ts";

let server: WireServer;
beforeEach(async () => {
  server = await startAnthropicServer({ models: { [MODEL]: {} } });
});
afterEach(() => server.close());

function provider(baseUrl = server.url, key: string | undefined = KEY) {
  return createAnthropicProvider({ baseUrl, apiKey: () => Promise.resolve(key) });
}

async function replayed(events: [name: string, data: unknown][], step = 17) {
  const body = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
  const replay = await startReplay("text/event-stream", body, step);
  const result = await collect(provider(replay.url));
  await replay.close();
  return result;
}

describe("what goes out", () => {
  it("is exactly this: system apart, turns of one role merged, nothing empty", async () => {
    await collect(
      provider(),
      call({
        messages: [
          { role: "system", text: "Be brief." },
          { role: "user", text: "First." },
          { role: "user", text: "Second." },
          {
            role: "assistant",
            text: "",
            toolCalls: [{ id: "toolu_1", name: "look", input: { path: "a.ts" } }],
          },
          { role: "tool", toolCallId: "toolu_1", toolName: "look", text: "contents" },
          { role: "user", text: "And?" },
          { role: "system", text: "In English." },
          { role: "assistant", text: "  " },
          { role: "user", text: "Well?" },
        ],
        tools: [{ name: "look", description: "Looks.", inputSchema: { type: "object", properties: {} } }],
        toolRequired: true,
      }),
    );
    const [request] = server.chats;
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request?.headers["anthropic-version"]).toBe("2026-10-21");
    expect(request?.body).toEqual({
      model: MODEL,
      max_tokens: 500,
      system: "Be brief.\n\nIn English.",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "First." },
            { type: "text", text: "Second." },
          ],
        },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "toolu_1", name: "look", input: { path: "a.ts" } }],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_1", content: "contents" },
            { type: "text", text: "And?" },
            { type: "text", text: "Well?" },
          ],
        },
      ],
      tools: [{ name: "look", description: "Looks.", input_schema: { type: "object", properties: {} } }],
      tool_choice: { type: "any" },
      stream: true,
    });
  });

  it("does not go out without a key", async () => {
    const before = process.env["ANTHROPIC_API_KEY"];
    process.env["ANTHROPIC_API_KEY"] = "from-the-environment";
    const keyless = createAnthropicProvider({
      baseUrl: server.url,
      apiKey: () => Promise.resolve(undefined),
    });
    const { error } = await collect(keyless);
    if (before === undefined) delete process.env["ANTHROPIC_API_KEY"];
    else process.env["ANTHROPIC_API_KEY"] = before;
    expect(error?.kind).toBe("noKey");
    expect(error?.hint).toContain("ANTHROPIC_API_KEY");
    expect(server.requests).toEqual([]);
  });

  it("goes to the same place when the address ends in /v1", async () => {
    expect((await collect(provider(`${server.url}/v1/`))).error).toBeUndefined();
  });
});

describe("what comes in", () => {
  /** From Anthropic's "Streaming messages", with tool use, thinking and cache. */
  const start = (usage: object): [string, unknown] => [
    "message_start",
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [],
        model: MODEL,
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    },
  ];
  const block = (index: number, content_block: object): [string, unknown] => [
    "content_block_start",
    { type: "content_block_start", index, content_block },
  ];
  const delta = (index: number, delta: object): [string, unknown] => [
    "content_block_delta",
    { type: "content_block_delta", index, delta },
  ];
  const stop = (index: number): [string, unknown] => [
    "content_block_stop",
    { type: "content_block_stop", index },
  ];
  const end = (stop_reason: string, usage: object = { output_tokens: 9 }): [string, unknown][] => [
    ["message_delta", { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }],
    ["message_stop", { type: "message_stop" }],
  ];
  const ping: [string, unknown] = ["ping", { type: "ping" }];

  it.each([1, 17, 8192])("is read the same in steps of %i bytes", async (step) => {
    const { events, error } = await replayed(
      [
        start({
          input_tokens: 25,
          cache_creation_input_tokens: 100,
          cache_read_input_tokens: 1000,
          output_tokens: 1,
        }),
        block(0, { type: "thinking", thinking: "", signature: "" }),
        ping,
        delta(0, { type: "thinking_delta", thinking: "Let me see" }),
        delta(0, { type: "signature_delta", signature: "EqQB" }),
        stop(0),
        block(1, { type: "text", text: "" }),
        delta(1, { type: "text_delta", text: "Grüße " }),
        delta(1, { type: "text_delta", text: "🌤️." }),
        stop(1),
        block(2, { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} }),
        delta(2, { type: "input_json_delta", partial_json: "" }),
        delta(2, { type: "input_json_delta", partial_json: '{"location": "San' }),
        delta(2, { type: "input_json_delta", partial_json: ' Francisco"}' }),
        stop(2),
        ["some_new_event", { type: "some_new_event" }],
        ...end("tool_use", {
          output_tokens: 89,
          input_tokens: null,
          output_tokens_details: { thinking_tokens: 30 },
        }),
      ],
      step,
    );
    expect(error).toBeUndefined();
    const input = 25 + 100 + 1000;
    expect(events).toEqual([
      { type: "usage", usage: { input, output: 1, cacheRead: 1000, cacheWrite: 100 } },
      { type: "text", text: "Grüße " },
      { type: "text", text: "🌤️." },
      { type: "usage", usage: { input, output: 89, cacheRead: 1000, cacheWrite: 100, reasoning: 30 } },
      {
        type: "toolCall",
        call: { id: "toolu_1", name: "get_weather", input: { location: "San Francisco" } },
      },
      { type: "finish", reason: "toolCalls" },
    ]);
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "refused"],
    ["pause_turn", "other"],
  ])("maps stop_reason %s to %s", async (wire, reason) => {
    const { events } = await replayed([
      start({ input_tokens: 3, output_tokens: 1 }),
      block(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: "Hm." }),
      ...end(wire),
    ]);
    expect(events.at(-1)).toEqual({ type: "finish", reason });
  });

  it("knows the input's tokens even when the stream breaks off", async () => {
    server.script({ usage: { input: 70, cacheRead: 20 }, fault: { kind: "reset", afterChunks: 1 } });
    const { events, error } = await collect(provider());
    expect(error?.kind).toBe("interrupted");
    expect(events).toContainEqual({
      type: "usage",
      usage: { input: 70, output: 1, cacheRead: 20, cacheWrite: 0, cacheWrite1h: 0 },
    });
  });

  it.each([
    ["overloaded_error", "serverError", /overloaded/],
    ["rate_limit_error", "rateLimited", /limits the rate/],
    ["invalid_request_error", "badRequest", /rejected/],
    ["billing_error", "noCredit", /credit/],
  ])("reads an error event of type %s as %s", async (type, kind, says) => {
    server.script({ fault: { kind: "errorObject", afterChunks: 0, type, message: "Sorry" } });
    const { error } = await collect(provider());
    expect(error?.kind).toBe(kind);
    expect(error?.message).toMatch(says);
  });

  it("keeps the reason of an interruption", async () => {
    server.script({ fault: { kind: "errorObject", afterChunks: 2 } });
    const { error } = await collect(provider());
    expect(error?.kind).toBe("interrupted");
    expect(error?.message).toMatch(/overloaded/);
    expect(error?.cause).toMatchObject({ kind: "serverError" });
  });

  it("tells an empty purse from a bad request", async () => {
    const body = {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "Your credit balance is too low to access the Anthropic API.",
      },
    };
    server.script({ fault: { kind: "status", status: 400, body } });
    expect((await collect(provider())).error?.kind).toBe("noCredit");
  });
});

it("lists the models", async () => {
  expect(await provider().status(new AbortController().signal)).toEqual({ state: "ready", models: [MODEL] });
});
