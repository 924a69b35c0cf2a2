/** The wire contract with OpenAI and the servers that follow it: the body out, recorded streams in. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOpenAiCompatibleProvider } from "../../../src/core/providers/openaiCompatible.ts";
import type { OpenAiCompatibleOptions } from "../../../src/core/providers/openaiCompatible.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { call, collect, KEY, MODEL, startReplay } from "./harness.ts";

let server: WireServer;
beforeEach(async () => {
  server = await startOpenAiServer({ models: { [MODEL]: {}, "gpt-5.1": {} } });
});
afterEach(() => server.close());

function provider(more: Partial<OpenAiCompatibleOptions> = {}) {
  return createOpenAiCompatibleProvider({
    name: "vendor",
    baseUrl: `${server.url}/v1`,
    apiKey: () => Promise.resolve(KEY),
    keyRequired: true,
    keyHint: "Set VENDOR_API_KEY.",
    ...more,
  });
}

async function replayed(lines: string[], step = 11, hold = false) {
  const body = lines.map((line) => `${line}\n\n`).join("");
  const replay = await startReplay("text/event-stream", body, step, hold);
  const result = await collect(provider({ baseUrl: `${replay.url}/v1` }));
  await replay.close();
  return result;
}

describe("what goes out", () => {
  it("is exactly this", async () => {
    await collect(
      provider(),
      call({
        messages: [
          { role: "system", text: "Be brief." },
          { role: "user", text: "Weather?" },
          {
            role: "assistant",
            text: "",
            toolCalls: [{ id: "call_1", name: "weather", input: { city: "Tokyo" } }],
          },
          { role: "tool", toolCallId: "call_1", toolName: "weather", text: "Rain" },
        ],
        tools: [{ name: "weather", description: "Tells it.", inputSchema: { type: "object" } }],
        toolRequired: true,
      }),
    );
    const [request] = server.chats;
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request?.headers).not.toHaveProperty("openai-organization");
    expect(request?.body).toEqual({
      model: MODEL,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Tokyo"}' } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "Rain" },
      ],
      max_tokens: 500,
      tools: [
        {
          type: "function",
          function: { name: "weather", description: "Tells it.", parameters: { type: "object" } },
        },
      ],
      tool_choice: "required",
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("names the limit as the vendor wants it", async () => {
    const refused = await collect(provider(), call({ model: "gpt-5.1" }));
    expect(refused.error?.kind).toBe("badRequest");
    expect(refused.error?.message).toContain("max_completion_tokens");
    const served = await collect(
      provider({ maxTokensField: "max_completion_tokens" }),
      call({ model: "gpt-5.1" }),
    );
    expect(served.error).toBeUndefined();
  });

  it("has the user's own headers, and no Authorization without a key", async () => {
    const keyless = { keyRequired: false, apiKey: () => Promise.resolve(undefined) };
    await collect(provider({ ...keyless, headers: { "x-tenant": "blue" } }));
    expect(server.chats[0]?.headers["x-tenant"]).toBe("blue");
    expect(server.chats[0]?.headers).not.toHaveProperty("authorization");
    await collect(provider({ ...keyless, headers: { authorization: "Basic abc" } }));
    expect(server.chats[1]?.headers.authorization).toBe("Basic abc");
  });

  it("takes nothing from the environment", async () => {
    const before = { ...process.env };
    Object.assign(process.env, { OPENAI_ORG_ID: "org-of-another", OPENAI_PROJECT_ID: "proj-of-another" });
    await collect(provider());
    process.env = before;
    expect(JSON.stringify(server.chats[0]?.headers)).not.toContain("of-another");
  });

  it("does not go out without a required key", async () => {
    const { error } = await collect(provider({ apiKey: () => Promise.resolve(undefined) }));
    expect(error?.kind).toBe("noKey");
    expect(error?.hint).toBe("Set VENDOR_API_KEY.");
    expect(server.requests).toEqual([]);
  });

  it("does not go out with a key that no header can carry, nor shows it", async () => {
    const { error } = await collect(provider({ apiKey: () => Promise.resolve("schlüssel-geheim") }));
    expect(error?.kind).toBe("badKey");
    expect(`${error?.userMessage} ${String(error?.cause)}`).not.toContain("geheim");
    expect(server.requests).toEqual([]);
  });
});

describe("what comes in", () => {
  /** From OpenAI's API reference, "Streaming": shortened ids. */
  const head = `"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb"`;
  const delta = (json: string, finish = "null") =>
    `data: {${head},"choices":[{"index":0,"delta":${json},"logprobs":null,"finish_reason":${finish}}],"usage":null}`;

  it.each([1, 13, 4096])("is read the same in steps of %i bytes", async (step) => {
    const { events, error } = await replayed(
      [
        ": OPENROUTER PROCESSING",
        delta('{"role":"assistant","content":"","refusal":null}'),
        delta('{"content":"Grüße"}'),
        delta('{"content":" 🌤️"}'),
        delta(
          '{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"later","arguments":""}}]}',
        ),
        delta(
          '{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"look","arguments":""}}]}',
        ),
        delta('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"pa"}}]}'),
        delta('{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}'),
        delta('{"tool_calls":[{"index":0,"function":{"arguments":"th\\":\\"a.ts\\"}"}}]}'),
        delta("{}", '"tool_calls"'),
        `data: {${head},"choices":[],"usage":{"prompt_tokens":120,"completion_tokens":40,"total_tokens":160,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":16}}}`,
        "data: [DONE]",
      ],
      step,
    );
    expect(error).toBeUndefined();
    expect(events).toEqual([
      { type: "text", text: "Grüße" },
      { type: "text", text: " 🌤️" },
      { type: "toolCall", call: { id: "call_a", name: "look", input: { path: "a.ts" } } },
      { type: "toolCall", call: { id: "call_b", name: "later", input: {} } },
      { type: "usage", usage: { input: 120, output: 40, cacheRead: 64, reasoning: 16 } },
      { type: "finish", reason: "toolCalls" },
    ]);
  });

  it("counts the thinking that Gemini's endpoint leaves out of its completion tokens", async () => {
    const { events } = await replayed([
      'data: {"choices":[{"delta":{"content":"36","role":"assistant"},"finish_reason":"stop","index":0}],"created":1,"id":"x","model":"gemini-2.5-flash","object":"chat.completion.chunk","usage":{"completion_tokens":198,"prompt_tokens":20,"total_tokens":623}}',
      "data: [DONE]",
    ]);
    expect(events).toContainEqual({ type: "usage", usage: { input: 20, output: 603, reasoning: 405 } });
  });

  it("is whole without [DONE] and without usage, once the model said that it stops", async () => {
    const { events, error } = await replayed([delta('{"content":"Yes."}'), delta("{}", '"stop"')]);
    expect(error).toBeUndefined();
    expect(events).toEqual([
      { type: "text", text: "Yes." },
      { type: "finish", reason: "stop" },
    ]);
  });

  it("is whole when the connection breaks after the model said that it stops", async () => {
    // The close frames are the finish, the usage and [DONE]; the break comes before the usage.
    const { events, error } = await replayed([
      delta('{"content":"Yes."}'),
      delta("{}", '"stop"'),
      'data: {"cho',
    ]);
    expect(error).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  it("is whole when the server forgets to end a response that is done", async () => {
    const { events, error } = await replayed(
      [delta('{"content":"Yes."}'), delta("{}", '"stop"')],
      4096,
      true,
    );
    expect(error).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  }, 20_000);

  it("tells tool calls apart by their ids where all have index 0, as with Gemini", async () => {
    const tool = (id: string, json: string) =>
      delta(
        `{"tool_calls":[{"index":0,"id":"${id}","type":"function","function":{"name":"look","arguments":${JSON.stringify(json)}}}]}`,
      );
    const { events } = await replayed([
      tool("a", '{"path":"a.ts"}'),
      tool("b", '{"path":"b.ts"}'),
      delta("{}", '"stop"'),
      "data: [DONE]",
    ]);
    expect(events).toEqual([
      { type: "toolCall", call: { id: "a", name: "look", input: { path: "a.ts" } } },
      { type: "toolCall", call: { id: "b", name: "look", input: { path: "b.ts" } } },
      { type: "finish", reason: "toolCalls" },
    ]);
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["content_filter", "refused"],
    ["something_new", "other"],
  ])("maps finish_reason %s to %s", async (wire, reason) => {
    const { events } = await replayed([delta('{"content":"Hm."}'), delta("{}", `"${wire}"`), "data: [DONE]"]);
    expect(events.at(-1)).toEqual({ type: "finish", reason });
  });

  it("calls a refusal one, and shows its words", async () => {
    server.script({ finish: "refused", chunks: ["I cannot ", "help."] });
    const { events, text } = await collect(provider());
    expect(text).toBe("I cannot help.");
    expect(events.at(-1)).toEqual({ type: "finish", reason: "refused" });
  });

  it("lets a filtered answer without a word end as refused", async () => {
    const { events, error } = await replayed([delta("{}", '"content_filter"'), "data: [DONE]"]);
    expect(error).toBeUndefined();
    expect(events).toEqual([{ type: "finish", reason: "refused" }]);
  });

  it("drops a tool call that the limit cut in two", async () => {
    const { events } = await replayed([
      delta('{"content":"Looking."}'),
      delta(
        '{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"x","arguments":"{\\"pa"}}]}',
      ),
      delta("{}", '"length"'),
      "data: [DONE]",
    ]);
    expect(events).toEqual([
      { type: "text", text: "Looking." },
      { type: "finish", reason: "length" },
    ]);
  });

  it("does not run a tool on arguments that are not JSON", async () => {
    const { error } = await replayed([
      delta(
        '{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"x","arguments":"{oops"}}]}',
      ),
      delta("{}", '"tool_calls"'),
      "data: [DONE]",
    ]);
    expect(error?.kind).toBe("badAnswer");
    expect(error?.message).toContain("“x”");
  });
});

