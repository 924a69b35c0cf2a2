/** One table of faults, run against all three providers before servers that speak their protocols. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspect } from "node:util";
import type { ErrorKind } from "../../../src/core/errors.ts";
import type { Script } from "../../fixtures/servers/script.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { call, collect, KEY, MODEL, PROMPT, RIGS, SHORT } from "./harness.ts";

interface Row {
  what: string;
  script: Script;
  kind: ErrorKind;
  /** In the user's message, besides provider and model. */
  says?: RegExp;
  /** Only these providers; all if missing. */
  only?: string[];
  retryAfterMs?: number;
  /** What was shown before it went wrong. */
  shown?: string;
}

const pieces = ["One ", "two ", "three."];
const status = (code: number, headers: Record<string, string> = {}): Script => ({
  fault: { kind: "status", status: code, headers },
});

const ROWS: Row[] = [
  { what: "400 context overflow", script: status(400), kind: "contextTooLong", says: /too long/ },
  { what: "401", script: status(401), kind: "badKey", says: /Set API Key/ },
  { what: "402", script: status(402), kind: "noCredit", says: /credit/ },
  { what: "403", script: status(403), kind: "badKey", says: /403/ },
  { what: "404 model", script: status(404), kind: "modelMissing", says: /does not have the model/ },
  { what: "413", script: status(413), kind: "contextTooLong", only: ["anthropic"] },
  { what: "429", script: status(429), kind: "rateLimited", says: /Try again in a moment/ },
  {
    what: "429 with seconds",
    script: status(429, { "retry-after": "7" }),
    kind: "rateLimited",
    retryAfterMs: 7000,
    says: /in 7 s/,
  },
  { what: "500", script: status(500), kind: "serverError", says: /failed \(500\)/ },
  {
    what: "503",
    script: status(503, { "retry-after": "2" }),
    kind: "serverError",
    retryAfterMs: 2000,
    says: /overloaded/,
  },
  { what: "529", script: status(529), kind: "serverError", says: /overloaded/ },
  { what: "a web page with 200", script: { fault: { kind: "html" } }, kind: "badAnswer", says: /address/ },
  { what: "a web page with 403", script: { fault: { kind: "html", status: 403 } }, kind: "badAnswer" },
  { what: "a web page with 502", script: { fault: { kind: "html", status: 502 } }, kind: "serverError" },
  { what: "a redirect", script: status(308, { location: "http://127.0.0.1:9/" }), kind: "badAnswer" },
  { what: "garbage", script: { fault: { kind: "garbage" } }, kind: "badAnswer" },
  { what: "a reset before the first byte", script: { fault: { kind: "reset" } }, kind: "unreachable" },
  {
    what: "a reset in mid-stream",
    script: { chunks: pieces, fault: { kind: "reset", afterChunks: 2 } },
    kind: "interrupted",
    shown: "One two ",
    says: /What arrived is kept/,
  },
  {
    what: "a stream without its end",
    script: { chunks: pieces, fault: { kind: "truncate", afterChunks: 3 } },
    kind: "interrupted",
    shown: "One two three.",
    says: /without finishing/,
  },
  {
    what: "a stream without its end, nor text",
    script: { chunks: pieces, fault: { kind: "truncate", afterChunks: 0 } },
    kind: "badAnswer",
  },
  {
    what: "a stream cut within a line",
    script: { chunks: pieces, fault: { kind: "cutLine", afterChunks: 1 } },
    kind: "interrupted",
    shown: "One ",
  },
  {
    what: "garbage in mid-stream",
    script: { chunks: pieces, fault: { kind: "garbage", afterChunks: 2 } },
    kind: "interrupted",
    shown: "One two ",
  },
  {
    what: "an error object in mid-stream",
    script: { chunks: pieces, fault: { kind: "errorObject", afterChunks: 1 } },
    kind: "interrupted",
    shown: "One ",
  },
  {
    what: "an error object before text",
    script: { chunks: pieces, fault: { kind: "errorObject", afterChunks: 0 } },
    kind: "serverError",
  },
  { what: "no answer", script: { fault: { kind: "silence" } }, kind: "timeout", says: /sent nothing within/ },
  {
    what: "headers, then nothing",
    script: { chunks: [], fault: { kind: "stall", afterChunks: 0 } },
    kind: "timeout",
  },
  {
    what: "a stall in mid-stream",
    script: { chunks: pieces, fault: { kind: "stall", afterChunks: 2 } },
    kind: "interrupted",
    shown: "One two ",
    says: /stopped sending/,
  },
  { what: "an empty answer", script: { chunks: [] }, kind: "emptyAnswer", says: /answered with nothing/ },
  {
    what: "nothing but reasoning, up to the limit",
    script: { chunks: [], finish: "length", thinking: "Hmm", usage: { output: 500 } },
    kind: "emptyAnswer",
    says: /used up its 500 tokens/,
  },
];

