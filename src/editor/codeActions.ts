/** The lightbulb: Fix and Refactor…, each with the tier it would take and about what it would cost. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import { previewText } from "../core/present.ts";
import type { Command } from "../core/request.ts";
import { activeTarget, gather } from "./context/gather.ts";
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

/** One entry of the lightbulb. */
interface Offer {
  name: string;
  command: Command;
  id: string;
  kind: vscode.CodeActionKind;
  /** Where its code is, if not at the cursor. */
  at?: vscode.Position;
}

/** Registers the provider. */
export function registerCodeActions(hybrid: Hybrid): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    SELECTOR,
    {
      async provideCodeActions(document, range, context, token) {
        const editor = vscode.window.activeTextEditor;
        if (editor?.document !== document) return [];
        return Promise.all(
          offersFor(editor.selection, range, context).map((offer) => action(hybrid, offer, token)),
        );
      },
    },
    { providedCodeActionKinds: KINDS },
  );
}

function offersFor(
  selection: vscode.Selection,
  range: vscode.Range,
  { diagnostics, only }: vscode.CodeActionContext,
): Offer[] {
  const wants = (kind: vscode.CodeActionKind) => !only || only.contains(kind);
  const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
  const isSelected = !selection.isEmpty && selection.intersection(range) !== undefined;
  const offers: Offer[] = [];
  if (diagnostics.length > 0 && wants(QuickFix)) {
    // An error's own range, which is where it shows, is too little to fix it in.
    const at = isSelected ? {} : { at: range.start };
    offers.push({ name: "Fix", command: "fix", id: COMMAND_IDS.fix, kind: QuickFix, ...at });
  }
  if (isSelected && wants(RefactorRewrite)) {
    const id = COMMAND_IDS.refactor;
    offers.push({ name: "Refactor…", command: "refactor", id, kind: RefactorRewrite });
  }
  return offers;
}

async function action(
  hybrid: Hybrid,
  offer: Offer,
  token: vscode.CancellationToken,
): Promise<vscode.CodeAction> {
  const preview = await Promise.race([
    about(hybrid, offer, token),
    new Promise<string>((resolve) => setTimeout(resolve, PREVIEW_MS, "")),
  ]);
  const title = `Hybrid: ${offer.name}${preview ? ` · ${preview}` : ""}`;
  const offered = new vscode.CodeAction(title, offer.kind);
  offered.command = { command: offer.id, title, arguments: ["codeAction", offer.at] };
  return offered;
}

/** "Flagship, about $0.03–0.06"; empty where nothing can be said. */
async function about(
  hybrid: Hybrid,
  { command, at }: Offer,
  token: vscode.CancellationToken,
): Promise<string> {
  try {
    const target = await activeTarget(command, "", at);
    const asked = { surface: "codeAction", command, prompt: "", sessionId: newId(), target } as const;
    const { request } = await gather({ ...asked, history: [], attachments: [] }, token);
    return previewText(await hybrid.preview(request, AbortSignal.timeout(PREVIEW_MS)));
  } catch {
    return "";
  }
}
