/** The egress ledger in the request log's file. */
import type { EgressLedger, EgressRow } from "./egress.ts";
import type { Store } from "./store.ts";

/** The ledger of one window. */
export class Egress implements EgressLedger {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  append(row: EgressRow): void {
    this.#store.keep(
      ({ egress }) => egress.insert(row),
      (waiting) => waiting.addEgress(row),
    );
  }

  recent(limit: number, before = Number.MAX_SAFE_INTEGER): EgressRow[] {
    const most = Math.floor(limit);
    if (!(most > 0)) return [];
    const rows = this.#store.read<EgressRow[]>(({ egress }) => egress.recent(most, before), []);
    const waiting = this.#store.waiting.egress().filter(({ at }) => at < before);
    const sorted = [...waiting, ...rows].toSorted((a, b) => b.at - a.at);
    const last = sorted[most - 1]?.at ?? Number.NEGATIVE_INFINITY;
    return sorted.filter(({ at }) => at >= last);
  }
}
