/** Puts the core's questions about money to the user, as a list at the top of the window that keyboard and reader know. */
import * as vscode from "vscode";
import type { Choice, Question } from "../core/question.ts";

const ICONS: Record<Choice, string> = {
  continue: "$(check)",
  mid: "$(cloud)",
  local: "$(device-desktop)",
  stop: "$(circle-slash)",
};

/** Asks; a closed list means "stop", and so does a request that was cancelled meanwhile. */
export async function confirm(question: Question, signal: AbortSignal): Promise<Choice> {
  const source = new vscode.CancellationTokenSource();
  const close = () => source.cancel();
  signal.addEventListener("abort", close, { once: true });
  try {
    if (signal.aborted) return "stop";
    const items = question.choices.map(({ choice, label, detail }) => ({
      label: `${ICONS[choice]} ${label}`,
      detail,
      choice,
    }));
    // It waits for an answer even when the user looks elsewhere: nothing is spent meanwhile.
    const options = { title: `Hybrid: ${question.title}`, ignoreFocusOut: true };
    const picked = await vscode.window.showQuickPick(items, options, source.token);
    return picked?.choice ?? "stop";
  } finally {
    signal.removeEventListener("abort", close);
    source.dispose();
  }
}
