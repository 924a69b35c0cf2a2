/** Classify TODO: the comment is found in the request, classified by the embedded classifier, and written out. */
import type { EditorRequest } from "../request.ts";
import { findTodo } from "./findTodo.ts";
import type { TodoClassification } from "./todoClassifier.ts";

/** A TODO comment with the code around it, ready to classify. */
export interface TodoInput {
  comment: string;
  context: string;
  languageId: string;
}

/** The TODO comment that a request is about: in its code, or typed as its prompt. */
export function todoOf(request: EditorRequest): TodoInput | undefined {
  const { languageId } = request;
  const found = findTodo(request.code, request.cursorLine === undefined ? 0 : request.cursorLine + 1);
  if (found) return { comment: found.comment, context: found.context, languageId };
  const typed = request.prompt.trim();
  return typed === "" ? undefined : { comment: typed, context: request.code, languageId };
}

/** Classifies with the embedded classifier; its word lists and weights are loaded at the first call. */
export async function classify(todo: TodoInput): Promise<TodoClassification> {
  const { classifyTodo } = await import("./todoClassifier.ts");
  return classifyTodo(todo);
}

/** The built-in answer, Markdown. */
export async function answerTodo(todo: TodoInput): Promise<string> {
  const { category, priority, confidence, why } = await classify(todo);
  return [
    `> ${todo.comment.trim().replaceAll("\n", "\n> ")}`,
    `**${capital(category)}**, **${priority}** priority (${Math.round(confidence * 100)} % sure).`,
    `Why: ${why}${/[.!?]$/.test(why) ? "" : "."}`,
    "",
  ].join("\n\n");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
