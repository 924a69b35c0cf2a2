import { parseDuration } from "./duration.ts";

interface Entry<V> {
  value: V;
  expires: number;
}

/** A map that forgets each entry some time after it was set. */
export class TtlCache<K, V> {
  readonly #ttl: number;
  readonly #now: () => number;
  readonly #entries = new Map<K, Entry<V>>();

  /** @param ttl How long an entry lives, for example `"15m"`. */
  constructor(ttl: string, now: () => number = Date.now) {
    this.#ttl = parseDuration(ttl);
    this.#now = now;
  }

  set(key: K, value: V): void {
    // TODO: slow with many keys, every set walks over all entries; keep them ordered by expiry
    for (const [old, entry] of this.#entries) {
      if (entry.expires <= this.#now()) this.#entries.delete(old);
    }
    this.#entries.set(key, { value, expires: this.#now() + this.#ttl });
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expires > this.#now() ? entry.value : undefined;
  }
}
