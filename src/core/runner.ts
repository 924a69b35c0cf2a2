/**
 * Plan → AnswerEvents. Tries the steps in order until one answers; a step that fails before any text was shown gives
 * way to the next, one that breaks off after it ends the answer, since two models' halves make no whole. A step that
 * its breaker holds back is passed over; when all are held back, the one due soonest is tried.
 */
import type { AnswerEvent, AnswerSummary } from "./answer.ts";
import { attemptRecord } from "./attempt.ts";
import type { Meter } from "./cost/meter.ts";
import type { Admission, Admitted } from "./budget/admission.ts";
import { HybridError } from "./errors.ts";
import type { AttemptRecord } from "./log/record.ts";
import type { RequestLog } from "./log/requestLog.ts";
import { stepsAbove } from "./planner/planner.ts";
import type { FinishReason, ModelCall, Provider, Sent, Usage } from "./providers/provider.ts";
import type { EditorRequest, Plan, PlanStep, RouteDecision } from "./request.ts";
import { splitModelId, TIERS } from "./request.ts";
import type { Breakers, Ticket } from "./resilience/breakers.ts";
import type { ChainLimits, Deadline } from "./resilience/chain.ts";
import { cutShort, deadlineError, DEFAULT_LIMITS, startDeadline } from "./resilience/chain.ts";
import { leastBad, leastBadText } from "./resilience/leastBad.ts";
import { asHybridError, emptyAnswer, noModel } from "./runnerErrors.ts";

export interface RunnerDeps {
  meter: Meter;
  log: RequestLog;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Whether the log keeps what the user typed. */
  keepPromptText: boolean;
  /** Who may be tried now; everyone if missing. */
  breakers?: Breakers;
  /** Says whether an attempt's money may be spent; all of it if missing. */
  admission?: Admission;
  /** Limits of all attempts of a request together, in place of `DEFAULT_LIMITS`. */
  limits?: Partial<ChainLimits>;
}

/** All that one run needs. */
export interface Run {
  request: EditorRequest;
  decision: RouteDecision;
  plan: Plan;
  providerOf: (name: string) => Provider | undefined;
  callFor: (step: PlanStep) => Omit<ModelCall, "model">;
  /** Told of each HTTP request of an attempt as it leaves. */
  onSent?: (step: PlanStep, attempt: number, sent: Sent) => void;
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
  /** A request has been handed to the network. */
  isSent: boolean;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
  admitted: Admitted | undefined;
  /** When its reservation was last renewed, milliseconds since the epoch. */
  renewedAt: number;
}

/** A step that its breaker holds back, and when it may be tried. */
interface Held {
  step: PlanStep;
  reason: string;
  retryAt: number;
}

/** How far a run has come. */
interface State {
  attempts: AttemptRecord[];
  /** Steps not yet looked at. */
  rest: PlanStep[];
  held: Held[];
  deadline: Deadline;
  signal: AbortSignal;
}

