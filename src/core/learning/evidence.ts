/** What the request log tells about decisions that were right or wrong. */
import type { AttemptRecord } from "../log/record.ts";
import type { Label, ModelId, Task, Tier } from "../request.ts";
import { LABELS, TIERS, tierOf } from "../request.ts";

/** One request of the log with what the user made of it: the last attempt that answered. */
export interface Evidence {
  row: AttemptRecord;
  at: number;
  task: Task;
  model: ModelId;
  tier: Tier;
  /** The label the user gave; null when none was given. */
  label: Label | null;
  /** Whether the answer was good enough; undefined when nothing tells. */
  succeeded: boolean | undefined;
}

/**
 * Evidence of the log's rows, newest first. Degraded answers are left out: a HARD request answered locally in an outage
 * says nothing about the local model. An answer succeeded when it was rated helpful, and failed when it was rated
 * unhelpful or asked again of a stronger tier; asked again of a lower tier it was good enough, and too dear.
 */
export function evidenceOf(rows: readonly AttemptRecord[]): Evidence[] {
  const retriedAt = new Map<string, Tier>();
  for (const { retryOf, actualTier } of rows) if (retryOf) retriedAt.set(retryOf, actualTier);
  const seen = new Set<string>();
  return rows
    .toSorted((a, b) => b.startedAt - a.startedAt || b.attempt - a.attempt)
    .flatMap((row): Evidence[] => {
      if (seen.has(row.requestId) || row.outcome !== "answered") return [];
      seen.add(row.requestId);
      if (row.degraded) return [];
      const { startedAt: at, task, actualModel: model, actualTier: tier, userLabel: label } = row;
      return [{ row, at, task, model, tier, label, succeeded: succeeded(row, retriedAt.get(row.requestId)) }];
    });
}

function succeeded(
  { userRating, actualTier }: AttemptRecord,
  retried: Tier | undefined,
): boolean | undefined {
  if (userRating !== null) return userRating === 1;
  if (retried === undefined || retried === actualTier) return undefined;
  return TIERS.indexOf(retried) < TIERS.indexOf(actualTier);
}

/** The tier that was really needed, as far as the evidence tells: by the label, or at least or at most the one used. */
export type Need = { exactly: Tier } | { above: Tier } | { atMost: Tier };

/** What a piece of evidence says of the need; undefined when it says nothing. */
export function needOf({ label, tier, succeeded: good }: Evidence): Need | undefined {
  if (label) return { exactly: tierOf(label) };
  if (good === undefined) return undefined;
  return good ? { atMost: tier } : { above: tier };
}

/** Labelled requests whose probabilities are known: what a correction learns from and a threshold is fitted to. */
export function labelled(evidence: readonly Evidence[]): (Evidence & {
  label: Label;
  row: AttemptRecord & { probabilities: NonNullable<AttemptRecord["probabilities"]> };
})[] {
  return evidence.filter(
    (one): one is ReturnType<typeof labelled>[number] =>
      one.label !== null && LABELS.includes(one.label) && one.row.probabilities !== null,
  );
}
