/** Who wants to know of changes. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Returns the way to stop. */
  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /** Tells all. One that throws keeps neither the others from knowing nor the caller from going on. */
  tell(): void {
    for (const listener of this.#all) {
      try {
        listener();
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
