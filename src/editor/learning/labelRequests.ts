/** "Hybrid: Label Requests…": one key a request, from those the router was least sure of. */
import * as vscode from "vscode";
import type { AttemptRecord } from "../../core/log/record.ts";
import type { RequestLog } from "../../core/log/requestLog.ts";
import { TIER_NAMES } from "../../core/present.ts";
import type { Label } from "../../core/request.ts";
import { LABELS, tierOf } from "../../core/request.ts";

/** Attempts of the log that are looked through. */
const ROWS = 5000;

const KEYS: Readonly<Record<string, Label>> = {
  "1": "EASY",
  "2": "MEDIUM",
  "3": "HARD",
  e: "EASY",
  m: "MEDIUM",
  h: "HARD",
};
const MEANINGS: Record<Label, string> = {
  EASY: "a small model on this machine would have done",
  MEDIUM: "it takes a cheap cloud model",
  HARD: "it takes a flagship",
};

interface Choice extends vscode.QuickPickItem {
  label: string;
  does: Label | "skip" | "undo";
}

/** Walks through the requests without a label; gives how many were labelled. */
export async function labelRequests(log: RequestLog): Promise<number> {
  const waiting = unlabelled(log);
  if (waiting.length === 0) {
    void vscode.window.showInformationMessage(
      "Hybrid: no request waits for a label. They come from the request log, with their text (hybrid.log.promptText).",
    );
    return 0;
  }
  const given: { row: AttemptRecord; at: number }[] = [];
  const picker = vscode.window.createQuickPick<Choice>();
  picker.ignoreFocusOut = true;
  let at = 0;
  const show = () => {
    const row = waiting[at];
    if (!row) return picker.hide();
    picker.title = `Label requests: ${at + 1} of ${waiting.length} · 1 EASY, 2 MEDIUM, 3 HARD, s skip, u undo`;
    picker.placeholder = titleOf(row);
    picker.items = choicesOf(row, given.length > 0);
    picker.value = "";
  };
  const take = (does: Choice["does"]) => {
    const row = waiting[at];
    if (does === "undo") {
      const last = given.pop();
      if (last) {
        log.label(last.row.requestId, null);
        at = last.at;
      }
    } else if (row && does === "skip") {
      at++;
    } else if (row && does !== "skip") {
      log.label(row.requestId, does);
      given.push({ row, at });
      at++;
    }
    show();
  };
  await new Promise<void>((resolve) => {
    picker.onDidChangeValue((value) => {
      // Who types fast is ahead of the emptied box: the last character is the one meant.
      const key = value.trim().slice(-1).toLowerCase();
      const does = KEYS[key] ?? (key === "s" ? "skip" : key === "u" ? "undo" : undefined);
      if (does) take(does);
    });
    picker.onDidAccept(() => {
      const [choice] = picker.activeItems;
      if (choice) take(choice.does);
    });
    picker.onDidHide(() => resolve());
    show();
    picker.show();
  });
  picker.dispose();
  if (given.length > 0) {
    void vscode.window.showInformationMessage(
      `Hybrid: ${given.length} ${given.length === 1 ? "request" : "requests"} labelled. “Show Learning Report” tells what came of it.`,
    );
  }
  return given.length;
}

/** Requests with text and an answer, the least sure first. */
function unlabelled(log: RequestLog): AttemptRecord[] {
  const seen = new Set<string>();
  return log
    .recent(ROWS)
    .toSorted((a, b) => b.startedAt - a.startedAt || b.attempt - a.attempt)
    .filter((row) => {
      if (seen.has(row.requestId)) return false;
      seen.add(row.requestId);
      const hasText = (row.input ?? "") !== "" || row.command !== null;
      return (
        hasText && row.input !== null && row.userLabel === null && !row.degraded && row.outcome === "answered"
      );
    })
    .toSorted((a, b) => a.confidence - b.confidence || b.startedAt - a.startedAt);
}

function choicesOf({ classifiedLabel, confidence, actualModel }: AttemptRecord, canUndo: boolean): Choice[] {
  return [
    ...LABELS.map((label, i): Choice => ({
      label: `${i + 1}  ${label}`,
      description: `${TIER_NAMES[tierOf(label)]}: ${MEANINGS[label]}`,
      ...(label === classifiedLabel && {
        detail: `The router said so, ${Math.round(confidence * 100)} % sure; ${actualModel} answered.`,
      }),
      alwaysShow: true,
      does: label,
    })),
    { label: "s  Skip", alwaysShow: true, does: "skip" as const },
    ...(canUndo ? [{ label: "u  Undo the last label", alwaysShow: true, does: "undo" as const }] : []),
  ];
}

function titleOf({ command, input, languageId, task }: AttemptRecord): string {
  const words = [command ? `/${command}` : "", input ?? ""].filter(Boolean).join(" ").replaceAll(/\s+/g, " ");
  return `${words.length > 150 ? `${words.slice(0, 150)}…` : words} (${languageId}, ${task})`;
}
