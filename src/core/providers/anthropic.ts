/** Claude, over Anthropic's messages API. */
import type Anthropic from "@anthropic-ai/sdk";
import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  RawMessageStreamEvent,
} from "@anthropic-ai/sdk/resources/messages";
import { shownAddress } from "./address.ts";
import { callStream } from "./callStream.ts";
import type { Target } from "./faults.ts";
import { StreamErrorFault } from "./faults.ts";
import { record } from "./json.ts";
import type { KeySource } from "./keys.ts";
import { readKey } from "./keys.ts";
import { look, namesIn, quick } from "./look.ts";
import { anthropicInfo, joined } from "./modelInfo.ts";
import type { FinishReason, Message, ModelCall, Provider, ProviderEvent, Sent } from "./provider.ts";
import type { Timeouts } from "./timeouts.ts";
import { timeoutsFor } from "./timeouts.ts";
import { ToolCallParts } from "./toolCallParts.ts";
import type { Fetch, Transport } from "./transport.ts";
import { openTransport } from "./transport.ts";
import { anthropicUsage } from "./usage.ts";

export interface AnthropicOptions {
  apiKey: () => Promise<string | undefined>;
  /** Without the version; `https://api.anthropic.com` if missing. */
  baseUrl?: string | undefined;
  keyHint?: string;
  /** Sent with every request; their values are kept out of every message, as the key is. */
  headers?: Record<string, string>;
  fetch?: Fetch | undefined;
  timeouts?: Partial<Timeouts>;
  /** Told of each request of a look; those of a call are the call's to tell. */
  onSent?: ((sent: Sent) => void) | undefined;
}

const LABEL = "Anthropic";

/** A provider for Anthropic's API, or a gateway that speaks it. */
export function createAnthropicProvider(options: AnthropicOptions): Provider {
  const baseUrl = (options.baseUrl ?? "https://api.anthropic.com").replace(/\/+(v1)?\/*$/, "");
  const timeouts = timeoutsFor(baseUrl, false, options.timeouts);
  const source: KeySource = {
    apiKey: options.apiKey,
    keyRequired: true,
    keyHint: options.keyHint ?? "Run “Hybrid: Set API Key…”, or set ANTHROPIC_API_KEY.",
  };

  const target = (call?: ModelCall): Target & { secrets: string[] } => ({
    label: LABEL,
    address: shownAddress(baseUrl),
    secrets: Object.values(options.headers ?? {}),
    hints: {},
    ...(call && { model: call.model, prompt: call.messages.map(({ text }) => text) }),
  });

  const connect = async (transport: Transport, about: ReturnType<typeof target>): Promise<Anthropic> => {
    const [key, { default: Client }] = await Promise.all([
      readKey(source, about),
      import("@anthropic-ai/sdk"),
    ]);
    if (key !== undefined) about.secrets.push(key);
    return new Client({
      baseURL: baseUrl,
      apiKey: key ?? null,
      logLevel: "off",
      maxRetries: 0,
      // The transport keeps the limits; this one must never be the first.
      timeout: 2 * timeouts.firstByteMs,
      fetch: transport.fetch,
      ...(options.headers && { defaultHeaders: options.headers }),
    });
  };

  return {
    name: "anthropic",
    local: false,
    chat(call, signal) {
      const about = target(call);
      const transport = openTransport({
        fetch: options.fetch,
        signal,
        limits: timeouts,
        refuse: /text\/html|application\/json/i,
        maxOutputTokens: call.maxOutputTokens,
        onSent: call.onSent,
      });
      return callStream(transport, about, call, signal, async function* () {
        const client = await connect(transport, about);
        yield* eventsOf(await client.messages.create(requestBody(call)));
      });
    },
    status: (signal) => {
      const about = target();
      const { fetch, onSent } = options;
      const list = async (transport: Transport) => {
        const { data } = await (await connect(transport, about)).models.list({ limit: 1000 });
        const models = namesIn(data, "id");
        return { models, info: joined(data.map((entry) => [entry.id, anthropicInfo(entry)])) };
      };
      return look(() => quick(list, { fetch, onSent, statusMs: timeouts.statusMs, signal }), signal, about);
    },
  };
}

function requestBody(call: ModelCall): MessageCreateParamsStreaming {
  const system = call.messages.flatMap((message) =>
    message.role === "system" && message.text ? [message.text] : [],
  );
  return {
    model: call.model,
    max_tokens: call.maxOutputTokens,
    ...(system.length > 0 && { system: system.join("\n\n") }),
    messages: wireMessages(call.messages),
    ...(call.tools?.length && {
      tools: call.tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        input_schema: { ...inputSchema, type: "object" as const },
      })),
      ...(call.toolRequired && { tool_choice: { type: "any" as const } }),
    }),
    stream: true,
  };
}

/** Turns of one role in a row become one; the API refuses empty text blocks, and a tool's result is the user's turn. */
function wireMessages(messages: readonly Message[]): MessageParam[] {
  const turns: { role: "user" | "assistant"; content: ContentBlockParam[] }[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const blocks = blocksOf(message);
    if (blocks.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  return turns;
}

function blocksOf(message: Exclude<Message, { role: "system" }>): ContentBlockParam[] {
  if (message.role === "tool") {
    return [{ type: "tool_result", tool_use_id: message.toolCallId, content: message.text }];
  }
  const text: ContentBlockParam[] = message.text.trim() ? [{ type: "text", text: message.text }] : [];
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return [
    ...text,
    ...calls.map(({ id, name, input }): ContentBlockParam => ({ type: "tool_use", id, name, input })),
  ];
}

async function* eventsOf(stream: AsyncIterable<RawMessageStreamEvent>): AsyncGenerator<ProviderEvent> {
  const parts = new ToolCallParts(LABEL);
  const counts: Record<string, unknown> = {};
  const usage = function* (reported: unknown): Generator<ProviderEvent> {
    const usage = anthropicUsage(Object.assign(counts, present(reported)));
    if (usage) yield { type: "usage", usage };
  };
  try {
    for await (const event of stream) {
      if (event.type === "message_start") {
        yield* usage(event.message.usage);
      } else if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
        parts.add(event.index, { id: event.content_block.id, name: event.content_block.name });
      } else if (event.type === "content_block_delta") {
        if (event.delta.type === "text_delta") yield { type: "text", text: event.delta.text };
        if (event.delta.type === "input_json_delta")
          parts.add(event.index, { json: event.delta.partial_json });
      } else if (event.type === "message_delta") {
        yield* usage(event.usage);
        const reason = finishReason(event.delta.stop_reason);
        yield* parts.take(reason === "length");
        yield { type: "finish", reason };
      }
    }
  } catch (error) {
    // The client's error for an `error` event; told by its shape, since its class loads lazily.
    const body = error instanceof Error && "error" in error ? error.error : undefined;
    throw body === undefined ? error : new StreamErrorFault(body);
  }
}

/** `message_delta` repeats only some counts, cumulatively: a missing or null one must not wipe out an earlier one. */
function present(usage: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record(usage)).filter(([, count]) => count !== null && count !== undefined),
  );
}

function finishReason(reason: string | null): FinishReason {
  const known: Record<string, FinishReason> = {
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    tool_use: "toolCalls",
    refusal: "refused",
  };
  return known[reason ?? ""] ?? "other";
}
