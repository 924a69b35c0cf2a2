/** Hybrid's models as every extension sees them: through VS Code's own language model API, against real servers. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { configure, NOTHING_THERE, resetSettings } from "./support.ts";

const LOCAL = "llama3.2:3b";

suite("Hybrid's models", () => {
  let ollama: WireServer;
  let cloud: WireServer;

  setup(async () => {
    ollama = await startOllamaServer({ models: { [LOCAL]: { text: "Local says hello." } }, loaded: [LOCAL] });
    cloud = await startOpenAiServer({ models: { mini: { text: "Cloud says hello." } } });
    await configure({
      ...NOTHING_THERE,
      "ollama.baseUrl": ollama.url,
      providers: { mycloud: { baseUrl: `${cloud.url}/v1` } },
      "tiers.mid.models": ["mycloud/mini"],
      "tiers.flagship.models": ["mycloud/mini"],
    });
  });
  teardown(async () => {
    await resetSettings();
    await Promise.all([ollama.close(), cloud.close()]);
  });

  const ask = async (
    id: string,
    text: string,
    options: vscode.LanguageModelChatRequestOptions = {},
    token?: vscode.CancellationToken,
  ) => {
    const [model] = await vscode.lm.selectChatModels({ vendor: "hybrid", id });
    assert.ok(model, `a model named ${id}`);
    return model.sendRequest([vscode.LanguageModelChatMessage.User(text)], options, token);
  };
  const textOf = async (response: vscode.LanguageModelChatResponse) => {
    let text = "";
    for await (const piece of response.text) text += piece;
    return text;
  };

  test("answer from their tier", async () => {
    assert.equal(await textOf(await ask("local", "hello")), "Local says hello.");
    assert.equal(await textOf(await ask("flagship", "hello")), "Cloud says hello.");
  });

  test("fall back to the cloud when the local server is down", async () => {
    await ollama.close();
    await configure({ "routing.confidenceThreshold": 0 });
    assert.equal(await textOf(await ask("auto", "what does const mean in typescript?")), "Cloud says hello.");
    await configure({ "routing.confidenceThreshold": undefined });
  });

  test("pass tools and tool calls through", async () => {
    cloud.setModel("mini", { text: "", toolCalls: [{ name: "get_weather", input: { city: "Hanoi" } }] });
    const tools = [
      {
        name: "get_weather",
        description: "The weather",
        inputSchema: { type: "object", properties: { city: { type: "string" } } },
      },
    ];
    const response = await ask("mid", "weather in Hanoi?", { tools });
    const calls: vscode.LanguageModelToolCallPart[] = [];
    for await (const part of response.stream)
      if (part instanceof vscode.LanguageModelToolCallPart) calls.push(part);
    assert.deepEqual(
      calls.map(({ name, input }) => ({ name, input })),
      [{ name: "get_weather", input: { city: "Hanoi" } }],
    );
    const sent = cloud.chats.at(-1)?.body["tools"];
    assert.equal(Array.isArray(sent) && sent.length, 1);
  });

  /** Starts a long answer, stops it with `stop` after the first piece, and says how the server saw it end. */
  const stopAfterFirstPiece = async (stop: () => unknown, token?: vscode.CancellationToken) => {
    cloud.setModel("mini", { chunks: Array.from({ length: 200 }, () => "word "), chunkDelayMs: 20 });
    const response = await ask("mid", "hello", {}, token);
    try {
      for await (const _ of response.text) await stop();
    } catch {
      // VS Code may end a stopped stream with an error; how the server saw it is what counts.
    }
    return cloud.chats.at(-1)?.over;
  };

  test("stop the server's stream on “Stop Running Requests”", async () => {
    assert.equal(await stopAfterFirstPiece(() => vscode.commands.executeCommand("hybrid.stop")), "aborted");
  });

  // VS Code 1.110 keeps the caller's token to itself once an answer streams: nothing reaches the provider.
  if (!vscode.version.startsWith("1.110.")) {
    test("stop the server's stream when the caller cancels", async () => {
      const source = new vscode.CancellationTokenSource();
      assert.equal(await stopAfterFirstPiece(() => source.cancel(), source.token), "aborted");
    });
  }

  test("give an error that says what to do when nothing can answer", async () => {
    await Promise.all([ollama.close(), cloud.close()]);
    await configure({
      providers: {},
      "tiers.mid.models": ["openai/gpt-4o-mini"],
      "tiers.flagship.models": [],
    });
    await assert.rejects(async () => textOf(await ask("local", "hello")), /Ollama/);
  });
});
