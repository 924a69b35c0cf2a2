/** Takes secrets out of what is sent, each under a placeholder of its own, and puts them back into what comes. */
import type { AnswerEvent } from "../answer.ts";
import type { Message, ToolCall } from "../providers/provider.ts";
import type { SecretFinding } from "./secrets.ts";

/** Finds secrets in a text, sorted and disjoint. */
export type FindSecrets = (text: string) => SecretFinding[];

/** No placeholder is longer, characters. */
const PLACEHOLDER_MAX = 80;

/** The secrets of one request: the same secret has the same placeholder in every message. */
export class Redaction {
  readonly #find: FindSecrets;
  readonly #placeholders = new Map<string, string>();
  readonly #secrets = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(find: FindSecrets) {
    this.#find = find;
  }

  /** How many different secrets were taken out, by kind. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The text with a placeholder for every secret. */
  apply(text: string): string {
    let clean = "";
    let at = 0;
    for (const { start, end, kind } of this.#find(text)) {
      clean += text.slice(at, start) + this.#placeholderOf(text.slice(start, end), kind);
      at = end;
    }
    return clean + text.slice(at);
  }

  /** Messages as they may leave; the tools' calls and results too. */
  applyTo(messages: readonly Message[]): Message[] {
    return messages.map((message) => ({
      ...message,
      text: this.apply(message.text),
      ...(message.role === "assistant" &&
        message.toolCalls && {
          toolCalls: message.toolCalls.map((call) => mapStrings(call, (text) => this.apply(text))),
        }),
    }));
  }

  /** The text with the secrets back in their places. */
  restore(text: string): string {
    if (this.#secrets.size === 0 || !text.includes("[redacted: ")) return text;
    return text.replaceAll(/\[redacted: [^[\]\n]{1,70}\]/g, (found) => this.#secrets.get(found) ?? found);
  }

  /** A tool's call with the secrets back in their places. */
  restoreCall(call: ToolCall): ToolCall {
    return mapStrings(call, (text) => this.restore(text));
  }

  /** An answer with the secrets back in their places. */
  async *restored(events: AsyncIterable<AnswerEvent>): AsyncGenerator<AnswerEvent> {
    const restorer = this.#restorer();
    for await (const event of events) {
      if (event.type === "text") {
        const text = restorer.take(event.text);
        if (text !== "") yield { type: "text", text };
        continue;
      }
      const held = event.type === "status" ? "" : restorer.rest();
      if (held !== "") yield { type: "text", text: held };
      yield event.type === "toolCall" ? { ...event, call: this.restoreCall(event.call) } : event;
    }
    const held = restorer.rest();
    if (held !== "") yield { type: "text", text: held };
  }

  /** Restores a stream of texts: what may be the beginning of a placeholder waits for its end. */
  #restorer(): { take(text: string): string; rest(): string } {
    let held = "";
    return {
      take: (text) => {
        if (this.#secrets.size === 0) return text;
        const all = held + text;
        const open = all.lastIndexOf("[");
        const waits = open >= 0 && !all.includes("]", open) && all.length - open < PLACEHOLDER_MAX;
        held = waits ? all.slice(open) : "";
        return this.restore(waits ? all.slice(0, open) : all);
      },
      rest: () => {
        const last = this.restore(held);
        held = "";
        return last;
      },
    };
  }

  #placeholderOf(secret: string, kind: string): string {
    const known = this.#placeholders.get(secret);
    if (known) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `[redacted: ${kind} ${count}]`;
    this.#placeholders.set(secret, placeholder);
    this.#secrets.set(placeholder, secret);
    return placeholder;
  }
}

/** The value with `change` applied to every string in it, keys left as they are. */
function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)])) as T;
}
