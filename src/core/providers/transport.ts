/**
 * The one way requests leave: a `fetch` for one call, handed to the vendor's client, that keeps the time limits, ends
 * with the user's cancellation, and turns what is not the wire protocol into a fault with status and body at hand.
 * The clients' own errors differ in what they keep of a response; so none of them ever sees a bad one.
 */
import { createHash } from "node:crypto";
import { noteAnswer, probe } from "./connect.ts";
import type { Sent } from "./provider.ts";
import type { Timeouts } from "./timeouts.ts";

export type Fetch = typeof globalThis.fetch;

type Phase = "connect" | "firstByte" | "idle";

/** Nothing came within a limit. */
export class TimeoutFault extends Error {
  readonly phase: Phase;
  readonly limitMs: number;

  constructor(phase: Phase, limitMs: number) {
    super(`no bytes within ${limitMs} ms`);
    this.name = "TimeoutFault";
    this.phase = phase;
    this.limitMs = limitMs;
  }
}

/** A response that is no answer: an error status, or a body that is not the protocol. Never shown as it is. */
export class ResponseFault extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The first 64 KiB. */
  readonly body: string;

  constructor(status: number, headers: Headers, body: string) {
    super(`HTTP ${status}`);
    this.name = "ResponseFault";
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** More came than any answer holds: a server that does not stop. */
export class EndlessFault extends Error {
  override name = "EndlessFault";
}

export interface Transport {
  fetch: Fetch;
  /** What ended the exchange, whatever the vendor's client makes of it. */
  readonly fault: unknown;
  /** The model is done: its usage may still come, and is waited for a short while only, whatever else comes. */
  finishing(): void;
  /**
   * Ends what still runs and clears the timer. Call it always. After a whole answer the body's last bytes are read
   * first, so that the connection serves the next call too.
   */
  close(whole: boolean): void;
}

export interface TransportOptions {
  fetch?: Fetch | undefined;
  signal: AbortSignal;
  limits: Pick<Timeouts, "connectMs" | "firstByteMs" | "idleMs">;
  /** Content types that cannot be this protocol's good answer. */
  refuse: RegExp;
  /** Looks at the bytes on their way to the client. */
  through?: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
  /** Longest answer asked for, tokens; a body may be as long as they can make it. */
  maxOutputTokens?: number;
  /** Told of each request right before it leaves. A request that cannot be told of does not leave: it may throw. */
  onSent?: ((sent: Sent) => void) | undefined;
}

/** Longest line of a body, bytes; a list of models is one line of a few million. */
const MAX_LINE = 10_000_000;
/** Longest body, bytes, and what each token of an answer adds: streams wrap every token in an object of its own. */
const MAX_BODY = 32_000_000;
const BYTES_PER_TOKEN = 4_096;

/** A timer this late tells that the machine slept, or this process stood still: what came meanwhile is read first. */
const SLEPT_MS = 1_000;
const MAX_FAULT_BODY = 64 * 1024;
/** How long the rest of a bad response is waited for, milliseconds. */
const FAULT_BODY_MS = 5_000;
/** How long the usage is waited for once the model is done, milliseconds: most servers send it at once. */
const USAGE_MS = 3_000;
/** How long the end of a body is waited for once the answer is whole, milliseconds. */
const LAST_BYTES_MS = 1_000;

/** Opens a transport for one request. `signal` aborts it at any stage. */
export function openTransport(options: TransportOptions): Transport {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let fault: unknown;
  let heard = false;
  /** Set with the last timer, which runs to its end: from then on what comes does not buy the server more time. */
  let finished = false;

  const onAbort = (): void => controller.abort(options.signal.reason);
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener("abort", onAbort, { once: true });

  const disarm = (): void => {
    if (!finished) clearTimeout(timer);
  };
  const late = (phase: Phase, limitMs: number): void => {
    fault ??= new TimeoutFault(phase, limitMs);
    controller.abort(fault);
  };
  const arm = (phase: Phase, limitMs: number): void => {
    if (finished) return;
    disarm();
    const due = performance.now() + limitMs;
    timer = setTimeout(() => {
      if (performance.now() - due > SLEPT_MS) arm(phase, limitMs);
      else late(phase, limitMs);
    }, limitMs);
  };
  const failed = (error: unknown): unknown => {
    disarm();
    // A bad response says more than the stall or reset that cut its body short.
    if (error instanceof ResponseFault) fault = error;
    fault ??= error;
    return fault;
  };
  let idleMs = options.limits.idleMs;
  let source: ReadableStreamDefaultReader<Uint8Array> | undefined;

  /** The body with its pauses timed: only waiting for the server counts, not a slow reader. */
  const timed = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
    const reader = body.getReader();
    const measure = bounded(MAX_BODY + BYTES_PER_TOKEN * (options.maxOutputTokens ?? 0));
    source = reader;
    return new ReadableStream<Uint8Array>(
      {
        async pull(sink) {
          if (heard) arm("idle", idleMs);
          try {
            const { done, value } = await reader.read();
            disarm();
            heard = true;
            if (done) return sink.close();
            measure(value);
            sink.enqueue(value);
          } catch (error) {
            sink.error(failed(error));
          }
        },
        // The clients let go of a body at the protocol's own end; closing the transport does the rest.
        cancel: disarm,
      },
      { highWaterMark: 0 },
    );
  };

  const send: Fetch = async (input, init) => {
    let endProbe: (() => void) | undefined;
    const url = new URL(input instanceof Request ? input.url : input);
    try {
      controller.signal.throwIfAborted();
      options.onSent?.(told(url, init?.body));
      arm("firstByte", options.limits.firstByteMs);
      const { connectMs } = options.limits;
      if (connectMs !== undefined) endProbe = probe(url, connectMs, () => late("connect", connectMs));
      // The client's own signal is left out: closing this transport ends the request, and so no timer of the
      // client's cuts a cold load short. Redirects are refused, since they would carry prompt and key elsewhere.
      const response = await (options.fetch ?? globalThis.fetch)(input, {
        ...init,
        signal: controller.signal,
        redirect: "manual",
      });
      noteAnswer(url.host, true);
      const body = response.body && timed(response.body);
      if (!response.ok || options.refuse.test(response.headers.get("content-type") ?? "")) {
        heard = true;
        idleMs = Math.min(idleMs, FAULT_BODY_MS);
        throw new ResponseFault(response.status, response.headers, body ? await head(body) : "");
      }
      if (!body) return response;
      return new Response(options.through?.(body) ?? body, {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    } catch (error) {
      if (!heard && !options.signal.aborted) noteAnswer(url.host, false);
      throw failed(error);
    } finally {
      endProbe?.();
    }
  };

  return {
    fetch: send,
    get fault() {
      return fault;
    },
    finishing() {
      arm("idle", Math.min(idleMs, USAGE_MS));
      finished = true;
    },
    close(whole) {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
      if (whole && source) {
        timer = setTimeout(late, LAST_BYTES_MS, "idle", LAST_BYTES_MS);
        void readToEnd(source).finally(() => clearTimeout(timer));
      } else {
        controller.abort();
      }
    },
  };
}

/** The request as it is told. Its query is left out: some APIs take their key there. */
function told({ host, pathname }: URL, body: RequestInit["body"]): Sent {
  if (body !== null && body !== undefined && typeof body !== "string" && !ArrayBuffer.isView(body)) {
    throw new TypeError("a body that cannot be told of is not sent");
  }
  const content = body ?? "";
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { host, path: pathname, bytes: Buffer.byteLength(content), sha256 };
}

/** Watches over a body: throws EndlessFault once it, or a line of it, is longer than any that makes sense. */
function bounded(maxBytes: number): (chunk: Uint8Array) => void {
  let bytes = 0;
  let line = 0;
  return (chunk) => {
    bytes += chunk.byteLength;
    const lastBreak = chunk.lastIndexOf(10);
    line = lastBreak < 0 ? line + chunk.byteLength : chunk.byteLength - lastBreak;
    if (bytes > maxBytes || line > MAX_LINE) throw new EndlessFault("a body without end");
  };
}

async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // Cut short by the time limit, or by the server: either way nothing of it is wanted.
  }
}

/** The first 64 KiB of a body as text; less when it breaks off. */
async function head(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= MAX_FAULT_BODY) break;
    }
  } catch {
    // The status alone says enough.
  }
  return text;
}
