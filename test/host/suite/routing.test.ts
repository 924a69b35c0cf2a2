/** What a user sees of the router: why a tier, routes checked, and learning that begins with nothing. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, configure, NOTHING_THERE, openAt, resetSettings, shownAnswer, until } from "./support.ts";

suite("Hybrid's router", () => {
  suiteSetup(() => configure(NOTHING_THERE));
  suiteTeardown(resetSettings);
  teardown(closeAll);

  test("explains the last decision with every share and the models left out", async () => {
    await openAt("src/retry.ts", "parseDuration(");
    await vscode.commands.executeCommand("hybrid.explainSymbol");
    await shownAnswer("Explain parseDuration");
    await vscode.commands.executeCommand("hybrid.whyTier");
    const text = await shownAnswer("Why This Tier?", "Models, in the order");
    assert.match(text, /\| \*\*EASY\*\* \| Local \| \d+ % \|/);
    assert.match(text, /What spoke for EASY against (MEDIUM|HARD)/);
    assert.match(text, /\| \*\*sum\*\* \| \*\*\+\d/);
    assert.match(text, /Left out/);
  }).timeout(60_000);

  test("marks the routes of the workspace that are not taken", async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder.uri, ".hybrid", "routes.yaml");
    const before = await vscode.workspace.fs.readFile(uri);
    const wrong = "- prompt: design a sync protocol for offline editing\n  tier: local\n- tier: nowhere\n";
    try {
      await vscode.workspace.fs.writeFile(uri, Buffer.from(wrong));
      void vscode.commands.executeCommand("hybrid.checkRoutes");
      await until("the problems", () => vscode.languages.getDiagnostics(uri).length === 2 || undefined);
      const [unreadable, different] = vscode.languages
        .getDiagnostics(uri)
        .toSorted((a, b) => a.severity - b.severity);
      assert.match(unreadable?.message ?? "", /tier: one of local, mid, flagship/);
      assert.match(different?.message ?? "", /^expected local, got flagship \(HARD/);
      assert.equal(different?.range.start.line, 0);
    } finally {
      await vscode.workspace.fs.writeFile(uri, before);
    }
  }).timeout(30_000);

  test("routes by a rule of the settings", async () => {
    await configure({
      ...NOTHING_THERE,
      "routing.rules": [{ language: "typescript", command: "explain", tier: "flagship" }],
    });
    await openAt("src/retry.ts", "parseDuration(");
    await vscode.commands.executeCommand("hybrid.explainSymbol");
    await shownAnswer("Explain parseDuration");
    await vscode.commands.executeCommand("hybrid.whyTier");
    assert.match(
      await shownAnswer("Why This Tier?", "Decided by"),
      /your rule “\/explain, typescript → flagship”/,
    );
    await configure(NOTHING_THERE);
  }).timeout(60_000);

  test("reports on learning before anything was learned", async () => {
    await vscode.commands.executeCommand("hybrid.learningReport");
    assert.match(await shownAnswer("What Hybrid Learned", "\n"), /Nothing has been learned yet|labels/);
  }).timeout(30_000);
});
