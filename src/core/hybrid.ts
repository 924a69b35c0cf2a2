/** The core in one object: a request goes in, is routed, planned, run, metered and logged, and comes out as events. */
import type { AnswerEvent } from "./answer.ts";
import type { Meter } from "./cost/meter.ts";
import { createMeter } from "./cost/meter.ts";
import { estimateTokens } from "./cost/tokens.ts";
import { inputProblem } from "./input.ts";
import type { Learned, Learner } from "./learning/learner.ts";
import type { RequestLog } from "./log/requestLog.ts";
import { Availability } from "./planner/availability.ts";
import { candidates, makePlan, staysLocal } from "./planner/planner.ts";
import { bySuccess } from "./planner/success.ts";
import { BUILTIN, createBuiltinProvider } from "./providers/builtin.ts";
import type { Message, ModelCall, Provider } from "./providers/provider.ts";
import { createProviders, VENDORS } from "./providers/vendors.ts";
import type { EditorRequest, ModelId, Plan, Reason, RouteDecision, Tier } from "./request.ts";
import { splitModelId, TIERS } from "./request.ts";
import { Breakers } from "./resilience/breakers.ts";
import type { ChainLimits } from "./resilience/chain.ts";
import { Drill } from "./resilience/drill.ts";
import { withoutPaused } from "./resilience/leastBad.ts";
import type { Classifier } from "./router/router.ts";
import { route } from "./router/router.ts";
import type { RoutingRule } from "./router/rules.ts";
import { run } from "./runner.ts";
import type { Settings } from "./settings.ts";
import { modelsOf } from "./settings.ts";
import { buildMessages } from "./tasks/prompts.ts";

/** Longest answer asked for, tokens: what a long refactor needs; a local context must hold the prompt as well. */
const MAX_OUTPUT: Record<Tier, number> = { local: 2048, mid: 8192, flagship: 16_384 };

export interface HybridDeps {
  settings: Settings;
  log: RequestLog;
  /** The API key of a provider, or undefined. */
  keyOf: (provider: string) => Promise<string | undefined>;
  /** Evidence of before is not learned from, milliseconds since the epoch; 0 when missing. */
  learnFrom?: () => number;
  /** Limits of all attempts of a request together. */
  limits?: () => Partial<ChainLimits>;
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
}

export class Hybrid {
  /** Who is left alone for a while after failures. */
  readonly breakers: Breakers;
  /** The simulated outage. */
  readonly drill: Drill;
  readonly #deps: Required<HybridDeps>;
  #settings: Settings;
  #providers!: ReadonlyMap<string, Provider>;
  #availability!: Availability;
  #meter!: Meter;
  #router: Promise<Router> | undefined;
  #learner: Learner | undefined;

