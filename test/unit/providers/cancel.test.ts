/** Cancellation at every stage: nothing more is yielded, and the server sees the connection close. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { call, collect, MODEL, openTimers, RIGS } from "./harness.ts";

describe.each(RIGS)("$name", (rig) => {
  let server: WireServer;
  beforeEach(async () => {
    server = await rig.start();
  });
  afterEach(() => server.close());

  const request = async () => {
    await vi.waitFor(() => expect(server.chats).toHaveLength(1));
    const [chat] = server.chats;
    if (!chat) throw new Error("no request");
    return chat;
  };

  it("before the call: sends nothing", async () => {
    const { error, events } = await collect(rig.provider(server.url), call(), AbortSignal.abort());
    expect(error?.kind).toBe("cancelled");
    expect(events).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it("before headers", async () => {
    server.script({ fault: { kind: "silence" } });
    const controller = new AbortController();
    const answer = collect(rig.provider(server.url), call(), controller.signal);
    const chat = await request();
    controller.abort();
    expect((await answer).error?.kind).toBe("cancelled");
    expect(await chat.over).toBe("aborted");
  });

  it("between headers and the first text", async () => {
    server.script({ fault: { kind: "stall", afterChunks: 0 } });
    const controller = new AbortController();
    const answer = collect(rig.provider(server.url), call(), controller.signal);
    const chat = await request();
    setTimeout(() => controller.abort(), 50);
    expect((await answer).error?.kind).toBe("cancelled");
    expect(await chat.over).toBe("aborted");
  });

  it("in mid-stream, while the server is silent", async () => {
    server.script({ chunks: ["One ", "two"], fault: { kind: "stall", afterChunks: 1 } });
    const controller = new AbortController();
    const { error, text } = await collect(rig.provider(server.url), call(), controller.signal, ({ type }) => {
      if (type === "text") setTimeout(() => controller.abort(), 20);
    });
    expect(error?.kind).toBe("cancelled");
    expect(text).toBe("One ");
    expect(await (await request()).over).toBe("aborted");
  });

  it("in mid-stream, while text pours in: not a word more", async () => {
    server.script({ chunks: Array.from({ length: 400 }, (_, index) => `${index} `), chunkDelayMs: 1 });
    const controller = new AbortController();
    const { error, text } = await collect(rig.provider(server.url), call(), controller.signal, (event) => {
      if (event.type === "text") controller.abort();
    });
    expect(error?.kind).toBe("cancelled");
    expect(text).toBe("0 ");
    expect(await (await request()).over).toBe("aborted");
  });

  it("in mid-stream, with more text at hand: not a word of it", async () => {
    server.script({ chunks: Array.from({ length: 400 }, (_, index) => `${index} `) });
    const controller = new AbortController();
    const { error, text } = await collect(rig.provider(server.url), call(), controller.signal, (event) => {
      if (event.type === "text") controller.abort();
    });
    expect(error?.kind).toBe("cancelled");
    expect(text).toBe("0 ");
  });

  it("by a reader who walks away", async () => {
    server.script({ chunks: Array.from({ length: 400 }, (_, index) => `${index} `), chunkDelayMs: 1 });
    for await (const { type } of rig.provider(server.url).chat(call(), new AbortController().signal)) {
      if (type === "text") break;
    }
    expect(await (await request()).over).toBe("aborted");
  });

  it("leaves no listener on the signal and no timer behind", async () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    const before = openTimers();
    await collect(rig.provider(server.url), call(), signal);
    server.script({ fault: { kind: "status", status: 500 } }, { fault: { kind: "reset", afterChunks: 1 } });
    await collect(rig.provider(server.url), call(), signal);
    await collect(rig.provider(server.url), call(), signal);
    await rig.provider(server.url).status(signal);
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove.mock.calls.length).toBeGreaterThanOrEqual(add.mock.calls.length);
    await vi.waitFor(() => expect(openTimers()).toBeLessThanOrEqual(before));
  });

  it("keeps one connection for calls one after another, though bodies end late", async () => {
    const provider = rig.provider(server.url);
    server.setModel(MODEL, { endDelayMs: 40 });
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await collect(provider)).error).toBeUndefined();
      await server.chats[turn]?.over;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(server.chats).toHaveLength(3);
    expect(server.connections).toBe(1);
  });
});
