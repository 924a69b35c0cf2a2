/** How sure a model is of its label, read off the probabilities of the tokens it chose among. */
import type { Label, LabelProbabilities } from "../../request.ts";
import { LABELS } from "../../request.ts";

/** One token of the answer with the alternatives it was chosen among; natural logarithms. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  top_logprobs?: readonly { token: string; logprob: number }[];
}

/** Where a server tells no log-probabilities: what a small model's labels are worth, from the source document: 78 %. */
const UNTOLD = 0.78;
/** A label that is not among the alternatives is less likely than all of them; this is the least it counts for. */
const LEAST = 0.005;

/** Probabilities of the labels, given the one that was answered. */
export function labelProbabilities(
  label: Label,
  tokens: readonly TokenLogprob[] | undefined,
): LabelProbabilities {
  const first = tokens && labelToken(tokens);
  if (!first) return normalised(LABELS.map((one) => (one === label ? UNTOLD : (1 - UNTOLD) / 2)));
  const shares = LABELS.map(() => LEAST);
  for (const { token, logprob } of first.top_logprobs?.length ? first.top_logprobs : [first]) {
    const index = LABELS.findIndex((one) => begins(one, token));
    if (index >= 0) shares[index] = (shares[index] as number) + Math.exp(logprob);
  }
  const told = normalised(shares);
  // The label that was answered leads: one that does not was not read off the right token.
  return LABELS[told.indexOf(Math.max(...told))] === label ? told : labelProbabilities(label, undefined);
}

/** The token in which the value of "label" begins. */
function labelToken(tokens: readonly TokenLogprob[]): TokenLogprob | undefined {
  const text = tokens.map(({ token }) => token).join("");
  const key = /"label"\s*:\s*"/.exec(text);
  if (!key) return undefined;
  const start = key.index + key[0].length;
  let at = 0;
  for (const token of tokens) {
    at += token.token.length;
    if (at > start) return token;
  }
  return undefined;
}

/** Whether a token, which may hold the quote before it, begins a label: "E", "EAS" and "\"EASY" all begin EASY. */
function begins(label: Label, token: string): boolean {
  const word = token.replace(/^[\s:"]+/, "").replace(/["\s,}].*$/s, "");
  return word !== "" && (label.startsWith(word) || word.startsWith(label));
}

function normalised(shares: readonly number[]): LabelProbabilities {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total) as unknown as LabelProbabilities;
}