/** Runs a plan. Never throws: the last event is always `finished`, with the error where there is one. */
export async function* run(job: Run, deps: RunnerDeps, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
  const { request, decision, plan } = job;
  const { deadlineMs } = { ...DEFAULT_LIMITS, ...deps.limits };
  const attempts: AttemptRecord[] = [];
  const skipped = [...plan.skipped];
  const summary: AnswerSummary = {
    requestId: request.id,
    outcome: "failed",
    decision,
    attempts,
    skipped,
    ...(plan.stays && { stays: plan.stays }),
  };
  const passOver = (step: PlanStep, reason: string): AnswerEvent => {
    skipped.push({ model: step.model, tier: step.tier, reason });
    return { type: "passedOver", step, reason };
  };
  const deadline = startDeadline(deadlineMs, signal);
  const state: State = { attempts, rest: plan.steps, held: [], deadline, signal };
  try {
    for (;;) {
      const bad = state.rest.length === 0 && attempts.length === 0 ? leastBad(state.held) : undefined;
      const step = bad?.step ?? state.rest[0];
      if (!step) break;
      state.rest = state.rest.slice(1);
      state.held = state.held.filter((one) => one !== bad);
      const leave = await leaveFor(job, step, bad !== undefined, state, deps);
      if (leave === "held") continue;
      if (leave === "stopped") {
        summary.outcome = "cancelled";
        break;
      }
      if ("error" in leave) {
        summary.error = leave.error;
        break;
      }
      if ("passedOver" in leave) {
        yield passOver(step, leave.passedOver);
        continue;
      }
      const attempt = begin(job, step, attempts.length + 1, leave.admitted, deps);
      let error: HybridError | undefined = new HybridError("cancelled", "Stopped.");
      try {
        for (const one of state.held.splice(0)) yield passOver(one.step, one.reason);
        yield { type: "attempt", attempt: attempt.number, step };
        if (bad) yield { type: "status", text: leastBadText(step.model) };
        error = yield* stream(job, attempt, deps, { signal, deadline, deadlineMs });
      } finally {
        settle(leave.ticket, error, deadline);
        // Booked here, so that a caller who walks away in mid-answer leaves a row behind all the same.
        attempts.push(await book(job, attempt, error, deps));
      }
      if (!error) {
        Object.assign(summary, { outcome: "answered", step, finishReason: attempt.finishReason });
        break;
      }
      summary.error = error;
      if (error.kind === "cancelled" || attempt.charsOut > 0 || attempt.toolCalls > 0) {
        Object.assign(summary, { outcome: error.kind === "cancelled" ? "cancelled" : "interrupted", step });
        break;
      }
      yield { type: "attemptFailed", step, error };
      if (deadline.over) {
        summary.error = deadlineError(deadlineMs, attempts);
        break;
      }
      if (error.kind === "contextTooLong") state.rest = stepsAbove(state.rest, step);
    }
    for (const one of state.held) yield passOver(one.step, one.reason);
  } finally {
    deadline.met();
  }
  // Stopped while the models were looked at: that none answered is no news.
  if (attempts.length === 0 && signal.aborted) summary.outcome = "cancelled";
  summary.error ??= noModel(plan, skipped);
  if (summary.outcome === "cancelled" || summary.outcome === "answered") delete summary.error;
  yield { type: "finished", summary };
}

/** What a step needs to be tried, or what becomes of it instead. */
type Leave =
  | { ticket: Ticket | undefined; admitted: Admitted | undefined }
  | { passedOver: string }
  | { error: HybridError }
  | "held"
  | "stopped";

/** Asks the breakers, then the user and the budgets: what cannot be tried costs nothing and needs no question. */
async function leaveFor(
  job: Run,
  step: PlanStep,
  forced: boolean,
  state: State,
  { breakers, admission }: RunnerDeps,
): Promise<Leave> {
  const hold = (): Leave => {
    const { reason = "paused", retryAt = 0 } = breakers?.check(step.model) ?? {};
    state.held.push({ step, reason, retryAt });
    return "held";
  };
  if (!forced && breakers?.check(step.model).reason !== undefined) return hold();
  const { attempts: earlier, rest, signal } = state;
  const { request, decision, callFor } = job;
  const asked = { requestId: request.id, label: decision.label, step, callFor, earlier, rest };
  const verdict = admission
    ? // The user's time to think is not the models'.
      await state.deadline.without(admission.admit(asked, signal))
    : undefined;
  if (verdict?.verdict === "passedOver") return { passedOver: verdict.reason };
  if (verdict?.verdict === "refused") return { error: verdict.error };
  if (verdict?.verdict === "stopped") return "stopped";
  if (verdict?.verdict === "lower") {
    state.rest = rest.filter(({ tier }) => TIERS.indexOf(tier) <= TIERS.indexOf(verdict.tier));
    return { passedOver: verdict.reason };
  }
  // What was stopped before anything could be sent is no attempt.
  if (signal.aborted) {
    verdict?.giveBack();
    return "stopped";
  }
  const ticket = breakers?.begin(step.model, { forced });
  if (!breakers || ticket) return { ticket, admitted: verdict };
  verdict?.giveBack();
  return hold();
}

