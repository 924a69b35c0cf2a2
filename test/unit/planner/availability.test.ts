/** Which models can be used now: against a real server that speaks Ollama's protocol, and comes and goes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HybridError } from "../../../src/core/errors.ts";
import { Availability } from "../../../src/core/planner/availability.ts";
import type { Provider } from "../../../src/core/providers/provider.ts";
import { createProviders } from "../../../src/core/providers/vendors.ts";
import type { ModelId } from "../../../src/core/request.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { settingsWith } from "../requests.ts";

const signal = new AbortController().signal;
let ollama: WireServer;
let now = 0;
beforeEach(async () => {
  ollama = await startOllamaServer({ models: { "llama3.2:3b": {}, "phi:latest": {} } });
  now = 1_000_000;
});
afterEach(() => ollama.close());

function availability(keys: string[] = []): Availability {
  const settings = settingsWith({ "ollama.baseUrl": ollama.url });
  const providers = createProviders({ settings, keyOf: () => Promise.resolve(undefined) });
  return new Availability(
    providers,
    (name) => Promise.resolve(keys.includes(name)),
    () => now,
  );
}

const reasonOf = async (subject: Availability, model: ModelId) =>
  (await subject.check([model], signal)).get(model);

describe("Availability", () => {
  it("knows pulled models, a name without a tag included, and names the command for the others", async () => {
    const subject = availability();
    expect(await reasonOf(subject, "ollama/llama3.2:3b")).toBeUndefined();
    expect(await reasonOf(subject, "ollama/phi")).toBeUndefined();
    expect(await reasonOf(subject, "ollama/qwen3:4b")).toContain("ollama pull qwen3:4b");
  });

  it("needs a key for a cloud model, and asks no server for it", async () => {
    expect(await reasonOf(availability(), "openai/gpt-4o-mini")).toContain("Set API Key");
    expect(await reasonOf(availability(["openai"]), "openai/gpt-4o-mini")).toBeUndefined();
  });

  it("asks a provider that a look costs nothing, without any key", async () => {
    const offers = (models: string[]): Provider => ({
      name: "plan",
      local: false,
      plan: true,
      chat: () => {
        throw new Error("not asked");
      },
      status: () =>
        Promise.resolve(
          models.length > 0
            ? { state: "ready", models }
            : { state: "unavailable", error: new HybridError("noModel", "Nobody is signed in.") },
        ),
    });
    const reason = (models: string[]) =>
      reasonOf(new Availability(new Map([["plan", offers(models)]]), () => Promise.resolve(false)), "plan/b");
    expect(await reason(["a", "b"])).toBeUndefined();
    expect(await reason(["a"])).toBe("not offered: plan has a");
    expect(await reason([])).toBe("Nobody is signed in.");
  });

  it("names a provider that nobody set up", async () => {
    expect(await reasonOf(availability(), "acme/x")).toContain("add it to hybrid.providers");
  });

  it("looks once for many models and for checks at the same time", async () => {
    const subject = availability();
    await Promise.all([
      subject.check(["ollama/llama3.2:3b", "ollama/phi"], signal),
      subject.check(["ollama/qwen3:4b"], signal),
    ]);
    const paths = ollama.requests.map(({ path }) => path);
    expect(paths.toSorted()).toEqual(["/api/ps", "/api/show", "/api/tags"]);
  });

  it("makes no request wait for a second look at a server that ran, and sees it gone by the next", async () => {
    const subject = availability();
    await reasonOf(subject, "ollama/llama3.2:3b");
    await ollama.close();
    now += 60_000;
    expect(await reasonOf(subject, "ollama/llama3.2:3b")).toBeUndefined();
    await expect.poll(() => reasonOf(subject, "ollama/llama3.2:3b")).toMatch(/Ollama/);
  });

  it("sees a server that was down come up again", async () => {
    const { port } = ollama;
    await ollama.close();
    const subject = availability();
    expect(await reasonOf(subject, "ollama/llama3.2:3b")).toMatch(/Ollama/);
    ollama = await startOllamaServer({ port, models: { "llama3.2:3b": {} } });
    now += 5_000;
    expect(await reasonOf(subject, "ollama/llama3.2:3b")).toBeUndefined();
  });
});
