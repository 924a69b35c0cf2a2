/** Where the tests of a source file belong. */
import * as vscode from "vscode";

export interface TestFile {
  uri: vscode.Uri;
  /** Its text, where it is there already. */
  text: string | undefined;
}

/**
 * The test file of a source file: one that is there already (beside it, or in a test folder), else the usual name of
 * its language beside it.
 */
export async function testFileFor(source: vscode.Uri): Promise<TestFile> {
  const { name, extension } = parts(source);
  const names = testNames(name, extension);
  const found = await vscode.workspace.findFiles(`**/{${names.join(",")}}`, "**/node_modules/**", 1);
  const uri = found[0] ?? vscode.Uri.joinPath(source, "..", names[0] as string);
  const text = found[0] ? (await vscode.workspace.openTextDocument(uri)).getText() : undefined;
  return { uri, text };
}

/** Test file names by custom of the language, the most usual first. */
function testNames(name: string, extension: string): string[] {
  switch (extension) {
    case "py":
      return [`test_${name}.py`, `${name}_test.py`];
    case "go":
    case "rb":
    case "dart":
      return [`${name}_test.${extension}`];
    case "java":
    case "kt":
    case "cs":
    case "php":
    case "swift":
      return [`${name}Test.${extension}`, `${name}Tests.${extension}`];
    default:
      return [`${name}.test.${extension}`, `${name}.spec.${extension}`];
  }
}

function parts(uri: vscode.Uri): { name: string; extension: string } {
  const file = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot > 0
    ? { name: file.slice(0, dot), extension: file.slice(dot + 1) }
    : { name: file, extension: "txt" };
}
