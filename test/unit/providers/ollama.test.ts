/** The wire contract with Ollama: the body out to the byte, recorded streams in, cold loads and queues told apart. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOllamaProvider } from "../../../src/core/providers/ollama.ts";
import type { OllamaTimeouts } from "../../../src/core/providers/ollama.ts";
import type { OllamaServer, OllamaServerOptions } from "../../fixtures/servers/ollama.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { call, collect, MODEL, startReplay } from "./harness.ts";

let server: OllamaServer;
const start = async (options: OllamaServerOptions = {}): Promise<void> => {
  server = await startOllamaServer({ models: { [MODEL]: {} }, ...options });
};
beforeEach(() => start());
afterEach(() => server.close());

function provider(
  more: { timeouts?: Partial<OllamaTimeouts>; numCtx?: number; keepAlive?: string; url?: string } = {},
) {
  const { timeouts = {}, numCtx = 8192, keepAlive = "30m", url = server.url } = more;
  return createOllamaProvider({ baseUrl: url, numCtx, keepAlive, timeouts });
}

describe("what goes out", () => {
  it("is exactly this", async () => {
    await collect(
      provider(),
      call({
        messages: [
          { role: "system", text: "Be brief." },
          { role: "user", text: "Weather in Tokyo?" },
          {
            role: "assistant",
            text: "",
            toolCalls: [{ id: "call_1", name: "weather", input: { city: "Tokyo" } }],
          },
          { role: "tool", toolCallId: "call_1", toolName: "weather", text: "Rain" },
        ],
        tools: [
          { name: "weather", description: "Tells it.", inputSchema: { type: "object", properties: {} } },
        ],
        maxOutputTokens: 321,
      }),
    );
    const [request] = server.chats;
    expect(request?.path).toBe("/api/chat");
    expect(request?.body).toEqual({
      model: MODEL,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather in Tokyo?" },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "call_1", function: { name: "weather", arguments: { city: "Tokyo" } } }],
        },
        { role: "tool", content: "Rain", tool_name: "weather", tool_call_id: "call_1" },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "Tells it.",
            parameters: { type: "object", properties: {} },
          },
        },
      ],
      truncate: false,
      shift: false,
      keep_alive: "30m",
      options: { num_ctx: 8192, num_predict: 321 },
      stream: true,
    });
  });

  it("has a keep_alive that Go can read: seconds without a unit are a number", async () => {
    await collect(provider({ keepAlive: "-1" }));
    expect(server.chats[0]?.body["keep_alive"]).toBe(-1);
  });

  it("goes to the native API even when the address ends in /v1", async () => {
    const { error } = await collect(provider({ url: `${server.url}/v1/` }));
    expect(error).toBeUndefined();
    expect(server.chats).toHaveLength(1);
  });
});

describe("what comes in", () => {
  /** From Ollama's docs/api.md and docs/api/streaming.mdx. */
  const head = `"model":"llama3.2","created_at":"2025-07-07T20:22:19.184789Z"`;
  const recorded = [
    `{${head},"message":{"role":"assistant","content":"","thinking":"Let me see"},"done":false}`,
    `{${head},"message":{"role":"assistant","content":"Der Himmel ","images":null},"done":false}`,
    `{${head},"message":{"role":"assistant","content":"ist blau – 🌤️."},"done":false}`,
    `{${head},"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"Tokyo"}}}]},"done":false}`,
    `{${head},"message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":182242375,"load_duration":41295167,"prompt_eval_count":169,"prompt_eval_duration":24573166,"eval_count":15,"eval_duration":115959084}`,
    "",
  ].join("\n");

  it.each([1, 7, 4096])("is read the same in steps of %i bytes", async (step) => {
    const replay = await startReplay("application/x-ndjson", recorded, step);
    const { events, error } = await collect(provider({ url: replay.url }));
    await replay.close();
    expect(error).toBeUndefined();
    expect(events).toEqual([
      { type: "text", text: "Der Himmel " },
      { type: "text", text: "ist blau – 🌤️." },
      {
        type: "toolCall",
        call: { id: expect.stringMatching(/^call_./), name: "get_weather", input: { city: "Tokyo" } },
      },
      { type: "usage", usage: { input: 169, output: 15 } },
      { type: "finish", reason: "toolCalls" },
    ]);
  });

  it("has no usage when the server gave none", async () => {
    server.script({ usage: null });
    const { events } = await collect(provider());
    expect(events.filter(({ type }) => type === "usage")).toEqual([]);
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  it("says when the answer was cut at the limit", async () => {
    server.script({ finish: "length" });
    expect((await collect(provider())).events.at(-1)).toEqual({ type: "finish", reason: "length" });
  });

  it("keeps the id that the server gave a tool call", async () => {
    server.script({
      chunks: [],
      toolCalls: [{ id: "call_abc", name: "x", input: { deep: [1, { a: null }] } }],
    });
    const { events } = await collect(provider());
    expect(events[0]).toEqual({
      type: "toolCall",
      call: { id: "call_abc", name: "x", input: { deep: [1, { a: null }] } },
    });
  });
});

