/** What the user attached in the chat view (#file, #selection, #sym) → attachments and target. */
import * as vscode from "vscode";
import type { Attachment } from "../../core/request.ts";
import type { Target } from "../context/gather.ts";

export interface References {
  attachments: Attachment[];
  /** The first place that was named with a range; the code the request is about. */
  target: Target | undefined;
  /** What could not be read, one sentence each. */
  problems: string[];
}

/** Bytes of one attached file that are read at most: a larger one is named as a problem, not cut silently. */
const FILE_MAX_BYTES = 1_500_000;

/** Reads references. A file that is gone, too large or binary becomes a problem to show, never a throw. */
export async function readReferences(references: readonly vscode.ChatPromptReference[]): Promise<References> {
  const result: References = { attachments: [], target: undefined, problems: [] };
  // VS Code hands them over last first.
  for (const { value } of references.toReversed()) {
    if (typeof value === "string") {
      result.attachments.push({ path: "attached text", uri: "", languageId: "plaintext", text: value });
    } else if (value instanceof vscode.Location) {
      await readLocation(value, result);
    } else if (value instanceof vscode.Uri) {
      await readFile(value, result);
    }
  }
  return result;
}

async function readLocation(location: vscode.Location, result: References): Promise<void> {
  const document = await open(location.uri, result);
  if (!document) return;
  const range = document.validateRange(location.range);
  if (!result.target) {
    result.target = { document, range, position: range.start };
    return;
  }
  result.attachments.push({
    path: vscode.workspace.asRelativePath(location.uri),
    uri: location.uri.toString(),
    languageId: document.languageId,
    text: document.getText(range),
    startLine: range.start.line + 1,
  });
}

async function readFile(uri: vscode.Uri, result: References): Promise<void> {
  const document = await open(uri, result);
  if (!document) return;
  result.attachments.push({
    path: vscode.workspace.asRelativePath(uri),
    uri: uri.toString(),
    languageId: document.languageId,
    text: document.getText(),
  });
}

async function open(uri: vscode.Uri, result: References): Promise<vscode.TextDocument | undefined> {
  const path = vscode.workspace.asRelativePath(uri);
  try {
    const known = vscode.workspace.textDocuments.find(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (known) return known;
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) {
      result.problems.push(`${path} is a folder: attach the files that matter.`);
      return undefined;
    }
    if (size > FILE_MAX_BYTES) {
      result.problems.push(
        `${path} is ${(size / 1e6).toFixed(1)} MB and was left out: attach the part that matters.`,
      );
      return undefined;
    }
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    result.problems.push(`${path} could not be read as text and was left out.`);
    return undefined;
  }
}
