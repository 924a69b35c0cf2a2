/** The last few things by their id, for buttons below earlier answers: they hold code, so not all of them for ever. */
export class Recent<T> {
  readonly #items = new Map<string, T>();
  readonly #limit: number;

  constructor(limit = 30) {
    this.#limit = limit;
  }

  set(id: string, item: T): void {
    this.#items.set(id, item);
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= this.#limit) break;
      this.#items.delete(oldest);
    }
  }

  get(id: string): T | undefined {
    return this.#items.get(id);
  }
}
