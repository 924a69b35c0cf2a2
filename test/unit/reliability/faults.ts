/** Everything that can go wrong between Hybrid and a model, in the order of docs/reliability.md. */
import { setTimeout as real } from "node:timers/promises";
import type { Script } from "../../fixtures/servers/script.ts";
import type { Party } from "./parties.ts";
import { refusalOf } from "./parties.ts";
import type { Fault, Scene } from "./stage.ts";

const signal = new AbortController().signal;
const isLocal = ({ local }: Party) => local;
const speaksOpenAi = ({ protocol }: Party) => protocol === "openai";
const status = (code: number, headers: Record<string, string> = {}): Script => ({
  fault: { kind: "status", status: code, headers },
});
const HOUR = 3_600_000;
/** A little real time, for what was written to arrive. */
const aMoment = () => real(60);

/** Stops once `when` has come, and a moment later. */
const stopped = (when: (scene: Scene) => Promise<void>) => async (scene: Scene) => {
  await when(scene);
  await aMoment();
  scene.stop();
};

/** Lets time pass once `when` has come. */
const waited = (when: (scene: Scene) => Promise<void>) => async (scene: Scene) => {
  await when(scene);
  await aMoment();
  await scene.passTime();
};

const CONNECTION: Fault[] = [
  { what: "nothing goes wrong", script: {} },
  { what: "connection refused", before: ({ server }) => server.close() },
  {
    what: "connection refused, a moment after a good look",
    only: isLocal,
    async before({ hybrid, server }) {
      await hybrid.modelStates(signal);
      await server.close();
      await aMoment();
    },
  },
  {
    what: "name not found",
    // A name of a private network for a local server, so that it counts as one.
    address: (_, { local }) =>
      local ? "http://no-such-host.internal:8080" : "http://no-such-host.invalid:8080",
  },
  { what: "certificate self-signed", address: (_url, _party, { selfSigned }) => selfSigned },
  { what: "no TLS where TLS is asked for", address: (url) => url.replace("http:", "https:") },
  { what: "bytes that are no HTTP", address: (_url, _party, { noHttp }) => noHttp },
  { what: "reset before the first byte", script: { fault: { kind: "reset" } } },
  { what: "reset after the headers", script: { fault: { kind: "reset", afterChunks: 0 } } },
  { what: "reset in mid-answer", script: { fault: { kind: "reset", afterChunks: 2 } } },
];

const STATUS: Fault[] = [
  {
    what: "400",
    script: (party) => ({
      fault: { kind: "status", status: 400, body: refusalOf(party, "temperature: out of range") },
    }),
  },
  { what: "400, context overflow", script: status(400) },
  { what: "401", script: status(401) },
  { what: "402", script: status(402) },
  { what: "403", script: status(403) },
  { what: "404, no such model", script: status(404) },
  { what: "408", script: status(408) },
  { what: "409", script: status(409) },
  { what: "413", script: status(413) },
  { what: "429", script: status(429) },
  { what: "429, Retry-After: 7", script: status(429, { "retry-after": "7" }) },
  { what: "500", script: status(500) },
  { what: "502, a gateway's page", script: { fault: { kind: "html", status: 502 } } },
  { what: "503", script: status(503) },
  { what: "529", script: status(529) },
  {
    what: "redirect to another host",
    script: (_, { elsewhere }) => status(308, { location: elsewhere }),
  },
];

