/**
 * The contract with every vendor: for one call the exact request out, and a stream as the vendor documents it in
 * (test/fixtures/streams, each naming its source) to exact events.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProviderEvent } from "../../../src/core/providers/provider.ts";
import { createProviders, VENDORS } from "../../../src/core/providers/vendors.ts";
import { settingsWith } from "../requests.ts";
import { call, collect, KEY, startRecorder } from "./harness.ts";

interface Contract {
  provider: string;
  model: string;
  /** Of the base URL in the settings. */
  base: string;
  path: string;
  /** The stream's file, and the content type it comes with. */
  stream: string;
  type: string;
  headers: Record<string, string>;
  body: object;
  events: ProviderEvent[];
}

const SSE = "text/event-stream; charset=utf-8";
const parameters = { type: "object", properties: { location: { type: "string" } } };
const CALL = call({
  messages: [
    { role: "system", text: "Be brief." },
    { role: "user", text: "Weather?" },
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: "get_weather", input: { location: "Rome" } }],
    },
    { role: "tool", toolCallId: "c1", toolName: "get_weather", text: "Rain" },
  ],
  tools: [{ name: "get_weather", description: "Tells it.", inputSchema: parameters }],
  toolRequired: true,
});

/** What OpenAI's protocol makes of the call; vendors differ in the name of the limit. */
function openAiBody(model: string, limit: "max_tokens" | "max_completion_tokens"): object {
  return {
    model,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "get_weather", arguments: '{"location":"Rome"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "Rain" },
    ],
    [limit]: 500,
    tools: [{ type: "function", function: { name: "get_weather", description: "Tells it.", parameters } }],
    tool_choice: "required",
    stream: true,
    stream_options: { include_usage: true },
  };
}

const bearer = { authorization: `Bearer ${KEY}` };
const greeting: ProviderEvent[] = [
  { type: "text", text: "Grüße" },
  { type: "text", text: " 🌤️" },
];
const weather = (id: string, location = "Paris"): ProviderEvent => ({
  type: "toolCall",
  call: { id, name: "get_weather", input: { location } },
});

