/** The chain from request to row under one set of settings; loaded with the first request, made anew when they change. */
import type { AnswerEvent } from "./answer.ts";
import { attemptRecord } from "./attempt.ts";
import { Admission } from "./budget/admission.ts";
import type { BudgetState } from "./budget/budget.ts";
import type { Quote } from "./cost/quote.ts";
import { expectedOutput, quoteOf } from "./cost/quote.ts";
import { tokensIn } from "./cost/tokens.ts";
import type { GivenCall, HybridDeps } from "./hybrid.ts";
import { HybridError } from "./errors.ts";
import { inputProblem } from "./input.ts";
import type { Learned, Learner } from "./learning/learner.ts";
import type { AttemptRecord } from "./log/record.ts";
import { MAX_OUTPUT, Models } from "./models.ts";
import type { ModelState } from "./models.ts";
import { Preparation } from "./planner/preparation.ts";
import { Outgoing } from "./privacy/outgoing.ts";
import type { Redaction } from "./privacy/redaction.ts";
import { BUILTIN, createBuiltinProvider } from "./providers/builtin.ts";
import type { EditorRequest, ModelId, Plan, PlanStep, RouteDecision, RoutingCall, Tier } from "./request.ts";
import { splitModelId } from "./request.ts";
import type { Breakers } from "./resilience/breakers.ts";
import type { Drill } from "./resilience/drill.ts";
import { Routing } from "./routing.ts";
import type { Run } from "./runner.ts";
import { run } from "./runner.ts";
import type { Settings } from "./settings.ts";
import { budgetLimits, NANO } from "./settings.ts";

export interface EngineDeps extends Pick<
  HybridDeps,
  "log" | "keyOf" | "confirm" | "knownSecrets" | "moreProviders"
> {
  settings: Settings;
  learner: Learner;
  breakers: Breakers;
  drill: Drill;
  /** Sessions in which something local-only was said. */
  guarded: Set<string>;
  budget: () => BudgetState;
  now: () => number;
}

/** Where a request would go first, and about what that would cost. */
export interface Preview {
  decision: RouteDecision;
  step: PlanStep | undefined;
  /** Undefined when nobody knows the price. */
  quote: Quote | undefined;
}

