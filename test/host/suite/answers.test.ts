/** Explain Symbol and Classify TODO with no model and no chat view: facts of the real TypeScript language server. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  closeAll,
  configure,
  EXTENSION_ID,
  NOTHING_THERE,
  openAt,
  resetSettings,
  shownAnswer,
  until,
} from "./support.ts";

suite("Hybrid in the extension host", () => {
  suiteSetup(async () => {
    await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
    await configure(NOTHING_THERE);
  });
  suiteTeardown(resetSettings);
  teardown(closeAll);

  test("is active and registers every command of its manifest", async () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert.equal(extension?.isActive, true);
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = extension.packageJSON.contributes.commands
      .map(({ command }: { command: string }) => command)
      .filter((command: string) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  test("offers Hybrid Auto and one model a tier to every extension", async () => {
    const models = await vscode.lm.selectChatModels({ vendor: "hybrid" });
    assert.deepEqual(
      models.map(({ name }) => name),
      ["Hybrid Auto", "Hybrid Local", "Hybrid Mid", "Hybrid Flagship"],
    );
    assert.ok(((await models[0]?.countTokens("some words to count")) ?? 0) > 0);
  });

  test("explains a symbol from the language server, where it is used", async () => {
    await openAt("src/retry.ts", "parseDuration(");
    await vscode.commands.executeCommand("hybrid.explainSymbol");
    const text = await shownAnswer("Explain parseDuration");
    assert.match(text, /built-in, no model needed/);
    assert.match(text, /\*\*`parseDuration`\*\* is a function, defined at \[src\/duration\.ts:\d+\]/);
    assert.match(text, /function parseDuration\(text: string\): number/);
    assert.match(text, /It is used \d+ times across \d+ files/);
    assert.match(text, /builtin\/symbol · no tokens · \$0/);
  }).timeout(60_000);

  test("classifies the TODO at the cursor", async () => {
    const files = await vscode.workspace.findFiles("src/**/*.ts");
    const documents = await Promise.all(files.map((file) => vscode.workspace.openTextDocument(file)));
    const withTodo = documents.find((document) => document.getText().includes("TODO"));
    assert.ok(withTodo, "the sample has a TODO");
    await openAt(vscode.workspace.asRelativePath(withTodo.uri), "TODO");
    await vscode.commands.executeCommand("hybrid.classifyTodo");
    const text = await shownAnswer("Classify TODO");
    assert.match(text, /TODO/);
    assert.match(text, /\*\*(low|medium|high)\*\* priority/);
    assert.match(text, /Why: /);
  });

  test("has a message instead of a failure where there is nothing to work on", async () => {
    await closeAll();
    for (const command of ["explainSymbol", "classifyTodo", "document", "fix", "writeTests"]) {
      await vscode.commands.executeCommand(`hybrid.${command}`);
    }
  });

  test("stays responsive and shows no diff when no model can make an edit", async () => {
    const editor = await openAt("src/duration.ts", "parseDuration");
    const before = editor.document.getText();
    const edit = vscode.commands.executeCommand("hybrid.document");
    // The extension host answers other calls while the request runs.
    await vscode.commands.executeCommand("vscode.executeDocumentSymbolProvider", editor.document.uri);
    await edit;
    assert.equal(editor.document.getText(), before);
    assert.equal(
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
      false,
    );
  }).timeout(60_000);

  test("says so when the file is binary", async () => {
    const document = await vscode.workspace.openTextDocument({ content: "\u007fELF\u0000\u0000\u0001" });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 7);
    await vscode.commands.executeCommand("hybrid.explainSymbol");
    await until("the message", () =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === "hybrid-answer")
        .find((shown) => shown.getText().includes("binary, not text")),
    );
  }).timeout(60_000);

  test("says so when the selection is too large, and stays responsive", async () => {
    const document = await vscode.workspace.openTextDocument({ content: "let x = 1;\n".repeat(500_000) });
    const editor = await vscode.window.showTextDocument(document);
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(new vscode.Position(0, 0), end);
    await vscode.commands.executeCommand("hybrid.explainSymbol");
    const text = await until("the message", () =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === "hybrid-answer")
        .map((shown) => shown.getText())
        .find((shown) => shown.includes("MB")),
    );
    assert.match(text, /The code that goes along is 5\.5 MB/);
    assert.match(text, /Select the part that matters/);
  }).timeout(60_000);
});
