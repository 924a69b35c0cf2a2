/** A quick look at a server: which models does it serve, and what can they do? */
import { HybridError } from "../errors.ts";
import type { Target } from "./faults.ts";
import { GarbageFault, toHybridError } from "./faults.ts";
import { record, text } from "./json.ts";
import type { ModelInfo, ProviderStatus, Sent } from "./provider.ts";
import type { Fetch, Transport } from "./transport.ts";
import { openTransport } from "./transport.ts";

/** Web pages, which proxies and other servers answer with. */
const NOT_JSON = /text\/html/i;

export interface QuickOptions {
  fetch?: Fetch | undefined;
  /** To the first byte, and between chunks, milliseconds. */
  statusMs: number;
  signal: AbortSignal;
  onSent?: ((sent: Sent) => void) | undefined;
}

/** Runs one short request over a transport of its own. Throws what the request throws, or the transport's fault. */
export async function quick<T>(
  request: (transport: Transport) => Promise<T>,
  { statusMs, ...options }: QuickOptions,
): Promise<T> {
  const limits = { firstByteMs: statusMs, idleMs: statusMs };
  const transport = openTransport({ ...options, limits, refuse: NOT_JSON });
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

/** Fetches JSON from an address that no client has a method for. */
export function quickJson(
  url: string,
  headers: Record<string, string>,
  options: QuickOptions,
): Promise<unknown> {
  return quick(async (transport) => (await transport.fetch(url, { headers })).json(), options);
}

/** What a list of models says. */
export interface Listed {
  models: string[];
  info: ReadonlyMap<string, ModelInfo> | undefined;
}

/** Asks for the models. Never throws. */
export async function look(
  list: () => Promise<Listed>,
  signal: AbortSignal,
  target: Target,
): Promise<ProviderStatus> {
  try {
    const { models, info } = await list();
    return { state: "ready", models, ...(info && { info }) };
  } catch (error) {
    const cancelled = signal.aborted ? new HybridError("cancelled", "Stopped.") : undefined;
    return { state: "unavailable", error: cancelled ?? toHybridError(error, target) };
  }
}

/** The names in a list of models, under `key`. Throws GarbageFault when the answer is no such list. */
export function namesIn(list: unknown, key: string): string[] {
  if (!Array.isArray(list)) throw new GarbageFault("no list of models");
  return list.map((entry: unknown) => {
    const name = text(record(entry)[key]);
    if (!name) throw new GarbageFault("a model without a name");
    return name;
  });
}
