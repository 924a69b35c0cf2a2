/** One attempt as a row of the request log. */
import type { Quote } from "./cost/quote.ts";
import type { HybridError } from "./errors.ts";
import type { AttemptRecord, Cost, Outcome } from "./log/record.ts";
import type { Usage } from "./providers/provider.ts";
import type { EditorRequest, PlanStep, RouteDecision } from "./request.ts";
import { tierOf } from "./request.ts";

/** What the runner knows of a finished attempt. Times are milliseconds since the epoch. */
export interface FinishedAttempt {
  step: PlanStep;
  number: number;
  startedAt: number;
  firstTextAt: number | undefined;
  endedAt: number;
  charsOut: number;
  toolCalls: number;
  usage: Usage | undefined;
  cost: Cost;
  /** What it was expected to cost; undefined where nothing was. */
  quote: Quote | undefined;
  error: HybridError | undefined;
  keepPromptText: boolean;
}

/** Puts request, decision and attempt together. */
export function attemptRecord(
  request: EditorRequest,
  decision: RouteDecision,
  attempt: FinishedAttempt,
): AttemptRecord {
  const { usage, cost, error, startedAt, firstTextAt } = attempt;
  return {
    requestId: request.id,
    attempt: attempt.number,
    sessionId: request.sessionId,
    startedAt,
    surface: request.surface,
    command: request.command,
    project: request.project ?? null,
    languageId: request.languageId,
    input: attempt.keepPromptText ? request.prompt : null,
    task: decision.task,
    classifiedLabel: decision.label,
    classifiedTier: tierOf(decision.label),
    actualTier: attempt.step.tier,
    actualModel: attempt.step.model,
    confidence: decision.confidence,
    reasons: decision.reasons,
    router: decision.router,
    escalatedFrom: decision.escalatedFrom ?? null,
    retryOf: request.retryOf ?? null,
    degraded: attempt.step.degraded,
    outcome: outcomeOf(attempt),
    errorKind: error?.kind ?? null,
    errorMessage: error && error.kind !== "cancelled" ? error.message : null,
    inputTokens: usage?.input ?? null,
    outputTokens: usage?.output ?? null,
    cacheReadTokens: usage?.cacheRead ?? null,
    cacheWriteTokens: usage?.cacheWrite ?? null,
    cacheWrite1hTokens: usage?.cacheWrite1h ?? null,
    reasoningTokens: usage?.reasoning ?? null,
    costNanoDollars: cost.nanoDollars,
    costProvenance: cost.provenance,
    priceSource: cost.priceSource,
    priceDate: cost.priceDate,
    quoteLowNanoDollars: attempt.quote?.low ?? null,
    quoteHighNanoDollars: attempt.quote?.high ?? null,
    // The clock may be set back meanwhile; nothing takes less than no time.
    firstTokenMs: firstTextAt === undefined ? null : Math.max(0, firstTextAt - startedAt),
    totalMs: Math.max(0, attempt.endedAt - startedAt),
    userRating: null,
    probabilities: decision.uncorrected ?? decision.probabilities,
    userLabel: null,
  };
}

function outcomeOf({ error, charsOut, toolCalls }: FinishedAttempt): Outcome {
  if (!error) return "answered";
  if (error.kind === "cancelled") return "cancelled";
  return charsOut > 0 || toolCalls > 0 ? "interrupted" : "failed";
}
