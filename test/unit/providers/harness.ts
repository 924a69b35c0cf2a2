/** What the provider tests share: the three providers before their test servers, and a way to collect an answer. */
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HybridError } from "../../../src/core/errors.ts";
import { createAnthropicProvider } from "../../../src/core/providers/anthropic.ts";
import { createOllamaProvider } from "../../../src/core/providers/ollama.ts";
import { createOpenAiCompatibleProvider } from "../../../src/core/providers/openaiCompatible.ts";
import type { ModelCall, Provider, ProviderEvent } from "../../../src/core/providers/provider.ts";
import type { Timeouts } from "../../../src/core/providers/timeouts.ts";
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer, WireServerOptions } from "../../fixtures/servers/wireServer.ts";

export const MODEL = "llama3.2:3b";
/** Looks like no vendor's key, so that only its exact value can be what keeps it out of a message. */
export const KEY = "zq81-private-credential-77xk";
export const PROMPT = "How does parseDuration treat the colour of magic?";

/** Limits that a test can wait for; the assertions are on what happens, not on when. */
export const SHORT: Timeouts = { firstByteMs: 400, idleMs: 300, statusMs: 400 };

export interface Rig {
  name: "ollama" | "openai" | "anthropic";
  label: string;
  start: (options?: WireServerOptions) => Promise<WireServer>;
  provider: (url: string, timeouts?: Partial<Timeouts>) => Provider;
}

const apiKey = () => Promise.resolve(KEY);

export const RIGS: readonly Rig[] = [
  {
    name: "ollama",
    label: "Ollama",
    start: (options) => startOllamaServer({ models: { [MODEL]: {} }, ...options }),
    provider: (baseUrl, timeouts = {}) =>
      createOllamaProvider({
        baseUrl,
        numCtx: 8192,
        keepAlive: "30m",
        headers: { "x-gateway": KEY },
        timeouts,
      }),
  },
  {
    name: "openai",
    label: "OpenAI",
    start: (options) => startOpenAiServer({ models: { [MODEL]: {} }, ...options }),
    provider: (url, timeouts = {}) =>
      createOpenAiCompatibleProvider({
        name: "openai",
        label: "OpenAI",
        baseUrl: `${url}/v1`,
        apiKey,
        keyRequired: true,
        keyHint: "Set OPENAI_API_KEY.",
        maxTokensField: "max_completion_tokens",
        timeouts,
      }),
  },
  {
    name: "anthropic",
    label: "Anthropic",
    start: (options) => startAnthropicServer({ models: { [MODEL]: {} }, ...options }),
    provider: (baseUrl, timeouts = {}) => createAnthropicProvider({ baseUrl, apiKey, timeouts }),
  },
];

export function call(more: Partial<ModelCall> = {}): ModelCall {
  return {
    model: MODEL,
    messages: [
      { role: "system", text: "Be brief." },
      { role: "user", text: PROMPT },
    ],
    maxOutputTokens: 500,
    ...more,
  };
}

export interface Collected {
  events: ProviderEvent[];
  text: string;
  error: HybridError | undefined;
}

/** Collects a whole answer. `onEvent` runs at each event. Throws what is no HybridError. */
export async function collect(
  provider: Provider,
  modelCall: ModelCall = call(),
  signal: AbortSignal = new AbortController().signal,
  onEvent: (event: ProviderEvent) => void = () => undefined,
): Promise<Collected> {
  const events: ProviderEvent[] = [];
  let error: HybridError | undefined;
  try {
    for await (const event of provider.chat(modelCall, signal)) {
      events.push(event);
      onEvent(event);
    }
  } catch (thrown) {
    if (!(thrown instanceof HybridError)) throw thrown;
    error = thrown;
  }
  return { events, text: textOf(events), error };
}

function textOf(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

/**
 * A server that answers every request with these bytes, `step` at a time, whatever they cut in two. For recorded
 * streams. With `hold` it never ends the response.
 */
export async function startReplay(
  contentType: string,
  body: string,
  step: number,
  hold = false,
): Promise<{ url: string; close: () => Promise<unknown> }> {
  const bytes = Buffer.from(body, "utf8");
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": contentType });
    const send = (at: number): void => {
      if (at >= bytes.length) return hold ? undefined : void response.end();
      response.write(bytes.subarray(at, at + step));
      setImmediate(send, at + step);
    };
    send(0);
  });
  const url = await listen(server);
  return { url, close: () => end(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function end(server: Server): Promise<unknown> {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

export interface Recorded {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that records every request and answers by its path; 404 where `answers` has none. */
export async function startRecorder(
  answers: Record<string, { type: string; body: string }>,
): Promise<{ url: string; requests: Recorded[]; close: () => Promise<unknown> }> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, path: url, headers, body });
      const answer = answers[url];
      response.writeHead(answer ? 200 : 404, { "content-type": answer?.type ?? "text/plain" });
      response.end(answer?.body ?? "404 page not found");
    });
  });
  const url = await listen(server);
  return { url, requests, close: () => end(server) };
}

/** Timers that hold this process open. */
export function openTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}
