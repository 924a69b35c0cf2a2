/** What the end of a call says of the health of its provider and of its model. */
import type { ErrorKind, HybridError } from "../errors.ts";
import { isDrill } from "./drill.ts";

/** "succeeded" also for refusals: who refuses, answers. "nothing" says neither: the breaker stays as it is. */
type Word = "failed" | "succeeded" | "nothing";

export interface Verdict {
  provider: Word;
  model: Word;
}

/** A failure as a breaker needs it. */
export interface Fault {
  cause: "outage" | "rateLimit" | "noCredit";
  /** It is sure to fail again for a while: no need to count. */
  atOnce: boolean;
  /** The pause that the server asked for, milliseconds, an hour at most. */
  retryAfterMs: number | undefined;
  message: string;
  /** Made by an outage drill. */
  isDrill: boolean;
}

const NOTHING: Verdict = { provider: "nothing", model: "nothing" };
const REFUSED: Verdict = { provider: "succeeded", model: "succeeded" };
/** Whatever cut the answer short may be the model's, the network's, or a proxy's doing. */
const CUT_SHORT: Verdict = { provider: "nothing", model: "failed" };

export const ANSWERED: Verdict = { provider: "succeeded", model: "succeeded" };
export const CANCELLED = NOTHING;

const VERDICTS: Record<ErrorKind, Verdict> = {
  cancelled: CANCELLED,
  // Never sent.
  noKey: NOTHING,
  noModel: NOTHING,
  overBudget: NOTHING,
  private: NOTHING,
  badInput: NOTHING,
  badKey: REFUSED,
  badRequest: REFUSED,
  contextTooLong: REFUSED,
  modelMissing: REFUSED,
  emptyAnswer: REFUSED,
  unreachable: { provider: "failed", model: "nothing" },
  noCredit: { provider: "failed", model: "nothing" },
  serverError: { provider: "succeeded", model: "failed" },
  rateLimited: { provider: "succeeded", model: "failed" },
  timeout: CUT_SHORT,
  badAnswer: CUT_SHORT,
  interrupted: CUT_SHORT,
};

/** The longest pause a server is granted, milliseconds: one call an hour hurts nobody, a typing error there would. */
const LONGEST_MS = 3_600_000;

export function verdictOf(error: HybridError): Verdict {
  return VERDICTS[error.kind];
}

export function faultOf(error: HybridError): Fault {
  const { kind, message } = error;
  const cause = kind === "rateLimited" ? "rateLimit" : kind === "noCredit" ? "noCredit" : "outage";
  // 0 and less ask for a stampede; the usual pause serves then.
  const asked = error.retryAfterMs ?? 0;
  const retryAfterMs = asked > 0 ? Math.min(asked, LONGEST_MS) : undefined;
  return {
    cause,
    atOnce: cause !== "outage" || retryAfterMs !== undefined,
    retryAfterMs,
    message,
    isDrill: isDrill(error),
  };
}
