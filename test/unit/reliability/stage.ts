/** One fault, one provider: the whole core in front of a real server that goes wrong, and what comes of it. */
import { setTimeout as real } from "node:timers/promises";
import { inspect } from "node:util";
import { expect, vi } from "vitest";
import type { AnswerEvent, AnswerSummary } from "../../../src/core/answer.ts";
import { Hybrid } from "../../../src/core/hybrid.ts";
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import type { Script } from "../../fixtures/servers/script.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { KEY } from "../providers/harness.ts";
import { requestWith, settingsWith } from "../requests.ts";
import type { Party } from "./parties.ts";

export const MODEL = "wire-model";
const PROMPT = "How does parseDuration treat the colour of magic?";
/** No cell takes longer, milliseconds of real time. */
const BOUND_MS = 15_000;

export interface Fault {
  what: string;
  /** Whom it can happen to; all if missing. */
  only?: (party: Party) => boolean;
  /** What the server does with the request. */
  script?: Script | ((party: Party, places: Places) => Script);
  /** The address in the settings, in place of the server's. */
  address?: (url: string, party: Party, places: Places) => string;
  /** Before the request is made. */
  before?: (scene: Scene) => Promise<unknown>;
  /** While it runs. Time stands still for the core, but for what this makes of it. */
  during?: (scene: Scene) => Promise<unknown>;
}

/** Servers that all cells share. */
export interface Places {
  /** Speaks TLS with a certificate that nobody signed. */
  selfSigned: string;
  /** Answers every connection with a line that is no HTTP. */
  noHttp: string;
  /** Where nobody must be sent. */
  elsewhere: string;
}

/** What a fault can do while a request runs. */
export interface Scene {
  server: WireServer;
  hybrid: Hybrid;
  /** Waits until so much text was shown. */
  shown: (text: string) => Promise<void>;
  /** Waits until the server has the request. */
  received: () => Promise<void>;
  /** Lets time pass for the core, in steps, until the request is over. */
  passTime: () => Promise<void>;
  /** Lets so much time pass at once, milliseconds. */
  advance: (ms: number) => Promise<unknown>;
  /** The machine sleeps so long, milliseconds: no timer runs, and when it wakes the one for pauses is long due. */
  sleep: (ms: number) => Promise<unknown>;
  /** Sets the clock forward, or back. */
  setClock: (byMs: number) => void;
  /** The user's. */
  stop: () => void;
}

/** What came of it. */
export interface Observed {
  shown: string;
  summary: AnswerSummary;
  rows: AttemptRecord[];
}

let count = 0;

/** Plays one fault on one provider and checks what must hold whatever happens. */
export async function play(
  party: Party,
  fault: Fault,
  log: RequestLog,
  places: Places,
): Promise<Observed & { url: string }> {
  const server = await party.start({ models: { [MODEL]: { chunks: ["unscripted"] } } });
  try {
    const script = typeof fault.script === "function" ? fault.script(party, places) : fault.script;
    server.script({ chunks: PIECES, usage: USAGE, ...script });
    const url = fault.address?.(server.url, party, places) ?? server.url;
    const observed = await perform(party, fault, log, server, url);
    check(observed, log, server);
    return { ...observed, url };
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await server.close();
  }
}

const PIECES = ["One ", "two ", "three."];
const USAGE = { input: 1000, output: 50 };

async function perform(
  party: Party,
  fault: Fault,
  log: RequestLog,
  server: WireServer,
  url: string,
): Promise<Observed> {
  const id = `${party.name} ${(count += 1)}`;
  const baseUrl = party.protocol === "openai" ? `${url}/v1` : url;
  const model = `${party.name}/${MODEL}`;
  const tier = party.local ? "local" : "mid";
  const clock = { offset: 0 };
  const hybrid = new Hybrid({
    log,
    keyOf: () => Promise.resolve(party.local ? undefined : KEY),
    now: () => Date.now() + clock.offset,
    settings: settingsWith({
      "tiers.local.models": party.local ? [model] : [],
      "tiers.mid.models": party.local ? [] : [model],
      "tiers.flagship.models": [],
      providers: { [party.name]: { baseUrl, headers: { "x-gateway": KEY } } },
      prices: party.local ? {} : { [model]: { input: 1, output: 2 } },
    }),
  });
  const controller = new AbortController();
  const events: AnswerEvent[] = [];
  const text = () => events.map((event) => (event.type === "text" ? event.text : "")).join("");
  const over = () => events.at(-1)?.type === "finished";
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds() && !over()) await real(5);
  };
  const advance = async (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const scene: Scene = {
    server,
    hybrid,
    shown: (wanted) => until(() => text().startsWith(wanted)),
    received: () => until(() => server.chats.length > 0),
    advance,
    async passTime() {
      for (; !over(); await real(5)) await advance(5_000);
    },
    async sleep(ms) {
      const before = performance.now.bind(performance);
      vi.spyOn(performance, "now").mockImplementation(() => before() + ms);
      await advance(party.local ? 60_000 : 120_000);
    },
    setClock: (byMs) => void (clock.offset += byMs),
    stop: () => controller.abort(),
  };
  await fault.before?.(scene);
  if (fault.during) vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const asked = requestWith({ id, prompt: PROMPT, override: { tier, reason: "test" } });
  const answer = async () => {
    for await (const event of hybrid.ask(asked, controller.signal)) events.push(event);
  };
  const bound = real(BOUND_MS, "late", { ref: false });
  const result = await Promise.race([Promise.all([answer(), fault.during?.(scene)]), bound]);
  expect(result, "it must end").not.toBe("late");
  const last = events.at(-1);
  if (last?.type !== "finished") throw new Error("the last event must be `finished`");
  expect(events.filter(({ type }) => type === "finished")).toHaveLength(1);
  expect(inspect(events, { depth: null, showHidden: true, getters: true })).not.toContain(KEY);
  return { shown: text(), summary: last.summary, rows: log.request(id) };
}

/** No row lost and none double, no call unbooked, no key told, and every failure in words that help. */
function check({ summary, rows }: Observed, log: RequestLog, server: WireServer): void {
  expect(rows.map(({ attempt }) => attempt)).toEqual(summary.attempts.map(({ attempt }) => attempt));
  expect(new Set(rows.map(({ attempt }) => attempt)).size).toBe(rows.length);
  expect(server.chats.length).toBeLessThanOrEqual(rows.length);
  expect(JSON.stringify(rows)).not.toContain(KEY);
  for (const { costNanoDollars, totalMs, firstTokenMs } of rows) {
    // Once at most: the longest text that is let through is 131,072 characters, at most as many tokens at $2 a million.
    expect(costNanoDollars).toBeLessThanOrEqual(131_072 * 2_000);
    expect(costNanoDollars).toBeGreaterThanOrEqual(0);
    expect(totalMs).toBeGreaterThanOrEqual(0);
    expect(firstTokenMs ?? 0).toBeGreaterThanOrEqual(0);
  }
  if (summary.outcome === "answered" || summary.outcome === "cancelled") {
    expect(summary.error).toBeUndefined();
  } else {
    expect(summary.error?.message).toMatch(/\S/);
    if (!/declined to answer/.test(summary.error?.message ?? "")) expect(summary.error?.hint).toMatch(/\S/);
    expect(summary.error?.userMessage).not.toMatch(/<|\.\.|: \.|undefined|\[object/);
    expect(summary.error?.userMessage).not.toContain(PROMPT);
  }
  expect(log.warning).toBeUndefined();
}
