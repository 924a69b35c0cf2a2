/** The core in one object: a request goes in, is routed, planned, run, metered and logged, and comes out as events. */
import type { AnswerEvent } from "./answer.ts";
import { Admission } from "./budget/admission.ts";
import type { BudgetState } from "./budget/budget.ts";
import { drain, withDrain } from "./budget/drain.ts";
import type { Meter } from "./cost/meter.ts";
import { createMeter } from "./cost/meter.ts";
import type { Quote } from "./cost/quote.ts";
import { expectedOutput, quoteOf } from "./cost/quote.ts";
import { estimateTokens } from "./cost/tokens.ts";
import { inputProblem } from "./input.ts";
import type { Learned, Learner } from "./learning/learner.ts";
import type { RequestLog } from "./log/requestLog.ts";
import { Availability } from "./planner/availability.ts";
import { prune, thousands } from "./planner/fit.ts";
import { candidates, makePlan, staysByChoice } from "./planner/planner.ts";
import { bySuccess } from "./planner/success.ts";
import type { LocalOnly } from "./privacy/localOnly.ts";
import { Outgoing } from "./privacy/outgoing.ts";
import type { Redaction } from "./privacy/redaction.ts";
import { isLoopback } from "./providers/address.ts";
import { BUILTIN, createBuiltinProvider } from "./providers/builtin.ts";
import type { Message, ModelCall, Provider, Sent } from "./providers/provider.ts";
import { createProviders, VENDORS } from "./providers/vendors.ts";
import type { Confirm } from "./question.ts";
import type {
  EditorRequest,
  ModelId,
  Plan,
  PlanStep,
  Reason,
  RouteDecision,
  Stays,
  Tier,
} from "./request.ts";
import { splitModelId, TIERS } from "./request.ts";
import { Breakers } from "./resilience/breakers.ts";
import { Drill } from "./resilience/drill.ts";
import { withoutPaused } from "./resilience/leastBad.ts";
import type { Classifier } from "./router/router.ts";
import { route } from "./router/router.ts";
import type { RoutingRule } from "./router/rules.ts";
import type { Run } from "./runner.ts";
import { run } from "./runner.ts";
import type { Settings } from "./settings.ts";
import { budgetLimits, modelsOf, NANO } from "./settings.ts";
import { buildMessages } from "./tasks/prompts.ts";

/** Longest answer asked for, tokens: what a long refactor needs; a local context must hold the prompt as well. */
const MAX_OUTPUT: Record<Tier, number> = { local: 2048, mid: 8192, flagship: 16_384 };

export interface HybridDeps {
  settings: Settings;
  log: RequestLog;
  /** The API key of a provider, or undefined. */
  keyOf: (provider: string) => Promise<string | undefined>;
  /** Asks the user before much money is spent, or a budget is passed; nobody is asked without it. */
  confirm?: Confirm;
  /** Secret values of the workspace that no pattern finds: those of its `.env` files. */
  knownSecrets?: () => Promise<readonly string[]>;
  /** Providers beside those of the settings, whose models are part of the user's plan with them. */
  planProviders?: readonly Provider[];
  /** Evidence of before is not learned from, milliseconds since the epoch; 0 when missing. */
  learnFrom?: () => number;
  /** Milliseconds since the epoch; for tests. */
  now?: () => number;
}

/** What a model picker's caller brings along: its own messages and tools instead of Hybrid's prompt. */
export type GivenCall = Pick<ModelCall, "messages" | "tools" | "toolRequired">;

/** A model of the settings and whether it can be used now. */
export interface ModelState {
  tier: Tier;
  model: ModelId;
  /** Why not; undefined when it can. */
  unavailable: string | undefined;
}

/** What decides, made anew when the settings change. */
interface Router {
  classifier: Classifier;
  learner: Learner;
  rules: readonly RoutingRule[];
  localOnly: LocalOnly;
}

