/**
 * Looks at a stream of JSON lines on its way to the `ollama` client, which prints a line it cannot read to the
 * console (with it, the answer's text) and goes on as if nothing were missing.
 */
import { BrokenStreamFault, GarbageFault, StreamErrorFault } from "./faults.ts";

/**
 * Passes the bytes on. Fails with GarbageFault, with StreamErrorFault for `{"error": …}`, and with BrokenStreamFault
 * when the body ends before an object with `done: true`.
 */
export function checkedLines(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = "";
  let done = false;
  const check = (line: string): void => {
    if (line.trim() === "") return;
    const value = parse(line);
    if (typeof value !== "object" || value === null) throw new GarbageFault("a line that is no object");
    if ("error" in value) throw new StreamErrorFault(value);
    done ||= "done" in value && value.done === true;
  };
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, sink) {
        const [first = "", ...more] = decoder.decode(chunk, { stream: true }).split("\n");
        rest += first;
        for (const next of more) {
          check(rest);
          rest = next;
        }
        sink.enqueue(chunk);
      },
      flush() {
        if (parse(rest) !== undefined) check(rest);
        if (!done) throw new BrokenStreamFault("no object with done: true");
      },
    }),
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
