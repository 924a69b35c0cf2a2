/**
 * One interface for everything that serves models. A provider turns a `ModelCall` into a stream of
 * `ProviderEvent`s and every fault into a `HybridError`; it knows nothing of tiers, plans or prices.
 */
import type { HybridError } from "../errors.ts";

/** A tool the model may call; `inputSchema` is JSON Schema. */
export interface ToolSpec {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
}

/** A tool call that the model made. */
export interface ToolCall {
  id: string;
  name: string;
  input: Record<string, unknown>;
}

/** One message of the conversation, in the shape all wire formats can be made from. */
export type Message =
  | { role: "system"; text: string }
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; toolCalls?: ToolCall[] }
  | { role: "tool"; toolCallId: string; toolName: string; text: string };

/** One call of one model. */
export interface ModelCall {
  /** Name as the provider knows it, without the provider's prefix. */
  model: string;
  messages: Message[];
  /** Upper bound of the answer, tokens. */
  maxOutputTokens: number;
  tools?: ToolSpec[];
  /** True when the model must call one of the tools. */
  toolRequired?: boolean;
  /** Told of each HTTP request of the call at the moment it is handed to the network. */
  onSent?: (sent: Sent) => void;
}

/** One HTTP request as it left, for the egress ledger. */
export interface Sent {
  /** Host and port, and the path: where it went. */
  host: string;
  path: string;
  /** Of the body; 0 without one. */
  bytes: number;
  /** SHA-256 of the body, hex; of nothing without one. */
  sha256: string;
}

/**
 * Tokens of one call, normalised: `input` includes the cached ones, `cacheWrite` those that are kept for an hour,
 * `output` the reasoning ones. A field that the provider did not report is undefined, which is not zero.
 */
export interface Usage {
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** Of `cacheWrite`, what is kept for an hour and costs more than what is kept for five minutes. */
  cacheWrite1h?: number;
  reasoning?: number;
  /** What the provider itself says the call cost, nano-dollars. */
  costNanoDollars?: number;
}

export type FinishReason = "stop" | "length" | "toolCalls" | "refused" | "other";

export type ProviderEvent =
  /** Something a waiting user should know: "loading llama3.2:3b…". */
  | { type: "status"; text: string }
  | { type: "text"; text: string }
  | { type: "toolCall"; call: ToolCall }
  /** Latest known usage; a later event replaces an earlier one. */
  | { type: "usage"; usage: Usage }
  | { type: "finish"; reason: FinishReason };

/** What a look at the provider found. */
export type ProviderStatus =
  /** `info` tells of the models what the API tells of them, by name; not every model has an entry. */
  | { state: "ready"; models: string[]; info?: ReadonlyMap<string, ModelInfo> }
  | { state: "unavailable"; error: HybridError };

/** What a model can do. A field that the API does not tell is undefined: neither yes nor no. */
export interface ModelInfo {
  /** The longest context it could have, tokens. */
  contextTokens?: number;
  /** The context that it is in memory with now, tokens; undefined when it is not in memory. */
  loadedContextTokens?: number;
  tools?: boolean;
  images?: boolean;
}

export interface Provider {
  /** The prefix of its models: "ollama", "openai", … */
  readonly name: string;
  /** True when what is sent to it stays on the user's own machine or network: costs nothing. */
  readonly local: boolean;
  /**
   * True when what it costs is part of a plan that the user pays for: it needs no key, and a look at it sends nothing, so
   * that it is looked at before it is tried, as local ones are.
   */
  readonly plan?: boolean;
  /**
   * Streams the answer. Ends after `finish`; throws HybridError, kind "cancelled" when `signal` aborted.
   * An error after text was yielded has kind "interrupted" unless it was a cancellation.
   */
  chat(call: ModelCall, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  /** Asks which models it serves. Never throws. */
  status(signal: AbortSignal): Promise<ProviderStatus>;
}
