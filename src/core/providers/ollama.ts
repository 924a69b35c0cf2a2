/** Models on the user's own machine, over Ollama's native API: only `/api/chat` obeys `num_ctx` and `truncate`. */
import { randomUUID } from "node:crypto";
import type { ChatResponse, Message as WireMessage, Ollama, Tool } from "ollama";
import { callStream } from "./callStream.ts";
import type { Target } from "./faults.ts";
import { isPrivateAddress, shownAddress } from "./address.ts";
import { look, namesIn, quick } from "./look.ts";
import { checkedLines } from "./ndjson.ts";
import { joined, ollamaInfo, ollamaLoaded } from "./modelInfo.ts";
import type {
  FinishReason,
  Message,
  ModelCall,
  Provider,
  ProviderEvent,
  Sent,
  ToolSpec,
} from "./provider.ts";
import type { Timeouts } from "./timeouts.ts";
import { timeoutsFor } from "./timeouts.ts";
import type { Fetch, Transport } from "./transport.ts";
import { openTransport } from "./transport.ts";
import { ollamaUsage } from "./usage.ts";

export interface OllamaOptions {
  /** `http://127.0.0.1:11434`; not `localhost`, which may mean `::1` where nothing listens. */
  baseUrl: string;
  /** Context, tokens. One value for all calls: another one reloads the model. */
  numCtx: number;
  /** How long the model stays loaded after a call: "30m", "-1" for ever. */
  keepAlive: string;
  /** Values of headers are kept out of every message, as keys are. */
  headers?: Record<string, string>;
  /** The models that a look asks about, by name: each costs a request. */
  models?: readonly string[];
  fetch?: Fetch | undefined;
  timeouts?: Partial<OllamaTimeouts>;
  /** Told of each request of a look; those of a call are the call's to tell. */
  onSent?: ((sent: Sent) => void) | undefined;
}

export interface OllamaTimeouts extends Timeouts {
  /** Silence after which the user is told what is waited for, milliseconds. */
  noticeMs: number;
}

/** Two looks at `/api/ps` this far apart show whether a model's expiry moves, milliseconds. */
const PS_INTERVAL_MS = 200;

