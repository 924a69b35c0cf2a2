/** Which providers the settings give, where they send, and what counts as local. */
import { describe, expect, it } from "vitest";
import { isPrivateAddress, shownAddress } from "../../../src/core/providers/address.ts";
import { createProviders, VENDORS } from "../../../src/core/providers/vendors.ts";
import type { SettingKey } from "../../../src/core/settings.ts";
import { parseSettings } from "../../../src/core/settings.ts";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import { call, collect, KEY, MODEL } from "./harness.ts";

function providersOf(given: Partial<Record<SettingKey, unknown>>, keys: Record<string, string> = {}) {
  const { settings, problems } = parseSettings((key) => given[key]);
  expect(problems).toEqual([]);
  return createProviders({ settings, keyOf: (name) => Promise.resolve(keys[name]) });
}

const signal = new AbortController().signal;

describe("createProviders", () => {
  it("gives Ollama and every vendor; only Ollama and LM Studio are local", () => {
    const providers = providersOf({});
    expect([...providers.keys()].toSorted()).toEqual(
      ["ollama", ...VENDORS.map(({ name }) => name)].toSorted(),
    );
    const local = [...providers.values()].filter((provider) => provider.local).map(({ name }) => name);
    expect(local.toSorted()).toEqual(["lmstudio", "ollama"]);
  });

  it("asks each provider for its own key, and names the variable where there is none", async () => {
    for (const vendor of VENDORS.filter(({ keyVariables }) => keyVariables.length > 0)) {
      const provider = providersOf({}, { somebodyElse: KEY }).get(vendor.name);
      if (!provider) throw new Error(vendor.name);
      const { error } = await collect(provider);
      expect(error?.kind).toBe("noKey");
      expect(error?.userMessage).toContain(vendor.label);
      for (const variable of vendor.keyVariables) expect(error?.hint).toContain(variable);
    }
  });

  it("sends a vendor to another address, at its own price", async () => {
    const openai = await startOpenAiServer({ models: { [MODEL]: {} }, apiKey: KEY });
    const anthropic = await startAnthropicServer({ models: { [MODEL]: {} }, apiKey: "other-key" });
    const providers = providersOf(
      {
        providers: {
          openai: { baseUrl: `${openai.url}/v1/`, headers: { "x-team": "blue" } },
          anthropic: { baseUrl: anthropic.url },
        },
      },
      { openai: KEY, anthropic: "other-key" },
    );
    for (const name of ["openai", "anthropic"]) {
      const provider = providers.get(name);
      if (!provider) throw new Error(name);
      expect(provider.local).toBe(false);
      expect((await collect(provider)).error).toBeUndefined();
    }
    expect(openai.chats[0]?.headers["x-team"]).toBe("blue");
    expect(openai.chats[0]?.body).toHaveProperty("max_completion_tokens", 500);
    await Promise.all([openai.close(), anthropic.close()]);
  });

  it("adds the user's own servers, keyless, local by their address", async () => {
    const server = await startOpenAiServer({ models: { [MODEL]: {} } });
    const providers = providersOf({
      providers: {
        here: { baseUrl: `${server.url}/v1` },
        there: { baseUrl: "https://llm.example.com/v1", headers: { "x-key": "abc" } },
      },
    });
    expect(providers.get("there")?.local).toBe(false);
    const here = providers.get("here");
    expect(here?.local).toBe(true);
    if (!here) throw new Error("here");
    expect((await collect(here)).error).toBeUndefined();
    expect(server.chats[0]?.body).toHaveProperty("max_tokens", 500);
    await server.close();
    const { error } = await collect(here, call());
    expect(error?.hint).toContain("hybrid.providers.here.baseUrl");
  });

  it("takes Ollama's context and keep-alive from the settings", async () => {
    const server = await startOllamaServer({ models: { [MODEL]: {} } });
    const settings = { "ollama.baseUrl": server.url, "ollama.numCtx": 4096, "ollama.keepAlive": "5m" };
    const ollama = providersOf(settings).get("ollama");
    if (!ollama) throw new Error("ollama");
    await collect(ollama);
    expect(server.chats[0]?.body).toMatchObject({ keep_alive: "5m", options: { num_ctx: 4096 } });
    expect(await ollama.status(signal)).toMatchObject({ state: "ready", models: [MODEL] });
    await server.close();
  });
});

describe("addresses", () => {
  it.each([
    ["http://127.0.0.1:11434", true],
    ["http://localhost:1234/v1", true],
    ["http://[::1]:11434", true],
    ["http://0.0.0.0:11434", true],
    ["http://10.1.2.3", true],
    ["http://172.20.0.1", true],
    ["http://172.32.0.1", false],
    ["http://192.168.178.20:11434", true],
    ["http://100.101.102.103", true],
    ["http://100.200.1.1", false],
    ["http://[fd00::1]", true],
    ["http://[2001:db8::1]", false],
    ["http://gpu-box:11434", true],
    ["http://gpu.local", true],
    ["http://gpu.home.arpa", true],
    ["https://api.openai.com/v1", false],
    ["https://localhost.example.com", false],
    ["https://10.example.com", false],
  ])("%s stays at home: %s", (url, expected) => {
    expect(isPrivateAddress(url)).toBe(expected);
  });

  it("are shown without what is secret in them", () => {
    expect(shownAddress("https://user:pass@host:8443/v1/?key=abc")).toBe("https://host:8443/v1");
  });
});
