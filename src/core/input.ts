/** What is checked of a request before anything is done with it. */
import { HybridError } from "./errors.ts";
import type { Command, EditorRequest } from "./request.ts";

/**
 * Characters that may go along with one request. The longest context sold is about a million tokens, some four
 * million characters of English; code runs denser, and half of it must be left for the answer and the history.
 */
export const INPUT_MAX_CHARS = 1_500_000;

const NEEDS_CODE: ReadonlySet<Command> = new Set(["refactor", "fix", "tests", "doc", "review"]);

/** The reason why a request cannot be served as asked, or undefined. */
export function inputProblem(request: EditorRequest): HybridError | undefined {
  const nothingAttached = request.code.trim() === "" && request.attachments.length === 0 && !request.symbol;
  if (request.prompt.trim() === "" && request.command === null) {
    return problem("There is no question in this request.", "Type one, or pick a command such as /explain.");
  }
  if (request.command && NEEDS_CODE.has(request.command) && nothingAttached && request.history.length === 0) {
    return problem(
      `/${request.command} needs code to work on.`,
      "Select some in the editor, or attach a file with #file.",
    );
  }
  if (request.command === "explain" && nothingAttached && request.prompt.trim() === "") {
    return problem(
      "There is nothing to explain here.",
      "Put the cursor on a symbol, select code, or name the symbol.",
    );
  }
  if (request.command === "todo" && nothingAttached && request.prompt.trim() === "") {
    return problem("There is no TODO comment here.", "Put the cursor on one, or type its text.");
  }
  const binary = [request.code, ...request.attachments.map(({ text }) => text)].some(looksBinary);
  if (binary) return problem("The attached file is binary, not text.", "Select or attach a text file.");
  const chars = sizeOf(request);
  if (chars > INPUT_MAX_CHARS) {
    return problem(
      `The code that goes along is ${megabytes(chars)}; the most that any model can read is about ${megabytes(INPUT_MAX_CHARS)}.`,
      "Select the part that matters.",
    );
  }
  return undefined;
}

/** Characters of prompt, code and attachments. */
function sizeOf({ prompt, code, attachments }: EditorRequest): number {
  return attachments.reduce((sum, { text }) => sum + text.length, prompt.length + code.length);
}

/** A NUL in the first kilobytes, as Git tells binary files. */
function looksBinary(text: string): boolean {
  return text.slice(0, 8000).includes("\0");
}

function problem(message: string, hint: string): HybridError {
  return new HybridError("badInput", message, { hint });
}

function megabytes(chars: number): string {
  return `${(chars / 1e6).toFixed(1)} MB`;
}