  constructor(deps: HybridDeps) {
    this.#deps = { now: Date.now, learnFrom: () => 0, limits: () => ({}), ...deps };
    this.#settings = deps.settings;
    this.breakers = new Breakers(this.#deps);
    this.drill = new Drill(this.#deps);
    this.configure(deps.settings);
    this.drill.onDidChange(() => this.#drillChanged());
  }

  /** Takes new settings; requests that run go on with the old ones. */
  configure(settings: Settings): void {
    const { keyOf, now } = this.#deps;
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
    this.#meter = createMeter({ overrides: settings.prices, localProviders: [BUILTIN, ...locals] });
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
    const messages = given?.messages ?? (await buildMessages(request));
    // Settings may change while the answer streams: this request goes on with the providers it was planned for.
    const providers = this.#providers;
    const availability = this.#availability;
    const plan = await this.#plan(request, decision, messages, signal);
    yield { type: "routed", decision, plan };
    const job = {
      request,
      decision,
      plan,
      providerOf: (name: string) => (name === BUILTIN ? createBuiltinProvider(request) : providers.get(name)),
      callFor: ({ tier }: { tier: Tier }) => ({ ...given, messages, maxOutputTokens: MAX_OUTPUT[tier] }),
    };
    const deps = {
      meter: this.#meter,
      log: this.#deps.log,
      now: this.#deps.now,
      keepPromptText: settings["log.promptText"] === "full",
      breakers: this.breakers,
      limits: this.#deps.limits(),
    };
    for await (const event of run(job, deps, signal)) {
      if (event.type === "attemptFailed") availability.forget(splitModelId(event.step.model).provider);
      yield event;
    }
  }

  /** Routes a request without answering it. */
  async decide(request: EditorRequest, signal: AbortSignal): Promise<RouteDecision> {
    const settings = this.#settings;
    const { classifier, rules, learner } = await this.#routerNow();
    const policy = {
      confidenceThreshold: settings["routing.confidenceThreshold"],
      rules,
      sessionsOnlyEscalate: settings["routing.sessionsOnlyEscalate"],
    };
    const decision = await route(request, classifier, policy, signal);
    const modelOf = (tier: Tier) => modelsOf(settings, tier)[0];
    return bySuccess(decision, modelOf, learner.learned().success, policy.confidenceThreshold);
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

  /** The providers of the settings, each behind the side of the drill that it is on. */
  #createProviders(): ReadonlyMap<string, Provider> {
    const settings = this.#settings;
    const { keyOf } = this.#deps;
    const behind = (isLocal: boolean) =>
      createProviders({ settings, keyOf, fetch: this.drill.wrapFetch(globalThis.fetch, isLocal) });
    const [locals, clouds] = [behind(true), behind(false)];
    return new Map(
      [...clouds].map(([name, cloud]) => [name, cloud.local ? (locals.get(name) ?? cloud) : cloud]),
    );
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
    ] = await Promise.all([
      import("./router/classifiers.ts"),
      import("./router/embedded.ts"),
      import("./router/ruleMatcher.ts"),
      import("./learning/learner.ts"),
      import("./learning/correction.ts"),
    ]);
    const { log, learnFrom, now } = this.#deps;
    const learner = (this.#learner ??= new Learner({ log, learnFrom, now }));
    const { correction } = learner.learned(true).report;
    const shipped = createEmbeddedClassifier();
    const embedded = correction ? withCorrection(shipped, correction) : shipped;
    const examples = (request: EditorRequest, count: number) => learner.examples(request, count);
    const classifier = createClassifier(settings, { embedded, examples });
    return { classifier, rules: compileRules(settings["routing.rules"]), learner };
  }

  async #plan(
    request: EditorRequest,
    decision: RouteDecision,
    messages: Message[],
    signal: AbortSignal,
  ): Promise<Plan> {
    const settings = this.#settings;
    // A drill whose time is over has ended before anything is looked at.
    this.drill.active();
    const steps = candidates(request, decision, settings);
    const reasons = await this.#availability.check(
      steps.map(({ model }) => model),
      signal,
    );
    const tokens = messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
    const unavailable = (model: ModelId) => reasons.get(model) ?? this.#doesNotFit(model, tokens);
    const isLocal = (model: ModelId) => this.#isLocal(model);
    const plan = makePlan(steps, staysLocal(request, settings), unavailable, isLocal);
    return withoutPaused(plan, (model) => this.breakers.check(model));
  }

  /** Ollama's window is the one size known before the call; half of an answer must fit in it too. */
  #doesNotFit(model: ModelId, tokens: number): string | undefined {
    if (splitModelId(model).provider !== "ollama") return undefined;
    const window = this.#settings["ollama.numCtx"];
    const room = window - Math.min(MAX_OUTPUT.local, window / 4);
    return tokens > room
      ? `does not fit local (${thousands(tokens)} > ${thousands(room)} tokens)`
      : undefined;
  }

  #isLocal(model: ModelId): boolean {
    const { provider } = splitModelId(model);
    return provider === BUILTIN || this.#providers.get(provider)?.local === true;
  }

  /** A server of the user's own may need no key. */
  #keyless(provider: string): boolean {
    return provider in this.#settings.providers && !VENDORS.some(({ name }) => name === provider);
  }
}

function thousands(tokens: number): string {
  return tokens < 1000 ? String(Math.round(tokens)) : `${(tokens / 1000).toFixed(1)}k`;
}
