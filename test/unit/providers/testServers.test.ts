/** What the test servers put on the wire, read without any client: the other tests can be no truer than this. */
import { afterEach, describe, expect, it } from "vitest";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import { spawnServer } from "../../fixtures/servers/spawn.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const user = (content: string) => [{ role: "user", content }];
const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

describe("ollama", () => {
  const start = async (options: Parameters<typeof startOllamaServer>[0] = {}) => {
    const server = await startOllamaServer({
      models: { m: { chunks: ["a", "b"], usage: { input: 3, output: 2 } } },
      ...options,
    });
    closing.push(() => server.close());
    return server;
  };

  it("streams lines of JSON, the last with done, reason and counts", async () => {
    const { url } = await start();
    const response = await post(`${url}/api/chat`, { model: "m", messages: user("hi") });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).split("\n");
    expect(lines.pop()).toBe("");
    const objects = lines.map((line): unknown => JSON.parse(line));
    expect(objects).toMatchObject([
      {
        model: "m",
        created_at: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/),
        message: { role: "assistant", content: "a" },
        done: false,
      },
      { message: { content: "b" }, done: false },
      {
        message: { content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 3,
        eval_count: 2,
        load_duration: expect.any(Number),
      },
    ]);
  });

  it("answers in one object without stream", async () => {
    const { url } = await start();
    const response = await post(`${url}/api/chat`, { model: "m", messages: user("hi"), stream: false });
    expect(await response.json()).toMatchObject({
      message: { role: "assistant", content: "ab" },
      done: true,
    });
  });

  it("lists, shows and tells its version", async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/api/version`)).json()).toEqual({
      version: expect.stringMatching(/^\d/),
    });
    expect(await (await fetch(`${url}/api/tags`)).json()).toMatchObject({
      models: [{ name: "m", size: expect.any(Number) }],
    });
    expect(await (await post(`${url}/api/show`, { model: "m" })).json()).toMatchObject({
      capabilities: ["completion", "tools"],
    });
    const missing = await post(`${url}/api/show`, { model: "x" });
    expect([missing.status, await missing.json()]).toEqual([404, { error: "model 'x' not found" }]);
  });

  it("lists a model from the start of its load, with an expiry that moves until its first request is done", async () => {
    const server = await start({ loadMs: 150 });
    const expiry = async () => {
      const { models } = (await (await fetch(`${server.url}/api/ps`)).json()) as {
        models: { expires_at: string }[];
      };
      return models[0]?.expires_at;
    };
    expect(await expiry()).toBeUndefined();
    const answer = post(`${server.url}/api/chat`, { model: "m", messages: user("hi"), keep_alive: "10m" });
    await expect.poll(expiry).toBeDefined();
    const early = await expiry();
    await (await answer).text();
    await server.chats[0]?.over;
    const set = await expiry();
    expect(Date.parse(set ?? "")).toBeGreaterThan(Date.parse(early ?? ""));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await expiry()).toBe(set);
    server.unload();
    expect(await expiry()).toBeUndefined();
  });
});

describe("openai", () => {
  const start = async (options: Parameters<typeof startOpenAiServer>[0] = {}) => {
    const server = await startOpenAiServer({
      models: { m: { chunks: ["a", "b"], usage: { input: 3, output: 2 } } },
      ...options,
    });
    closing.push(() => server.close());
    return `${server.url}/v1/chat/completions`;
  };

  it("streams data events up to [DONE]; usage comes only when asked for, with no choices", async () => {
    const url = await start();
    const bare = await (await post(url, { model: "m", messages: user("hi"), stream: true })).text();
    expect(bare).toMatch(/^(data: \{[^\n]*\}\n\n)+data: \[DONE\]\n\n$/);
    expect(bare).not.toContain("prompt_tokens");
    const body = { model: "m", messages: user("hi"), stream: true, stream_options: { include_usage: true } };
    const events = (await (await post(url, body)).text()).split("\n\n");
    expect(events.at(-3)).toMatch(
      /"choices":\[\],"usage":\{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5/,
    );
    expect(events.at(-2)).toBe("data: [DONE]");
  });

  it("answers in one object without stream, and refuses another key", async () => {
    const url = await start({ apiKey: "right" });
    const body = { model: "m", messages: user("hi") };
    const answer = await post(url, body, { authorization: "Bearer right" });
    expect(await answer.json()).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "ab" } }],
    });
    const refused = await post(url, body, { authorization: "Bearer wrong" });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  });
});

describe("anthropic", () => {
  const headers = { "x-api-key": "k", "anthropic-version": "2026-10-21" };
  const body = { model: "m", max_tokens: 9, messages: user("hi") };
  const start = async () => {
    const server = await startAnthropicServer({
      models: { m: { chunks: ["a", "b"], usage: { input: 10, cacheRead: 4 } } },
    });
    closing.push(() => server.close());
    return `${server.url}/v1/messages`;
  };

  it("streams named events in the documented order", async () => {
    const text = await (await post(await start(), { ...body, stream: true }, headers)).text();
    const names = [...text.matchAll(/^event: (\w+)\ndata: \{.*"type":"(\w+)"/gm)].map(([, name]) => name);
    expect(names).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(text).toContain('"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4');
  });

  it("answers in one object without stream", async () => {
    const answer = await post(await start(), body, headers);
    expect(await answer.json()).toMatchObject({
      content: [{ type: "text", text: "ab" }],
      stop_reason: "end_turn",
    });
  });

  it.each([
    ["a key", body, { "anthropic-version": "2026-10-21" }, 401],
    ["a version", body, { "x-api-key": "k" }, 400],
    ["max_tokens", { model: "m", messages: user("hi") }, headers, 400],
    ["a message", { ...body, messages: [] }, headers, 400],
    ["another role", { ...body, messages: [{ role: "system", content: "x" }] }, headers, 400],
    ["text", { ...body, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] }, headers, 400],
    ["another version for temperature", { ...body, temperature: 1 }, headers, 400],
  ])("refuses a request that lacks %s", async (_, wrong, sent, status) => {
    const answer = await post(await start(), wrong, sent);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ type: "error", error: { message: expect.any(String) } });
  });
});

it("runs from the command line and says what it is", async () => {
  const server = await spawnServer("ollama", "llama3.2:3b");
  closing.push(() => server.stop());
  const asked = "What does this do?\n```ts\nconst a = 1;\nconst b = 2;\n```";
  const answer = await post(`${server.url}/api/chat`, {
    model: "llama3.2:3b",
    messages: user(asked),
    stream: false,
  });
  const { message } = (await answer.json()) as { message: { content: string } };
  expect(message.content).toContain("You asked: “What does this do?”");
  expect(message.content).toContain("has 2 lines");
  expect(message.content).toMatch(/\(answer of the test server\)$/);
});
