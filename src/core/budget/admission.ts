/**
 * Whether an attempt's money may be spent: the request's own cap, the user's word on a dear one, the budgets. What is
 * let in is reserved, so that requests side by side cannot run past a limit together.
 */
import type { Meter } from "../cost/meter.ts";
import { formatDollars } from "../cost/meter.ts";
import type { Quote } from "../cost/quote.ts";
import { mostOf, quoteOf, quoteText } from "../cost/quote.ts";
import { estimateTokens } from "../cost/tokens.ts";
import { HybridError } from "../errors.ts";
import type { AttemptRecord } from "../log/record.ts";
import type { ModelCall } from "../providers/provider.ts";
import type { Choice, Confirm, Question } from "../question.ts";
import type { Label, ModelId, PlanStep, Tier } from "../request.ts";
import type { BudgetLedger, BudgetLimits, Refusal, Reservation } from "./budget.ts";
import { refusalText } from "./budgetText.ts";
import { keptShareOf } from "./drain.ts";

/** How long a reservation outlives its window's crash, milliseconds; a long answer renews it. */
const RESERVED_MS = 10 * 60_000;

export interface AdmissionDeps {
  meter: Meter;
  ledger: BudgetLedger;
  limits: BudgetLimits;
  onLimit: "ask" | "localOnly" | "stop";
  /** A flagship attempt that may cost more is quoted first, nano-dollars; undefined never asks. */
  quoteAbove: number | undefined;
  /** The most that all attempts of the request may cost together, nano-dollars; undefined for no cap. */
  cap: number | undefined;
  /** Output tokens of most answers of this request's task by a tier. */
  expectedOutput: (tier: Tier) => readonly [low: number, high: number];
  /** Asks the user; without it dear requests go on, and a used-up budget stops. */
  confirm: Confirm | undefined;
  now: () => number;
}

/** One attempt that would like to be made. */
export interface Asked {
  requestId: string;
  label: Label;
  step: PlanStep;
  call: Pick<ModelCall, "messages" | "maxOutputTokens">;
  /** The attempts of the request before this one. */
  earlier: readonly AttemptRecord[];
  /** Tiers that could still be tried instead. */
  others: readonly Tier[];
}

/** Money that is spoken for; a free attempt has none. */
export interface Admitted {
  verdict: "admitted";
  quote: Quote | undefined;
  /** Called now and then while an answer streams. */
  renew(): void;
  /** The attempt was never made after all; one that was is settled by its row in the log. */
  giveBack(): void;
}

export type Verdict =
  | Admitted
  /** Not this model; the next one may do. */
  | { verdict: "passedOver"; reason: string }
  /** The user would rather have this tier: none above it. */
  | { verdict: "lower"; tier: Tier; reason: string }
  /** The user stopped it. */
  | { verdict: "stopped" }
  | { verdict: "refused"; error: HybridError };

const FREE: Admitted = { verdict: "admitted", quote: undefined, renew() {}, giveBack() {} };
const NO_LIMITS: BudgetLimits = { daily: null, monthly: null, tiers: {} };

