/** One request as each side of the network may see it: whole on this machine, redacted beyond, and on record there. */
import type { EgressItem, EgressRow } from "../log/egress.ts";
import { isLoopback } from "../providers/address.ts";
import type { Message, Sent } from "../providers/provider.ts";
import type { EditorRequest, PlanStep } from "../request.ts";
import { splitModelId } from "../request.ts";
import { REFERENCES_SENT } from "../tasks/prompts.ts";
import type { Redaction } from "./redaction.ts";

export interface OutgoingOptions {
  request: EditorRequest;
  /** As they would be sent to a model on this machine. */
  messages: Message[];
  /** Takes secrets out of what leaves; undefined when the settings say not to. */
  redaction: Redaction | undefined;
  /** Whether a model's provider keeps what it is sent on the user's machine or network. */
  isLocal: (step: PlanStep) => boolean;
}

export class Outgoing {
  readonly #options: OutgoingOptions;
  #redacted: Message[] | undefined;
  #hasLeft = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** The conversation for a step's model. */
  messagesFor(step: PlanStep): Message[] {
    const { messages, redaction, isLocal } = this.#options;
    if (!redaction || isLocal(step)) return messages;
    return (this.#redacted ??= redaction.applyTo(messages));
  }

  /** The ledger's row for an HTTP request; undefined when it went to a model on this very machine. */
  rowFor(step: PlanStep, attempt: number, sent: Sent, at: number): EgressRow | undefined {
    const { request, messages, isLocal } = this.#options;
    // What serves a cloud vendor on this machine is a gateway, and passes it on.
    if (isLocal(step) && isLoopback(`http://${sent.host}`)) return undefined;
    const { provider, name } = splitModelId(step.model);
    this.#hasLeft ||= !isLocal(step);
    // Fewer than the chat has where it is long.
    const turns = messages.filter(({ role }) => role === "user" || role === "assistant").length - 1;
    const said = turns > 0 ? ` and ${turns} earlier ${turns === 1 ? "message" : "messages"}` : "";
    return {
      at,
      requestId: request.id,
      attempt,
      provider,
      model: name,
      ...sent,
      items: itemsOf(request),
      redactions: isLocal(step) ? 0 : this.#count,
      note: `what was asked${said}${isLocal(step) ? "; within your own network" : ""}`,
    };
  }

  /** What the user should know of what was sent, one sentence each. */
  get notes(): string[] {
    const { redaction } = this.#options;
    if (!this.#hasLeft || !redaction || this.#count === 0) return [];
    const kinds = [...redaction.counts].map(([kind, count]) => (count > 1 ? `${count} × ${kind}` : kind));
    const secrets = this.#count === 1 ? "One secret was" : `${this.#count} secrets were`;
    return [`${secrets} taken out before this left your machine: ${kinds.join(", ")}.`];
  }

  get #count(): number {
    const counts = this.#options.redaction?.counts.values() ?? [];
    return [...counts].reduce((sum, count) => sum + count, 0);
  }
}

/** The files and lines that a request holds. */
function itemsOf({ path, code, codeLine, attachments, symbol }: EditorRequest): EgressItem[] {
  const item = (of: string, text: string, startLine: number | undefined): EgressItem => ({
    path: of,
    startLine: startLine ?? null,
    endLine: startLine === undefined ? null : startLine + text.split("\n").length - 1,
    bytes: Buffer.byteLength(text),
  });
  const definition = symbol?.definition;
  return [
    ...(code !== "" && !symbol ? [item(path ?? "code without a file", code, codeLine)] : []),
    ...(symbol?.source
      ? [item(definition?.path ?? path ?? symbol.name, symbol.source, definition?.line)]
      : []),
    ...(symbol?.references ?? [])
      .slice(0, REFERENCES_SENT)
      .flatMap((use) => (use.text ? [item(use.path, use.text, use.line)] : [])),
    ...attachments.map((attachment) => item(attachment.path, attachment.text, attachment.startLine)),
  ];
}
