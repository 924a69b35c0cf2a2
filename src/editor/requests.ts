/** The one way from the editor's doors to the core: runs requests and shows what runs. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { AnswerEvent } from "../core/answer.ts";
import { isCancelled } from "../core/errors.ts";
import type { GivenCall, Hybrid } from "../core/hybrid.ts";
import type { EditorRequest, Plan, PlanStep, RouteDecision } from "../core/request.ts";
import { CONTEXT_KEYS } from "./ids.ts";
import { Recent } from "./recent.ts";

/** A request under way, for the status bar. */
export interface RunningRequest {
  step: PlanStep | undefined;
  charsIn: number;
  charsOut: number;
}

/** A request with what was decided of it. */
export interface Decided {
  request: EditorRequest;
  decision: RouteDecision;
  /** Missing when it was only routed. */
  plan?: Plan;
}

export class Requests implements vscode.Disposable {
  readonly #hybrid: Hybrid;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #running = new Map<string, RunningRequest>();
  readonly #stops = new Set<AbortController>();
  readonly #decided = new Recent<Decided>();
  #last: Decided | undefined;

  /** Fires when a request starts, takes another model, grows or ends. */
  readonly onDidChange = this.#changed.event;

  constructor(hybrid: Hybrid, log: vscode.LogOutputChannel) {
    this.#hybrid = hybrid;
    this.#log = log;
  }

  get running(): RunningRequest[] {
    return [...this.#running.values()];
  }

  /** What was decided of a request of this session, while it is remembered. */
  decided(requestId: string): Decided | undefined {
    return this.#decided.get(requestId);
  }

  get lastDecided(): Decided | undefined {
    return this.#last;
  }

  /** Asks the core. Never throws; the last event is `finished`. */
  async *ask(
    request: EditorRequest,
    token: vscode.CancellationToken,
    given?: GivenCall,
  ): AsyncGenerator<AnswerEvent> {
    const stop = new AbortController();
    const subscription = token.onCancellationRequested(() => stop.abort());
    if (token.isCancellationRequested) stop.abort();
    const state: RunningRequest = {
      step: undefined,
      charsIn: request.prompt.length + request.code.length,
      charsOut: 0,
    };
    this.#begin(request.id, state, stop);
    try {
      for await (const event of this.#hybrid.ask(request, stop.signal, given)) {
        if (event.type === "routed") {
          this.#last = { request, decision: event.decision, plan: event.plan };
          this.#decided.set(request.id, this.#last);
        }
        if (event.type === "attempt") Object.assign(state, { step: event.step, charsOut: 0 });
        if (event.type === "text") state.charsOut += event.text.length;
        this.#note(event);
        this.#changed.fire();
        yield event;
      }
    } finally {
      subscription.dispose();
      this.#end(request.id, stop);
    }
  }

  /** Cancels everything that runs. */
  stopAll(): void {
    for (const stop of this.#stops) stop.abort();
  }

  dispose(): void {
    this.stopAll();
    this.#changed.dispose();
  }

  #begin(id: string, state: RunningRequest, stop: AbortController): void {
    this.#running.set(id, state);
    this.#stops.add(stop);
    void vscode.commands.executeCommand("setContext", CONTEXT_KEYS.running, true);
    this.#changed.fire();
  }

  #end(id: string, stop: AbortController): void {
    // A caller that walked away before the end must not leave the model talking.
    stop.abort();
    this.#running.delete(id);
    this.#stops.delete(stop);
    void vscode.commands.executeCommand("setContext", CONTEXT_KEYS.running, this.#running.size > 0);
    this.#changed.fire();
  }

  /** What happened goes to the output channel; what was asked and answered does not. */
  #note(event: AnswerEvent): void {
    if (event.type === "routed") {
      const { label, tier, confidence, router } = event.decision;
      this.#log.info(`routed: ${label} → ${tier}, confidence ${confidence.toFixed(2)}, by ${router}`);
      for (const { model, reason } of event.plan.skipped) this.#log.debug(`passed over ${model}: ${reason}`);
    } else if (event.type === "attempt") {
      this.#log.info(
        `attempt ${event.attempt}: ${event.step.model}${event.step.degraded ? ", degraded" : ""}`,
      );
    } else if (event.type === "attemptFailed") {
      this.#log.warn(`${event.step.model} failed (${event.error.kind}): ${event.error.message}`);
    } else if (event.type === "passedOver") {
      this.#log.warn(`${event.step.model} passed over: ${event.reason}`);
    } else if (event.type === "finished") {
      const { outcome, error } = event.summary;
      if (error && !isCancelled(error)) this.#log.warn(`${outcome}: ${error.message}`);
      else this.#log.info(outcome);
    }
  }
}

/** A new request or session id. */
export function newId(): string {
  return randomUUID();
}
