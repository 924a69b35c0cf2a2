/** What can go wrong with a request, by kind, so that each door can say it in its own way. */

export type ErrorKind =
  /** The user or the editor stopped it: never shown as an error. */
  | "cancelled"
  /** The provider has no API key. */
  | "noKey"
  /** The key was refused (401, 403). */
  | "badKey"
  /** No connection: refused, DNS, reset before the first byte. */
  | "unreachable"
  /** Connected, but nothing came in time. */
  | "timeout"
  /** 429. `retryAfterMs` holds what the provider asked for. */
  | "rateLimited"
  /** 402, or a usage limit: lasts long. */
  | "noCredit"
  /** 5xx, 529: the provider's own trouble. */
  | "serverError"
  /** The server does not have the model (404, not pulled). */
  | "modelMissing"
  /** The prompt is longer than the model's context. */
  | "contextTooLong"
  /** Any other 4xx: the request itself is wrong for this model. */
  | "badRequest"
  /** The server answered with something that is not its protocol. */
  | "badAnswer"
  /** The stream ended with no text and no tool call. */
  | "emptyAnswer"
  /** The stream broke off after text had arrived. */
  | "interrupted"
  /** No model of the plan could be tried at all. */
  | "noModel"
  /** A budget is used up, and the settings or the user say stop. */
  | "overBudget"
  /** It may not leave the machine, and no local model can answer. */
  | "private"
  /** The request cannot be served as asked: empty prompt, binary file … */
  | "badInput";

/** An error whose message a person can act on: what happened and what to do next. Holds no key and no prompt. */
export class HybridError extends Error {
  readonly kind: ErrorKind;
  /** What to do next, one sentence; empty where the message says it all. */
  readonly hint: string;
  /** Milliseconds the provider asked to wait; only with `rateLimited` and `serverError`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { hint?: string; cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "HybridError";
    this.kind = kind;
    this.hint = options.hint ?? "";
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Message and hint as one text. */
  get userMessage(): string {
    return this.hint ? `${this.message} ${this.hint}` : this.message;
  }
}

/** Whether an aborted signal, rather than a fault, ended the work. */
export function isCancelled(error: unknown): boolean {
  return (
    (error instanceof HybridError && error.kind === "cancelled") ||
    (error instanceof Error && error.name === "AbortError")
  );
}