function begin(
  job: Run,
  step: PlanStep,
  number: number,
  admitted: Admitted | undefined,
  deps: RunnerDeps,
): Attempt {
  const charsIn = job.callFor(step).messages.reduce((sum, { text }) => sum + text.length, 0);
  const startedAt = deps.now();
  return {
    step,
    number,
    admitted,
    startedAt,
    renewedAt: startedAt,
    firstTextAt: undefined,
    charsIn,
    charsOut: 0,
    toolCalls: 0,
    isSent: false,
    usage: undefined,
    finishReason: undefined,
  };
}

/** Tells the breakers how a call ended. What a deadline cut short might have answered yet. */
function settle(ticket: Ticket | undefined, error: HybridError | undefined, deadline: Deadline): void {
  if (!error) ticket?.succeeded();
  else if (deadline.over) ticket?.cancelled();
  else ticket?.failed(error);
}

/** Streams one attempt; returns its error, or undefined when it answered. */
async function* stream(
  job: Run,
  attempt: Attempt,
  deps: RunnerDeps,
  until: { signal: AbortSignal; deadline: Deadline; deadlineMs: number },
): AsyncGenerator<AnswerEvent, HybridError | undefined> {
  const { signal, deadline } = until;
  const { provider: providerName, name } = splitModelId(attempt.step.model);
  try {
    signal.throwIfAborted();
    const provider = job.providerOf(providerName);
    if (!provider) throw new HybridError("noModel", `No provider is named “${providerName}”.`);
    const { step, number } = attempt;
    const onSent = (sent: Sent) => {
      attempt.isSent = true;
      job.onSent?.(step, number, sent);
    };
    const call = { ...job.callFor(step), model: name, onSent };
    for await (const event of provider.chat(call, deadline.signal)) {
      if (event.type === "text") {
        if (event.text === "") continue;
        attempt.firstTextAt ??= deps.now();
        attempt.charsOut += event.text.length;
      } else if (event.type === "toolCall") {
        attempt.toolCalls += 1;
      }
      if (event.type === "text" || event.type === "toolCall") deadline.met();
      renew(attempt, deps.now());
      if (event.type === "usage") attempt.usage = event.usage;
      else if (event.type === "finish") attempt.finishReason = event.reason;
      else yield event;
    }
    if (attempt.charsOut === 0 && attempt.toolCalls === 0)
      throw emptyAnswer(attempt.step, attempt.finishReason);
    return undefined;
  } catch (error) {
    if (deadline.over && !signal.aborted) return cutShort(attempt.step.model, until.deadlineMs);
    return asHybridError(error, signal, attempt.step);
  }
}

/** A reservation outlives a crash by minutes only; while the answer streams it is kept up. */
const RENEW_MS = 60_000;

function renew(attempt: Attempt, now: number): void {
  if (Math.abs(now - attempt.renewedAt) < RENEW_MS) return;
  attempt.renewedAt = now;
  attempt.admitted?.renew();
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
    quote: attempt.admitted?.quote,
    endedAt: deps.now(),
    cost,
    error,
    keepPromptText: deps.keepPromptText,
  });
  deps.log.append(record);
  return record;
}

/** A call that was refused, or never arrived, is not billed; one that broke off or was stopped later is. */
function isBilled(attempt: Attempt, error: HybridError | undefined): boolean {
  if (!error || attempt.usage || attempt.charsOut > 0 || attempt.toolCalls > 0) return true;
  if (error.kind === "cancelled") return attempt.isSent;
  return error.kind === "timeout" || error.kind === "interrupted" || error.kind === "emptyAnswer";
}
