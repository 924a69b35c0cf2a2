/** Every request is told of when it leaves, and there is one door by which requests leave. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Sent } from "../../../src/core/providers/provider.ts";
import { createProviders } from "../../../src/core/providers/vendors.ts";
import { askOllama } from "../../../src/core/router/localModel/ollama.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { settingsWith } from "../requests.ts";
import { call, collect, KEY, MODEL, RIGS, SHORT } from "./harness.ts";

/** What the server received, in the words of what was told. */
function received({ requests, url }: WireServer): Sent[] {
  return requests.map(({ path, raw }) => ({
    host: new URL(url).host,
    path,
    bytes: Buffer.byteLength(raw),
    sha256: createHash("sha256").update(raw).digest("hex"),
  }));
}

describe.each(RIGS)("a call of $name", (rig) => {
  it("tells of what leaves, to the byte, before the server has it", async () => {
    const server = await rig.start();
    const sent: Sent[] = [];
    const onSent = (one: Sent) => {
      expect(server.requests).toHaveLength(0);
      sent.push(one);
    };
    await collect(rig.provider(server.url), call({ onSent }));
    expect(sent).toEqual(received(server));
    expect(sent).toHaveLength(1);
    await server.close();
  });

  it("tells of a request that never arrives, too", async () => {
    const server = await rig.start();
    await server.close();
    const sent: Sent[] = [];
    const { error } = await collect(rig.provider(server.url), call({ onSent: (one) => sent.push(one) }));
    expect(error?.kind).toBe("unreachable");
    expect(sent).toHaveLength(1);
  });

  it("tells of nothing when nothing leaves", async () => {
    const server = await rig.start();
    const sent: Sent[] = [];
    const modelCall = call({ onSent: (one) => sent.push(one) });
    await collect(rig.provider(server.url), modelCall, AbortSignal.abort());
    expect(sent).toEqual([]);
    await server.close();
  });

  it("does not leave when it cannot be told of", async () => {
    const server = await rig.start();
    const onSent = () => {
      throw new Error("the disk is full");
    };
    const { error } = await collect(rig.provider(server.url, SHORT), call({ onSent }));
    expect(error?.kind).toBe("badAnswer");
    expect(server.requests).toEqual([]);
    await server.close();
  });
});

it("tells of the looks of a provider by its name", async () => {
  const server = await startOllamaServer({ models: { [MODEL]: {} } });
  const told: [string, Sent][] = [];
  const providers = createProviders({
    settings: settingsWith({
      "ollama.baseUrl": server.url,
      providers: {
        lmstudio: { baseUrl: `${server.url}/v1` },
        anthropic: { baseUrl: server.url },
        mine: { baseUrl: `${server.url}/mine` },
      },
    }),
    keyOf: () => Promise.resolve(KEY),
    onSent: (provider, sent) => told.push([provider, sent]),
  });
  const names = ["ollama", "lmstudio", "anthropic", "mine"];
  for (const name of names) await providers.get(name)?.status(new AbortController().signal);
  expect(told.map(([, sent]) => sent.path).toSorted()).toEqual(
    server.requests.map(({ path }) => path).toSorted(),
  );
  expect([...new Set(told.map(([name]) => name))]).toEqual(names);
  await server.close();
});

it("tells of what an Ollama that keeps silent is asked meanwhile", async () => {
  const server = await startOllamaServer({ models: { [MODEL]: {} }, loadMs: 900 });
  const ollama = RIGS[0]?.provider(server.url, { ...SHORT, firstByteMs: 5_000, noticeMs: 50 } as object);
  const sent: string[] = [];
  if (!ollama) throw new Error("ollama");
  await collect(ollama, call({ onSent: ({ path }) => sent.push(path) }));
  expect(sent).toEqual(["/api/chat", "/api/ps", "/api/ps"]);
  await server.close();
});

it("tells of the question that a local model is asked to classify a request", async () => {
  const server = await startOllamaServer({ models: { [MODEL]: {} } });
  const sent: Sent[] = [];
  const onSent = (one: Sent) => void sent.push(one);
  const ask = askOllama({ baseUrl: server.url, model: MODEL, numCtx: 8192, keepAlive: "5m", onSent });
  await ask([{ role: "user", content: "EASY or HARD?" }], new AbortController().signal);
  expect(sent).toEqual(received(server));
  await server.close();
});

describe("in the sources of the core", async () => {
  const root = join(import.meta.dirname, "../../../src/core");
  const files = (await readdir(root, { recursive: true }))
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(root, name), "utf8") })),
  );
  const without = (pattern: RegExp, ...allowed: string[]) =>
    sources.filter(({ name, text }) => pattern.test(text) && !allowed.includes(name)).map(({ name }) => name);

  it("there is something to read", () => expect(sources.length).toBeGreaterThan(50));

  it("only the transport calls fetch", () => {
    // The drill stands before it, and hands on what the transport gave it.
    const allowed = ["providers/transport.ts", "resilience/drill.ts"];
    expect(without(/(?<![.\w])fetch\s*\(|globalThis\.fetch/, ...allowed)).toEqual([]);
    expect(without(/\.fetch\s*\(/, "providers/look.ts", "resilience/drill.ts")).toEqual([]);
  });

  it("nothing else opens connections, but the probe, which sends nothing", () => {
    expect(without(/"(node:)?(https?|http2|tls|dgram|dns)"|"undici"|\b(WebSocket|EventSource)\b/)).toEqual(
      [],
    );
    expect(without(/"(node:)?net"/, "providers/connect.ts", "providers/address.ts")).toEqual([]);
    expect(without(/import \{(?! isIP \}).*"node:net"/, "providers/connect.ts")).toEqual([]);
  });

  it("every vendor's client is given the transport's fetch", () => {
    const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const clients = sources.map(({ name, text }) => ({
      name,
      made: count(text, /new (Client|Ollama|OpenAI|Anthropic)\(/g),
      given: count(text, /fetch: transport\.fetch/g),
    }));
    expect(clients.filter(({ made }) => made > 0)).toHaveLength(4);
    expect(clients.filter(({ made, given }) => made !== given)).toEqual([]);
  });
});