/** A provider for one Ollama server. It is `local` when the address is on the user's machine or network. */
export function createOllamaProvider(options: OllamaOptions): Provider {
  const host = options.baseUrl.replace(/\/+(api|v1)?\/*$/, "");
  const timeouts: OllamaTimeouts = { noticeMs: 1_500, ...timeoutsFor(host, true, options.timeouts) };
  const address = shownAddress(host);
  /** Models that have answered here: listed as loaded, they are loaded, whatever their expiry says. */
  const answered = new Set<string>();

  const target = (call?: ModelCall): Target => ({
    label: "Ollama",
    address,
    secrets: Object.values(options.headers ?? {}),
    hints: {
      unreachable: isPrivateAddress(host)
        ? "Start it (“ollama serve”, or the Ollama app), or install it from https://ollama.com/download."
        : "Check hybrid.ollama.baseUrl and the network.",
      modelMissing: `Run “ollama pull ${call?.model ?? "NAME"}”, or name another model in hybrid.tiers.local.models.`,
      contextTooLong: `Its context is ${options.numCtx} tokens (hybrid.ollama.numCtx). Select less code, or use a stronger model.`,
      serverError:
        "Try again in a moment, or use another model; Ollama's own log (“ollama serve”) says more.",
    },
    ...(call && { model: call.model, prompt: call.messages.map(({ text }) => text) }),
  });

  const connect = async (transport: Transport): Promise<Ollama> => {
    const { Ollama } = await import("ollama");
    return new Ollama({ host, fetch: transport.fetch, ...(options.headers && { headers: options.headers }) });
  };

  async function* events(
    call: ModelCall,
    transport: Transport,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent> {
    const client = await connect(transport);
    const opening = client.chat(requestBody(call, options));
    // Awaited below; until then a failure must not count as unhandled.
    opening.catch(() => undefined);
    if (!(await settles(opening, timeouts.noticeMs))) {
      const answers = opening.then(
        () => undefined,
        () => undefined,
      );
      const state = await Promise.race([waitState(call, opening, signal), answers]);
      if (state) yield { type: "status", text: `${state} ${call.model}…` };
    }
    const stream = await opening;
    answered.add(call.model);
    for await (const part of stream) yield* eventsOf(part);
  }

  /**
   * Whether a silent server is loading the model or at work with it. `/api/ps` lists a model from the start of its
   * load, and until its first request is done makes up its expiry from the time of asking: an expiry that moves is a
   * load (or the first request of another program, which looks the same).
   */
  const waitState = async (
    { model, onSent }: ModelCall,
    opening: Promise<unknown>,
    signal: AbortSignal,
  ): Promise<"loading" | "waiting for"> => {
    const expiry = async (): Promise<string | undefined> =>
      quick(
        async (transport) => {
          const { models } = await (await connect(transport)).ps();
          const found = models.find(({ name }) => name === model || name === `${model}:latest`);
          return found && String(found.expires_at);
        },
        { fetch: options.fetch, statusMs: timeouts.statusMs, signal, onSent },
      );
    try {
      const first = await expiry();
      if (first === undefined) return "loading";
      if (answered.has(model)) return "waiting for";
      await settles(opening, PS_INTERVAL_MS);
      return (await expiry()) === first ? "waiting for" : "loading";
    } catch {
      return "waiting for";
    }
  };

  return {
    name: "ollama",
    local: isPrivateAddress(host),
    chat(call, signal) {
      const transport = openTransport({
        fetch: options.fetch,
        signal,
        limits: timeouts,
        refuse: /text\/html/i,
        through: checkedLines,
        maxOutputTokens: call.maxOutputTokens,
        onSent: call.onSent,
      });
      return callStream(transport, target(call), call, signal, () => events(call, transport, signal));
    },
    status: (signal) => {
      const { fetch, onSent, models: wanted = [] } = options;
      const ask = <T>(request: (client: Ollama) => Promise<T>): Promise<T> =>
        quick(async (transport) => request(await connect(transport)), {
          fetch,
          onSent,
          statusMs: timeouts.statusMs,
          signal,
        });
      // What only tells more of the models may fail: a model of the settings need not be pulled.
      const maybe = <T>(answer: Promise<T>): Promise<T | undefined> => answer.catch(() => undefined);
      return look(
        async () => {
          const [{ models }, loaded, ...shown] = await Promise.all([
            ask((client) => client.list()),
            maybe(ask((client) => client.ps())),
            ...wanted.map((model) => maybe(ask((client) => client.show({ model })))),
          ]);
          const known = wanted.map((model, at) => [model, ollamaInfo(shown[at])] as const);
          return { models: namesIn(models, "name"), info: joined(known, ollamaLoaded(loaded)) };
        },
        signal,
        target(),
      );
    },
  };
}

/** The body of `/api/chat`. `truncate` and `shift` are on the wire but not in the client's types. */
function requestBody(call: ModelCall, { numCtx, keepAlive }: OllamaOptions) {
  return {
    model: call.model,
    messages: call.messages.map(wireMessage),
    ...(call.tools?.length ? { tools: call.tools.map(wireTool) } : {}),
    // A prompt that does not fit fails, rather than losing its beginning without a word; a full context ends the answer.
    truncate: false,
    shift: false,
    // Go reads a duration without a unit as a number of seconds only when it is one.
    keep_alive: /^-?\d+$/.test(keepAlive) ? Number(keepAlive) : keepAlive,
    options: { num_ctx: numCtx, num_predict: call.maxOutputTokens },
    stream: true as const,
  };
}

function wireMessage(message: Message): WireMessage {
  if (message.role === "tool") {
    return Object.assign(
      { role: "tool", content: message.text, tool_name: message.toolName },
      { tool_call_id: message.toolCallId },
    );
  }
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return {
    role: message.role,
    content: message.text,
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, input }) => ({ id, function: { name, arguments: input } })),
    }),
  };
}

function wireTool({ name, description, inputSchema }: ToolSpec): Tool {
  return { type: "function", function: { name, description, parameters: inputSchema } };
}

function* eventsOf(part: ChatResponse): Generator<ProviderEvent> {
  const { message, done } = part;
  if (message?.content) yield { type: "text", text: message.content };
  for (const call of message?.tool_calls ?? []) {
    const id = "id" in call && typeof call.id === "string" && call.id ? call.id : `call_${randomUUID()}`;
    yield { type: "toolCall", call: { id, name: call.function.name, input: call.function.arguments } };
  }
  if (!done) return;
  const usage = ollamaUsage(part);
  if (usage) yield { type: "usage", usage };
  yield { type: "finish", reason: finishReason(part.done_reason) };
}

function finishReason(reason: string | undefined): FinishReason {
  if (reason === undefined || reason === "stop") return "stop";
  return reason === "length" ? "length" : "other";
}

/** Whether a promise settles within `ms` milliseconds, either way. Leaves no timer behind. */
async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
