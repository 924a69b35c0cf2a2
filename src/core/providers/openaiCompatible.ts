/** OpenAI, and every server that speaks its chat completions: LM Studio, Groq, Gemini, OpenRouter, the user's own. */
import type OpenAI from "openai";
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { HybridError } from "../errors.ts";
import { shownAddress } from "./address.ts";
import { callStream } from "./callStream.ts";
import type { Target } from "./faults.ts";
import { StreamErrorFault } from "./faults.ts";
import type { KeySource } from "./keys.ts";
import { readKey } from "./keys.ts";
import { look, namesIn } from "./look.ts";
import type { FinishReason, Message, ModelCall, Provider, ProviderEvent, Usage } from "./provider.ts";
import { ToolCallParts } from "./toolCallParts.ts";
import type { Fetch, Timeouts, Transport } from "./transport.ts";
import { CLOUD_TIMEOUTS, LOCAL_TIMEOUTS, openTransport } from "./transport.ts";

export interface OpenAiCompatibleOptions extends KeySource {
  /** The prefix of its models: "openai", "groq", … */
  name: string;
  /** As shown to the user; the name if missing. */
  label?: string;
  /** With the version: `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Sent with every request; their values are kept out of every message, as the key is. */
  headers?: Record<string, string>;
  /** True when it runs on the user's machine or network. */
  local?: boolean;
  /** OpenAI's newer models refuse `max_tokens`, other servers ignore `max_completion_tokens`: "max_tokens" if missing. */
  maxTokensField?: "max_tokens" | "max_completion_tokens";
  /** What to do when it cannot be reached; a general hint if missing. */
  unreachableHint?: string;
  fetch?: Fetch | undefined;
  timeouts?: Partial<Timeouts>;
}

/** A body of JSON or a web page is not a stream of events; some servers label events as plain text. */
const NOT_EVENTS = /text\/html|application\/json/i;

/** A provider for one server. */
export function createOpenAiCompatibleProvider(options: OpenAiCompatibleOptions): Provider {
  const { name, baseUrl, local = false } = options;
  const timeouts: Timeouts = { ...(local ? LOCAL_TIMEOUTS : CLOUD_TIMEOUTS), ...options.timeouts };

  const target = (call?: ModelCall): Target & { secrets: string[] } => ({
    label: options.label ?? name,
    address: shownAddress(baseUrl),
    secrets: Object.values(options.headers ?? {}),
    hints: { ...(options.unreachableHint && { unreachable: options.unreachableHint }) },
    ...(call && { model: call.model, prompt: call.messages.map(({ text }) => text) }),
  });

  const connect = async (transport: Transport, about: ReturnType<typeof target>): Promise<OpenAI> => {
    const [key, { default: Client }] = await Promise.all([readKey(options, about), import("openai")]);
    if (key !== undefined) about.secrets.push(key);
    return new Client({
      baseURL: baseUrl,
      apiKey: key ?? "none",
      // Neither the environment's organisation nor its log level is meant for whatever server this is.
      organization: null,
      project: null,
      adminAPIKey: null,
      logLevel: "off",
      maxRetries: 0,
      // The transport keeps the limits; this one must never be the first.
      timeout: 2 * timeouts.firstByteMs,
      fetch: transport.fetch,
      defaultHeaders: { ...(key === undefined && { Authorization: null }), ...options.headers },
    });
  };

  return {
    name,
    local,
    chat(call, signal) {
      const about = target(call);
      const transport = openTransport({ fetch: options.fetch, signal, limits: timeouts, refuse: NOT_EVENTS });
      return callStream(transport, about, call, signal, async function* () {
        const client = await connect(transport, about);
        const stream = await client.chat.completions.create(requestBody(call, options));
        yield* eventsOf(stream, about.label);
      });
    },
    status: (signal) => {
      const about = target();
      return look(
        async (transport) => namesIn((await (await connect(transport, about)).models.list()).data, "id"),
        { fetch: options.fetch, statusMs: timeouts.statusMs, signal },
        about,
      );
    },
  };
}

function requestBody(call: ModelCall, options: OpenAiCompatibleOptions): ChatCompletionCreateParamsStreaming {
  return {
    model: call.model,
    messages: call.messages.map(wireMessage),
    [options.maxTokensField ?? "max_tokens"]: call.maxOutputTokens,
    ...(call.tools?.length && {
      tools: call.tools.map(({ name, description, inputSchema }) => ({
        type: "function" as const,
        function: { name, description, parameters: inputSchema },
      })),
      ...(call.toolRequired && { tool_choice: "required" as const }),
    }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function wireMessage(message: Message): ChatCompletionMessageParam {
  if (message.role === "tool")
    return { role: "tool", tool_call_id: message.toolCallId, content: message.text };
  if (message.role !== "assistant" || !message.toolCalls?.length)
    return { role: message.role, content: message.text };
  return {
    role: "assistant",
    content: message.text || null,
    tool_calls: message.toolCalls.map(({ id, name, input }) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    })),
  };
}

async function* eventsOf(
  stream: AsyncIterable<ChatCompletionChunk>,
  label: string,
): AsyncGenerator<ProviderEvent> {
  const parts = new ToolCallParts(label);
  let refused = false;
  try {
    for await (const chunk of stream) {
      const choice = chunk.choices?.[0];
      if (choice?.delta?.content) yield { type: "text", text: choice.delta.content };
      if (choice?.delta?.refusal) {
        refused = true;
        yield { type: "text", text: choice.delta.refusal };
      }
      for (const part of choice?.delta?.tool_calls ?? []) {
        parts.add(part.index ?? 0, {
          id: part.id,
          name: part.function?.name,
          json: part.function?.arguments,
        });
      }
      if (chunk.usage) yield { type: "usage", usage: usageOf(chunk.usage) };
      if (choice?.finish_reason) {
        const reason = refused ? "refused" : finishReason(choice.finish_reason);
        yield* parts.take(reason === "length");
        yield { type: "finish", reason };
      }
    }
  } catch (error) {
    throw isStreamError(error) ? new StreamErrorFault({ error: error.error }) : error;
  }
}

/** The client's error for an error object within the stream; told by its shape, since its class loads lazily. */
function isStreamError(error: unknown): error is { error: unknown } {
  return (
    !(error instanceof HybridError) && error instanceof Error && "error" in error && error.error !== undefined
  );
}

/**
 * OpenAI's usage; its input includes the cached tokens and its output the reasoning ones. Gemini's endpoint leaves
 * the thinking tokens out of `completion_tokens` but not out of `total_tokens`.
 */
function usageOf(usage: OpenAI.CompletionUsage): Usage {
  const { prompt_tokens: input, completion_tokens: completion, total_tokens: total } = usage;
  const hidden = total > input + completion ? total - input - completion : 0;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? (hidden > 0 ? hidden : undefined);
  return {
    input,
    output: completion + hidden,
    ...(typeof cacheRead === "number" && { cacheRead }),
    ...(typeof reasoning === "number" && { reasoning }),
  };
}

function finishReason(reason: string): FinishReason {
  const known: Record<string, FinishReason> = {
    stop: "stop",
    length: "length",
    tool_calls: "toolCalls",
    function_call: "toolCalls",
    content_filter: "refused",
  };
  return known[reason] ?? "other";
}
