/** The models of one set of settings: who serves them, whether they can be used, what they cost, what they hold. */
import type { Meter } from "./cost/meter.ts";
import { createMeter } from "./cost/meter.ts";
import { Availability } from "./planner/availability.ts";
import { isLoopback } from "./providers/address.ts";
import { BUILTIN } from "./providers/builtin.ts";
import type { Provider, Sent } from "./providers/provider.ts";
import { createProviders, VENDORS } from "./providers/vendors.ts";
import type { HybridDeps } from "./hybrid.ts";
import type { ModelId, PlanStep, Tier } from "./request.ts";
import { splitModelId, TIERS } from "./request.ts";
import type { Breakers } from "./resilience/breakers.ts";
import type { Drill } from "./resilience/drill.ts";
import type { Settings } from "./settings.ts";
import { modelsOf } from "./settings.ts";

/** Longest answer asked for, tokens: what a long refactor needs; a local context must hold the prompt as well. */
export const MAX_OUTPUT: Record<Tier, number> = { local: 2048, mid: 8192, flagship: 16_384 };

/** A model of the settings and whether it can be used now. */
export interface ModelState {
  tier: Tier;
  model: ModelId;
  /** Why not; undefined when it can. */
  unavailable: string | undefined;
  /** True when only its failures keep it from being used: it is left alone for a while. */
  paused: boolean;
}

export interface ModelsDeps extends Pick<HybridDeps, "keyOf" | "log" | "moreProviders"> {
  settings: Settings;
  breakers: Breakers;
  drill: Drill;
  now: () => number;
}

export class Models {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly availability: Availability;
  readonly meter: Meter;
  readonly #deps: ModelsDeps;

  constructor(deps: ModelsDeps) {
    const { settings, keyOf, moreProviders = [], drill, now } = deps;
    this.#deps = deps;
    const created = createProviders({
      settings,
      keyOf,
      fetch: (isLocal) => drill.fetchFor(isLocal),
      onSent: (provider, sent) => this.sent(provider, sent, "asked which models there are"),
    });
    this.providers = new Map([
      ...moreProviders.map((one) => [one.name, drill.providerFor(one)] as const),
      ...created,
    ]);
    const hasKey = async (name: string) => this.#keyless(name) || !!(await keyOf(name));
    this.availability = new Availability(this.providers, hasKey, now);
    const locals = [...this.providers.values()].filter(({ local }) => local).map(({ name }) => name);
    this.meter = createMeter({
      overrides: settings.prices,
      localProviders: [BUILTIN, ...locals],
      planProviders: [...this.providers.values()].filter(({ plan }) => plan).map(({ name }) => name),
    });
  }

  /** Whether what a model is sent stays on the user's machine or network. */
  isLocal(model: ModelId): boolean {
    const { provider } = splitModelId(model);
    return provider === BUILTIN || this.providers.get(provider)?.local === true;
  }

  /** Looks at every model of the settings. */
  async states(signal: AbortSignal): Promise<ModelState[]> {
    const { settings, breakers } = this.#deps;
    const all = TIERS.flatMap((tier) => modelsOf(settings, tier).map((model) => ({ tier, model })));
    const reasons = await this.availability.check(
      all.map(({ model }) => model),
      signal,
    );
    return all.map((entry) => {
      const reason = reasons.get(entry.model);
      const pause = reason === undefined ? breakers.check(entry.model).reason : undefined;
      return { ...entry, unavailable: reason ?? pause, paused: pause !== undefined };
    });
  }

  /** Forgets what is known of keys and servers, so that the next look is a fresh one. */
  forget(): void {
    for (const name of this.providers.keys()) this.availability.forget(name);
  }

  /** Tokens that a prompt may have, by model, where that is known; the answer must fit in the window beside it. */
  async rooms(steps: readonly PlanStep[]): Promise<Map<ModelId, number>> {
    const { settings, now } = this.#deps;
    const rooms = new Map<ModelId, number>();
    await Promise.all(
      steps.map(async ({ model, tier }) => {
        // Ollama loads a model with the window that it is told; other servers tell theirs, and so does the price list.
        const told = this.availability.infoOf(model);
        const window =
          splitModelId(model).provider === "ollama"
            ? settings["ollama.numCtx"]
            : (told?.loadedContextTokens ??
              told?.contextTokens ??
              (await this.meter.priceOf(model, now()))?.contextTokens);
        if (window !== undefined) rooms.set(model, window - Math.min(MAX_OUTPUT[tier], window / 4));
      }),
    );
    return rooms;
  }

  /** Puts on the ledger what no request of the user's caused: a look at a provider, which shows it the key. */
  sent(provider: string, sent: Sent, note: string): void {
    const { log, now, drill } = this.#deps;
    const isLocal = this.providers.get(provider)?.local === true;
    if (drill.concerns(isLocal) || (isLocal && isLoopback(`http://${sent.host}`))) return;
    const nothing = { requestId: null, attempt: null, model: null, items: [], redactions: 0 };
    log.egress.append({ at: now(), provider, ...sent, ...nothing, note });
  }

  /** A server of the user's own may need no key. */
  #keyless(provider: string): boolean {
    const { settings } = this.#deps;
    return provider in settings.providers && !VENDORS.some(({ name }) => name === provider);
  }
}
