/** Edits: asked for by a command, shown as a diff, applied in one undo step; a real server on the wire. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { closeAll, configure, NOTHING_THERE, openDiff, resetSettings, showAt, until } from "./support.ts";

const MODEL = "llama3.2:3b";

suite("Edits", () => {
  let ollama: WireServer;

  suiteSetup(async () => {
    ollama = await startOllamaServer({ models: { [MODEL]: {} }, loaded: [MODEL] });
    await configure({ ...NOTHING_THERE, "ollama.baseUrl": ollama.url, "routing.router": "always-local" });
  });
  suiteTeardown(async () => {
    await resetSettings();
    await ollama.close();
  });
  teardown(closeAll);

  const answer = (code: string) => ({ text: `Adds the comment.\n\n\`\`\`ts\n${code}\n\`\`\`` });
  const untitled = (content: string) =>
    vscode.workspace.openTextDocument({ language: "typescript", content });

  test("are shown as a diff, applied in one step and undone in one", async () => {
    const before = "const a = 1;\r\n\r\nfunction twice(x: number) {\r\n  return x + x;\r\n}\r\n";
    const document = await untitled(before.replaceAll("\r\n", "\n"));
    await showAt(document, "function twice(x: number) {\n  return x + x;\n}", true);
    ollama.script(answer("/** Doubles. */\nfunction twice(x: number) {\n  return x + x;\n}"));
    await vscode.commands.executeCommand("hybrid.document");
    const { left, proposed } = await openDiff();
    assert.equal(left.toString(), document.uri.toString());
    assert.equal(proposed, document.getText().replace("function", "/** Doubles. */\nfunction"));
    const asked = JSON.stringify(ollama.chats.at(-1)?.body["messages"]);
    assert.match(asked, /function twice/);

    await vscode.commands.executeCommand("hybrid.applyEdit");
    await until("the edit in the file", () => (document.getText() === proposed ? true : undefined));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
    await until("the undo", () => (document.getText().includes("Doubles") ? undefined : true));
  });

  test("change nothing when they are discarded", async () => {
    const document = await untitled("let x = 1;\n");
    await showAt(document, "let x = 1;", true);
    ollama.script(answer("const x = 1;"));
    await vscode.commands.executeCommand("hybrid.document");
    await openDiff();
    await vscode.commands.executeCommand("hybrid.discardEdit");
    assert.equal(document.getText(), "let x = 1;\n");
  });

  test("find their place again after an edit elsewhere, and are refused when the code itself changed", async () => {
    const document = await untitled("let first = 1;\nlet x = 1;\n");
    const editor = await showAt(document, "let x = 1;", true);
    ollama.script(answer("const x = 1;"));
    await vscode.commands.executeCommand("hybrid.document");
    await openDiff();
    await edit(document, new vscode.Position(0, 0), "// a line above\n");
    await vscode.commands.executeCommand("hybrid.applyEdit");
    await until("the edit below the new line", () =>
      document.getText() === "// a line above\nlet first = 1;\nconst x = 1;\n" ? true : undefined,
    );

    await showAt(document, "const x = 1;", true);
    ollama.script(answer("var x = 1;"));
    await vscode.commands.executeCommand("hybrid.document");
    await openDiff();
    const changed = document.getText().replace("const x = 1;", "const x = 2;");
    await edit(document, new vscode.Range(0, 0, document.lineCount, 0), changed);
    void vscode.commands.executeCommand("hybrid.applyEdit");
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(document.getText(), changed);
    assert.equal(editor.document.isClosed, false);
  });

  test("that hold no whole code block are told, and nothing is shown", async () => {
    const document = await untitled("let x = 1;\n");
    await showAt(document, "let x = 1;", true);
    ollama.script({ text: "```ts\nconst x = " });
    await vscode.commands.executeCommand("hybrid.document");
    const diffs = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff);
    assert.deepEqual(diffs, []);
    assert.equal(document.getText(), "let x = 1;\n");
  });

  test("write tests into a file of their own", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const source = await vscode.workspace.openTextDocument(
      vscode.Uri.joinPath(folder.uri, "src/duration.ts"),
    );
    await showAt(source, "parseDuration");
    ollama.script({ text: "Covers hours.\n\n```ts\ntest('hours', () => {});\n```" });
    await vscode.commands.executeCommand("hybrid.writeTests");
    const { right, proposed } = await openDiff();
    assert.match(right.path, /duration\.test\.ts$/);
    assert.equal(proposed, "test('hours', () => {});\n");
    await vscode.commands.executeCommand("hybrid.applyEdit");
    const file = vscode.Uri.joinPath(folder.uri, "src/duration.test.ts");
    try {
      const text = await until("the new test file", () =>
        readFile(file.fsPath, "utf8").catch(() => undefined),
      );
      assert.equal(text, "test('hours', () => {});\n");
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });
});

async function edit(
  document: vscode.TextDocument,
  at: vscode.Position | vscode.Range,
  text: string,
): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  if (at instanceof vscode.Range) change.replace(document.uri, at, text);
  else change.insert(document.uri, at, text);
  assert.ok(await vscode.workspace.applyEdit(change));
}
