/**
 * Plan → AnswerEvents. Tries the steps in order until one answers; a step that fails before any text was shown gives
 * way to the next, one that breaks off after it ends the answer, since two models' halves make no whole.
 */
import type { AnswerEvent, AnswerSummary } from "./answer.ts";
import { attemptRecord } from "./attempt.ts";
import type { Meter } from "./cost/meter.ts";
import { HybridError, isCancelled } from "./errors.ts";
import type { AttemptRecord } from "./log/record.ts";
import type { RequestLog } from "./log/requestLog.ts";
import { stepsAbove } from "./planner/planner.ts";
import type { FinishReason, ModelCall, Provider, Usage } from "./providers/provider.ts";
import type { EditorRequest, Plan, PlanStep, RouteDecision } from "./request.ts";
import { splitModelId } from "./request.ts";

export interface RunnerDeps {
  meter: Meter;
  log: RequestLog;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Whether the log keeps what the user typed. */
  keepPromptText: boolean;
}

/** All that one run needs. */
export interface Run {
  request: EditorRequest;
  decision: RouteDecision;
  plan: Plan;
  providerOf: (name: string) => Provider | undefined;
  callFor: (step: PlanStep) => Omit<ModelCall, "model">;
}

/** What one attempt has come to. */
interface Attempt {
  step: PlanStep;
  number: number;
  startedAt: number;
  firstTextAt: number | undefined;
  charsIn: number;
  charsOut: number;
  toolCalls: number;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
}

/** Runs a plan. Never throws: the last event is always `finished`, with the error where there is one. */
export async function* run(job: Run, deps: RunnerDeps, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  const { request, decision, plan } = job;
  const attempts: AttemptRecord[] = [];
  const summary: AnswerSummary = {
    requestId: request.id,
    outcome: "failed",
    decision,
    attempts,
    skipped: plan.skipped,
  };
  let rest = plan.steps;
  summary.error = noModel(plan);
  while (rest.length > 0) {
    const [step, ...others] = rest as [PlanStep, ...PlanStep[]];
    rest = others;
    const attempt = begin(job, step, attempts.length + 1, deps);
    let error: HybridError | undefined = new HybridError("cancelled", "Stopped.");
    try {
      yield { type: "attempt", attempt: attempt.number, step };
      error = yield* stream(job, attempt, deps, signal);
    } finally {
      // Booked here, so that a caller who walks away in mid-answer leaves a row behind all the same.
      attempts.push(await book(job, attempt, error, deps));
    }
    if (!error) {
      delete summary.error;
      Object.assign(summary, { outcome: "answered", step, finishReason: attempt.finishReason });
      break;
    }
    summary.error = error;
    if (error.kind === "cancelled" || attempt.charsOut > 0 || attempt.toolCalls > 0) {
      Object.assign(summary, { outcome: error.kind === "cancelled" ? "cancelled" : "interrupted", step });
      break;
    }
    yield { type: "attemptFailed", step, error };
    if (error.kind === "contextTooLong") rest = stepsAbove(rest, step);
  }
  if (summary.outcome === "cancelled") delete summary.error;
  yield { type: "finished", summary };
}

function begin(job: Run, step: PlanStep, number: number, deps: RunnerDeps): Attempt {
  const charsIn = job.callFor(step).messages.reduce((sum, { text }) => sum + text.length, 0);
  return {
    step,
    number,
    startedAt: deps.now(),
    firstTextAt: undefined,
    charsIn,
    charsOut: 0,
    toolCalls: 0,
    usage: undefined,
    finishReason: undefined,
  };
}

/** Streams one attempt; returns its error, or undefined when it answered. */
async function* stream(
  job: Run,
  attempt: Attempt,
  deps: RunnerDeps,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, HybridError | undefined> {
  const { provider: providerName, name } = splitModelId(attempt.step.model);
  try {
    signal.throwIfAborted();
    const provider = job.providerOf(providerName);
    if (!provider) throw new HybridError("noModel", `No provider is named “${providerName}”.`);
    for await (const event of provider.chat({ ...job.callFor(attempt.step), model: name }, signal)) {
      if (event.type === "text") {
        if (event.text === "") continue;
        attempt.firstTextAt ??= deps.now();
        attempt.charsOut += event.text.length;
      } else if (event.type === "toolCall") {
        attempt.toolCalls += 1;
      }
      if (event.type === "usage") attempt.usage = event.usage;
      else if (event.type === "finish") attempt.finishReason = event.reason;
      else yield event;
    }
    if (attempt.charsOut === 0 && attempt.toolCalls === 0) throw emptyAnswer(attempt);
    return undefined;
  } catch (error) {
    return asHybridError(error, signal, attempt.step);
  }
}

async function book(
  job: Run,
  attempt: Attempt,
  error: HybridError | undefined,
  deps: RunnerDeps,
): Promise<AttemptRecord> {
  const cost = await deps.meter.costOf(attempt.step.model, attempt.usage, {
    charsIn: attempt.charsIn,
    charsOut: attempt.charsOut,
    billed: isBilled(attempt, error),
    complete: error === undefined,
    at: attempt.startedAt,
  });
  const record = attemptRecord(job.request, job.decision, {
    ...attempt,
    endedAt: deps.now(),
    cost,
    error,
    keepPromptText: deps.keepPromptText,
  });
  deps.log.append(record);
  return record;
}

/** A call that was refused, or never arrived, is not billed; one that broke off later is. */
function isBilled(attempt: Attempt, error: HybridError | undefined): boolean {
  if (!error || attempt.usage || attempt.charsOut > 0 || attempt.toolCalls > 0) return true;
  return error.kind === "timeout" || error.kind === "interrupted" || error.kind === "emptyAnswer";
}

function asHybridError(error: unknown, signal: AbortSignal, step: PlanStep): HybridError {
  if (signal.aborted || isCancelled(error)) return new HybridError("cancelled", "Stopped.", { cause: error });
  if (error instanceof HybridError) return error;
  return new HybridError("badAnswer", `${step.model} failed in a way that Hybrid does not know.`, {
    hint: "“Hybrid: Show Output” has the details.",
    cause: error,
  });
}

function emptyAnswer({ step, finishReason }: Attempt): HybridError {
  return finishReason === "refused"
    ? new HybridError("emptyAnswer", `${step.model} declined to answer.`)
    : new HybridError("emptyAnswer", `${step.model} answered with nothing.`);
}

function noModel(plan: Plan): HybridError {
  const byReason = Map.groupBy(plan.skipped, ({ reason }) => reason);
  const reasons = [...byReason]
    .map(([reason, models]) => `- ${models.map(({ model }) => model).join(", ")}: ${reason}`)
    .join("\n");
  return new HybridError("noModel", "No model can answer this now.", {
    hint:
      (reasons ? `What was looked at:\n${reasons}\n\n` : "") +
      "Start Ollama, or run “Hybrid: Set API Key…”, or name other models under hybrid.tiers in the settings.",
  });
}
