/** The vendors that Hybrid knows, and the providers that the settings ask for. */
import type { Settings } from "../settings.ts";
import { isPrivateAddress } from "./address.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import type { OpenAiCompatibleOptions } from "./openaiCompatible.ts";
import { createOpenAiCompatibleProvider } from "./openaiCompatible.ts";
import { createOllamaProvider } from "./ollama.ts";
import type { Provider } from "./provider.ts";
import type { Fetch } from "./transport.ts";

export interface Vendor {
  /** The prefix of its models. */
  name: string;
  /** As shown to the user. */
  label: string;
  /** Which wire protocol it speaks. */
  kind: "openai" | "anthropic";
  baseUrl: string;
  /** True when it runs on the user's own machine. */
  local: boolean;
  /** Environment variables that may hold its key, first one wins; none when it needs no key. */
  keyVariables: readonly string[];
  /** Where to get a key; where to get the program, for a local one. */
  url: string;
  maxTokensField?: NonNullable<OpenAiCompatibleOptions["maxTokensField"]>;
}

/** Every known vendor but Ollama, which has settings of its own. */
export const VENDORS: readonly Vendor[] = [
  {
    name: "openai",
    label: "OpenAI",
    kind: "openai",
    baseUrl: "https://api.openai.com/v1",
    local: false,
    keyVariables: ["OPENAI_API_KEY"],
    url: "https://platform.openai.com/api-keys",
    maxTokensField: "max_completion_tokens",
  },
  {
    name: "anthropic",
    label: "Anthropic",
    kind: "anthropic",
    baseUrl: "https://api.anthropic.com",
    local: false,
    keyVariables: ["ANTHROPIC_API_KEY"],
    url: "https://console.anthropic.com/settings/keys",
  },
  {
    name: "groq",
    label: "Groq",
    kind: "openai",
    baseUrl: "https://api.groq.com/openai/v1",
    local: false,
    keyVariables: ["GROQ_API_KEY"],
    url: "https://console.groq.com/keys",
    maxTokensField: "max_completion_tokens",
  },
  {
    name: "google",
    label: "Google Gemini",
    kind: "openai",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    local: false,
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    url: "https://aistudio.google.com/apikey",
  },
  {
    name: "openrouter",
    label: "OpenRouter",
    kind: "openai",
    baseUrl: "https://openrouter.ai/api/v1",
    local: false,
    keyVariables: ["OPENROUTER_API_KEY"],
    url: "https://openrouter.ai/settings/keys",
  },
  {
    name: "lmstudio",
    label: "LM Studio",
    kind: "openai",
    baseUrl: "http://127.0.0.1:1234/v1",
    local: true,
    keyVariables: [],
    url: "https://lmstudio.ai",
  },
];

export interface ProviderDeps {
  settings: Settings;
  /** The key of a provider by its name, or undefined. */
  keyOf: (provider: string) => Promise<string | undefined>;
  fetch?: Fetch;
}

/**
 * The providers by name: Ollama, every known vendor, and the user's own servers. An entry of `hybrid.providers` with
 * a known name gives that vendor another address: a gateway, or a server to test with. A vendor of the cloud stays
 * one there, at its prices; a server of the user's own is local when its address is on their machine or network.
 */
export function createProviders({ settings, keyOf, fetch }: ProviderDeps): Map<string, Provider> {
  const own = new Map(Object.entries(settings.providers));
  const ollama = own.get("ollama");
  const providers: Provider[] = [
    createOllamaProvider({
      baseUrl: ollama?.baseUrl ?? settings["ollama.baseUrl"],
      numCtx: settings["ollama.numCtx"],
      keepAlive: settings["ollama.keepAlive"],
      ...(ollama && { headers: ollama.headers }),
      fetch,
    }),
    ...VENDORS.map((vendor) => vendorProvider(vendor, own.get(vendor.name), keyOf, fetch)),
  ];
  const known = new Set(providers.map(({ name }) => name));
  for (const [name, { baseUrl, headers }] of own) {
    if (known.has(name)) continue;
    providers.push(
      createOpenAiCompatibleProvider({
        name,
        baseUrl: baseUrl.replace(/\/+$/, ""),
        headers,
        apiKey: () => keyOf(name),
        keyRequired: false,
        keyHint: "",
        local: isPrivateAddress(baseUrl),
        unreachableHint: `Check that it runs, and hybrid.providers.${name}.baseUrl.`,
        fetch,
      }),
    );
  }
  return new Map(providers.map((provider) => [provider.name, provider]));
}

function vendorProvider(
  vendor: Vendor,
  override: Settings["providers"][string] | undefined,
  keyOf: ProviderDeps["keyOf"],
  fetch: Fetch | undefined,
): Provider {
  const { name, label, maxTokensField } = vendor;
  const baseUrl = (override?.baseUrl ?? vendor.baseUrl).replace(/\/+$/, "");
  const shared = {
    baseUrl,
    headers: override?.headers ?? {},
    apiKey: () => keyOf(name),
    keyHint: `Run “Hybrid: Set API Key…”, or set ${vendor.keyVariables.join(" or ")}. Keys: ${vendor.url}`,
    fetch,
  };
  if (vendor.kind === "anthropic") return createAnthropicProvider(shared);
  return createOpenAiCompatibleProvider({
    ...shared,
    name,
    label,
    keyRequired: vendor.keyVariables.length > 0,
    local: vendor.local && isPrivateAddress(baseUrl),
    ...(maxTokensField && { maxTokensField }),
    ...(vendor.local && { unreachableHint: `Start its server, or get ${label} from ${vendor.url}.` }),
  });
}
