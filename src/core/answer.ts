/** What a caller of the core sees while a request is answered. */
import type { HybridError } from "./errors.ts";
import type { AttemptRecord, Outcome } from "./log/record.ts";
import type { FinishReason, ToolCall } from "./providers/provider.ts";
import type { Plan, PlanStep, RouteDecision, Stays } from "./request.ts";

export type AnswerEvent =
  /** First, once: the decision and what will be tried. */
  | { type: "routed"; decision: RouteDecision; plan: Plan }
  /** A model is about to be called; `attempt` counts from 1. */
  | { type: "attempt"; attempt: number; step: PlanStep }
  /** Something a waiting user should know: "loading llama3.2:3b…". */
  | { type: "status"; text: string }
  | { type: "text"; text: string }
  | { type: "toolCall"; call: ToolCall }
  /** An attempt failed before any text was shown; the next `attempt` or `finished` follows. */
  | { type: "attemptFailed"; step: PlanStep; error: HybridError }
  /** A model of the plan is not tried: paused after failures, or too dear for what is left of the request's cap. */
  | { type: "passedOver"; step: PlanStep; reason: string }
  /** Last, always, once. */
  | { type: "finished"; summary: AnswerSummary };

/** How a request ended. */
export interface AnswerSummary {
  requestId: string;
  outcome: Outcome;
  decision: RouteDecision;
  /** Why it stayed on this machine, where it had to. */
  stays?: Stays;
  /** The step that answered, or broke off in mid-answer. */
  step?: PlanStep;
  finishReason?: FinishReason;
  /** As they were logged; the cost of the request is the sum of theirs. */
  attempts: AttemptRecord[];
  /** Models passed over, by the plan or by the runner, with the reason. */
  skipped: Plan["skipped"];
  /** What was done to the request before it was sent, one sentence each: left out, redacted. */
  notes?: string[];
  /** Set with "failed" and "interrupted". */
  error?: HybridError;
}