/** Chats that may not leave the machine any more, remembered while the window lives. */
const GUARDED_CHATS = 1000;

export class Hybrid {
  /** Who is left alone for a while after failures. */
  readonly breakers: Breakers;
  /** The simulated outage. */
  readonly drill: Drill;
  readonly #deps: HybridDeps & Required<Pick<HybridDeps, "now" | "learnFrom">>;
  readonly #guarded = new Set<string>();
  #settings: Settings;
  #providers!: ReadonlyMap<string, Provider>;
  #availability!: Availability;
  #meter!: Meter;
  #router: Promise<Router> | undefined;
  #learner: Learner | undefined;

  constructor(deps: HybridDeps) {
    this.#deps = { now: Date.now, learnFrom: () => 0, ...deps };
    this.#settings = deps.settings;
    this.breakers = new Breakers(this.#deps);
    this.drill = new Drill(this.#deps);
    this.configure(deps.settings);
    this.drill.onDidChange(() => this.#drillChanged());
  }

  /** Takes new settings; requests that run go on with the old ones. */
  configure(settings: Settings): void {
    const { keyOf, now, planProviders = [] } = this.#deps;
    this.#settings = settings;
    this.#router = undefined;
    this.#providers = this.#createProviders();
    this.breakers.reset();
    this.#availability = new Availability(
      this.#providers,
      async (name) => this.#keyless(name) || !!(await keyOf(name)),
      now,
    );
    const locals = [...this.#providers.values()].filter(({ local }) => local).map(({ name }) => name);
    this.#meter = createMeter({
      overrides: settings.prices,
      localProviders: [BUILTIN, ...locals],
      planProviders: planProviders.map(({ name }) => name),
    });
  }

  /** Answers a request. Never throws: `finished` is always the last event. `signal` cancels at any point. */
  async *ask(request: EditorRequest, signal: AbortSignal, given?: GivenCall): AsyncGenerator<AnswerEvent> {
    const settings = this.#settings;
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
    const prepared = await this.#prepare(request, decision, signal, given);
    // Settings may change while the answer streams: this request goes on with the providers it was planned for.
    const providers = this.#providers;
    const availability = this.#availability;
    const isLocal = ({ model }: PlanStep) => this.#isLocal(model);
    const redaction = await this.#redaction(prepared.plan);
    const outgoing = new Outgoing({ ...prepared, redaction, isLocal });
    yield { type: "routed", decision, plan: prepared.plan };
    const { log, now } = this.#deps;
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
        const row = outgoing.rowFor(step, attempt, sent, now());
        if (row && !this.drill.concerns(isLocal(step))) log.egress.append(row);
      },
    };
    const deps = {
      meter: this.#meter,
      log,
      now,
      keepPromptText: settings["log.promptText"] === "full",
      breakers: this.breakers,
      admission: await this.#admission(decision),
      limits: { deadlineMs: settings["limits.requestSeconds"] * 1000 },
    };
    const events = run(job, deps, signal);
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

