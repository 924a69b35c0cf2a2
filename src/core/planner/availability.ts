/** Which models can be used now: keys that are there, local servers that run, models that are pulled. */
import type { ModelInfo, Provider, ProviderStatus } from "../providers/provider.ts";
import { BUILTIN } from "../providers/builtin.ts";
import type { ModelId } from "../request.ts";
import { splitModelId } from "../request.ts";
import { isDrill } from "../resilience/drill.ts";

/** How long a look at a local server is believed, ms. A server that was down is looked at again sooner. */
const READY_MS = 30_000;
const DOWN_MS = 3_000;

interface Look {
  at: number;
  status: ProviderStatus;
}

/** Keeps what is known of each provider; one for the life of a set of providers. */
export class Availability {
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #hasKey: (provider: string) => Promise<boolean>;
  readonly #now: () => number;
  readonly #looks = new Map<string, Look>();
  readonly #looking = new Map<string, Promise<ProviderStatus>>();

  constructor(
    providers: ReadonlyMap<string, Provider>,
    hasKey: (provider: string) => Promise<boolean>,
    now: () => number = Date.now,
  ) {
    this.#providers = providers;
    this.#hasKey = hasKey;
    this.#now = now;
  }

  /** Why each model cannot be used now; models that can are not in the map. Never throws. */
  async check(models: ModelId[], signal: AbortSignal): Promise<Map<ModelId, string>> {
    const reasons = new Map<ModelId, string>();
    await Promise.all(
      models.map(async (model) => {
        const reason = await this.#reason(model, signal);
        if (reason !== undefined) reasons.set(model, reason);
      }),
    );
    return reasons;
  }

  /** What the last look at its provider told of a model; undefined without one. */
  infoOf(model: ModelId): ModelInfo | undefined {
    const { provider, name } = splitModelId(model);
    const status = this.#looks.get(provider)?.status;
    return status?.state === "ready" ? status.info?.get(name) : undefined;
  }

  /** Forgets what is known of a provider, after a failed attempt for example. */
  forget(provider: string): void {
    this.#looks.delete(provider);
  }

  async #reason(model: ModelId, signal: AbortSignal): Promise<string | undefined> {
    const { provider: providerName, name } = splitModelId(model);
    if (providerName === BUILTIN) return undefined;
    const provider = this.#providers.get(providerName);
    if (!provider) return `no provider is named “${providerName}”: add it to hybrid.providers`;
    if (!provider.local && !provider.plan) {
      return (await this.#hasKey(providerName)) ? undefined : "no API key: run “Hybrid: Set API Key…”";
    }
    const status = await this.#look(provider, signal);
    if (status.state === "unavailable") {
      return isDrill(status.error) ? "an outage drill is on" : status.error.userMessage;
    }
    if (status.models.length > 0 && !servesModel(status.models, name)) {
      return providerName === "ollama"
        ? `not pulled: run “ollama pull ${name}”`
        : `not ${provider.local ? "loaded" : "offered"}: ${providerName} has ${status.models.slice(0, 3).join(", ")}`;
    }
    return status.models.length === 0 ? noModels(providerName, name) : undefined;
  }

  async #look(provider: Provider, signal: AbortSignal): Promise<ProviderStatus> {
    const known = this.#looks.get(provider.name);
    const age = known ? this.#now() - known.at : Number.POSITIVE_INFINITY;
    if (known?.status.state === "ready") {
      // A server that ran a moment ago is tried at once, and looked at meanwhile: no request waits for the look.
      if (age >= READY_MS) void this.#refresh(provider, AbortSignal.timeout(10_000));
      return known.status;
    }
    if (known && age < DOWN_MS) return known.status;
    return this.#refresh(provider, signal);
  }

  #refresh(provider: Provider, signal: AbortSignal): Promise<ProviderStatus> {
    const running = this.#looking.get(provider.name);
    if (running) return running;
    const look = provider
      .status(signal)
      .then((status) => {
        if (!signal.aborted) this.#looks.set(provider.name, { at: this.#now(), status });
        return status;
      })
      .finally(() => this.#looking.delete(provider.name));
    this.#looking.set(provider.name, look);
    return look;
  }
}

/** Ollama reads a name without a tag as `:latest`. */
function servesModel(models: string[], name: string): boolean {
  return models.includes(name) || models.includes(`${name}:latest`);
}

function noModels(provider: string, name: string): string {
  return provider === "ollama" ? `no model is pulled: run “ollama pull ${name}”` : "it has no model loaded";
}
