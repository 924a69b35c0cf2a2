/** Tool calls that arrive in pieces: the name first, then the arguments' JSON by and by. */
import { randomUUID } from "node:crypto";
import { HybridError } from "../errors.ts";
import type { ProviderEvent } from "./provider.ts";

interface Part {
  id?: string | undefined;
  name?: string | undefined;
  json?: string | undefined;
}

interface Call {
  index: number;
  id: string;
  name: string;
  json: string;
}

/** Collects the pieces of one answer's tool calls. */
export class ToolCallParts {
  #calls: Call[] = [];
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  /**
   * Adds a piece to the call at `index`, which the wire counts from 0. Gemini's endpoint counts all of them 0 and may
   * give them no ids: a new id is a new call, and so is a name after a call that is whole.
   */
  add(index: number, part: Part): void {
    let call = this.#calls.findLast((known) => known.index === index);
    const isAnother = call && (part.id && call.id ? part.id !== call.id : part.name && isWhole(call));
    if (!call || isAnother) {
      call = { index, id: "", name: "", json: "" };
      this.#calls.push(call);
    }
    call.id ||= part.id ?? "";
    call.name ||= part.name ?? "";
    call.json += part.json ?? "";
  }

  /**
   * Gives the calls collected so far, in order, and forgets them. With `cutOff`, a call whose JSON is not whole is
   * left out; otherwise it throws "badAnswer".
   */
  *take(cutOff: boolean): Generator<ProviderEvent> {
    const calls = this.#calls.toSorted((a, b) => a.index - b.index);
    this.#calls = [];
    for (const { id, name, json } of calls) {
      const input = object(json);
      if (input) yield { type: "toolCall", call: { id: id || `call_${randomUUID()}`, name, input } };
      else if (!cutOff) {
        throw new HybridError(
          "badAnswer",
          `${this.#label} called the tool “${name}” with arguments that are not JSON.`,
          {
            hint: "Ask again, or use another model.",
          },
        );
      }
    }
  }
}

function isWhole({ name, json }: Call): boolean {
  return name !== "" && json !== "" && object(json) !== undefined;
}

/** A JSON object; empty text stands for one without fields. */
function object(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = json.trim() === "" ? {} : JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