describe("faults of its own", () => {
  it("names the command that pulls a missing model", async () => {
    const { error } = await collect(provider(), call({ model: "qwen3:4b" }));
    expect(error?.kind).toBe("modelMissing");
    expect(error?.hint).toContain("ollama pull qwen3:4b");
  });

  it("says how to start or get Ollama when nothing listens", async () => {
    await server.close();
    const { error } = await collect(provider());
    expect(error?.kind).toBe("unreachable");
    expect(error?.hint).toMatch(/ollama serve.*ollama\.com\/download/);
    await start();
  });

  it("refuses a prompt that does not fit, with the size of the context", async () => {
    const { error } = await collect(
      provider({ numCtx: 512 }),
      call({ messages: [{ role: "user", text: "x".repeat(9000) }] }),
    );
    expect(error?.kind).toBe("contextTooLong");
    expect(error?.message).toContain("exceeds the available context size (512 tokens)");
    expect(error?.hint).toContain("512 tokens");
  });

  it("passes on why a model could not run", async () => {
    server.script({ fault: { kind: "status", status: 500 } });
    const { error } = await collect(provider());
    expect(error?.kind).toBe("serverError");
    expect(error?.message).toContain("requires more system memory (5.6 GiB)");
  });

  it("says that a model without tools has none", async () => {
    const body = { error: `registry.ollama.ai/library/${MODEL} does not support tools` };
    server.script({ fault: { kind: "status", status: 400, body } });
    const { error } = await collect(provider());
    expect(error?.kind).toBe("badRequest");
    expect(error?.message).toContain("does not support tools");
  });

  it("keeps the console clean of the answer's text", async () => {
    const noise: unknown[] = [];
    const { log, warn, error } = console;
    for (const level of ["log", "warn", "error"] as const)
      console[level] = (...all: unknown[]) => noise.push(all);
    try {
      server.script({ chunks: ["secret ", "words"], fault: { kind: "cutLine", afterChunks: 1 } });
      await collect(provider());
      server.script({ chunks: ["secret ", "words"], fault: { kind: "garbage", afterChunks: 1 } });
      await collect(provider());
      server.script({ fault: { kind: "html", status: 500 } });
      await collect(provider());
    } finally {
      Object.assign(console, { log, warn, error });
    }
    expect(noise).toEqual([]);
  });
});

describe("a silent server", () => {
  const quickly = { noticeMs: 60 };
  const statuses = (events: { type: string; text?: string }[]) =>
    events.filter(({ type }) => type === "status").map(({ text }) => text);

  it("that loads the model says so, and answers", async () => {
    await server.close();
    await start({ loadMs: 1_200 });
    const { events, error } = await collect(provider({ timeouts: quickly }));
    expect(error).toBeUndefined();
    expect(statuses(events)).toEqual([`loading ${MODEL}…`]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/api/chat", "/api/ps", "/api/ps"]);
  });

  it("that has not begun to load, since another model must go first, says so too", async () => {
    server.script({ headerDelayMs: 600 });
    const { events } = await collect(provider({ timeouts: quickly }));
    expect(statuses(events)).toEqual([`loading ${MODEL}…`]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/api/chat", "/api/ps"]);
  });

  it("is not asked anything when it answers in time", async () => {
    const { events } = await collect(provider({ timeouts: { noticeMs: 2_000 } }));
    expect(statuses(events)).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/api/chat"]);
  });

  it("that is busy with a loaded model is waited for", async () => {
    await server.close();
    await start({ loaded: [MODEL] });
    server.script({ headerDelayMs: 1_000 });
    const { events } = await collect(provider({ timeouts: quickly }));
    expect(statuses(events)).toEqual([`waiting for ${MODEL}…`]);
  });

  it("that is still at work on this provider's first request is waited for too", async () => {
    const one = provider({ timeouts: quickly });
    server.script({ chunks: ["a ", "b"], chunkDelayMs: 400 }, { headerDelayMs: 1_000 });
    const first = collect(one);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await collect(one);
    expect(statuses(second.events)).toEqual([`waiting for ${MODEL}…`]);
    expect((await first).error).toBeUndefined();
  });

  it("may take as long as the limit to load, and no longer", async () => {
    await server.close();
    await start({ loadMs: 5_000 });
    const { events, error } = await collect(provider({ timeouts: { ...quickly, firstByteMs: 1_000 } }));
    expect(statuses(events)).toEqual([`loading ${MODEL}…`]);
    expect(error?.kind).toBe("timeout");
  });

  it("is left at once when the user stops waiting", async () => {
    await server.close();
    await start({ loadMs: 5_000 });
    const controller = new AbortController();
    const { error } = await collect(
      provider({ timeouts: quickly }),
      call(),
      controller.signal,
      ({ type }) => {
        if (type === "status") controller.abort();
      },
    );
    expect(error?.kind).toBe("cancelled");
    expect(await server.chats[0]?.over).toBe("aborted");
  });
});

describe("status", () => {
  const signal = new AbortController().signal;

  it("lists what is pulled", async () => {
    expect(await provider().status(signal)).toEqual({ state: "ready", models: [MODEL] });
  });

  it("is unavailable, with a hint, where nothing listens", async () => {
    await server.close();
    const status = await provider().status(signal);
    expect(status).toMatchObject({ state: "unavailable", error: { kind: "unreachable" } });
    await start();
  });

  it("is unavailable for a server that is no Ollama", async () => {
    const replay = await startReplay("application/json", '{"hello": "world"}', 99);
    const status = await provider({ url: replay.url }).status(signal);
    await replay.close();
    expect(status).toMatchObject({ state: "unavailable", error: { kind: "badAnswer" } });
  });
});

it("is local on this machine and network, and not beyond", () => {
  expect(provider().local).toBe(true);
  expect(provider({ url: "http://192.168.1.20:11434" }).local).toBe(true);
  expect(provider({ url: "https://ollama.com" }).local).toBe(false);
});
