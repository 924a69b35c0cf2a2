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
import { record } from "./json.ts";
import type { QuickOptions } from "./look.ts";
import { look, namesIn, quick, quickJson } from "./look.ts";
import type { NativeList } from "./modelInfo.ts";
import { joined, listedInfo, withoutFolder } from "./modelInfo.ts";
import type { FinishReason, Message, ModelCall, Provider, ProviderEvent, Sent } from "./provider.ts";
import type { Timeouts } from "./timeouts.ts";
import { timeoutsFor } from "./timeouts.ts";
import { ToolCallParts } from "./toolCallParts.ts";
import type { Fetch, Transport } from "./transport.ts";
import { openTransport } from "./transport.ts";
import { openAiUsage, openRouterCost } from "./usage.ts";

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
  /** True when `usage.cost` is what the call cost in dollars, as OpenRouter's is. */
  reportsCost?: boolean;
  /** The vendor's own list, which is asked too for what models can do. */
  nativeList?: NativeList;
  /** What to do when it cannot be reached; a general hint if missing. */
  unreachableHint?: string;
  fetch?: Fetch | undefined;
  timeouts?: Partial<Timeouts>;
  /** Told of each request of a look; those of a call are the call's to tell. */
  onSent?: ((sent: Sent) => void) | undefined;
}

/** A body of JSON or a web page is not a stream of events; some servers label events as plain text. */
const NOT_EVENTS = /text\/html|application\/json/i;

/** A provider for one server. */
export function createOpenAiCompatibleProvider(options: OpenAiCompatibleOptions): Provider {
  const { name, baseUrl, local = false } = options;
  const timeouts = timeoutsFor(baseUrl, local, options.timeouts);

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

  const listed = async (about: ReturnType<typeof target>, how: QuickOptions) => {
    const data = await quick(
      async (transport) => (await (await connect(transport, about)).models.list()).data,
      how,
    );
    const models = namesIn(data, "id").map(withoutFolder);
    return { models, info: models.map((model, at) => [model, listedInfo(data[at])] as const) };
  };

  /** What the vendor's own list adds; nothing where there is none, or no answer: names are enough to go on with. */
  const native = async (about: ReturnType<typeof target>, how: QuickOptions) => {
    const url = options.nativeList?.url(baseUrl);
    if (!options.nativeList || url === undefined) return [];
    try {
      const key = await readKey(options, about);
      const headers = { ...(key && options.nativeList.headers(key)), ...options.headers };
      return options.nativeList.read(await quickJson(url, headers, how));
    } catch {
      return [];
    }
  };

  return {
    name,
    local,
    chat(call, signal) {
      const about = target(call);
      const transport = openTransport({
        fetch: options.fetch,
        signal,
        limits: timeouts,
        refuse: NOT_EVENTS,
        maxOutputTokens: call.maxOutputTokens,
        onSent: call.onSent,
      });
      return callStream(transport, about, call, signal, async function* () {
        const client = await connect(transport, about);
        const stream = await client.chat.completions.create(requestBody(call, options));
        yield* eventsOf(stream, about.label, options.reportsCost);
      });
    },
    status: (signal) => {
      const about = target();
      const { fetch, onSent } = options;
      const how = { fetch, onSent, statusMs: timeouts.statusMs, signal };
      return look(
        async () => {
          const [{ models, info }, more] = await Promise.all([listed(about, how), native(about, how)]);
          return { models, info: joined(info, more) };
        },
        signal,
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
  reportsCost = false,
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
      const { usage, error } = record("x_groq" in chunk ? chunk.x_groq : undefined);
      const reported = chunk.usage ?? usage;
      const counts = openAiUsage(reported);
      const costNanoDollars = reportsCost ? openRouterCost(reported) : undefined;
      if (counts || costNanoDollars !== undefined) {
        yield {
          type: "usage",
          usage: { ...counts, ...(costNanoDollars !== undefined && { costNanoDollars }) },
        };
      }
      // Groq's word for why it stopped early: "An error string indicating why a stream was stopped early".
      if (typeof error === "string" && error) throw new StreamErrorFault({ error });
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
