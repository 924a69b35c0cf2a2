/** The vendors that Hybrid knows, and the providers that the settings ask for. */
import { splitModelId, TIERS } from "../request.ts";
import type { Settings } from "../settings.ts";
import { modelsOf } from "../settings.ts";
import { isPrivateAddress } from "./address.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import { GEMINI_LIST, LM_STUDIO_LIST } from "./modelInfo.ts";
import type { OpenAiCompatibleOptions } from "./openaiCompatible.ts";
import { createOpenAiCompatibleProvider } from "./openaiCompatible.ts";
import { createOllamaProvider } from "./ollama.ts";
import type { Provider, Sent } from "./provider.ts";
import type { Fetch } from "./transport.ts";

export interface Vendor extends Pick<
  OpenAiCompatibleOptions,
  "maxTokensField" | "reportsCost" | "nativeList"
> {
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
    nativeList: GEMINI_LIST,
  },
  {
    name: "openrouter",
    label: "OpenRouter",
    kind: "openai",
    baseUrl: "https://openrouter.ai/api/v1",
    local: false,
    keyVariables: ["OPENROUTER_API_KEY"],
    url: "https://openrouter.ai/settings/keys",
    reportsCost: true,
  },
  {
    name: "lmstudio",
    label: "LM Studio",
    kind: "openai",
    baseUrl: "http://127.0.0.1:1234/v1",
    local: true,
    keyVariables: [],
    url: "https://lmstudio.ai",
    nativeList: LM_STUDIO_LIST,
  },
];

export interface ProviderDeps {
  settings: Settings;
  /** The key of a provider by its name, or undefined. */
  keyOf: (provider: string) => Promise<string | undefined>;
  /** In place of Node's, for providers of this machine and for those beyond it. */
  fetch?: (isLocal: boolean) => Fetch;
  /** Told of each request of a look, with the provider's name; those of a call are the call's to tell. */
  onSent?: (provider: string, sent: Sent) => void;
}

/**
 * The providers by name: Ollama, every known vendor, and the user's own servers. An entry of `hybrid.providers` with
 * a known name gives that vendor another address: a gateway, or a server to test with. A vendor of the cloud stays
 * one there, at its prices; a server of the user's own is local when its address is on their machine or network.
 */
export function createProviders(deps: ProviderDeps): Map<string, Provider> {
  const { settings, keyOf, fetch } = deps;
  const own = new Map(Object.entries(settings.providers));
  const ollama = own.get("ollama");
  const ollamaUrl = ollama?.baseUrl ?? settings["ollama.baseUrl"];
  const providers: Provider[] = [
    createOllamaProvider({
      baseUrl: ollamaUrl,
      numCtx: settings["ollama.numCtx"],
      keepAlive: settings["ollama.keepAlive"],
      ...(ollama && { headers: ollama.headers }),
      models: TIERS.flatMap((tier) => modelsOf(settings, tier))
        .map(splitModelId)
        .filter(({ provider }) => provider === "ollama")
        .map(({ name }) => name),
      fetch: fetch?.(isPrivateAddress(ollamaUrl)),
      onSent: tellerOf("ollama", deps),
    }),
    ...VENDORS.map((vendor) => vendorProvider(vendor, own.get(vendor.name), deps)),
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
        fetch: fetch?.(isPrivateAddress(baseUrl)),
        onSent: tellerOf(name, deps),
      }),
    );
  }
  return new Map(providers.map((provider) => [provider.name, provider]));
}

function tellerOf(name: string, { onSent }: ProviderDeps): ((sent: Sent) => void) | undefined {
  return onSent && ((sent) => onSent(name, sent));
}

function vendorProvider(
  { kind, keyVariables, url, local, ...vendor }: Vendor,
  override: Settings["providers"][string] | undefined,
  deps: ProviderDeps,
): Provider {
  const { name, label } = vendor;
  const baseUrl = (override?.baseUrl ?? vendor.baseUrl).replace(/\/+$/, "");
  const isLocal = local && isPrivateAddress(baseUrl);
  const shared = {
    baseUrl,
    headers: override?.headers ?? {},
    apiKey: () => deps.keyOf(name),
    keyHint: `Run “Hybrid: Set API Key…”, or set ${keyVariables.join(" or ")}. Keys: ${url}`,
    fetch: deps.fetch?.(isLocal),
    onSent: tellerOf(name, deps),
  };
  if (kind === "anthropic") return createAnthropicProvider(shared);
  return createOpenAiCompatibleProvider({
    ...vendor,
    ...shared,
    keyRequired: keyVariables.length > 0,
    local: isLocal,
    ...(local && { unreachableHint: `Start its server, or get ${label} from ${url}.` }),
  });
}
