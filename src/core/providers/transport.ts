/**
 * The one way requests leave: a `fetch` for one call, handed to the vendor's client, that keeps the time limits, ends
 * with the user's cancellation, and turns what is not the wire protocol into a fault with status and body at hand.
 * The clients' own errors differ in what they keep of a response; so none of them ever sees a bad one.
 */

export type Fetch = typeof globalThis.fetch;

/** Limits of a call, milliseconds. */
export interface Timeouts {
  /** From sending to the first byte of the answer's body; a cold model loads in that time. */
  firstByteMs: number;
  /** Between two chunks; a keep-alive comment or ping counts as one. */
  idleMs: number;
  /** A look at the server: to the first byte, and between chunks. */
  statusMs: number;
}

/** For servers that load models on demand: 300 s is also where Node's own fetch gives up on headers. */
export const LOCAL_TIMEOUTS: Timeouts = { firstByteMs: 300_000, idleMs: 60_000, statusMs: 3_000 };
/** For cloud vendors: a reasoning model may be silent for a minute and more. */
export const CLOUD_TIMEOUTS: Timeouts = { firstByteMs: 120_000, idleMs: 120_000, statusMs: 10_000 };

/** Nothing came within a limit. */
export class TimeoutFault extends Error {
  readonly phase: "firstByte" | "idle";
  readonly limitMs: number;

  constructor(phase: "firstByte" | "idle", limitMs: number) {
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

export interface Transport {
  fetch: Fetch;
  /** What ended the exchange, whatever the vendor's client makes of it. */
  readonly fault: unknown;
  /** The model is done: its usage may still come, and is waited for a short while only. */
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
  limits: Pick<Timeouts, "firstByteMs" | "idleMs">;
  /** Content types that cannot be this protocol's good answer. */
  refuse: RegExp;
  /** Looks at the bytes on their way to the client. */
  through?: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
}

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

  const onAbort = (): void => controller.abort(options.signal.reason);
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener("abort", onAbort, { once: true });

  const disarm = (): void => clearTimeout(timer);
  const arm = (phase: TimeoutFault["phase"], limitMs: number): void => {
    disarm();
    timer = setTimeout(() => {
      fault = new TimeoutFault(phase, limitMs);
      controller.abort(fault);
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
    source = reader;
    return new ReadableStream<Uint8Array>(
      {
        async pull(sink) {
          if (heard) arm("idle", idleMs);
          try {
            const { done, value } = await reader.read();
            disarm();
            heard = true;
            if (done) sink.close();
            else sink.enqueue(value);
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
    try {
      controller.signal.throwIfAborted();
      arm("firstByte", options.limits.firstByteMs);
      // The client's own signal is left out: closing this transport ends the request, and so no timer of the
      // client's cuts a cold load short. Redirects are refused, since they would carry prompt and key elsewhere.
      const response = await (options.fetch ?? globalThis.fetch)(input, {
        ...init,
        signal: controller.signal,
        redirect: "manual",
      });
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
      throw failed(error);
    }
  };

  return {
    fetch: send,
    get fault() {
      return fault;
    },
    finishing() {
      idleMs = Math.min(idleMs, USAGE_MS);
    },
    close(whole) {
      disarm();
      options.signal.removeEventListener("abort", onAbort);
      if (whole && source) {
        arm("idle", LAST_BYTES_MS);
        void readToEnd(source).finally(disarm);
      } else {
        controller.abort();
      }
    },
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
