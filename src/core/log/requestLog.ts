/** The request log as the rest of the core sees it; `sqlite.ts` keeps it in a file. */
import type { BudgetLedger } from "../budget/budget.ts";
import type { Label, Tier } from "../request.ts";
import type { EgressLedger } from "./egress.ts";
import type { AttemptRecord } from "./record.ts";

/** Spend and traffic over some time. */
export interface Spend {
  /** Known money, nano-dollars. */
  nanoDollars: number;
  /** Attempts whose cost was guessed from an estimate of the usage. */
  estimated: number;
  /** Attempts on models with no known price. */
  unpriced: number;
  byTier: Record<Tier, TierSpend>;
}

export interface TierSpend {
  nanoDollars: number;
  /** Requests answered by this tier. */
  requests: number;
  inputTokens: number;
  outputTokens: number;
}

export interface RequestLog {
  /** What may still be spent, shared by all windows. */
  readonly budget: BudgetLedger;
  /** What left the machine. */
  readonly egress: EgressLedger;
  /**
   * Adds one attempt, and settles its reservation in the same moment. Never throws: while the file cannot be written,
   * rows wait in memory and are tried again.
   */
  append(record: AttemptRecord): void;
  /** Rates the last attempt of a request: 1 helpful, -1 unhelpful, null takes the rating back. */
  rate(requestId: string, rating: 1 | -1 | null): void;
  /** Keeps the label that the user says the last attempt of a request should have had; null takes it back. */
  label(requestId: string, label: Label | null): void;
  /** Spend from `since` (milliseconds since the epoch) on; rows still in memory included. */
  spend(since: number): Spend;
  /** Newest first; rows still in memory included. */
  recent(limit: number): AttemptRecord[];
  /** Attempts of one request, first attempt first. */
  request(requestId: string): AttemptRecord[];
  /**
   * Deletes the attempts begun and the egress rows that left before `before` (milliseconds since the epoch), some at a
   * time so that the editor stays responsive. What they cost stays counted in the budgets of their day and month.
   * Returns how many rows went; stops early, without throwing, while the file cannot be written.
   */
  deleteOlderThan(before: number): Promise<number>;
  /** Called after every change made through this object, and after another window's change is seen. Returns the way to stop. */
  onDidChange(listener: () => void): () => void;
  /** What a user must know of the log's state ("… is corrupt and was set aside as …"), or undefined. */
  readonly warning: string | undefined;
  /** Writes what waits, if it can, and closes. */
  close(): void;
}