export class Engine {
  readonly #deps: EngineDeps;
  readonly #models: Models;
  readonly #preparation: Preparation;
  #routing: Routing | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#models = new Models(deps);
    this.#preparation = new Preparation({ ...deps, models: this.#models });
  }

  /** As `Hybrid.ask`. */
  async *ask(request: EditorRequest, signal: AbortSignal, given?: GivenCall): AsyncGenerator<AnswerEvent> {
    const { settings, log, now, breakers, drill } = this.#deps;
    const decision = await this.decide(request, signal);
    const problem = given ? undefined : inputProblem(request);
    if (problem) {
      const nothing = { attempts: [], skipped: [] };
      yield {
        type: "finished",
        summary: { requestId: request.id, outcome: "failed", decision, error: problem, ...nothing },
      };
      return;
    }
    const { providers, availability, meter } = this.#models;
    if (decision.asked) log.append(await this.#routingRow(request, decision, decision.asked));
    const prepared = await this.#preparation.prepare(request, decision, signal, given);
    const isLocal = ({ model }: PlanStep) => this.#models.isLocal(model);
    const redaction = await this.#redaction(prepared.plan);
    const outgoing = new Outgoing({ ...prepared, redaction, isLocal });
    yield { type: "routed", decision, plan: prepared.plan };
    const job: Run = {
      ...prepared,
      decision,
      providerOf: (name) => (name === BUILTIN ? createBuiltinProvider(request) : providers.get(name)),
      callFor: (step) => ({
        ...given,
        messages: outgoing.messagesFor(step),
        maxOutputTokens: MAX_OUTPUT[step.tier],
      }),
      onSent: (step, attempt, sent) => {
        // What a drill refuses has not left, and nothing need be said of it.
        if (drill.concerns(isLocal(step))) return;
        const row = outgoing.rowFor(step, attempt, sent, now());
        if (row) log.egress.append(row);
      },
    };
    const runnerDeps = {
      meter,
      log,
      now,
      keepPromptText: settings["log.promptText"] === "full",
      breakers,
      admission: this.#admission(decision),
      limits: { deadlineMs: settings["limits.requestSeconds"] * 1000 },
    };
    const events = run(job, runnerDeps, signal);
    for await (const event of redaction ? redaction.restored(events) : events) {
      if (event.type === "attemptFailed") availability.forget(splitModelId(event.step.model).provider);
      if (event.type === "finished") {
        const notes = [...prepared.notes, ...outgoing.notes];
        yield { ...event, summary: { ...event.summary, ...(notes.length > 0 && { notes }) } };
      } else {
        yield event;
      }
    }
  }

  /** As `Hybrid.decide`. */
  decide(request: EditorRequest, signal: AbortSignal): Promise<RouteDecision> {
    this.#routing ??= new Routing({
      ...this.#deps,
      onSent: (sent) => this.#models.sent("ollama", sent, "asked the router's model to classify a request"),
    });
    return this.#routing.decide(request, signal);
  }

  /** As `Hybrid.preview`. */
  async preview(request: EditorRequest, signal: AbortSignal): Promise<Preview> {
    const decision = await this.decide(request, signal);
    const { plan, messages } = await this.#preparation.prepare(request, decision, signal);
    const [step] = plan.steps;
    const price = step && (await this.#models.meter.priceOf(step.model, this.#deps.now()));
    if (!step || !price) return { decision, step, quote: undefined };
    const output = this.#expectedOutput(decision, step.tier);
    return { decision, step, quote: quoteOf(price, tokensIn(messages), output, MAX_OUTPUT[step.tier]) };
  }

  /** What was learned from the log as it is now. */
  learned(): Learned {
    return this.#deps.learner.learned(true);
  }

  /** Makes the router anew: with what was learned, and without its memory of failures. */
  relearn(): void {
    this.#routing = undefined;
  }

  /** As `Hybrid.estimate`. */
  async estimate(model: ModelId, charsIn: number, charsOut: number): Promise<number> {
    const metered = { charsIn, charsOut, billed: true, complete: false, at: this.#deps.now() };
    return (await this.#models.meter.costOf(model, undefined, metered)).nanoDollars;
  }

  modelStates(signal: AbortSignal): Promise<ModelState[]> {
    return this.#models.states(signal);
  }

  forgetAvailability(): void {
    this.#models.forget();
  }

  /** What takes secrets out of what leaves; undefined when nothing leaves, or the settings say not to. */
  async #redaction(plan: Plan): Promise<Redaction | undefined> {
    if (!this.#deps.settings["privacy.redactSecrets"]) return undefined;
    if (plan.steps.every(({ model }) => this.#models.isLocal(model))) return undefined;
    const [{ findSecrets }, { Redaction }, known] = await Promise.all([
      import("./privacy/secrets.ts"),
      import("./privacy/redaction.ts"),
      this.#deps.knownSecrets?.() ?? [],
    ]);
    return new Redaction((text) => findSecrets(text, known));
  }

  /** The row of the question that the router asked a local model; it is no attempt, and counts as none. */
  async #routingRow(
    request: EditorRequest,
    decision: RouteDecision,
    asked: RoutingCall,
  ): Promise<AttemptRecord> {
    const { model, startedAt, inputTokens, outputTokens, problem } = asked;
    const usage = {
      ...(inputTokens !== undefined && { input: inputTokens }),
      ...(outputTokens !== undefined && { output: outputTokens }),
    };
    const metered = { charsIn: 0, charsOut: 0, billed: true, complete: problem === undefined, at: startedAt };
    const record = attemptRecord(request, decision, {
      step: { tier: "local", model, degraded: false },
      number: 0,
      startedAt,
      endedAt: startedAt + asked.totalMs,
      firstTextAt: undefined,
      charsOut: 0,
      toolCalls: 0,
      usage,
      cost: await this.#models.meter.costOf(model, usage, metered),
      quote: undefined,
      error: problem === undefined ? undefined : new HybridError("badAnswer", problem),
      keepPromptText: this.#deps.settings["log.promptText"] === "full",
    });
    return { ...record, outcome: problem === undefined ? "routed" : "failed" };
  }

  #admission(decision: RouteDecision): Admission {
    const { settings, log, confirm, now } = this.#deps;
    const above = settings["quotes.above"];
    const cap = settings["limits.requestDollars"];
    return new Admission({
      meter: this.#models.meter,
      ledger: log.budget,
      limits: budgetLimits(settings),
      onLimit: settings["budget.onLimit"],
      quoteAbove: above > 0 ? above * NANO : undefined,
      cap: cap > 0 ? cap * NANO : undefined,
      expectedOutput: (tier) => this.#expectedOutput(decision, tier),
      confirm,
      now,
    });
  }

  #expectedOutput({ task }: RouteDecision, tier: Tier): readonly [low: number, high: number] {
    const rows = this.#deps.learner.learned().evidence.map(({ row }) => row);
    return expectedOutput(rows, task, tier);
  }
}
