/** Reads the error bodies of the vendors, which agree on little, and names the kind of fault they speak of. */
import type { ErrorKind } from "../errors.ts";
import { record, text } from "./json.ts";

/** What an error body says. Missing parts are empty. */
export interface WireError {
  /** As the server wrote it: may hold anything, the key and the prompt included. */
  message: string;
  /** "insufficient_quota", "overloaded_error", "RESOURCE_EXHAUSTED" … all that the server gave, in one text. */
  codes: string;
  /** The HTTP status that the body speaks of, where it does. */
  status: number | undefined;
  /** Milliseconds that the body asks to wait, as Gemini's do. */
  retryAfterMs: number | undefined;
  /** False when the body is not JSON of a known shape: a proxy's page, not the API. */
  known: boolean;
}

/** Statuses of Anthropic's error types, as its API reference lists them; in mid-stream there is no other status. */
const STATUS_OF_TYPE: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/**
 * Reads an error body, text or parsed: `{error: {message, type, code}}` (OpenAI, Anthropic, OpenRouter),
 * `{error: "…"}` (Ollama), `[{error: {code, message, status}}]` (Gemini), `{message}` and `{detail}` (others).
 */
export function readWireError(body: unknown): WireError {
  let value = typeof body === "string" ? parsed(body) : body;
  if (Array.isArray(value)) value = value[0];
  const outer = record(value);
  const inner = outer["error"] ?? outer["detail"] ?? value;
  const error = typeof inner === "string" ? { message: inner } : record(inner);
  const codes = [error["code"], error["type"], error["status"]]
    .filter((code) => typeof code === "string")
    .join(" ");
  const code = [error["code"], error["status"]].find((code) => typeof code === "number");
  const message = text(error["message"]) || text(outer["message"]);
  return {
    message,
    codes,
    status:
      code ??
      codes
        .split(" ")
        .map((name) => STATUS_OF_TYPE[name])
        .find((status) => status !== undefined),
    retryAfterMs: retryDelay(error["details"]),
    known: message !== "" || codes !== "",
  };
}

const NO_CREDIT =
  /insufficient_quota|billing|credit.?balance|insufficient (credits|balance|funds)|exceeded your current quota/i;
const TOO_LONG =
  /context_length_exceeded|exceed_context|context (length|size|window)|prompt is too long|request too large|too many tokens|input is too long|request_too_large/i;
const BAD_KEY = /invalid_api_key|api_key_invalid|api key not valid|incorrect api key|authentication_error/i;
const NO_MODEL =
  /model_not_found|model_decommissioned|model.{0,80}(not found|does not exist|decommissioned|not available)|not a valid model/i;

/** Names the kind of an error response. `status` 200 stands for an error within a stream. */
export function kindOfResponse(
  status: number,
  error: WireError,
  retryAfterMs: number | undefined,
): ErrorKind {
  const words = `${error.codes} ${error.message}`;
  if (status === 402 || /insufficient_quota/.test(error.codes)) return "noCredit";
  // Gemini words its limits per minute like its monthly quota; the time to wait tells them apart.
  if (NO_CREDIT.test(words) && retryAfterMs === undefined) return "noCredit";
  // A request above the tokens per minute never passes, however long one waits.
  if (status === 413 || ([200, 400, 429, 500].includes(status) && TOO_LONG.test(words)))
    return "contextTooLong";
  if (status === 407) return "unreachable";
  if (status >= 500) return "serverError";
  if (status >= 300 && status < 400) return "badAnswer";
  if (status === 408) return "timeout";
  // A conflict with another request passes, as an overload does.
  if (status === 409) return "serverError";
  if (status === 429) return "rateLimited";
  if (!error.known && status !== 401) return status === 400 || status === 422 ? "badRequest" : "badAnswer";
  if (status === 401 || BAD_KEY.test(words)) return "badKey";
  if (status === 403) return /moderation|flagged|guardrail/i.test(words) ? "badRequest" : "badKey";
  if (status === 404 || (status >= 400 && NO_MODEL.test(words))) return "modelMissing";
  return status >= 400 ? "badRequest" : "serverError";
}

/** A longer wait is no wait but a mistake, milliseconds: 30 days, the longest period that limits are given for. */
const LONGEST_WAIT_MS = 30 * 86_400_000;

/**
 * Milliseconds that `Retry-After` (RFC 9110: seconds or a date) or OpenAI's `retry-after-ms` asks to wait.
 * Undefined without a readable one. A date counts from the response's own, since the clock here may be wrong.
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const milliseconds = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (milliseconds >= 0) return sensible(milliseconds);
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return sensible(Number(value) * 1000);
  const [until, sent] = [Date.parse(value), Date.parse(headers.get("date") ?? "")];
  return sensible(Math.max(0, until - (Number.isNaN(sent) ? now : sent)));
}

function sensible(waitMs: number): number | undefined {
  return waitMs <= LONGEST_WAIT_MS ? waitMs : undefined;
}

/** Google's RetryInfo: `{"@type": "…RetryInfo", "retryDelay": "23s"}`. */
function retryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const delays = details.map((detail) => /^(\d+(?:\.\d+)?)s$/.exec(text(record(detail)["retryDelay"]))?.[1]);
  const delay = delays.find((seconds) => seconds !== undefined);
  return delay === undefined ? undefined : sensible(Number(delay) * 1000);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