const CONTRACTS: Contract[] = [
  {
    provider: "openai",
    model: "gpt-5.5",
    base: "/v1",
    path: "/v1/chat/completions",
    stream: "openai.sse",
    type: SSE,
    headers: bearer,
    body: openAiBody("gpt-5.5", "max_completion_tokens"),
    events: [
      ...greeting,
      weather("call_DdmO9pD3xa9XTPNJ32zg2hcA"),
      { type: "usage", usage: { input: 1117, output: 346, cacheRead: 1024, reasoning: 320 } },
      { type: "finish", reason: "toolCalls" },
    ],
  },
  {
    provider: "anthropic",
    model: "claude-opus-5",
    base: "",
    path: "/v1/messages",
    stream: "anthropic.sse",
    type: SSE,
    headers: { ...bearer, "anthropic-version": "2026-10-21" },
    body: {
      model: "claude-opus-5",
      max_tokens: 500,
      system: "Be brief.",
      messages: [
        { role: "user", content: [{ type: "text", text: "Weather?" }] },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "c1", name: "get_weather", input: { location: "Rome" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "Rain" }] },
      ],
      tools: [{ name: "get_weather", description: "Tells it.", input_schema: parameters }],
      tool_choice: { type: "any" },
      stream: true,
    },
    events: [
      {
        type: "usage",
        usage: { input: 52_025, output: 1, cacheRead: 50_000, cacheWrite: 2000, cacheWrite1h: 1500 },
      },
      ...greeting,
      {
        type: "usage",
        usage: {
          input: 52_025,
          output: 89,
          cacheRead: 50_000,
          cacheWrite: 2000,
          cacheWrite1h: 1500,
          reasoning: 30,
        },
      },
      weather("toolu_01T1x1fJ34qAmk2tNTrN7Up6"),
      { type: "finish", reason: "toolCalls" },
    ],
  },
  {
    provider: "groq",
    model: "openai/gpt-oss-120b",
    base: "/openai/v1",
    path: "/openai/v1/chat/completions",
    stream: "groq.sse",
    type: SSE,
    headers: bearer,
    body: openAiBody("openai/gpt-oss-120b", "max_completion_tokens"),
    events: [
      ...greeting,
      { type: "usage", usage: { input: 18, output: 439, reasoning: 120 } },
      { type: "finish", reason: "stop" },
    ],
  },
  {
    provider: "google",
    model: "gemini-2.5-pro",
    base: "/v1beta/openai",
    path: "/v1beta/openai/chat/completions",
    stream: "google.sse",
    type: "text/event-stream",
    headers: bearer,
    body: openAiBody("gemini-2.5-pro", "max_tokens"),
    events: [
      { type: "text", text: "Grüße" },
      { type: "usage", usage: { input: 8 } },
      { type: "text", text: " 🌤️" },
      { type: "usage", usage: { input: 8, output: 4 } },
      { type: "usage", usage: { input: 8, output: 13 } },
      { type: "usage", usage: { input: 8, output: 553, reasoning: 529 } },
      weather(expect.stringMatching(/^call_./) as string),
      weather(expect.stringMatching(/^call_./) as string, "Rome"),
      { type: "finish", reason: "toolCalls" },
    ],
  },
  {
    provider: "openrouter",
    model: "openai/gpt-4o-mini",
    base: "/api/v1",
    path: "/api/v1/chat/completions",
    stream: "openrouter.sse",
    type: "text/event-stream",
    headers: bearer,
    body: openAiBody("openai/gpt-4o-mini", "max_tokens"),
    events: [
      ...greeting,
      {
        type: "usage",
        usage: {
          input: 194,
          output: 10,
          cacheRead: 0,
          cacheWrite: 100,
          reasoning: 0,
          costNanoDollars: 35_090,
        },
      },
      { type: "finish", reason: "stop" },
    ],
  },
  {
    provider: "lmstudio",
    model: "qwen2.5-7b-instruct",
    base: "/v1",
    path: "/v1/chat/completions",
    stream: "lmstudio.sse",
    type: "text/event-stream",
    headers: bearer,
    body: openAiBody("qwen2.5-7b-instruct", "max_tokens"),
    events: [
      ...greeting,
      { type: "usage", usage: { input: 24, output: 53 } },
      { type: "finish", reason: "stop" },
    ],
  },
  {
    provider: "mine",
    model: "qwen3",
    base: "/v1",
    path: "/v1/chat/completions",
    stream: "own.sse",
    type: SSE,
    headers: bearer,
    body: openAiBody("qwen3", "max_tokens"),
    events: [
      ...greeting,
      { type: "usage", usage: { input: 12, output: 4 } },
      { type: "finish", reason: "length" },
    ],
  },
  {
    provider: "ollama",
    model: "llama3.2:3b",
    base: "",
    path: "/api/chat",
    stream: "ollama.ndjson",
    type: "application/x-ndjson",
    headers: {},
    body: {
      model: "llama3.2:3b",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c1", function: { name: "get_weather", arguments: { location: "Rome" } } }],
        },
        { role: "tool", content: "Rain", tool_name: "get_weather", tool_call_id: "c1" },
      ],
      tools: [{ type: "function", function: { name: "get_weather", description: "Tells it.", parameters } }],
      truncate: false,
      shift: false,
      keep_alive: "30m",
      options: { num_ctx: 8192, num_predict: 500 },
      stream: true,
    },
    events: [
      ...greeting,
      weather("call_ab12cd34"),
      { type: "usage", usage: { output: 282 } },
      { type: "finish", reason: "toolCalls" },
    ],
  },
];

describe.each(CONTRACTS)("$provider", (contract) => {
  const { provider, model, base, path, stream, type } = contract;

  it("gets this request, and its stream means these events", async () => {
    const file = await readFile(join(import.meta.dirname, "../../fixtures/streams", stream), "utf8");
    const body = file.replace(/^#.*\n/gm, "");
    const server = await startRecorder({ [path]: { type, body } });
    const own = { [provider]: { baseUrl: server.url + base, headers: { "x-team": "blue" } } };
    const providers = createProviders({
      settings: settingsWith({ providers: own }),
      keyOf: (name) => Promise.resolve(name === provider ? KEY : undefined),
    });
    const found = providers.get(provider);
    if (!found) throw new Error(provider);
    const { events, error } = await collect(found, { ...CALL, model });
    await server.close();

    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([["POST", path]]);
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      ...contract.headers,
      "content-type": "application/json",
      "x-team": "blue",
    });
    if (!("authorization" in contract.headers)) expect(request?.headers).not.toHaveProperty("authorization");
    expect(JSON.parse(request?.body ?? "")).toStrictEqual(contract.body);
    expect(error).toBeUndefined();
    expect(events).toStrictEqual(contract.events);
  });
});

it("there is a contract for every vendor", () => {
  const rows = CONTRACTS.map(({ provider }) => provider);
  for (const { name } of VENDORS) expect(rows).toContain(name);
});
