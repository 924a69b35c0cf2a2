/** Classify TODO: the comment is found in the request, classified by the embedded classifier, and written out. */
import type { EditorRequest } from "../request.ts";
import type { TodoComment } from "./todoClassifier.ts";
import { classifyTodo, findTodo } from "./todoClassifier.ts";

/** A TODO comment with the code around it, ready to classify. */
export interface TodoInput {
  comment: string;
  context: string;
  languageId: string;
}

/** The TODO comment that a request is about: in its code, or typed as its prompt. */
export function todoOf(request: EditorRequest): TodoInput | undefined {
  const found: TodoComment | undefined = findTodo(request.code, request.cursorLine ?? 0);
  if (found) return { comment: found.comment, context: found.context, languageId: request.languageId };
  const typed = request.prompt.trim();
  return typed === "" ? undefined : { comment: typed, context: request.code, languageId: request.languageId };
}

/** The built-in answer, Markdown. */
export function answerTodo(todo: TodoInput): string {
  const { category, priority, confidence, why } = classifyTodo(todo);
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
