/** "Hybrid: Check Routes": whether the requests in `.hybrid/routes.yaml` take the tiers a team expects, shown as problems. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import type { CheckedRoute } from "../core/router/routes.ts";
import { COMMAND_IDS } from "./ids.ts";
import { registerCommand, showError } from "./messages.ts";

const FILE = [".hybrid", "routes.yaml"] as const;

const EXAMPLE = `# Requests and the tier that should answer them. “Hybrid: Check Routes” tells where the router decides otherwise.
# A request may have: prompt, command (explain, todo, fix, refactor, tests, doc, review), language, path, code, task.
- prompt: what does this regex match?
  language: typescript
  tier: local
- command: tests
  language: python
  code: |
    def slug(title):
        return "-".join(title.lower().split())
  tier: mid
- prompt: split this module into packages and migrate all callers
  tier: flagship
`;

/** Registers the command. Once it has run, routes are checked again whenever they are saved. */
export function registerCheckRoutes(hybrid: Hybrid): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection("hybrid-routes");
  let hasRun = false;
  return vscode.Disposable.from(
    problems,
    registerCommand(COMMAND_IDS.checkRoutes, async () => {
      hasRun = true;
      await checkAll(hybrid, problems);
    }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (hasRun && uri.path.endsWith(`/${FILE.join("/")}`))
        void check(hybrid, problems, uri, never()).catch((error: unknown) => showError(error));
    }),
  );
}

async function checkAll(hybrid: Hybrid, problems: vscode.DiagnosticCollection): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const uris = folders.map(({ uri }) => vscode.Uri.joinPath(uri, ...FILE));
  const found = (await Promise.all(uris.map(async (uri) => ((await exists(uri)) ? [uri] : [])))).flat();
  if (found.length === 0) return offerToCreate(uris[0]);
  problems.clear();
  const counts = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Hybrid: checking routes", cancellable: true },
    async (_, token) => Promise.all(found.map((uri) => check(hybrid, problems, uri, token))),
  );
  const sum = (key: "checked" | "asExpected" | "unreadable") =>
    counts.reduce((total, count) => total + count[key], 0);
  const unreadable = sum("unreadable");
  const text = `Hybrid: ${sum("asExpected")} of ${sum("checked")} routes as expected${unreadable > 0 ? `, ${unreadable} could not be read` : ""}.`;
  if (sum("asExpected") === sum("checked") && unreadable === 0) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  void vscode.window.showWarningMessage(text, "Show Problems").then((choice) => {
    if (choice) void vscode.commands.executeCommand("workbench.actions.view.problems");
  });
}

/** Checks one file, and shows on its lines what differs. */
async function check(
  hybrid: Hybrid,
  problems: vscode.DiagnosticCollection,
  uri: vscode.Uri,
  token: vscode.CancellationToken,
): Promise<{ checked: number; asExpected: number; unreadable: number }> {
  const { checkRoutes, parseRoutes } = await import("../core/router/routes.ts");
  const document = await vscode.workspace.openTextDocument(uri);
  const { routes, problems: unreadable } = parseRoutes(document.getText());
  const stop = new AbortController();
  const subscription = token.onCancellationRequested(() => stop.abort());
  try {
    const checked = await checkRoutes(
      routes,
      (request, signal) => hybrid.decide(request, signal),
      stop.signal,
    );
    const at = (line: number, text: string, severity: vscode.DiagnosticSeverity) => {
      const { range } = document.lineAt(Math.min(line, document.lineCount) - 1);
      const diagnostic = new vscode.Diagnostic(range, text, severity);
      diagnostic.source = "Hybrid";
      return diagnostic;
    };
    problems.set(uri, [
      ...unreadable.map(({ line, text }) => at(line, text, vscode.DiagnosticSeverity.Error)),
      ...checked
        .filter(differs)
        .map(({ route, difference }) => at(route.line, difference, vscode.DiagnosticSeverity.Warning)),
    ]);
    return {
      checked: checked.length,
      asExpected: checked.filter((one) => !differs(one)).length,
      unreadable: unreadable.length,
    };
  } finally {
    subscription.dispose();
  }
}

function differs(checked: CheckedRoute): checked is CheckedRoute & { difference: string } {
  return checked.difference !== undefined;
}

async function offerToCreate(uri: vscode.Uri | undefined): Promise<void> {
  if (!uri) {
    void vscode.window.showInformationMessage(
      "Hybrid: open a folder first; routes stand in its .hybrid/routes.yaml.",
    );
    return;
  }
  const choice = await vscode.window.showInformationMessage(
    "Hybrid: there is no .hybrid/routes.yaml yet. It holds requests with the tier you expect of each.",
    "Create with Examples",
  );
  if (!choice) return;
  await vscode.workspace.fs.writeFile(uri, Buffer.from(EXAMPLE));
  await vscode.window.showTextDocument(uri);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function never(): vscode.CancellationToken {
  return new vscode.CancellationTokenSource().token;
}
