/** What a request sends to whom: the guard of local-only files, the conversation, the plan, and what must be left out. */
import { tokensIn } from "../cost/tokens.ts";
import type { GivenCall } from "../hybrid.ts";
import type { Models } from "../models.ts";
import { LocalOnly } from "../privacy/localOnly.ts";
import type { Message } from "../providers/provider.ts";
import type { EditorRequest, ModelId, Plan, RouteDecision, Stays } from "../request.ts";
import { withoutPaused } from "../resilience/leastBad.ts";
import type { Breakers } from "../resilience/breakers.ts";
import type { Drill } from "../resilience/drill.ts";
import type { Settings } from "../settings.ts";
import { buildMessages } from "../tasks/prompts.ts";
import { noFit, prune } from "./fit.ts";
import { candidates, makePlan, staysByChoice } from "./planner.ts";

/** A request made ready to be sent. */
export interface Prepared {
  request: EditorRequest;
  messages: Message[];
  plan: Plan;
  /** What the user should know of it, one sentence each. */
  notes: string[];
}

/** Chats that may not leave the machine any more, remembered while the window lives. */
const GUARDED_CHATS = 1000;

export interface PreparationDeps {
  settings: Settings;
  models: Models;
  breakers: Breakers;
  drill: Drill;
  /** Sessions in which something local-only was said. */
  guarded: Set<string>;
}

export class Preparation {
  readonly #deps: PreparationDeps;
  readonly #localOnly: LocalOnly;

  constructor(deps: PreparationDeps) {
    this.#deps = deps;
    this.#localOnly = new LocalOnly(deps.settings["privacy.localOnly"]);
  }

  /** Prepares a request; one that fits nowhere is made smaller where that helps. Never throws. */
  async prepare(
    request: EditorRequest,
    decision: RouteDecision,
    signal: AbortSignal,
    given?: GivenCall,
  ): Promise<Prepared> {
    const stays = this.#stays(request, given);
    const asked = stays?.localOnly ? request : this.#localOnly.without(request);
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
  #stays(request: EditorRequest, given?: GivenCall): Stays | undefined {
    const { settings, guarded } = this.#deps;
    const { sessionId } = request;
    const reason =
      this.#localOnly.reasonFor(request, given?.messages) ??
      (guarded.has(sessionId) ? "an earlier turn of this chat was local-only" : undefined);
    if (reason === undefined) return staysByChoice(request, settings);
    guarded.add(sessionId);
    if (guarded.size > GUARDED_CHATS) guarded.delete([...guarded][0] as string);
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
    const { settings, models, breakers, drill } = this.#deps;
    // A drill whose time is over has ended before anything is looked at.
    drill.active();
    const steps = candidates(request, decision, settings, stays !== undefined);
    const names = steps.map(({ model }) => model);
    const reasons = await models.availability.check(names, signal);
    const rooms = await models.rooms(steps);
    const tokens = tokensIn(messages);
    let excess: number | undefined;
    const unavailable = (model: ModelId) => {
      const reason = reasons.get(model);
      const room = rooms.get(model);
      if (reason !== undefined || room === undefined || tokens <= room) return reason;
      excess = Math.min(excess ?? Number.POSITIVE_INFINITY, tokens - room);
      return noFit(models.isLocal(model) ? "local" : model, tokens, room);
    };
    const plan = makePlan(steps, stays, unavailable, (model) => models.isLocal(model));
    return { plan: withoutPaused(plan, (model) => breakers.check(model)), excess };
  }
}
