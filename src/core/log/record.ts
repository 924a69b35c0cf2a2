/** One row of the request log: one attempt. */
import type { ErrorKind } from "../errors.ts";
import type { Label, LabelProbabilities, ModelId, Reason, Surface, Task, Tier } from "../request.ts";

/** How a cost is known: the provider said it, usage × price, a guess of the usage, or no price known. */
export type CostProvenance = "reported" | "computed" | "estimated" | "unpriced";

/** Money of one attempt. */
export interface Cost {
  /** Integer nano-dollars (1e-9 USD); 0 with `unpriced`. */
  nanoDollars: number;
  provenance: CostProvenance;
  /**
   * Where the price came from: "genai-prices 0.1.8", "settings", "local", "plan", "not billed", the provider's name
   * with `reported`; empty with `unpriced`.
   */
  priceSource: string;
  /** The day of that price list, ISO 8601; null where there is no list. */
  priceDate: string | null;
}

/** "routed": the row is of a local model that was asked to classify the request, not of an answer. */
export type Outcome = "answered" | "failed" | "interrupted" | "cancelled" | "routed";

/** Names follow the design; times in milliseconds, money in nano-dollars, tokens as reported. */
export interface AttemptRecord {
  requestId: string;
  /** 1 for the first attempt of a request; 0 for the call that routed it. */
  attempt: number;
  sessionId: string;
  /** When the attempt began, milliseconds since the epoch. */
  startedAt: number;
  surface: Surface;
  command: string | null;
  project: string | null;
  languageId: string;
  /** What the user typed; null when the settings say not to keep it. */
  input: string | null;
  task: Task;
  classifiedLabel: Label;
  classifiedTier: Tier;
  /** The tier of the model used. */
  actualTier: Tier;
  actualModel: ModelId;
  confidence: number;
  reasons: Reason[];
  router: string;
  escalatedFrom: Tier | null;
  retryOf: string | null;
  degraded: boolean;
  outcome: Outcome;
  errorKind: ErrorKind | null;
  errorMessage: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
  /** Of the cache writes, those kept for an hour. */
  cacheWrite1hTokens: number | null;
  reasoningTokens: number | null;
  costNanoDollars: number;
  costProvenance: CostProvenance;
  priceSource: string;
  priceDate: string | null;
  /** What the attempt was expected to cost, nano-dollars; null where it costs nothing or nobody knows. */
  quoteLowNanoDollars: number | null;
  quoteHighNanoDollars: number | null;
  /** Milliseconds to the first text; null when none came. */
  firstTokenMs: number | null;
  totalMs: number;
  /** 1 helpful, -1 unhelpful, null not rated. */
  userRating: 1 | -1 | null;
  /** Of EASY, MEDIUM, HARD, before what was learned from the user; null in rows of before they were kept. */
  probabilities: LabelProbabilities | null;
  /** The label that the user says the request should have had. */
  userLabel: Label | null;
}

/** What a user says of a request afterwards; kept with its last attempt. */
export type Mark = Partial<Pick<AttemptRecord, "userRating" | "userLabel">>;
