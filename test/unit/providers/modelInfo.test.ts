/** What the vendors' lists tell of their models, read from the shapes that their documents give. */
import { afterEach, describe, expect, it } from "vitest";
import type { ModelInfo, ProviderStatus } from "../../../src/core/providers/provider.ts";
import { createProviders } from "../../../src/core/providers/vendors.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { settingsWith } from "../requests.ts";
import { KEY, startRecorder } from "./harness.ts";

const signal = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Has the provider look at a server that answers these paths with JSON. `{url}` in the base URL is the server. */
async function lookedAt(name: string, baseUrl: string, answers: Record<string, unknown>) {
  const server = await startRecorder(
    Object.fromEntries(
      Object.entries(answers).map(([path, value]) => [
        path,
        { type: "application/json", body: JSON.stringify(value) },
      ]),
    ),
  );
  closing.push(server.close);
  const providers = createProviders({
    settings: settingsWith({ providers: { [name]: { baseUrl: server.url + baseUrl } } }),
    keyOf: () => Promise.resolve(KEY),
  });
  const status = await providers.get(name)?.status(signal);
  if (!status) throw new Error(name);
  return { status, requests: server.requests };
}

function infoOf(status: ProviderStatus): Record<string, ModelInfo> {
  if (status.state !== "ready") throw status.error;
  return Object.fromEntries(status.info ?? []);
}

