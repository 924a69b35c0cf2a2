/** Which models this machine can reach: local runtimes that answer, and API keys in the environment. */

/** A local runtime that answers, with the models it has. */
interface Runtime {
  name: string;
  address: string;
  models: string[];
}

/** Environment variables that Hybrid takes keys from. */
const KEY_VARIABLES = [
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GROQ_API_KEY",
  "GEMINI_API_KEY",
  "OPENROUTER_API_KEY",
];

/** A local server answers in milliseconds or is not there. */
const PROBE_TIMEOUT_MS = 1000;

/** Lines that say what was found and what to do where nothing was. Names of variables only, never their values. */
export async function describeModels(): Promise<string[]> {
  const [ollama, lmStudio] = await Promise.all([findOllama(), findLmStudio()]);
  const keys = KEY_VARIABLES.filter((name) => (process.env[name] ?? "") !== "");
  const found = [ollama, lmStudio].filter((runtime) => runtime !== undefined);
  const lines = found.map(
    ({ name, address, models }) =>
      `  ${name} at ${address}: ${models.length === 0 ? "no models yet" : models.slice(0, 8).join(", ")}`,
  );
  if (ollama?.models.length === 0) lines.push("    pull one: ollama pull llama3.2:3b");
  if (found.length === 0) {
    lines.push(
      "  No local runtime: neither Ollama (127.0.0.1:11434) nor LM Studio (127.0.0.1:1234) answers.",
    );
  }
  lines.push(keys.length > 0 ? `  Keys found: ${keys.join(", ")}` : "  No API key in the environment.");
  if (found.length === 0 && keys.length === 0) {
    lines.push(
      "  Explain Symbol and Classify TODO work all the same; for the rest start Ollama or set a key.",
    );
  }
  return lines;
}

async function findOllama(): Promise<Runtime | undefined> {
  const address = "127.0.0.1:11434";
  const version = await getJson<{ version?: string }>(`http://${address}/api/version`);
  if (version?.version === undefined) return undefined;
  const tags = await getJson<{ models?: { name: string }[] }>(`http://${address}/api/tags`);
  const models = (tags?.models ?? []).map(({ name }) => name);
  return { name: `Ollama ${version.version}`, address, models };
}

async function findLmStudio(): Promise<Runtime | undefined> {
  const address = "127.0.0.1:1234";
  const list = await getJson<{ data?: { id: string }[] }>(`http://${address}/v1/models`);
  if (!Array.isArray(list?.data)) return undefined;
  return { name: "LM Studio", address, models: list.data.map(({ id }) => id) };
}

async function getJson<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
