/**
 * The outage drill: for some minutes every request to the cloud, or to this machine's model servers, is refused where
 * it would leave, so that all above it is exercised for real. Streams under way go on.
 */
import { getSystemErrorMap } from "node:util";
import { HybridError } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { Clock } from "./clock.ts";
import { clockOf, countdown } from "./clock.ts";
import { Listeners } from "./listeners.ts";

type Fetch = typeof globalThis.fetch;

export interface ActiveDrill {
  kind: "cloud" | "local";
  /** Milliseconds since the epoch. */
  until: number;
}

const DEFAULT_MINUTES = 5;
const MAX_MINUTES = 60;
/** The name of a drill's refusals: the one mark that outlives the cleaning of causes. */
const MARK = "OutageDrill";

export class Drill {
  readonly #clock: Clock;
  readonly #listeners = new Listeners();
  #running: { kind: ActiveDrill["kind"]; left: () => number; timer: NodeJS.Timeout } | undefined;

  /** `now`: the wall clock, milliseconds since the epoch. `monotonic`: one that never goes back; Node's if missing. */
  constructor(clock: Partial<Clock> & { now: () => number }) {
    this.#clock = clockOf(clock);
  }

  /** Starts one, in place of one that runs. At most an hour; five minutes for a number that is none. */
  start(kind: ActiveDrill["kind"], minutes: number): void {
    clearTimeout(this.#running?.timer);
    const ms = 60_000 * (minutes > 0 ? Math.min(minutes, MAX_MINUTES) : DEFAULT_MINUTES);
    const left = countdown(ms, this.#clock);
    this.#running = { kind, left, timer: setTimeout(() => this.stop(), ms).unref() };
    this.#listeners.tell();
  }

  stop(): void {
    if (!this.#running) return;
    clearTimeout(this.#running.timer);
    this.#running = undefined;
    this.#listeners.tell();
  }

  /** The drill that runs, or undefined. Ends one whose time is over, whatever became of its timer. */
  active(): ActiveDrill | undefined {
    const left = this.#running?.left() ?? 0;
    if (left <= 0) this.stop();
    return this.#running && { kind: this.#running.kind, until: this.#clock.now() + left };
  }

  /** Called when one starts and when it ends. Returns the way to stop. */
  onDidChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Whether one is on that concerns providers of this machine, or those beyond it. */
  concerns(isLocal: boolean): boolean {
    return this.active()?.kind === (isLocal ? "local" : "cloud");
  }

  /** `fetch` for a provider: Node's own, but refusing as that does where nothing listens while a drill concerns it. */
  fetchFor(isLocal: boolean): Fetch {
    return async (input, init) => {
      if (!this.concerns(isLocal)) return globalThis.fetch(input, init);
      init?.signal?.throwIfAborted();
      throw refusal(input instanceof Request ? input.url : String(input));
    };
  }

  /** A provider that has no use for a `fetch`: refusing all the same while a drill concerns it. */
  providerFor(provider: Provider): Provider {
    const refuse = () => {
      const cause = Object.assign(new Error("connect ECONNREFUSED"), { name: MARK });
      return new HybridError("unreachable", `Cannot reach ${provider.name}: the connection was refused.`, {
        cause,
      });
    };
    return {
      ...provider,
      chat: (call, signal) => {
        if (this.concerns(provider.local)) throw refuse();
        return provider.chat(call, signal);
      },
      status: async (signal) =>
        this.concerns(provider.local) ? { state: "unavailable", error: refuse() } : provider.status(signal),
    };
  }
}

/** True when a drill made the error, however deep among its causes. */
export function isDrill(error: unknown): boolean {
  for (let depth = 0; error instanceof Error && depth < 10; depth++) {
    if (error.name === MARK) return true;
    error = error.cause;
  }
  return false;
}

function refusal(url: string): TypeError {
  const { hostname: address, port, protocol } = new URL(url);
  const number = Number(port) || (protocol === "https:" ? 443 : 80);
  const errno = [...getSystemErrorMap()].find(([, [code]]) => code === "ECONNREFUSED")?.[0];
  const cause = new Error(`connect ECONNREFUSED ${address}:${number}`);
  Object.assign(cause, {
    name: MARK,
    code: "ECONNREFUSED",
    errno,
    syscall: "connect",
    address,
    port: number,
  });
  return new TypeError("fetch failed", { cause });
}
