/**
 * The core in one object: a request goes in, is routed, planned, run, metered and logged, and comes out as events. It
 * keeps what outlives a change of the settings; the rest is an engine, loaded when the first request comes.
 */
import type { AnswerEvent } from "./answer.ts";
import type { BudgetState } from "./budget/budget.ts";
import type { Engine, Preview } from "./engine.ts";
import type { Learned, Learner } from "./learning/learner.ts";
import type { RequestLog } from "./log/requestLog.ts";
import type { ModelState } from "./models.ts";
import type { ModelCall, Provider } from "./providers/provider.ts";
import type { Confirm } from "./question.ts";
import type { EditorRequest, ModelId, Reason, RouteDecision } from "./request.ts";
import { Breakers } from "./resilience/breakers.ts";
import { Drill } from "./resilience/drill.ts";
import type { Settings } from "./settings.ts";
import { budgetLimits } from "./settings.ts";

export interface HybridDeps {
  settings: Settings;
  log: RequestLog;
  /** The API key of a provider, or undefined. */
  keyOf: (provider: string) => Promise<string | undefined>;
  /** Asks the user before much money is spent, or a budget is passed; nobody is asked without it. */
  confirm?: Confirm;
  /** Secret values of the workspace that no pattern finds: those of its `.env` files. */
  knownSecrets?: () => Promise<readonly string[]>;
  /** Providers beside those of the settings: the editor's own models. */
  moreProviders?: readonly Provider[];
  /** Evidence of before is not learned from, milliseconds since the epoch; 0 when missing. */
  learnFrom?: () => number;
  /** Milliseconds since the epoch; for tests. */
  now?: () => number;
}

/** What a model picker's caller brings along: its own messages and tools instead of Hybrid's prompt. */
export type GivenCall = Pick<ModelCall, "messages" | "tools" | "toolRequired">;

export class Hybrid {
  /** Who is left alone for a while after failures. */
  readonly breakers: Breakers;
  /** The simulated outage. */
  readonly drill: Drill;
  readonly #deps: HybridDeps & Required<Pick<HybridDeps, "now" | "learnFrom">>;
  readonly #guarded = new Set<string>();
  #settings: Settings;
  #engine: Promise<Engine> | undefined;
  #learner: Learner | undefined;

  constructor(deps: HybridDeps) {
    this.#deps = { now: Date.now, learnFrom: () => 0, ...deps };
    this.#settings = deps.settings;
    this.breakers = new Breakers(this.#deps);
    this.drill = new Drill(this.#deps);
    this.drill.onDidChange(() => this.#drillChanged());
  }

  /** Takes new settings; requests that run go on with the old ones. */
  configure(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#engine = undefined;
    // A server that has moved is not the one that failed.
    if (JSON.stringify(addressesOf(before)) !== JSON.stringify(addressesOf(settings))) this.breakers.reset();
  }

  /** Answers a request. Never throws: `finished` is always the last event. `signal` cancels at any point. */
  async *ask(request: EditorRequest, signal: AbortSignal, given?: GivenCall): AsyncGenerator<AnswerEvent> {
    yield* (await this.#engineNow()).ask(request, signal, given);
  }

  /** Routes a request without answering it. */
  async decide(request: EditorRequest, signal: AbortSignal): Promise<RouteDecision> {
    return (await this.#engineNow()).decide(request, signal);
  }

  /** Where a request would go first, and about what it would cost; for titles. */
  async preview(request: EditorRequest, signal: AbortSignal): Promise<Preview> {
    return (await this.#engineNow()).preview(request, signal);
  }

  /** How the budgets stand now. */
  budgetState(): BudgetState {
    return this.#deps.log.budget.state(budgetLimits(this.#settings), this.#deps.now());
  }

  /** What was learned from the request log, with the labels given a moment ago. */
  async learned(): Promise<Learned> {
    return (await this.#engineNow()).learned();
  }

  /** Decides with what is known now: labels were given, or all is to be forgotten. */
  relearn(): void {
    void this.#engine?.then((engine) => engine.relearn());
  }

  /** Every share of the embedded router's log-odds for a request, in words, strongest first. */
  async explain(request: EditorRequest): Promise<Reason[]> {
    const { createEmbeddedClassifier } = await import("./router/embedded.ts");
    return createEmbeddedClassifier().explain(request);
  }

  /** What an answer that still streams has cost so far, nano-dollars, estimated from its characters. */
  async estimate(model: ModelId, charsIn: number, charsOut: number): Promise<number> {
    return (await this.#engineNow()).estimate(model, charsIn, charsOut);
  }

  /** Looks at every model of the settings. */
  async modelStates(signal: AbortSignal): Promise<ModelState[]> {
    return (await this.#engineNow()).modelStates(signal);
  }

  /** Forgets what is known of keys and servers, so that the next look is a fresh one. */
  forgetAvailability(): void {
    void this.#engine?.then((engine) => engine.forgetAvailability());
  }

  #engineNow(): Promise<Engine> {
    this.#engine ??= this.#load(this.#settings);
    return this.#engine;
  }

  async #load(settings: Settings): Promise<Engine> {
    const [{ Engine }, { Learner }] = await Promise.all([
      import("./engine.ts"),
      import("./learning/learner.ts"),
    ]);
    this.#learner ??= new Learner(this.#deps);
    return new Engine({
      ...this.#deps,
      settings,
      learner: this.#learner,
      breakers: this.breakers,
      drill: this.drill,
      guarded: this.#guarded,
      budget: () => this.budgetState(),
    });
  }

  /** Nothing that was seen in a drill holds after it, and nothing of before it holds in it. */
  #drillChanged(): void {
    this.forgetAvailability();
    this.relearn();
    if (!this.drill.active()) this.breakers.resetDrilled();
  }
}

function addressesOf(settings: Settings): unknown {
  return [settings.providers, settings["ollama.baseUrl"]];
}
