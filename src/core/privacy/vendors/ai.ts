/** Keys of model vendors and what is sold beside models. Formats: the vendors' documentation and example keys. */
import type { PrefixRule } from "./rule.ts";

export const AI_KEYS: readonly PrefixRule[] = [
  { kind: "Anthropic API key", prefixes: ["sk-ant-"], rest: String.raw`[\w-]{20,250}` },
  { kind: "OpenRouter API key", prefixes: ["sk-or-"], rest: String.raw`[\w-]{20,150}` },
  { kind: "Langfuse secret key", prefixes: ["sk-lf-"], rest: String.raw`[\w-]{20,80}` },
  {
    kind: "OpenAI API key",
    prefixes: ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"],
    rest: String.raw`[\w-]{20,300}`,
  },
  // OpenAI's older keys, and those of the vendors that took over its format.
  { kind: "OpenAI API key", prefixes: ["sk-"], rest: String.raw`[A-Za-z0-9][\w-]{19,200}` },
  { kind: "Hugging Face token", prefixes: ["hf_", "api_org_"], rest: "[A-Za-z0-9]{28,60}" },
  { kind: "Vercel AI Gateway key", prefixes: ["vck_"], rest: "[A-Za-z0-9]{40,70}" },
  { kind: "RunPod key", prefixes: ["rpa_"], rest: "[A-Za-z0-9]{40,60}" },
  { kind: "Groq API key", prefixes: ["gsk_"], rest: "[A-Za-z0-9]{28,80}" },
  { kind: "xAI API key", prefixes: ["xai-"], rest: String.raw`[\w-]{40,150}` },
  { kind: "Perplexity API key", prefixes: ["pplx-"], rest: "[A-Za-z0-9]{30,80}" },
  { kind: "Replicate token", prefixes: ["r8_"], rest: "[A-Za-z0-9]{30,50}" },
  { kind: "Fireworks API key", prefixes: ["fw_"], rest: "[A-Za-z0-9]{20,40}" },
  {
    kind: "LangSmith API key",
    prefixes: ["lsv2_pt_", "lsv2_sk_"],
    rest: String.raw`[a-f0-9]{32}_[a-f0-9]{10}`,
  },
  { kind: "Pinecone API key", prefixes: ["pcsk_"], rest: String.raw`[\w-]{30,100}` },
  { kind: "NVIDIA API key", prefixes: ["nvapi-"], rest: String.raw`[\w-]{40,100}` },
  { kind: "Tavily API key", prefixes: ["tvly-"], rest: String.raw`[\w-]{20,60}` },
  { kind: "Cerebras API key", prefixes: ["csk-"], rest: "[a-z0-9]{40,60}" },
  { kind: "Firecrawl API key", prefixes: ["fc-"], rest: "[a-f0-9]{32}" },
  { kind: "E2B API key", prefixes: ["e2b_"], rest: "[a-f0-9]{40}" },
  { kind: "Jina API key", prefixes: ["jina_"], rest: String.raw`[\w-]{40,80}` },
  { kind: "Weights & Biases API key", prefixes: ["wandb_v1_"], rest: String.raw`[\w]{40,100}` },
  { kind: "ElevenLabs API key", prefixes: ["sk_"], rest: "[a-f0-9]{48}" },
];
