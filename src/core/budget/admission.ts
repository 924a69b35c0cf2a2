/**
 * Whether an attempt's money may be spent: the request's own cap, the user's word on a dear one, the budgets. What is
 * let in is reserved, so that requests side by side cannot run past a limit together.
 */
import type { Meter } from "../cost/meter.ts";
import { formatDollars } from "../cost/meter.ts";
import type { Quote } from "../cost/quote.ts";
import { mostOf, quoteOf } from "../cost/quote.ts";
import { tokensIn } from "../cost/tokens.ts";
import { HybridError } from "../errors.ts";
import type { AttemptRecord } from "../log/record.ts";
import type { ModelCall } from "../providers/provider.ts";
import type { Confirm, Question } from "../question.ts";
import type { Label, ModelId, PlanStep, Tier } from "../request.ts";
import { TIERS } from "../request.ts";
import type { BudgetLedger, BudgetLimits, Refusal } from "./budget.ts";
import { refusalText } from "./budgetText.ts";
import { keptShareOf, reservedForHard } from "./drain.ts";
import type { Instead } from "./questions.ts";
import { insteadText, limitQuestion, quoteQuestion } from "./questions.ts";

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
  callFor: (step: PlanStep) => Pick<ModelCall, "messages" | "maxOutputTokens">;
  /** The attempts of the request before this one. */
  earlier: readonly AttemptRecord[];
  /** What could still be tried instead. */
  rest: readonly PlanStep[];
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

/** What an attempt may cost: most probably, and at most, nano-dollars. */
interface Expected {
  quote: Quote;
  most: number;
}

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
    const { cap } = this.#deps;
    const { step, earlier } = asked;
    const expected = await this.#expect(asked, step);
    // Without a price nothing can be reserved or quoted; the row will say "unpriced".
    if (!expected || expected.most === 0) return FREE;
    const spent = earlier.reduce((sum, { costNanoDollars }) => sum + costNanoDollars, 0);
    if (cap !== undefined && spent + expected.most > cap)
      return { verdict: "passedOver", reason: capText(expected.most, cap, spent) };
    // A look before the user is asked: nobody should agree to a price and then hear of the budget.
    const refusal = this.#refusal(asked, step, expected);
    const word = refusal
      ? await this.#overLimit(asked, expected, refusal, signal)
      : await this.#dear(asked, expected, signal);
    return word ?? this.#reserved(asked, expected, signal);
  }

  async #expect({ callFor }: Asked, step: PlanStep): Promise<Expected | undefined> {
    const { meter, now, expectedOutput } = this.#deps;
    const price = await meter.priceOf(step.model, now());
    if (!price) return undefined;
    const { messages, maxOutputTokens } = callFor(step);
    const tokens = tokensIn(messages);
    return {
      quote: quoteOf(price, tokens, expectedOutput(step.tier), maxOutputTokens),
      most: mostOf(price, tokens, maxOutputTokens),
    };
  }

  /** Why the budgets have no room for a step as they stand; undefined when they do. */
  #refusal({ label }: Asked, { tier }: PlanStep, { most }: Expected): Refusal | undefined {
    if (this.#overBudget) return undefined;
    const { ledger, limits, now } = this.#deps;
    return reservedForHard(ledger.state(limits, now()), { tier, nanoDollars: most, label });
  }

  /** Asks about a dear flagship attempt; undefined to go on. */
  async #dear(asked: Asked, { quote }: Expected, signal: AbortSignal): Promise<Verdict | undefined> {
    const { quoteAbove, confirm } = this.#deps;
    const { step } = asked;
    const isDear = step.tier === "flagship" && quoteAbove !== undefined && quote.high > quoteAbove;
    if (!isDear || !confirm || this.#agreed.has(step.model)) return undefined;
    const question = quoteQuestion(step.model, quote, await this.#instead(asked));
    return this.#ask(confirm, question, step, { quote }, signal);
  }

  async #reserved(asked: Asked, expected: Expected, signal: AbortSignal): Promise<Verdict> {
    const { ledger, limits, now } = this.#deps;
    const { step, label, requestId, earlier } = asked;
    // The user may have thought for long: the money belongs to the day on which the call is made.
    const at = now();
    const reservation = {
      requestId,
      attempt: earlier.length + 1,
      tier: step.tier,
      nanoDollars: expected.most,
      at,
      expiresAt: at + RESERVED_MS,
    };
    const kept = keptShareOf({ tier: step.tier, label });
    const reserved = await ledger.reserve(reservation, this.#overBudget ? NO_LIMITS : limits, kept);
    if (!reserved.ok) {
      const word = await this.#overLimit(asked, expected, reserved.refusal, signal);
      return word ?? this.#reserved(asked, expected, signal);
    }
    return {
      verdict: "admitted",
      quote: expected.quote,
      renew: () => ledger.renew(reservation, now() + RESERVED_MS),
      giveBack: () => ledger.settle(reservation),
    };
  }

  /** What the settings, or the user, say of a budget that is used up; undefined to go on all the same. */
  async #overLimit(
    asked: Asked,
    { quote }: Expected,
    refusal: Refusal,
    signal: AbortSignal,
  ): Promise<Verdict | undefined> {
    const { onLimit, confirm, now } = this.#deps;
    const { step, rest } = asked;
    const text = refusalText(refusal, now());
    // Money that is only kept for HARD requests still buys a cheaper tier.
    const isKept = refusal.kept > 0 && refusal.remaining >= refusal.nanoDollars;
    const isCheaper = rest.some(({ tier }) => tier !== step.tier);
    if (onLimit === "localOnly" || (isKept && isCheaper)) return { verdict: "passedOver", reason: text };
    if (onLimit === "stop" || !confirm) {
      const hint = "Raise it under hybrid.budget, or let hybrid.budget.onLimit go on with local models.";
      return { verdict: "refused", error: new HybridError("overBudget", text, { hint }) };
    }
    const question = limitQuestion(text, step.model, quote, await this.#instead(asked));
    const word = await this.#ask(confirm, question, step, { refusal: text }, signal);
    this.#overBudget ||= word === undefined;
    return word;
  }

  /** Puts a question; undefined when the user agrees. A word that comes after the request was stopped is not heard. */
  async #ask(
    confirm: Confirm,
    question: Question,
    { model }: PlanStep,
    over: Parameters<typeof insteadText>[1],
    signal: AbortSignal,
  ): Promise<Verdict | undefined> {
    const choice = await confirm(question, signal);
    if (choice === "stop" || signal.aborted) return { verdict: "stopped" };
    if (choice !== "continue") return { verdict: "lower", tier: choice, reason: insteadText(choice, over) };
    this.#agreed.add(model);
    return undefined;
  }

  /** The lower tiers that could answer instead, within the budgets. */
  async #instead(asked: Asked): Promise<Instead[]> {
    const found: Instead[] = [];
    const isLower = (tier: Tier) => TIERS.indexOf(tier) < TIERS.indexOf(asked.step.tier);
    for (const tier of (["mid", "local"] as const).filter(isLower)) {
      const step = asked.rest.find((one) => one.tier === tier);
      const expected = step && (await this.#expect(asked, step));
      if (!step || (expected && this.#refusal(asked, step, expected))) continue;
      found.push({ tier, model: step.model, quote: expected?.quote });
    }
    return found;
  }
}

function capText(most: number, cap: number, spent: number): string {
  const left = formatDollars(Math.max(0, cap - spent));
  return `may cost ${formatDollars(most)}, and ${left} is left of the ${formatDollars(cap)} for one request (hybrid.limits.requestDollars)`;
}