/** Decides for the attempts of one request; what the user has agreed to once is not asked again. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #agreed = new Set<ModelId>();
  #overBudget = false;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  /** Decides, asking the user where the settings say so. Never throws. */
  async admit(asked: Asked, signal: AbortSignal): Promise<Verdict> {
    const { meter, now, cap, expectedOutput } = this.#deps;
    const { step, call, earlier } = asked;
    const at = now();
    const price = await meter.priceOf(step.model, at);
    // Without a price nothing can be reserved or quoted; the row will say "unpriced".
    if (!price) return FREE;
    const tokens = call.messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
    const most = mostOf(price, tokens, call.maxOutputTokens);
    if (most === 0) return FREE;
    const quote = quoteOf(price, tokens, expectedOutput(step.tier), call.maxOutputTokens);
    const spent = earlier.reduce((sum, { costNanoDollars }) => sum + costNanoDollars, 0);
    if (cap !== undefined && spent + most > cap)
      return { verdict: "passedOver", reason: capText(most, cap, spent) };
    const word = await this.#quoted(asked, quote, signal);
    if (word) return word;
    const reservation: Reservation = {
      requestId: asked.requestId,
      attempt: earlier.length + 1,
      tier: step.tier,
      nanoDollars: most,
      at,
      expiresAt: at + RESERVED_MS,
    };
    return this.#reserved(asked, reservation, quote, signal);
  }

  /** Asks about a dear flagship attempt; undefined to go on. */
  async #quoted(asked: Asked, quote: Quote, signal: AbortSignal): Promise<Verdict | undefined> {
    const { quoteAbove, confirm } = this.#deps;
    const { step, others } = asked;
    const isDear = step.tier === "flagship" && quoteAbove !== undefined && quote.high > quoteAbove;
    if (!isDear || !confirm || this.#agreed.has(step.model)) return undefined;
    const about = `about ${quoteText(quote)} on ${step.model}`;
    const choice = await confirm(quoteQuestion(about, others), signal);
    if (choice !== "continue") return verdictOf(choice, `you chose ${choice} over ${about}`);
    this.#agreed.add(step.model);
    return undefined;
  }

  async #reserved(
    asked: Asked,
    reservation: Reservation,
    quote: Quote,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { ledger, now } = this.#deps;
    const { step, label } = asked;
    const limits = this.#overBudget ? NO_LIMITS : this.#deps.limits;
    const reserved = await ledger.reserve(reservation, limits, keptShareOf({ tier: step.tier, label }));
    if (reserved.ok) {
      return {
        verdict: "admitted",
        quote,
        renew: () => ledger.renew(reservation, now() + RESERVED_MS),
        giveBack: () => ledger.settle(reservation),
      };
    }
    const word = await this.#overLimit(asked, reserved.refusal, signal);
    return word ?? this.#reserved(asked, reservation, quote, signal);
  }

  /** What the settings, or the user, say of a budget that is used up; undefined to go on all the same. */
  async #overLimit(asked: Asked, refusal: Refusal, signal: AbortSignal): Promise<Verdict | undefined> {
    const { onLimit, confirm, now } = this.#deps;
    const { step, others } = asked;
    const text = refusalText(refusal, now());
    // Money that is only kept for HARD requests still buys a cheaper tier.
    const isKept = refusal.kept > 0 && refusal.remaining >= refusal.nanoDollars && others.length > 0;
    if (onLimit === "localOnly" || isKept) return { verdict: "passedOver", reason: text };
    if (onLimit === "stop" || !confirm) {
      const hint = "Raise it under hybrid.budget, or let hybrid.budget.onLimit go on with local models.";
      return { verdict: "refused", error: new HybridError("overBudget", text, { hint }) };
    }
    const choice = await confirm(limitQuestion(text, step, others), signal);
    if (choice !== "continue") return verdictOf(choice, text);
    this.#overBudget = true;
    return undefined;
  }
}

function verdictOf(choice: Exclude<Choice, "continue">, reason: string): Verdict {
  return choice === "stop" ? { verdict: "stopped" } : { verdict: "lower", tier: choice, reason };
}

const STOP = { choice: "stop", label: "Cancel", detail: "Nothing is sent." } as const;
const MID = { choice: "mid", label: "Use Mid", detail: "A cheap cloud model answers." } as const;
const LOCAL = {
  choice: "local",
  label: "Use Local",
  detail: "Costs nothing; the answer may be weaker.",
} as const;

function quoteQuestion(about: string, others: readonly Tier[]): Question {
  return {
    title: `This asks for ${about}`,
    choices: [
      { choice: "continue", label: "Continue", detail: `Costs ${about}.` },
      ...(others.includes("mid") ? [MID] : []),
      ...(others.includes("local") ? [LOCAL] : []),
      STOP,
    ],
  };
}

function limitQuestion(text: string, { model }: PlanStep, others: readonly Tier[]): Question {
  const detail = `Goes over the budget for this one request, on ${model}.`;
  return {
    title: text,
    choices: [
      ...(others.includes("local") ? [LOCAL] : []),
      { choice: "continue", label: "Continue Once", detail },
      STOP,
    ],
  };
}

function capText(most: number, cap: number, spent: number): string {
  const left = formatDollars(Math.max(0, cap - spent));
  return `may cost ${formatDollars(most)}, and ${left} is left of the ${formatDollars(cap)} for one request (hybrid.limits.requestDollars)`;
}
