/** API keys: SecretStorage first, environment variables after it. They are never written anywhere else. */
import type * as vscode from "vscode";
import { VENDORS } from "../core/providers/vendors.ts";

const PREFIX = "hybrid.key.";

export class Keys {
  readonly #secrets: vscode.SecretStorage;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #known = new Map<string, Promise<string | undefined>>();

  constructor(secrets: vscode.SecretStorage, environment: NodeJS.ProcessEnv) {
    this.#secrets = secrets;
    this.#environment = environment;
  }

  /** The key of a provider, or undefined. Cached until it changes, so that no request waits for the key store. */
  readonly keyOf = (provider: string): Promise<string | undefined> => {
    const known = this.#known.get(provider);
    if (known) return known;
    const key = this.#read(provider);
    this.#known.set(provider, key);
    return key;
  };

  /** Calls `listener` when a key was set or removed, in this window or another. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (!key.startsWith(PREFIX)) return;
      this.#known.delete(key.slice(PREFIX.length));
      listener();
    });
  }

  async store(provider: string, key: string): Promise<void> {
    await this.#secrets.store(PREFIX + provider, key);
    this.#known.delete(provider);
  }

  async remove(provider: string): Promise<void> {
    await this.#secrets.delete(PREFIX + provider);
    this.#known.delete(provider);
  }

  /** Where a provider's key comes from, for display; the name of the variable, never the key. */
  async source(provider: string): Promise<"stored" | `$${string}` | undefined> {
    if (await this.#stored(provider)) return "stored";
    const variable = this.#variable(provider);
    return variable ? `$${variable}` : undefined;
  }

  async #read(provider: string): Promise<string | undefined> {
    const variable = this.#variable(provider);
    return (await this.#stored(provider)) ?? (variable ? this.#environment[variable]?.trim() : undefined);
  }

  /** A key store that is locked or missing is the same as an empty one: the environment still serves. */
  async #stored(provider: string): Promise<string | undefined> {
    try {
      return (await this.#secrets.get(PREFIX + provider)) || undefined;
    } catch {
      return undefined;
    }
  }

  #variable(provider: string): string | undefined {
    const vendor = VENDORS.find(({ name }) => name === provider);
    return vendor?.keyVariables.find((variable) => this.#environment[variable]?.trim());
  }
}
