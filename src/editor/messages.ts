/** Errors as notifications: what happened, what to do next, and a button that does it. */
import * as vscode from "vscode";
import { HybridError, isCancelled } from "../core/errors.ts";
import { COMMAND_IDS } from "./ids.ts";

/** Shows an error with the action that helps; a cancellation is not an error, and shows nothing. */
export function showError(error: unknown): void {
  if (isCancelled(error)) return;
  const known = error instanceof HybridError ? error : undefined;
  const message = known?.userMessage ?? "Hybrid met an error it does not know.";
  const action = actionFor(known);
  void vscode.window.showErrorMessage(message, action.title).then((choice) => {
    if (choice) void vscode.commands.executeCommand(action.command);
  });
}

function actionFor(error: HybridError | undefined): { title: string; command: string } {
  switch (error?.kind) {
    case "noKey":
    case "badKey":
    case "noModel":
      return { title: "Set API Key…", command: COMMAND_IDS.setApiKey };
    case "unreachable":
    case "modelMissing":
      return { title: "Check Models", command: COMMAND_IDS.checkModels };
    default:
      return { title: "Show Output", command: COMMAND_IDS.showOutput };
  }
}

/** Registers a command whose failure is shown, and never thrown into VS Code. */
export function registerCommand(id: string, run: (...args: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: never[]) => {
    try {
      await run(...args);
    } catch (error) {
      showError(error);
    }
  });
}