  /** What a request would go to first, and about what it would cost; for titles and previews. */
  async preview(
    request: EditorRequest,
    signal: AbortSignal,
  ): Promise<{ decision: RouteDecision; step: PlanStep | undefined; quote: Quote | undefined }> {
    const decision = await this.decide(request, signal);
    const { plan, messages } = await this.#prepare(request, decision, signal);
    const [step] = plan.steps;
    const price = step && (await this.#meter.priceOf(step.model, this.#deps.now()));
    if (!step || !price) return { decision, step, quote: undefined };
    const output = (await this.#expectedOutput(decision))(step.tier);
    return { decision, step, quote: quoteOf(price, tokensIn(messages), output, MAX_OUTPUT[step.tier]) };
  }

  /** How the budgets stand now. */
  budgetState(): BudgetState {
    return this.#deps.log.budget.state(budgetLimits(this.#settings), this.#deps.now());
  }

  /** Routes a request without answering it. */
  async decide(request: EditorRequest, signal: AbortSignal): Promise<RouteDecision> {
    const settings = this.#settings;
    const { classifier, rules, learner } = await this.#routerNow();
    const threshold = settings["routing.confidenceThreshold"];
    const { tightest } = this.budgetState();
    const drained = drain(tightest?.used ?? 0);
    const policy = {
      confidenceThreshold: Math.max(0, threshold - drained),
      rules,
      sessionsOnlyEscalate: settings["routing.sessionsOnlyEscalate"],
    };
    const decision = await route(request, classifier, policy, signal);
    const modelOf = (tier: Tier) => modelsOf(settings, tier)[0];
    const chosen = bySuccess(decision, modelOf, learner.learned().success, policy.confidenceThreshold);
    return tightest ? withDrain(chosen, policy.confidenceThreshold, threshold, tightest) : chosen;
  }

  /** What was learned from the request log, with the labels given a moment ago. */
  async learned(): Promise<Learned> {
    const { learner } = await this.#routerNow();
    return learner.learned(true);
  }

  /** Decides with what is known now: labels were given, or all is to be forgotten. */
  relearn(): void {
    this.#router = undefined;
  }

  /** Every share of the embedded router's log-odds for a request, in words, strongest first. */
  async explain(request: EditorRequest): Promise<Reason[]> {
    const { createEmbeddedClassifier } = await import("./router/embedded.ts");
    return createEmbeddedClassifier().explain(request);
  }

  /** What an answer that still streams has cost so far, nano-dollars, estimated from its characters. */
  async estimate(model: ModelId, charsIn: number, charsOut: number): Promise<number> {
    const metered = { charsIn, charsOut, billed: true, complete: false, at: this.#deps.now() };
    return (await this.#meter.costOf(model, undefined, metered)).nanoDollars;
  }

  /** Looks at every model of the settings. */
  async modelStates(signal: AbortSignal): Promise<ModelState[]> {
    const all = TIERS.flatMap((tier) => modelsOf(this.#settings, tier).map((model) => ({ tier, model })));
    const reasons = await this.#availability.check(
      all.map(({ model }) => model),
      signal,
    );
    return all.map((entry) => ({
      ...entry,
      unavailable: reasons.get(entry.model) ?? this.breakers.check(entry.model).reason,
    }));
  }

  /** Forgets what is known of keys and servers, so that the next look is a fresh one. */
  forgetAvailability(): void {
    for (const name of this.#providers.keys()) this.#availability.forget(name);
  }

  /** Nothing that was seen in a drill holds after it, and nothing of before it holds in it. */
  #drillChanged(): void {
    this.forgetAvailability();
    if (!this.drill.active()) this.breakers.resetDrilled();
  }

  /** The providers of the settings, behind the outage drill, and those of plans. */
  #createProviders(): ReadonlyMap<string, Provider> {
    const settings = this.#settings;
    const { keyOf, planProviders = [] } = this.#deps;
    const fetch = (isLocal: boolean) => this.drill.fetchFor(isLocal);
    const onSent = (provider: string, sent: Sent) =>
      this.#sent(provider, sent, "asked which models there are");
    const created = createProviders({ settings, keyOf, fetch, onSent });
    return new Map([...planProviders.map((provider) => [provider.name, provider] as const), ...created]);
  }

  /** A look at a provider leaves the machine, too: it asks for the models, and shows the key. */
  #sent(provider: string, sent: Sent, note: string): void {
    const isLocal = this.#providers.get(provider)?.local === true;
    if (this.drill.concerns(isLocal) || (isLocal && isLoopback(`http://${sent.host}`))) return;
    const { log, now } = this.#deps;
    const nothing = { requestId: null, attempt: null, model: null, items: [], redactions: 0 };
    log.egress.append({ at: now(), provider, ...sent, ...nothing, note });
  }

  /** The classifiers' word lists and weights are loaded with the first request, not at activation. */
  #routerNow(): Promise<Router> {
    const settings = this.#settings;
    this.#router ??= this.#loadRouter(settings);
    return this.#router;
  }

  async #loadRouter(settings: Settings): Promise<Router> {
    const [
      { createClassifier },
      { createEmbeddedClassifier },
      { compileRules },
      { Learner },
      { withCorrection },
      { LocalOnly },
    ] = await Promise.all([
      import("./router/classifiers.ts"),
      import("./router/embedded.ts"),
      import("./router/ruleMatcher.ts"),
      import("./learning/learner.ts"),
      import("./learning/correction.ts"),
      import("./privacy/localOnly.ts"),
    ]);
    const { log, learnFrom, now } = this.#deps;
    const learner = (this.#learner ??= new Learner({ log, learnFrom, now }));
    const { correction } = learner.learned(true).report;
    const shipped = createEmbeddedClassifier();
    const embedded = correction ? withCorrection(shipped, correction) : shipped;
    const examples = (request: EditorRequest, count: number) => learner.examples(request, count);
    const onSent = (sent: Sent) =>
      this.#sent("ollama", sent, "asked the router's model to classify a request");
    const classifier = createClassifier(settings, { embedded, examples, onSent });
    const localOnly = new LocalOnly(settings["privacy.localOnly"]);
    return { classifier, rules: compileRules(settings["routing.rules"]), learner, localOnly };
  }

  /** What is sent to whom: the guard, the conversation, the plan; and what had to be left out to fit. */
  async #prepare(
    request: EditorRequest,
    decision: RouteDecision,
    signal: AbortSignal,
    given?: GivenCall,
  ): Promise<Prepared> {
    const { localOnly } = await this.#routerNow();
    const stays = this.#stays(request, localOnly, given);
    const asked = stays?.localOnly ? request : localOnly.without(request);
    const messages = given?.messages ?? (await buildMessages(asked));
    const { plan, excess } = await this.#plan(asked, decision, messages, stays, signal);
    const whole = { request: asked, messages, plan, notes: [] };
    if (plan.steps.length > 0 || excess === undefined || given) return whole;
    const pruned = prune(asked, excess);
    if (!pruned) return whole;
    const fewer = await buildMessages(pruned.request);
    const fitting = await this.#plan(pruned.request, decision, fewer, stays, signal);
    if (fitting.plan.steps.length === 0) return whole;
    const notes = [`Left out, since it would not fit: ${pruned.leftOut.join(", ")}.`];
    return { request: pruned.request, messages: fewer, plan: fitting.plan, notes };
  }

  /** Why a request stays on this machine. What was said of a guarded file stays guarded for the rest of its chat. */
  #stays(request: EditorRequest, localOnly: LocalOnly, given?: GivenCall): Stays | undefined {
    const { sessionId } = request;
    const reason =
      localOnly.reasonFor(request, given?.messages) ??
      (this.#guarded.has(sessionId) ? "an earlier turn of this chat was local-only" : undefined);
    if (reason === undefined) return staysByChoice(request, this.#settings);
    this.#guarded.add(sessionId);
    if (this.#guarded.size > GUARDED_CHATS) this.#guarded.delete([...this.#guarded][0] as string);
    return { reason, localOnly: true };
  }

  /** The plan; and where models are only too small, by how many tokens the largest of them is. */
  async #plan(
    request: EditorRequest,
    decision: RouteDecision,
    messages: readonly Message[],
    stays: Stays | undefined,
    signal: AbortSignal,
  ): Promise<{ plan: Plan; excess: number | undefined }> {
    // A drill whose time is over has ended before anything is looked at.
    this.drill.active();
    const steps = candidates(request, decision, this.#settings, stays !== undefined);
    const models = steps.map(({ model }) => model);
    const [reasons, rooms] = await Promise.all([
      this.#availability.check(models, signal),
      this.#rooms(steps),
    ]);
    const tokens = tokensIn(messages);
    let excess: number | undefined;
    const unavailable = (model: ModelId) => {
      const reason = reasons.get(model);
      const room = rooms.get(model);
      if (reason !== undefined || room === undefined || tokens <= room) return reason;
      excess = Math.min(excess ?? Number.POSITIVE_INFINITY, tokens - room);
      const where = this.#isLocal(model) ? "local" : model;
      return `does not fit ${where} (${thousands(tokens)} > ${thousands(room)} tokens)`;
    };
    const plan = makePlan(steps, stays, unavailable, (model) => this.#isLocal(model));
    return { plan: withoutPaused(plan, (model) => this.breakers.check(model)), excess };
  }

  /** Tokens that a prompt may have, by model; half of an answer must fit in the window beside it. */
  async #rooms(steps: readonly PlanStep[]): Promise<Map<ModelId, number>> {
    const now = this.#deps.now();
    const rooms = new Map<ModelId, number>();
    await Promise.all(
      steps.map(async ({ model, tier }) => {
        // Ollama loads a model with the window that it is told; other servers tell theirs, and so does the price list.
        const told = this.#availability.infoOf(model);
        const window =
          splitModelId(model).provider === "ollama"
            ? this.#settings["ollama.numCtx"]
            : (told?.loadedContextTokens ??
              told?.contextTokens ??
              (await this.#meter.priceOf(model, now))?.contextTokens);
        if (window !== undefined) rooms.set(model, window - Math.min(MAX_OUTPUT[tier], window / 4));
      }),
    );
    return rooms;
  }

  /** What takes secrets out of what leaves; undefined when nothing leaves, or the settings say not to. */
  async #redaction(plan: Plan): Promise<Redaction | undefined> {
    if (!this.#settings["privacy.redactSecrets"]) return undefined;
    if (plan.steps.every(({ model }) => this.#isLocal(model))) return undefined;
    const [{ findSecrets }, { Redaction }, known] = await Promise.all([
      import("./privacy/secrets.ts"),
      import("./privacy/redaction.ts"),
      this.#deps.knownSecrets?.() ?? [],
    ]);
    return new Redaction((text) => findSecrets(text, known));
  }

  async #admission(decision: RouteDecision): Promise<Admission> {
    const settings = this.#settings;
    const above = settings["quotes.above"];
    const cap = settings["limits.requestDollars"];
    return new Admission({
      meter: this.#meter,
      ledger: this.#deps.log.budget,
      limits: budgetLimits(settings),
      onLimit: settings["budget.onLimit"],
      quoteAbove: above > 0 ? above * NANO : undefined,
      cap: cap > 0 ? cap * NANO : undefined,
      expectedOutput: await this.#expectedOutput(decision),
      confirm: this.#deps.confirm,
      now: this.#deps.now,
    });
  }

  async #expectedOutput({ task }: RouteDecision): Promise<(tier: Tier) => readonly [number, number]> {
    const { learner } = await this.#routerNow();
    const rows = learner.learned().evidence.map(({ row }) => row);
    return (tier) => expectedOutput(rows, task, tier);
  }

  #isLocal(model: ModelId): boolean {
    const { provider } = splitModelId(model);
    return provider === BUILTIN || this.#providers.get(provider)?.local === true;
  }

  /** A server of the user's own may need no key, and a plan's provider has none. */
  #keyless(provider: string): boolean {
    if (this.#deps.planProviders?.some(({ name }) => name === provider)) return true;
    return provider in this.#settings.providers && !VENDORS.some(({ name }) => name === provider);
  }
}

/** A request made ready to be sent. */
interface Prepared {
  request: EditorRequest;
  messages: Message[];
  plan: Plan;
  notes: string[];
}

function tokensIn(messages: readonly Message[]): number {
  return messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
}
