/** Makes a request fit a context by leaving out what matters least, whole and never silently. */
import { estimateTokens } from "../cost/tokens.ts";
import type { Attachment, EditorRequest, Turn } from "../request.ts";

/** A request that fits, and what it lost for that: "notes.md (12.4k tokens)". */
export interface Pruned {
  request: EditorRequest;
  leftOut: string[];
}

const NO_FIT = "does not fit";
/** Earlier turns that go before any attachment does; the last two are kept longest of all. */
const TURNS_KEPT = 2;

/**
 * Leaves out parts until `excess` tokens (estimated) are gone, in this order: older turns of the chat, attachments from
 * the last named to the first, the last turns. What was asked and the code it is about stay. Undefined when all of that
 * is not enough.
 */
export function prune(request: EditorRequest, excess: number): Pruned | undefined {
  let missing = excess;
  const history = [...request.history];
  const attachments = [...request.attachments];
  const leftOut: string[] = [];
  const dropTurns = (keep: number) => {
    const gone: Turn[] = [];
    // An answer goes with its question: some vendors refuse a conversation that begins with one.
    const isOrphan = () => gone.length > 0 && history[0]?.role === "assistant";
    while ((missing > 0 && history.length > keep) || isOrphan()) {
      const turn = history.shift() as Turn;
      gone.push(turn);
      missing -= estimateTokens(turn.text);
    }
    if (gone.length > 0)
      leftOut.push(
        `${gone.length} earlier ${gone.length === 1 ? "message" : "messages"} (${tokensText(gone.map(({ text }) => text))})`,
      );
  };
  dropTurns(TURNS_KEPT);
  while (missing > 0 && attachments.length > 0) {
    const { path, text } = attachments.pop() as Attachment;
    leftOut.push(`${path} (${tokensText([text])})`);
    missing -= estimateTokens(text);
  }
  dropTurns(0);
  return missing > 0 ? undefined : { request: { ...request, history, attachments }, leftOut };
}

/** Why a model is left out that has room for fewer tokens: "does not fit local (6.1k > 4.0k tokens)". */
export function noFit(where: string, tokens: number, room: number): string {
  return `${NO_FIT} ${where} (${thousands(tokens)} > ${thousands(room)} tokens)`;
}

/** Whether that is why. */
export function isNoFit(reason: string): boolean {
  return reason.startsWith(NO_FIT);
}

function tokensText(texts: readonly string[]): string {
  return `${thousands(texts.reduce((sum, text) => sum + estimateTokens(text), 0))} tokens`;
}

/** "812", "6.1k". */
function thousands(tokens: number): string {
  return tokens < 1000 ? String(Math.round(tokens)) : `${(tokens / 1000).toFixed(1)}k`;
}
