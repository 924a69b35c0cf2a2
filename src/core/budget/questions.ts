/** What the user is asked about money, with a model and its price behind every choice. */
import type { Quote } from "../cost/quote.ts";
import { aboutText } from "../cost/quote.ts";
import { TIER_NAMES } from "../present.ts";
import type { Question } from "../question.ts";
import type { ModelId, Tier } from "../request.ts";

/** A model of another tier that could answer instead. */
export interface Instead {
  tier: Exclude<Tier, "flagship">;
  model: ModelId;
  /** Undefined when nobody knows its price. */
  quote: Quote | undefined;
}

type Choices = Question["choices"];

/** About an attempt that is dear. */
export function quoteQuestion(model: ModelId, quote: Quote, instead: readonly Instead[]): Question {
  const about = aboutText(quote);
  return {
    title: `This asks for ${about} on ${model}`,
    choices: [
      { choice: "continue", label: "Continue", detail: `${model}, ${about}.` },
      ...instead.map(choiceOf),
      STOP,
    ],
  };
}

/** About an attempt that a budget has no room for; `refusal` is the sentence that says so. */
export function limitQuestion(
  refusal: string,
  model: ModelId,
  quote: Quote,
  instead: readonly Instead[],
): Question {
  const detail = `${model}, ${aboutText(quote)}. Goes over the budget for this one request.`;
  return {
    title: refusal,
    choices: [...instead.map(choiceOf), { choice: "continue", label: "Continue Once", detail }, STOP],
  };
}

/** Why a model was passed over: "you chose Mid over about $0.03–0.06", "you chose Local. The daily budget …". */
export function insteadText(choice: Tier, over: { quote: Quote } | { refusal: string }): string {
  const chosen = `you chose ${TIER_NAMES[choice]}`;
  return "quote" in over ? `${chosen} over ${aboutText(over.quote)}` : `${chosen}. ${over.refusal}`;
}

const STOP: Choices[number] = { choice: "stop", label: "Cancel", detail: "Nothing is sent." };

function choiceOf({ tier, model, quote }: Instead): Choices[number] {
  const detail = `${model}, ${aboutText(quote)}. The answer may be weaker.`;
  return { choice: tier, label: `Use ${TIER_NAMES[tier]}`, detail };
}
