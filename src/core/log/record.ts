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
  /** Where the price came from: "genai-prices 0.1.8", "settings", "local", "not billed"; empty with `unpriced`. */
  priceSource: string;
}

export type Outcome = "answered" | "failed" | "interrupted" | "cancelled";

/** Names follow the design; times in milliseconds, money in nano-dollars, tokens as reported. */
export interface AttemptRecord {
  requestId: string;
  /** 1 for the first attempt of a request. */
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
  reasoningTokens: number | null;
  costNanoDollars: number;
  costProvenance: CostProvenance;
  priceSource: string;
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