describe("what a look learns from", () => {
  it("OpenAI is names", async () => {
    const data = [{ id: "gpt-5.5", object: "model", created: 1, owned_by: "system" }];
    const { status } = await lookedAt("openai", "/v1", { "/v1/models": { object: "list", data } });
    expect(status).toStrictEqual({ state: "ready", models: ["gpt-5.5"] });
  });

  it("Anthropic is the context, and whether images are taken", async () => {
    const model = {
      type: "model",
      id: "claude-opus-5",
      display_name: "Claude Opus 5",
      created_at: "2026-05-01T00:00:00Z",
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      capabilities: { image_input: { supported: true }, pdf_input: { supported: true } },
    };
    const older = { ...model, id: "claude-old", max_input_tokens: null, capabilities: null };
    const body = { data: [model, older], has_more: false, first_id: model.id, last_id: older.id };
    const { status } = await lookedAt("anthropic", "", { "/v1/models?limit=1000": body });
    expect(status).toMatchObject({ models: ["claude-opus-5", "claude-old"] });
    expect(infoOf(status)).toStrictEqual({ "claude-opus-5": { contextTokens: 200_000, images: true } });
  });

  it("Groq is the context, and the kinds of input", async () => {
    const shared = { object: "model", created: 1, owned_by: "x", active: true };
    const data = [
      { ...shared, id: "allam-2-7b", context_window: 4096, input_modalities: ["text"] },
      { ...shared, id: "openai/gpt-oss-120b", context_window: 131_072, public_apps: null },
    ];
    const { status } = await lookedAt("groq", "/openai/v1", { "/openai/v1/models": { data } });
    expect(infoOf(status)).toStrictEqual({
      "allam-2-7b": { contextTokens: 4096, images: false },
      "openai/gpt-oss-120b": { contextTokens: 131_072 },
    });
  });

  it("OpenRouter is context, tools and images", async () => {
    const data = [
      {
        id: "openai/gpt-4",
        context_length: 8192,
        architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
        supported_parameters: ["temperature", "tools", "max_tokens"],
      },
      {
        id: "some/writer",
        context_length: 4096,
        architecture: { input_modalities: ["text"] },
        supported_parameters: ["temperature"],
      },
    ];
    const { status } = await lookedAt("openrouter", "/api/v1", { "/api/v1/models": { data } });
    expect(infoOf(status)).toStrictEqual({
      "openai/gpt-4": { contextTokens: 8192, tools: true, images: true },
      "some/writer": { contextTokens: 4096, tools: false, images: false },
    });
  });

  it("Gemini comes from its own list, with the key in a header; names lose their folder", async () => {
    const { status, requests } = await lookedAt("google", "/v1beta/openai", {
      "/v1beta/openai/models": { object: "list", data: [{ id: "models/gemini-2.5-flash", object: "model" }] },
      "/v1beta/models?pageSize=1000": {
        models: [
          { name: "models/gemini-2.5-flash", inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 },
          { displayName: "without a name" },
        ],
      },
    });
    expect(status).toMatchObject({ state: "ready", models: ["gemini-2.5-flash"] });
    expect(infoOf(status)).toStrictEqual({ "gemini-2.5-flash": { contextTokens: 1_048_576 } });
    const native = requests.find(({ path }) => path.startsWith("/v1beta/models"));
    expect(native?.headers["x-goog-api-key"]).toBe(KEY);
    expect(native?.path).not.toContain(KEY);
  });

  it("LM Studio comes from its own list: what could be, and what is in memory", async () => {
    const shared = { object: "model", publisher: "x", arch: "llama", compatibility_type: "gguf" };
    const { status } = await lookedAt("lmstudio", "/v1", {
      "/v1/models": { data: [{ id: "qwen2-vl-7b-instruct" }, { id: "llama-3.1-8b" }, { id: "embed" }] },
      "/api/v0/models": {
        object: "list",
        data: [
          {
            ...shared,
            id: "qwen2-vl-7b-instruct",
            type: "vlm",
            state: "not-loaded",
            max_context_length: 32_768,
          },
          {
            ...shared,
            id: "llama-3.1-8b",
            type: "llm",
            state: "loaded",
            max_context_length: 131_072,
            loaded_context_length: 4096,
            capabilities: ["tool_use"],
          },
        ],
      },
    });
    expect(infoOf(status)).toStrictEqual({
      "qwen2-vl-7b-instruct": { contextTokens: 32_768, images: true },
      "llama-3.1-8b": { contextTokens: 131_072, loadedContextTokens: 4096, tools: true, images: false },
    });
  });

  it("a server without its vendor's own list is names", async () => {
    const { status } = await lookedAt("lmstudio", "/v1", { "/v1/models": { data: [{ id: "m" }] } });
    expect(status).toStrictEqual({ state: "ready", models: ["m"] });
  });

  it("the user's own server is what vLLM tells", async () => {
    const data = [{ id: "qwen3", object: "model", owned_by: "vllm", max_model_len: 40_960 }];
    const { status } = await lookedAt("mine", "/v1", { "/v1/models": { data } });
    expect(infoOf(status)).toStrictEqual({ qwen3: { contextTokens: 40_960 } });
  });

  it.each([
    [{ context_length: "8k", supported_parameters: "tools", architecture: [] }],
    [{ context_length: -1 }],
  ])("an entry like %o is nothing", async (entry) => {
    const { status } = await lookedAt("openrouter", "/v1", {
      "/v1/models": { data: [{ id: "m", ...entry }] },
    });
    expect(status).toStrictEqual({ state: "ready", models: ["m"] });
  });
});

describe("Ollama", () => {
  it("is asked about the models of the settings, and about what is in memory", async () => {
    const models = { "llama3.2:3b": {}, "other:7b": {} };
    const server = await startOllamaServer({ models, loaded: ["other:7b"] });
    closing.push(() => server.close());
    const settings = settingsWith({
      "ollama.baseUrl": server.url,
      "tiers.local.models": ["ollama/llama3.2:3b", "ollama/not-pulled"],
    });
    const ollama = createProviders({ settings, keyOf: () => Promise.resolve(undefined) }).get("ollama");
    const status = await ollama?.status(signal);
    expect(status).toMatchObject({ state: "ready", models: ["llama3.2:3b", "other:7b"] });
    expect(status && infoOf(status)).toStrictEqual({
      "llama3.2:3b": { contextTokens: 131_072, tools: true, images: false },
      "other:7b": { loadedContextTokens: 8192 },
    });
    expect(server.requests.map(({ path }) => path).toSorted()).toEqual([
      "/api/ps",
      "/api/show",
      "/api/show",
      "/api/tags",
    ]);
  });
});
