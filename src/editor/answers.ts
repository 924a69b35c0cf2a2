/** Answers outside the chat view: a Markdown preview beside the code that grows while the model writes. */
import * as vscode from "vscode";
import type { AnswerSummary } from "../core/answer.ts";
import { createNarrator } from "../core/present.ts";
import type { EditorRequest } from "../core/request.ts";
import { ANSWER_SCHEME } from "./ids.ts";
import type { Requests } from "./requests.ts";

/** Milliseconds between two redraws of the preview. */
const REDRAW_MS = 120;

export class Answers implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #requests: Requests;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  /** Texts shown so far. */
  #shown = 0;

  constructor(requests: Requests) {
    this.#requests = requests;
    this.#registration = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(ANSWER_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  /** Asks, and shows the answer in a preview named `title`. */
  async show(request: EditorRequest, title: string): Promise<void> {
    const uri = uriOf(title, request.id);
    this.#texts.set(uri.toString(), `# ${title}\n\n`);
    await this.#open(uri);
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "Hybrid", cancellable: true },
      (progress, token) => this.#write(uri, request, progress, token),
    );
  }

  /** Shows a text that is there already in a preview named `title`. */
  async showText(title: string, markdown: string): Promise<void> {
    // An address of its own each time: VS Code's preview shows what it showed before of one that was closed meanwhile.
    const uri = uriOf(title, String((this.#shown += 1)));
    this.#texts.set(uri.toString(), `# ${title}\n\n${markdown}`);
    await this.#open(uri);
  }

  /** Asks without showing anything but progress; gives the answer's text and how it ended. */
  async collect(
    request: EditorRequest,
    progress: vscode.Progress<{ message?: string }>,
    token: vscode.CancellationToken,
  ): Promise<{ text: string; summary: AnswerSummary | undefined }> {
    let text = "";
    let model = "";
    let summary: AnswerSummary | undefined;
    for await (const event of this.#requests.ask(request, token)) {
      if (event.type === "attempt") model = event.step.model;
      if (event.type === "text") text += event.text;
      if (event.type === "status") progress.report({ message: event.text });
      else if (event.type === "text")
        progress.report({ message: `${model} is writing, ${text.length} characters so far` });
      else if (event.type === "attempt") progress.report({ message: `asking ${model}…` });
      if (event.type === "finished") summary = event.summary;
    }
    return { text, summary };
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** Beside the code; in the place of the preview where that has the focus, which leaves no third column behind. */
  async #open(uri: vscode.Uri): Promise<void> {
    await vscode.workspace.openTextDocument(uri);
    const active = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const isPreview =
      active instanceof vscode.TabInputWebview && active.viewType.includes("markdown.preview");
    await vscode.commands.executeCommand(
      isPreview ? "markdown.showPreview" : "markdown.showPreviewToSide",
      uri,
    );
  }

  async #write(
    uri: vscode.Uri,
    request: EditorRequest,
    progress: vscode.Progress<{ message?: string }>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const narrate = createNarrator();
    let drawnAt = 0;
    const append = (text: string, now = false) => {
      this.#texts.set(uri.toString(), (this.#texts.get(uri.toString()) ?? "") + text);
      if (!now && Date.now() - drawnAt < REDRAW_MS) return;
      drawnAt = Date.now();
      this.#changed.fire(uri);
    };
    for await (const event of this.#requests.ask(request, token)) {
      const shown = narrate(event);
      if (shown.markdown) append(withoutIcons(shown.markdown), true);
      if (event.type === "text") append(event.text);
      if (shown.progress) progress.report({ message: shown.progress });
      if (event.type === "finished" && event.summary.outcome === "failed" && event.summary.error) {
        append(`**${event.summary.error.message}**\n\n${event.summary.error.hint}\n`, true);
      }
    }
  }
}

function uriOf(title: string, query: string): vscode.Uri {
  return vscode.Uri.from({ scheme: ANSWER_SCHEME, path: `/${title.replaceAll("/", "∕")}.md`, query });
}

/** The Markdown preview knows no theme icons. */
function withoutIcons(markdown: string): string {
  return markdown.replaceAll("$(warning)", "⚠").replace(/\$\([a-z-]+\) /g, "");
}
