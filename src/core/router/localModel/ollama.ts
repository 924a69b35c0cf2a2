/** One question to a model under Ollama, over its native API: only that obeys `num_ctx` and `truncate`. */
import { quick } from "../../providers/look.ts";
import type { Sent, Usage } from "../../providers/provider.ts";
import type { Fetch } from "../../providers/transport.ts";
import { ResponseFault } from "../../providers/transport.ts";
import { ollamaUsage } from "../../providers/usage.ts";
import { isDrill } from "../../resilience/drill.ts";
import type { TokenLogprob } from "./logprobs.ts";
import type { QuestionMessage } from "./question.ts";
import { ANSWER_SCHEMA } from "./question.ts";

export interface ModelAnswer {
  text: string;
  /** Of every token of the text, where the server tells them. */
  logprobs?: readonly TokenLogprob[];
  usage?: Usage | undefined;
}

/** Asks a model. Rejects with a plain sentence when it cannot be asked. */
export type AskModel = (messages: readonly QuestionMessage[], signal: AbortSignal) => Promise<ModelAnswer>;

export interface AskOllamaOptions {
  baseUrl: string;
  /** Without the provider: "llama3.2:3b". */
  model: string;
  /** The same as for answers, or Ollama loads the model twice. */
  numCtx: number;
  keepAlive: string;
  /** Told of each request right before it leaves. */
  onSent?: ((sent: Sent) => void) | undefined;
  /** In place of Node's. */
  fetch?: Fetch | undefined;
}

/** Tokens of an answer: three short fields. */
const ANSWER_TOKENS = 48;
/** Alternatives told of each token. */
const ALTERNATIVES = 8;
/** A question that nobody waits for any more still warms the model, but not for ever. Milliseconds. */
const GIVE_UP_MS = 60_000;

/** Asks Ollama's `/api/chat` for an answer by schema. */
export function askOllama({ baseUrl, model, numCtx, keepAlive, onSent, fetch }: AskOllamaOptions): AskModel {
  const host = baseUrl.replace(/\/+(api|v1)?\/*$/, "");
  return async (messages, signal) => {
    const { Ollama } = await import("ollama");
    try {
      // Not in the library's types: a question that does not fit is refused, never cut.
      const uncut = { truncate: false };
      const response = await quick(
        (transport) =>
          new Ollama({ host, fetch: transport.fetch }).chat({
            ...uncut,
            model,
            messages: [...messages],
            stream: false,
            format: ANSWER_SCHEMA,
            think: false,
            keep_alive: keepAlive,
            logprobs: true,
            top_logprobs: ALTERNATIVES,
            options: { num_ctx: numCtx, num_predict: ANSWER_TOKENS, temperature: 0 },
          }),
        { statusMs: GIVE_UP_MS, signal, onSent, fetch },
      );
      return {
        text: response.message.content,
        usage: ollamaUsage(response),
        ...(response.logprobs ? { logprobs: response.logprobs } : {}),
      };
    } catch (error) {
      throw new Error(sentenceOf(error, model, host), { cause: error });
    }
  };
}

function sentenceOf(error: unknown, model: string, host: string): string {
  if (isDrill(error)) return `ollama/${model} is not asked during an outage drill`;
  const said = error instanceof ResponseFault ? `${error.message}: ${error.body}` : error;
  const text = said instanceof Error ? said.message : String(said);
  if (/fetch failed|ECONNREFUSED/i.test(text)) return `Ollama is not running at ${host}`;
  if (/not found/i.test(text)) return `ollama/${model} is not pulled`;
  return `ollama/${model} could not be asked (${text.slice(0, 120)})`;
}
