/** A quick look at a server: which models does it serve? */
import { HybridError } from "../errors.ts";
import type { Target } from "./faults.ts";
import { GarbageFault, toHybridError } from "./faults.ts";
import type { ProviderStatus } from "./provider.ts";
import type { Fetch, Transport } from "./transport.ts";
import { openTransport } from "./transport.ts";

/** Web pages, which proxies and other servers answer with. */
const NOT_JSON = /text\/html/i;

/** Runs one short request over a transport of its own. Throws what the request throws, or the transport's fault. */
export async function quick<T>(
  request: (transport: Transport) => Promise<T>,
  options: { fetch?: Fetch | undefined; statusMs: number; signal: AbortSignal },
): Promise<T> {
  const transport = openTransport({
    fetch: options.fetch,
    signal: options.signal,
    limits: { firstByteMs: options.statusMs, idleMs: options.statusMs },
    refuse: NOT_JSON,
  });
  let whole = false;
  try {
    const result = await request(transport);
    whole = true;
    return result;
  } catch (error) {
    throw transport.fault ?? error;
  } finally {
    transport.close(whole);
  }
}

/** Asks for the models' names. Never throws. */
export async function look(
  list: (transport: Transport) => Promise<string[]>,
  options: { fetch?: Fetch | undefined; statusMs: number; signal: AbortSignal },
  target: Target,
): Promise<ProviderStatus> {
  try {
    return { state: "ready", models: await quick(list, options) };
  } catch (error) {
    const cancelled = options.signal.aborted ? new HybridError("cancelled", "Stopped.") : undefined;
    return { state: "unavailable", error: cancelled ?? toHybridError(error, target) };
  }
}

/** The names in a list of models, under `key`. Throws GarbageFault when the answer is no such list. */
export function namesIn(list: unknown, key: string): string[] {
  if (!Array.isArray(list)) throw new GarbageFault("no list of models");
  return list.map((entry: unknown) => {
    const name: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, key) : undefined;
    if (typeof name !== "string") throw new GarbageFault("a model without a name");
    return name;
  });
}
