/** Connecting, the first byte and the pauses have limits of their own, and sleep counts for none of them. */
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createOllamaProvider } from "../../../src/core/providers/ollama.ts";
import { createOpenAiCompatibleProvider } from "../../../src/core/providers/openaiCompatible.ts";
import { timeoutsFor } from "../../../src/core/providers/timeouts.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { spawnServer } from "../../fixtures/servers/spawn.ts";
import { call, collect, MODEL, SHORT } from "./harness.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ollama = (baseUrl: string, timeouts: object) =>
  createOllamaProvider({ baseUrl, numCtx: 8192, keepAlive: "5m", timeouts });

/**
 * An address that takes no connection and does not refuse one either, like a machine that is switched off: a process
 * that stands still, with its queue of connections full.
 */
async function startBlackHole(): Promise<string> {
  const program =
    'require("net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},function(){console.log(this.address().port)})';
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => {
    child.stdout.once("data", (data: Buffer) => resolve(Number(data)));
  });
  child.kill("SIGSTOP");
  const sockets: Socket[] = Array.from({ length: 4 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => undefined);
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    child.kill("SIGKILL");
  });
  await vi.waitFor(() => expect(sockets.filter(({ connecting }) => !connecting).length).toBeGreaterThan(0));
  return `http://127.0.0.1:${port}`;
}

it("the limit for connecting is set on a local network only", () => {
  expect(timeoutsFor("http://192.168.1.20:11434", true).connectMs).toBe(2_000);
  expect(timeoutsFor("http://[fd00::1]:1234/v1", true).connectMs).toBe(2_000);
  expect(timeoutsFor("http://gpu-box:8000/v1", true).connectMs).toBe(2_000);
  for (const url of ["http://127.0.0.1:11434", "http://localhost:1234", "http://[::1]:1", "https://a.com"]) {
    expect(timeoutsFor(url, true).connectMs).toBeUndefined();
  }
});

// Windows has no signal that makes a process stand still.
describe.skipIf(process.platform === "win32")("an address that swallows everything", () => {
  it("is given up at the limit for connecting, long before the limit for a cold load", async () => {
    const url = await startBlackHole();
    const { error, events } = await collect(ollama(url, { connectMs: 300 }));
    expect(error?.kind).toBe("unreachable");
    expect(error?.message).toContain("the connection timed out");
    expect(events.filter(({ type }) => type !== "status")).toEqual([]);
  });

  it("is given up by Node's own fetch after its 10 s where nothing else limits it", async () => {
    const baseUrl = `${await startBlackHole()}/v1`;
    const key = { apiKey: () => Promise.resolve("key"), keyRequired: true, keyHint: "" };
    const { error } = await collect(createOpenAiCompatibleProvider({ name: "cloud", baseUrl, ...key }));
    expect(error?.kind).toBe("unreachable");
    expect(error?.message).toContain("the connection timed out");
  });
});

it("a cold load that has connected may take its time; the probe sends nothing and stays not open", async () => {
  const server = await startOllamaServer({ models: { [MODEL]: {} }, loadMs: 600 });
  closing.push(() => server.close());
  const provider = ollama(server.url, { connectMs: 100 });
  expect((await collect(provider)).error).toBeUndefined();
  expect(server.requests.map(({ path }) => path)).toEqual(["/api/chat"]);
  expect(server.connections).toBe(2);
  await vi.waitFor(() => expect(server.open).toBeLessThanOrEqual(1));
  // It answered a moment ago: it is not probed again.
  expect((await collect(provider)).error).toBeUndefined();
  expect(server.connections).toBeLessThanOrEqual(3);
  expect(server.chats).toHaveLength(2);
});

it("a machine that slept reads what came meanwhile, and does not call the server silent", async () => {
  const server = await spawnServer("ollama", MODEL, 80);
  closing.push(() => server.stop());
  let slept = false;
  const standStill = () => {
    // No timer runs meanwhile, and the one for pauses is long due when they run again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SHORT.idleMs + 1_300);
    slept = true;
  };
  const { error, events } = await collect(ollama(server.url, SHORT), call(), undefined, ({ type }) => {
    // From an immediate, since after it the timers come first, and only then what arrived.
    if (type === "text" && !slept) setTimeout(() => setImmediate(standStill), 20);
  });
  expect(slept).toBe(true);
  expect(error).toBeUndefined();
  expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
});