const TIME: Fault[] = [
  {
    what: "headers after 60 s (a cold load)",
    script: { headerDelayMs: 200 },
    async during({ received, advance }) {
      await received();
      await advance(60_000);
    },
  },
  { what: "no headers at all", script: { fault: { kind: "silence" } }, during: waited((s) => s.received()) },
  {
    what: "headers, and no more",
    script: { fault: { kind: "stall", afterChunks: 0 } },
    during: waited((s) => s.received()),
  },
  {
    what: "stall in mid-answer",
    script: { fault: { kind: "stall", afterChunks: 2 } },
    during: waited((s) => s.shown("One two ")),
  },
  {
    what: "stall after the last word, before usage and end",
    only: speaksOpenAi,
    script: { fault: { kind: "stallAtEnd" } },
    during: waited((s) => s.shown("One two three.")),
  },
  {
    what: "sleep for an hour in mid-answer",
    script: { chunkDelayMs: 150 },
    async during({ shown, sleep }) {
      await shown("One ");
      await sleep(HOUR);
    },
  },
  {
    what: "clock set back an hour in mid-answer",
    script: { chunkDelayMs: 60 },
    async during({ shown, setClock }) {
      await shown("One ");
      setClock(-HOUR);
    },
  },
  {
    what: "clock set forward a day in mid-answer",
    script: { chunkDelayMs: 60 },
    async during({ shown, setClock }) {
      await shown("One ");
      setClock(24 * HOUR);
    },
  },
];

const CONTENT: Fault[] = [
  { what: "error object before the first word", script: { fault: { kind: "errorObject", afterChunks: 0 } } },
  { what: "error object in mid-answer", script: { fault: { kind: "errorObject", afterChunks: 2 } } },
  { what: "stream ends without its end", script: { fault: { kind: "truncate", afterChunks: 3 } } },
  { what: "stream ends within a line", script: { fault: { kind: "cutLine", afterChunks: 2 } } },
  { what: "bytes that are no stream", script: { fault: { kind: "garbage" } } },
  { what: "invalid UTF-8 in a word", script: { fault: { kind: "invalidUtf8", afterChunks: 1 } } },
  { what: "a web page instead of an answer", script: { fault: { kind: "html" } } },
  {
    what: "the stream under application/json",
    script: { fault: { kind: "contentType", type: "application/json" } },
  },
  { what: "gzip", script: { fault: { kind: "gzip" } } },
  { what: "broken gzip", script: { fault: { kind: "gzip", broken: true } } },
  {
    what: "text without end",
    script: { chunks: ["again ".repeat(50)], fault: { kind: "endless", what: "text" } },
  },
  { what: "a line without end", script: { fault: { kind: "endless", what: "line" } } },
  { what: "empty answer", script: { chunks: [], usage: { input: 1000, output: 0 } } },
  {
    what: "refusal in words",
    only: ({ protocol }) => protocol !== "ollama",
    script: { chunks: ["I cannot ", "help."], finish: "refused" },
  },
  {
    what: "refusal without a word",
    only: ({ protocol }) => protocol === "anthropic",
    script: { chunks: [], finish: "refused" },
  },
];

const USAGE: Fault[] = [
  { what: "usage missing", script: { usage: null } },
  { what: "usage negative", script: { usage: { input: -1000, output: -50 } } },
  { what: "usage absurd (5e12 in, 3.5 out)", script: { usage: { input: 5e12, output: 3.5 } } },
];

const STOP: Fault[] = [
  { what: "stopped before anything is sent", before: (scene) => Promise.resolve(scene.stop()) },
  {
    what: "stopped before the headers",
    script: { fault: { kind: "silence" } },
    during: stopped((s) => s.received()),
  },
  {
    what: "stopped after the headers",
    script: { fault: { kind: "stall", afterChunks: 0 } },
    during: stopped((s) => s.received()),
  },
  {
    what: "stopped in mid-answer",
    script: { fault: { kind: "stall", afterChunks: 2 } },
    during: stopped((s) => s.shown("One two ")),
  },
  {
    what: "stopped after the last word, before the usage",
    only: speaksOpenAi,
    script: { fault: { kind: "stallAtEnd" } },
    during: stopped((s) => s.shown("One two three.")),
  },
];

export const FAULTS: readonly Fault[] = [...CONNECTION, ...STATUS, ...TIME, ...CONTENT, ...USAGE, ...STOP];
