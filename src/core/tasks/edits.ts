/** Answer → edit: takes the replacement out of a model's answer, strictly. */
import type { Tokens } from "marked";
import { lexer } from "marked";
import { HybridError } from "../errors.ts";

export interface ParsedEdit {
  /** The code that replaces what was given, line ends as in the answer ("\n"). */
  code: string;
  languageId: string;
  /** What the model said of it. */
  note: string;
}

/**
 * Reads the one code block of an answer. Throws HybridError "badAnswer" where there is none, more than one, or one
 * that was never closed: half an edit must not be offered.
 */
export function parseEdit(answer: string): ParsedEdit {
  const tokens = lexer(answer.replaceAll("\r\n", "\n"));
  const blocks = tokens.filter(
    (token) => token.type === "code" && token["codeBlockStyle"] !== "indented",
  ) as Tokens.Code[];
  const [block] = blocks;
  if (!block) throw badAnswer("holds no code block");
  if (blocks.length > 1) throw badAnswer(`holds ${blocks.length} code blocks where one was asked for`);
  if (!isClosed(block.raw)) throw badAnswer("breaks off inside its code block");
  const note = tokens
    .filter((token) => token !== block)
    .map(({ raw }) => raw)
    .join("")
    .trim();
  return { code: block.text, languageId: block.lang ?? "", note };
}

/** CommonMark closes an open fence at the end of the text, so the closing line has to be looked for. */
function isClosed(raw: string): boolean {
  const lines = raw.trimEnd().split("\n");
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[0] ?? "")?.[1] ?? "";
  return lines.length > 1 && (lines.at(-1) ?? "").trim().startsWith(fence);
}

/** Gives `code` the line ends, and the indentation of the first line, of the code it replaces. */
export function fitTo(original: string, code: string): string {
  const indentOf = (text: string) =>
    /^[ \t]*/.exec(text.split("\n").find((line) => line.trim() !== "") ?? "")?.[0] ?? "";
  const wanted = indentOf(original);
  const given = indentOf(code);
  const lines = code.split("\n").map((line) => {
    if (wanted === given || line.trim() === "") return line;
    if (wanted.startsWith(given)) return wanted.slice(given.length) + line;
    return line.startsWith(given) ? wanted + line.slice(given.length) : line;
  });
  const trailing = original.endsWith("\n") && !code.endsWith("\n") ? "\n" : "";
  const fitted = lines.join("\n") + trailing;
  return original.includes("\r\n") ? fitted.replaceAll("\n", "\r\n") : fitted;
}

function badAnswer(what: string): HybridError {
  return new HybridError("badAnswer", `The model's answer ${what}, so there is nothing to apply.`, {
    hint: "Try again, or try a stronger model.",
  });
}
