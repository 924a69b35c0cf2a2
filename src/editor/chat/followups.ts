/** What a user is likely to ask next, by the command that was answered. */
import type * as vscode from "vscode";
import { metadataOf } from "./turns.ts";

const FOLLOWUPS: Record<string, vscode.ChatFollowup[]> = {
  explain: [
    { prompt: "Which edge cases does it not handle?", label: "Which edge cases does it not handle?" },
    { prompt: "", command: "tests", label: "Write tests for it" },
  ],
  todo: [{ prompt: "How would you resolve this TODO?", label: "How would you resolve it?" }],
  refactor: [{ prompt: "What could this refactor break?", label: "What could it break?" }],
  fix: [{ prompt: "Why did the error happen?", label: "Why did the error happen?" }],
  tests: [{ prompt: "Which cases are still untested?", label: "Which cases are still untested?" }],
  review: [{ prompt: "Show the fix for the first point.", label: "Show the fix for the first point" }],
};

/** Follow-ups for a result; none where there is no answer to follow. */
export function followups(result: vscode.ChatResult): vscode.ChatFollowup[] {
  const metadata = metadataOf(result);
  if (!metadata?.command || metadata.answer === "") return [];
  return FOLLOWUPS[metadata.command] ?? [];
}
