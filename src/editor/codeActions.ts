/** The lightbulb: Fix and Refactor…, each with the tier it would take and about what it would cost. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import { previewText } from "../core/present.ts";
import type { Command } from "../core/request.ts";
import { gather } from "./context/gather.ts";
import { COMMAND_IDS } from "./ids.ts";
import { newId } from "./requests.ts";

/** The lightbulb waits for nobody: after this a title goes without its quote, milliseconds. */
const PREVIEW_MS = 300;
const SELECTOR: vscode.DocumentSelector = [
  { scheme: "file" },
  { scheme: "untitled" },
  { scheme: "vscode-remote" },
];
const KINDS = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

/** Registers the provider. */
export function registerCodeActions(hybrid: Hybrid): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    SELECTOR,
    {
      async provideCodeActions(document, range, context, token) {
        if (vscode.window.activeTextEditor?.document !== document) return [];
        const wants = (kind: vscode.CodeActionKind) => !context.only || context.only.contains(kind);
        const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
        const offered = [
          ...(context.diagnostics.length > 0 && wants(QuickFix)
            ? [action(hybrid, "Fix", "fix", COMMAND_IDS.fix, QuickFix, document, range, token)]
            : []),
          ...(!range.isEmpty && wants(RefactorRewrite)
            ? [
                action(
                  hybrid,
                  "Refactor…",
                  "refactor",
                  COMMAND_IDS.refactor,
                  RefactorRewrite,
                  document,
                  range,
                  token,
                ),
              ]
            : []),
        ];
        return Promise.all(offered);
      },
    },
    { providedCodeActionKinds: KINDS },
  );
}

async function action(
  hybrid: Hybrid,
  name: string,
  command: Command,
  id: string,
  kind: vscode.CodeActionKind,
  document: vscode.TextDocument,
  range: vscode.Range,
  token: vscode.CancellationToken,
): Promise<vscode.CodeAction> {
  const preview = await Promise.race([
    about(hybrid, command, document, range, token),
    new Promise<string>((resolve) => setTimeout(resolve, PREVIEW_MS, "")),
  ]);
  const title = `Hybrid: ${name}${preview ? ` · ${preview}` : ""}`;
  const offered = new vscode.CodeAction(title, kind);
  offered.command = { command: id, title, arguments: ["codeAction"] };
  return offered;
}

/** "Flagship, about $0.03–0.06"; empty where nothing can be said. */
async function about(
  hybrid: Hybrid,
  command: Command,
  document: vscode.TextDocument,
  range: vscode.Range,
  token: vscode.CancellationToken,
): Promise<string> {
  try {
    const target = { document, range, position: range.start };
    const asked = {
      surface: "codeAction",
      command,
      prompt: "",
      sessionId: newId(),
      history: [],
      attachments: [],
    } as const;
    const { request } = await gather({ ...asked, history: [], attachments: [], target }, token);
    return previewText(await hybrid.preview(request, AbortSignal.timeout(PREVIEW_MS)));
  } catch {
    return "";
  }
}