describe.each(RIGS)("$name", (rig) => {
  let server: WireServer;
  beforeEach(async () => {
    server = await rig.start();
  });
  afterEach(() => server.close());

  const rows = ROWS.filter(({ only }) => !only || only.includes(rig.name));
  it.each(rows)("$what is $kind", async ({ script, kind, says, retryAfterMs, shown }) => {
    server.script(script);
    const waits = kind === "timeout" || script.fault?.kind === "stall";
    const { error, text, events } = await collect(rig.provider(server.url, waits ? SHORT : {}));
    expect(error?.kind).toBe(kind);
    expect(text).toBe(shown ?? "");
    expect(events.some(({ type }) => type === "finish")).toBe(false);
    expect(error?.retryAfterMs).toBe(retryAfterMs);
    const message = error?.userMessage ?? "";
    expect(message).toContain(rig.label);
    if (kind !== "badAnswer") expect(message).toContain(MODEL);
    expect(error?.hint).not.toBe("");
    if (says) expect(message).toMatch(says);
    // The 401 bodies quote the key; no body may bring markup or the prompt along.
    expect(inspect(error, { depth: null, showHidden: true, getters: true })).not.toContain(KEY);
    expect(message).not.toContain(PROMPT);
    expect(message).not.toMatch(/<|\.\.|: \.|undefined|\[object/);
    // No client tries again on its own: that would double attempts and costs.
    expect(server.chats).toHaveLength(1);
  });

  it("obeys a Retry-After that is a date", async () => {
    const date = new Date(Date.now() + 90_000).toUTCString();
    server.script(status(429, { "retry-after": date }));
    const { error } = await collect(rig.provider(server.url));
    expect(error?.retryAfterMs).toBeGreaterThan(60_000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(90_000);
  });

  it("leaves out a server's message that quotes the prompt", async () => {
    const body =
      rig.name === "ollama" ? { error: `bad: ${PROMPT}` } : { error: { message: `bad: ${PROMPT}` } };
    server.script({ fault: { kind: "status", status: 422, body } });
    const { error } = await collect(rig.provider(server.url));
    expect(error?.kind).toBe("badRequest");
    expect(inspect(error, { depth: null })).not.toContain("colour of magic");
  });

  it("tells an address where nothing listens from one that is slow", async () => {
    const { url } = server;
    await server.close();
    const { error } = await collect(rig.provider(url));
    expect(error?.kind).toBe("unreachable");
    expect(error?.message).toContain("the connection was refused");
    expect(error?.message).toContain(new URL(url).host);
    server = await rig.start();
  });

  it("names a host that does not exist", async () => {
    const { error } = await collect(rig.provider("http://no-such-host.invalid:1234"));
    expect(error?.kind).toBe("unreachable");
    expect(error?.message).toMatch(/name/);
  });

  it("does not count a slow reader as a silent server", async () => {
    server.script({ chunks: pieces, chunkDelayMs: 20 });
    const events = [];
    for await (const event of rig.provider(server.url, SHORT).chat(call(), AbortSignal.timeout(10_000))) {
      events.push(event);
      if (events.length === 2) await new Promise((resolve) => setTimeout(resolve, 2 * SHORT.idleMs));
    }
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });
});
