/** What the suites inside the extension host share: settings, the sample workspace, waiting for what is shown. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";

export const EXTENSION_ID = "hybrid.hybrid-router";

/** No local model, no key, answers in the editor: what a fresh machine without a chat view has. */
export const NOTHING_THERE = {
  "ollama.baseUrl": "http://127.0.0.1:9",
  providers: {},
  "commands.answersIn": "editor",
};

/** Sets settings below `hybrid.` for the user; undefined puts the default back. */
export async function configure(values: Record<string, unknown>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("hybrid");
  for (const [key, value] of Object.entries(values)) {
    await configuration.update(key, value, vscode.ConfigurationTarget.Global);
  }
}

/** Puts every setting that a suite may set back to its default. */
export async function resetSettings(): Promise<void> {
  await configure({
    "ollama.baseUrl": undefined,
    providers: undefined,
    "commands.answersIn": undefined,
    "tiers.local.models": undefined,
    "tiers.mid.models": undefined,
    "tiers.flagship.models": undefined,
    "routing.router": undefined,
    prices: undefined,
  });
}

/** Waits until `probe` gives something; fails with `what` after `limitMs`. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  limitMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await sleep(100);
  }
}

/** Opens a file of the sample workspace with the cursor on the first `text`, or with the whole of it selected. */
export async function openAt(path: string, text: string, select = false): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "the sample workspace is open");
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  return showAt(document, text, select);
}

/** Shows a document with the cursor on the first `text`, or with it selected. */
export async function showAt(
  document: vscode.TextDocument,
  text: string,
  select = false,
): Promise<vscode.TextEditor> {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, `“${text}” is in ${document.uri.path}`);
  const editor = await vscode.window.showTextDocument(document);
  const start = document.positionAt(offset + (select ? 0 : 1));
  editor.selection = new vscode.Selection(start, select ? document.positionAt(offset + text.length) : start);
  return editor;
}

/** The text of the answer shown under that title, once its footer is there. */
export function shownAnswer(title: string, ending = "\n---\n"): Promise<string> {
  return until(`the answer “${title}” in the editor`, () =>
    vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === "hybrid-answer" && uri.path.includes(title))
      .map((document) => document.getText())
      .find((text) => text.includes(ending)),
  );
}

/** Reverts what was changed, so that nothing asks whether to save it, and closes every editor. */
export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

/** The diff of a proposed edit, once it is open: the file on the left and the proposal on the right. */
export async function openDiff(): Promise<{ left: vscode.Uri; right: vscode.Uri; proposed: string }> {
  const input = await until("the diff of a proposed edit", () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .map((tab) => tab.input)
      .find(
        (candidate): candidate is vscode.TabInputTextDiff =>
          candidate instanceof vscode.TabInputTextDiff && candidate.modified.scheme === "hybrid-edit",
      ),
  );
  const document = await vscode.workspace.openTextDocument(input.modified);
  return { left: input.original, right: input.modified, proposed: document.getText() };
}