describe("errors by code", () => {
  const refuse = async (status: number, error: unknown, headers: Record<string, string> = {}) => {
    server.script({ fault: { kind: "status", status, body: error, headers } });
    return (await collect(provider())).error;
  };

  it.each([
    [
      429,
      {
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota",
        code: "insufficient_quota",
      },
      "noCredit",
    ],
    [
      429,
      {
        message:
          "Request too large for llama in organization x on tokens per minute (TPM): Limit 6000, Requested 9000",
        type: "tokens",
        code: "rate_limit_exceeded",
      },
      "contextTooLong",
    ],
    [
      413,
      { message: "Request too large for model", type: "tokens", code: "rate_limit_exceeded" },
      "contextTooLong",
    ],
    [400, { message: "xyz is not a valid model ID", code: 400 }, "modelMissing"],
    [
      400,
      {
        message: "The model `mixtral` has been decommissioned and is no longer supported.",
        code: "model_decommissioned",
      },
      "modelMissing",
    ],
    [400, { message: "Invalid value for 'temperature'", type: "invalid_request_error" }, "badRequest"],
    [
      403,
      { message: "Your chosen model requires moderation and your input was flagged", code: 403 },
      "badRequest",
    ],
    [402, { message: "Insufficient credits", code: 402 }, "noCredit"],
    [408, { message: "Request timed out" }, "timeout"],
    [407, { message: "Proxy Authentication Required" }, "unreachable"],
  ])("%i %o is %s", async (status, error, kind) => {
    expect((await refuse(status, { error }))?.kind).toBe(kind);
  });

  it("reads Gemini's: a list, a bad key as 400, and a wait in the details", async () => {
    const badKey = {
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
      },
    };
    expect((await refuse(400, [badKey]))?.kind).toBe("badKey");
    const limited = await refuse(429, [
      {
        error: {
          code: 429,
          message: "You exceeded your current quota, please check your plan and billing details.",
          status: "RESOURCE_EXHAUSTED",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "23s" }],
        },
      },
    ]);
    expect(limited).toMatchObject({ kind: "rateLimited", retryAfterMs: 23_000 });
  });

  it("prefers retry-after-ms", async () => {
    const error = await refuse(
      429,
      { error: { message: "slow down" } },
      { "retry-after-ms": "1234", "retry-after": "2" },
    );
    expect(error?.retryAfterMs).toBe(1234);
  });

  it("reads an error that comes as JSON with a good status", async () => {
    const replay = await startReplay(
      "application/json",
      '{"error":{"message":"Provider returned error","code":502}}',
      99,
    );
    const { error } = await collect(provider({ baseUrl: replay.url }));
    await replay.close();
    expect(error).toMatchObject({ kind: "serverError" });
    expect(error?.message).toContain("Provider returned error");
  });

  it("reads OpenRouter's error in mid-stream by its code", async () => {
    const { error } = await replayed([
      'data: {"id":"gen-1","object":"chat.completion.chunk","created":1,"model":"x","provider":"y","error":{"code":429,"message":"Rate limit exceeded"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
    ]);
    expect(error?.kind).toBe("rateLimited");
  });

  it("says that the address has no such API", async () => {
    const { error } = await collect(provider({ baseUrl: `${server.url}/nothing/here` }));
    expect(error?.kind).toBe("badAnswer");
    expect(error?.message).toContain(`${server.url}/nothing/here`);
  });
});

describe("status", () => {
  const signal = new AbortController().signal;

  it("lists the models", async () => {
    expect(await provider().status(signal)).toEqual({ state: "ready", models: [MODEL, "gpt-5.1"] });
  });

  it("tells a refused key", async () => {
    const strict = await startOpenAiServer({ apiKey: "another" });
    const status = await provider({ baseUrl: `${strict.url}/v1` }).status(signal);
    await strict.close();
    expect(status).toMatchObject({ state: "unavailable", error: { kind: "badKey" } });
    expect(JSON.stringify(status)).not.toContain(KEY);
  });

  it("does not wait for a server that is silent", async () => {
    const replay = await startReplay("application/json", "", 1);
    const hang = createOpenAiCompatibleProvider({
      name: "vendor",
      baseUrl: replay.url,
      apiKey: () => Promise.resolve(undefined),
      keyRequired: false,
      keyHint: "",
      fetch: (input, init) =>
        new Promise((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
          void input;
        }),
      timeouts: { statusMs: 50 },
    });
    expect(await hang.status(signal)).toMatchObject({ state: "unavailable", error: { kind: "timeout" } });
    await replay.close();
  });
});
