/** Proposed edits: shown as a diff first, applied in one undo step, refused where the code has changed meanwhile. */
import * as vscode from "vscode";
import { HybridError } from "../../core/errors.ts";
import type { Command } from "../../core/request.ts";
import type { Target } from "../context/gather.ts";
import { CONTEXT_KEYS, EDIT_SCHEME } from "../ids.ts";
import { showError } from "../messages.ts";
import { Recent } from "../recent.ts";
import { testFileFor } from "./testFile.ts";

/** An answer that holds an edit, and the code it is for. */
export interface Answered {
  target: Target;
  command: Command;
  answer: string;
  /** What the user should know of how it came about, one sentence each. */
  caveats?: readonly string[];
}

/** An edit as shown: the file it is for, what it replaces, and the whole file as it would be. */
interface Proposal {
  uri: vscode.Uri;
  /** The text that is replaced, and where it was; undefined for a new file. */
  before: { text: string; range: vscode.Range } | undefined;
  after: string;
  proposed: string;
  shownAs: vscode.Uri;
  note: string;
  caveats: readonly string[];
}

export class EditProposals implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #answers = new Recent<Answered>();
  readonly #shown = new Map<string, Proposal>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(EDIT_SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.#forgetClosed(closed)),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#shown.get(uri.toString())?.proposed ?? "";
  }

  /** Keeps a chat answer, so that its "Review as Diff…" button can show it. */
  remember(requestId: string, answered: Answered): void {
    this.#answers.set(requestId, answered);
  }

  /** Shows the edit of a remembered chat answer. */
  async reviewRemembered(requestId: string): Promise<void> {
    const answered = this.#answers.get(requestId);
    if (answered) await this.show(answered);
    else
      void vscode.window.showInformationMessage("Hybrid no longer has this edit: ask for it again, please.");
  }

  /** Shows the edit in an answer as a diff. An answer that holds no whole edit is told, and nothing is shown. */
  async show(answered: Answered): Promise<void> {
    try {
      const proposal = await this.#propose(answered);
      this.#shown.set(proposal.shownAs.toString(), proposal);
      await this.#open(proposal);
    } catch (error) {
      showError(error);
    }
  }

  /** Applies the proposal of the active diff, or the one given. */
  async apply(shownAs = activeProposal()): Promise<void> {
    const proposal = shownAs && this.#shown.get(shownAs.toString());
    if (!proposal) return;
    try {
      await applyProposal(proposal);
      await closeTab(proposal.shownAs);
      await vscode.window.showTextDocument(proposal.uri);
    } catch (error) {
      showError(error);
    }
  }

  /** Closes the active diff and changes nothing. */
  async discard(shownAs = activeProposal()): Promise<void> {
    if (shownAs) await closeTab(shownAs);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #propose({ target, command, answer, caveats = [] }: Answered): Promise<Proposal> {
    // Brings a Markdown parser along: loaded with the first edit, not at activation.
    const { fitTo, parseEdit } = await import("../../core/tasks/edits.ts");
    const { code, note } = parseEdit(answer);
    const { document, range } = target;
    if (command === "tests") {
      const file = await testFileFor(document.uri);
      return {
        uri: file.uri,
        before: undefined,
        after: `${code}\n`,
        proposed: `${code}\n`,
        shownAs: shownAsUri(file.uri),
        note,
        caveats,
      };
    }
    const text = document.getText(range);
    const after = fitTo(text, code);
    if (after === text) {
      throw new HybridError("badAnswer", "The model proposes no change.", {
        hint: note || "Say more exactly what to change.",
      });
    }
    const whole = document.getText();
    const start = document.offsetAt(range.start);
    const proposed = whole.slice(0, start) + after + whole.slice(start + text.length);
    return {
      uri: document.uri,
      before: { text, range },
      after,
      proposed,
      shownAs: shownAsUri(document.uri),
      note,
      caveats,
    };
  }

  async #open({ uri, before, shownAs, note, caveats }: Proposal): Promise<void> {
    await vscode.commands.executeCommand("setContext", CONTEXT_KEYS.editProposed, true);
    const name = vscode.workspace.asRelativePath(uri);
    const exists = before !== undefined || (await fileExists(uri));
    const left = exists ? uri : vscode.Uri.from({ scheme: EDIT_SCHEME, path: "/empty" });
    const title = exists ? `${name} (proposed by Hybrid)` : `${name} (new, proposed by Hybrid)`;
    await vscode.commands.executeCommand("vscode.diff", left, shownAs, title, { preview: false });
    void this.#offer(shownAs, note, caveats);
  }

  /** The same choice as the buttons above the diff, for those who do not see them. */
  async #offer(shownAs: vscode.Uri, note: string, caveats: readonly string[]): Promise<void> {
    const said = note.length > 300 ? `${note.slice(0, 300)}…` : note || "Hybrid proposes an edit.";
    const text = [said, ...caveats].join(" ");
    const choice = await vscode.window.showInformationMessage(text, "Apply", "Discard");
    if (choice === "Apply") await this.apply(shownAs);
    if (choice === "Discard") await this.discard(shownAs);
  }

  #forgetClosed(closed: readonly vscode.Tab[]): void {
    for (const { input } of closed) {
      if (input instanceof vscode.TabInputTextDiff) this.#shown.delete(input.modified.toString());
    }
    if (this.#shown.size === 0)
      void vscode.commands.executeCommand("setContext", CONTEXT_KEYS.editProposed, false);
  }
}

/** One edit, one undo step. Throws HybridError where the code is not what it was. */
async function applyProposal({ uri, before, after }: Proposal): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  if (before) {
    const document = await vscode.workspace.openTextDocument(uri);
    edit.replace(uri, placeOf(document, before.text, before.range), after);
  } else if (await fileExists(uri)) {
    const document = await vscode.workspace.openTextDocument(uri);
    edit.replace(
      uri,
      new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end),
      after,
    );
  } else {
    edit.createFile(uri, { contents: new TextEncoder().encode(after) });
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new HybridError("badInput", "VS Code refused the edit: the file may be read-only.", {
      hint: "The diff stays open, so that you can copy from it.",
    });
  }
}

/** Where the original text stands now: where it was, or, after edits elsewhere, its one other place. */
function placeOf(document: vscode.TextDocument, text: string, range: vscode.Range): vscode.Range {
  if (document.getText(range) === text) return range;
  const whole = document.getText();
  const first = whole.indexOf(text);
  if (first === -1 || whole.includes(text, first + 1)) {
    throw new HybridError(
      "badInput",
      "The code has changed since Hybrid read it, so the edit was not applied.",
      {
        hint: "Ask again, or copy what you need from the diff.",
      },
    );
  }
  return new vscode.Range(document.positionAt(first), document.positionAt(first + text.length));
}

let counter = 0;

/** A name of its own for every proposal, with the file's extension so that it is coloured. */
function shownAsUri(uri: vscode.Uri): vscode.Uri {
  counter += 1;
  return vscode.Uri.from({ scheme: EDIT_SCHEME, path: uri.path, query: String(counter) });
}

function activeProposal(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === EDIT_SCHEME
    ? input.modified
    : undefined;
}

async function closeTab(shownAs: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const tab = tabs.find(
    ({ input }) =>
      input instanceof vscode.TabInputTextDiff && input.modified.toString() === shownAs.toString(),
  );
  if (tab) await vscode.window.tabGroups.close(tab);
}

async function fileExists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
