/** Turns whatever went wrong with a call into a HybridError that says what happened and what to do next. */
import type { ErrorKind } from "../errors.ts";
import { HybridError } from "../errors.ts";
import { safeCause, showable } from "./scrub.ts";
import { EndlessFault, ResponseFault, TimeoutFault } from "./transport.ts";
import type { WireError } from "./wireError.ts";
import { kindOfResponse, readWireError, retryAfter } from "./wireError.ts";

/** What is called, in the words of its messages. */
export interface Target {
  /** "Ollama", "OpenAI", or the user's own name for a server. */
  label: string;
  /** Without key or password. */
  address: string;
  /** What to do next, by kind of fault; where one is missing, a general hint serves. */
  hints: Partial<Record<ErrorKind, string>>;
  /** Everything that must not be seen: the key, the values of the user's own headers. */
  secrets: readonly string[];
  model?: string;
  /** The texts that were sent; messages that quote them are not shown. */
  prompt?: readonly string[];
}

/** The stream ended before the model said that it had finished. */
export class BrokenStreamFault extends Error {
  override name = "BrokenStreamFault";
}

/** An error object within a stream, as the server sent it. */
export class StreamErrorFault extends Error {
  override name = "StreamErrorFault";
  readonly body: unknown;

  constructor(body: unknown) {
    super("an error object within the stream");
    this.body = body;
  }
}

/** Bytes that are not the protocol. */
export class GarbageFault extends Error {
  override name = "GarbageFault";
}

/** What is known of a fault before it is put in words. */
interface Finding {
  kind: ErrorKind;
  what: string;
  retryAfterMs?: number | undefined;
}

/** Any error of a call as a HybridError; one that already is, stays as it is. */
export function toHybridError(error: unknown, target: Target): HybridError {
  if (error instanceof HybridError) return error;
  const { kind, what, retryAfterMs } = find(error, target);
  return new HybridError(kind, what, {
    hint: hintFor(kind, target, retryAfterMs),
    cause: safeCause(error, target.secrets),
    retryAfterMs,
  });
}

/** The same fault once text was shown: the answer is a part, and asking another model would not continue it. */
export function interrupted(error: HybridError, target: Target): HybridError {
  return new HybridError("interrupted", `The answer of ${subject(target)} broke off. ${error.message}`, {
    hint: "What arrived is kept. Ask again, or try a stronger model.",
    cause: error,
    retryAfterMs: error.retryAfterMs,
  });
}

/** "OpenAI (gpt-4o-mini)". */
export function subject({ label, model }: Target): string {
  return model ? `${label} (${model})` : label;
}

function find(error: unknown, target: Target): Finding {
  const who = subject(target);
  if (error instanceof TimeoutFault) {
    if (error.phase === "connect") return unreachable(target, "the connection timed out");
    const seconds = `${Math.max(1, Math.round(error.limitMs / 1000))} s`;
    return error.phase === "firstByte"
      ? { kind: "timeout", what: `${who} sent nothing within ${seconds}.` }
      : { kind: "timeout", what: `${who} stopped sending for ${seconds}.` };
  }
  if (error instanceof ResponseFault) {
    const wire = readWireError(error.body);
    // A body may speak of an error under a good status; under a bad one the status is the truth.
    const status = error.status >= 300 ? error.status : (wire.status ?? error.status);
    return response(status, wire, retryAfter(error.headers) ?? wire.retryAfterMs, target);
  }
  if (error instanceof StreamErrorFault) {
    const wire = readWireError(error.body);
    return response(wire.status ?? 200, wire, wire.retryAfterMs, target);
  }
  if (error instanceof BrokenStreamFault) {
    return { kind: "badAnswer", what: `${who} ended the answer without finishing it.` };
  }
  if (error instanceof GarbageFault || error instanceof SyntaxError) {
    return { kind: "badAnswer", what: `${who} sent something that is not its protocol.` };
  }
  if (error instanceof EndlessFault) {
    return { kind: "badAnswer", what: `${who} sent more than an answer can hold, and did not stop.` };
  }
  return network(error, target);
}

function unreachable(target: Target, reason: string): Finding {
  return {
    kind: "unreachable",
    what: `Cannot reach ${subject(target)} at ${target.address}: ${reason}.`,
  };
}

