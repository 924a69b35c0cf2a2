/** A live progress line: one rewriting line on a terminal, plain lines everywhere else. */
import { performance } from "node:perf_hooks";

export interface Progress {
  /** Names the step that runs now. */
  readonly step: (text: string) => void;
  /** Ends the line; `text` stays on the screen. */
  readonly done: (text: string) => void;
  /** Ends the line without a word, so that an error can be printed below it. */
  readonly stop: () => void;
}

/** How often a plain log is told that a long step is still running, ms. */
const PLAIN_REMINDER_MS = 15_000;

/** Starts a progress line titled `title` on `out` (stderr by default, so that stdout holds results only). */
export function startProgress(title: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  const live = out.isTTY;
  let current = "";
  let drawn = false;
  const draw = () => {
    if (current === "") return;
    const line = `${title}: ${current} (${seconds()})`;
    if (live) {
      out.write(`\r\u001B[2K${line.slice(0, Math.max(20, (out.columns || 80) - 1))}`);
      drawn = true;
    } else {
      out.write(`${line}\n`);
    }
  };
  const timer = setInterval(draw, live ? 500 : PLAIN_REMINDER_MS);
  timer.unref();
  const clear = () => {
    clearInterval(timer);
    if (drawn) out.write("\r\u001B[2K");
    drawn = false;
    current = "";
  };
  return {
    step(text) {
      if (text === current) return;
      current = text;
      draw();
      timer.refresh();
    },
    done(text) {
      clear();
      out.write(`${title}: ${text} (${seconds()})\n`);
    },
    stop: clear,
  };
}
