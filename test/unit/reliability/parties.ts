/** Who the faults are tried on: every provider before a server that speaks its protocol, with its own errors. */
import { startAnthropicServer } from "../../fixtures/servers/anthropic.ts";
import { GEMINI, OPENROUTER } from "../../fixtures/servers/dialects.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer, WireServerOptions } from "../../fixtures/servers/wireServer.ts";

export interface Party {
  /** The provider's name. */
  name: string;
  /** As messages call it. */
  label: string;
  protocol: "ollama" | "openai" | "anthropic";
  local: boolean;
  start: (options: WireServerOptions) => Promise<WireServer>;
}

const openAi = (name: string, label: string, local = false, dialect = {}): Party => ({
  name,
  label,
  protocol: "openai",
  local,
  start: (options) => startOpenAiServer({ ...options, dialect }),
});

export const PARTIES: readonly Party[] = [
  { name: "ollama", label: "Ollama", protocol: "ollama", local: true, start: startOllamaServer },
  openAi("lmstudio", "LM Studio", true),
  openAi("mine", "mine", true),
  openAi("openai", "OpenAI"),
  openAi("groq", "Groq"),
  openAi("google", "Google Gemini", false, GEMINI),
  openAi("openrouter", "OpenRouter", false, OPENROUTER),
  { name: "anthropic", label: "Anthropic", protocol: "anthropic", local: false, start: startAnthropicServer },
];

/** An error body in the party's own shape. */
export function refusalOf({ name, protocol }: Party, message: string): unknown {
  if (protocol === "ollama") return { error: message };
  const error = { type: "invalid_request_error", message };
  if (protocol === "anthropic") return { type: "error", error };
  if (name === "google") return [{ error: { code: 400, message, status: "INVALID_ARGUMENT" } }];
  return { error };
}