function response(
  status: number,
  wire: WireError,
  retryAfterMs: number | undefined,
  target: Target,
): Finding {
  const who = subject(target);
  const kind = kindOfResponse(status, wire, retryAfterMs);
  const said = showable(wire.message, target.secrets, target.prompt ?? []);
  const because = said ? `: ${said}${/[!?…]$/.test(said) ? "" : "."}` : ".";
  const code = status >= 300 ? ` (${status})` : "";
  const what: Partial<Record<ErrorKind, string>> = {
    badKey: `${who} refused the API key${code}${because}`,
    noCredit: `${who} has no credit left, or a spending limit is reached${code}${because}`,
    rateLimited: `${who} limits the rate of requests${code}${because}`,
    modelMissing: `${target.label} does not have the model ${target.model ?? "asked for"}${code}${because}`,
    contextTooLong: `${who}: the request is too long${code}${because}`,
    badRequest: `${who} rejected the request${code}${because}`,
    timeout: `${who} gave up waiting${code}${because}`,
    unreachable: `A proxy on the way to ${who} asks for a password${code}${because}`,
    badAnswer: `${target.address} did not answer as ${target.label} does${code}.`,
    serverError:
      status === 503 || status === 529
        ? `${who} is overloaded${code}${because}`
        : `${who} failed${code}${because}`,
  };
  return { kind, what: what[kind] ?? `${who} failed${code}${because}`, retryAfterMs };
}

/** System error codes as a person would put them. */
const NETWORK: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was reset",
  UND_ERR_SOCKET: "the connection was closed",
  ENOTFOUND: "its name was not found",
  EAI_AGAIN: "its name could not be looked up; is this machine online?",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
};

/** The commonest reasons of TLS, likewise; any other is shown by its code. */
const TLS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate was signed by an authority that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate was signed by an authority that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate was signed by an authority that this machine does not know",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS there",
  EPROTO: "it does not speak TLS there",
};

function network(error: unknown, target: Target): Finding {
  const who = subject(target);
  const errors = chain(error);
  const codes = errors.map(({ code }) => code ?? "");
  if (codes.some((code) => code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT")) {
    return { kind: "timeout", what: `${who} sent nothing for too long.` };
  }
  const tls = codes.find((code) => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/.test(code));
  if (tls) {
    const what = `There is no secure connection to ${who} at ${target.address}: ${TLS[tls] ?? tls}.`;
    return { kind: "unreachable", what };
  }
  const reason = codes.map((code) => NETWORK[code]).find((known) => known !== undefined);
  if (reason) return unreachable(target, reason);
  if (codes.some((code) => code.startsWith("Z_"))) {
    return { kind: "badAnswer", what: `${who} sent something that cannot be unpacked.` };
  }
  if (errors.some(({ name }) => name === "HTTPParserError")) {
    return { kind: "badAnswer", what: `${target.address} does not speak HTTP.` };
  }
  // Node words a transport that ended within a body as "terminated", and a connection that never was as "fetch failed".
  const messages = errors.map(({ message }) => message);
  if (messages.some((message) => /^(terminated|fetch failed)$|other side closed|aborted/i.test(message))) {
    return { kind: "unreachable", what: `The connection to ${who} at ${target.address} failed.` };
  }
  return { kind: "badAnswer", what: `${who} failed in a way that Hybrid does not know.` };
}

/** The error and its causes, the members of an AggregateError (one per address tried) included. */
function chain(error: unknown, depth = 5): { name: string; code: string | undefined; message: string }[] {
  if (!(error instanceof Error) || depth === 0) return [];
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const members =
    error instanceof AggregateError ? error.errors.flatMap((member) => chain(member, depth - 1)) : [];
  return [{ name: error.name, code, message: error.message }, ...chain(error.cause, depth - 1), ...members];
}

function hintFor(kind: ErrorKind, target: Target, retryAfterMs: number | undefined): string {
  if (kind === "rateLimited" && retryAfterMs !== undefined) {
    return `Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s, or use another model.`;
  }
  return target.hints[kind] ?? HINTS[kind] ?? "";
}

const HINTS: Partial<Record<ErrorKind, string>> = {
  badKey: "Run “Hybrid: Set API Key…” and enter a valid key.",
  noCredit: "Add credit with the provider, or use another one.",
  rateLimited: "Try again in a moment, or use another model.",
  modelMissing: "Check the name in hybrid.tiers in the settings.",
  contextTooLong: "Select less code, start a new chat, or use a model with a longer context.",
  badRequest: "Try another model; “Hybrid: Show Output” has the details.",
  timeout: "Try again, or use another model.",
  unreachable: "Check the network, and a proxy or VPN if you use one.",
  badAnswer: "Check the server's address in the settings.",
  serverError: "Try again in a moment, or use another model.",
};
