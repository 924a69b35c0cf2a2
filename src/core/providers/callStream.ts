/** What the calls of all providers have in common: limits, cancellation, faults, and an end that is always the same. */
import { HybridError } from "../errors.ts";
import type { Target } from "./faults.ts";
import { BrokenStreamFault, interrupted, toHybridError } from "./faults.ts";
import type { FinishReason, ModelCall, ProviderEvent, Usage } from "./provider.ts";
import type { Transport } from "./transport.ts";
import { EndlessFault } from "./transport.ts";

/** A longer text was not asked for: no limit of tokens is obeyed that exactly, and few tokens are that long. */
const CHARS_PER_TOKEN = 16;
const LEAST_CHARS = 100_000;

/** What a wire format makes of its stream. `finish` may come before the last `usage`. */
export type WireEvents = (transport: Transport) => AsyncIterable<ProviderEvent>;

/**
 * Runs one call over `transport` and closes it. Text of length 0 is left out; usage comes at once; `finish` comes
 * last. Throws HybridError: "cancelled" once `signal` is aborted, "interrupted" for any fault after text or a tool
 * call, "emptyAnswer" for an answer of neither.
 */
export async function* callStream(
  transport: Transport,
  target: Target,
  call: ModelCall,
  signal: AbortSignal,
  events: WireEvents,
): AsyncGenerator<ProviderEvent> {
  let shown = false;
  let tools = false;
  let finish: FinishReason | undefined;
  let usage: Usage | undefined;
  let charsLeft = Math.max(LEAST_CHARS, CHARS_PER_TOKEN * call.maxOutputTokens);
  try {
    for await (const event of events(transport)) {
      if (signal.aborted) break;
      if (event.type === "finish") {
        finish = event.reason;
        transport.finishing();
        continue;
      }
      if (event.type === "text" && event.text === "") continue;
      if (event.type === "text" && (charsLeft -= event.text.length) < 0) {
        throw new EndlessFault("text without end");
      }
      tools ||= event.type === "toolCall";
      shown ||= tools || event.type === "text";
      if (event.type === "usage") usage = event.usage;
      yield event;
    }
    // The clients end their streams quietly when one is cut short; only the model's word that it is done counts.
    if (!finish) throw new BrokenStreamFault("no end");
  } catch (error) {
    // A connection that breaks after the model has finished took nothing from the answer but its usage.
    if (!signal.aborted && !finish) {
      const fault = toHybridError(transport.fault ?? error, target);
      throw shown ? interrupted(fault, target) : fault;
    }
  } finally {
    transport.close(finish !== undefined && !signal.aborted);
  }
  if (signal.aborted) throw new HybridError("cancelled", "Stopped.");
  if (!shown && finish !== "refused") throw emptyAnswer(target, call, finish, usage);
  // Several servers say "stop" after a tool call.
  yield { type: "finish", reason: tools && finish === "stop" ? "toolCalls" : (finish ?? "other") };
}

function emptyAnswer(
  target: Target,
  call: ModelCall,
  finish: FinishReason | undefined,
  usage: Usage | undefined,
): HybridError {
  const { label } = target;
  return finish === "length"
    ? new HybridError(
        "emptyAnswer",
        `${label} (${call.model}) used up its ${usage?.output ?? call.maxOutputTokens} tokens before it wrote anything.`,
        {
          hint: "Ask for less at once, or use another model.",
        },
      )
    : new HybridError("emptyAnswer", `${label} (${call.model}) answered with nothing.`, {
        hint: "Ask again, or use another model.",
      });
}
