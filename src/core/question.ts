/** What the user is asked before money is spent, and how they may answer. */
import type { Tier } from "./request.ts";

/** Go on as planned, go on with a cheaper tier, or not at all. */
export type Choice = "continue" | Exclude<Tier, "flagship"> | "stop";

export interface Question {
  /** One sentence: "This asks for about $0.03–0.06 on anthropic/claude-opus-5." */
  title: string;
  /** In the order to be shown; "stop" is always one of them. */
  choices: readonly { choice: Choice; label: string; detail: string }[];
}

/** Asks the user; "stop" when they walk away or `signal` aborts. Never throws. */
export type Confirm = (question: Question, signal: AbortSignal) => Promise<Choice>;
