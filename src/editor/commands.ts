/** The right-click and palette commands: they gather what the cursor is on, ask, and show the answer or the diff. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import { caveats, footerText, previewText } from "../core/present.ts";
import type { Command, Surface } from "../core/request.ts";
import type { Settings } from "../core/settings.ts";
import type { Answers } from "./answers.ts";
import type { Asked, Target } from "./context/gather.ts";
import { activeTarget, gather } from "./context/gather.ts";
import type { EditProposals } from "./edits/proposals.ts";
import { testFileFor } from "./edits/testFile.ts";
import { COMMAND_IDS } from "./ids.ts";
import { registerCommand, showError } from "./messages.ts";
import { quotedInput } from "./quotedInput.ts";
import { newId } from "./requests.ts";

/** How long a preview may take, milliseconds: looking at local servers is the slow part. */
const PREVIEW_MS = 4_000;

export interface CommandDeps {
  hybrid: Hybrid;
  answers: Answers;
  proposals: EditProposals;
  settings: () => Settings;
  /** Shows what an edit cost, once it is there. */
  say: (message: string) => void;
}

/** Registers them all. */
export function registerCommands(deps: CommandDeps): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand(COMMAND_IDS.explainSymbol, () => answerCommand(deps, "explain", "Explain")),
    registerCommand(COMMAND_IDS.classifyTodo, () => answerCommand(deps, "todo", "Classify TODO")),
    registerCommand(COMMAND_IDS.ask, () => ask(deps)),
    registerCommand(COMMAND_IDS.refactor, (...given: unknown[]) => refactor(deps, fromLightbulb(given))),
    registerCommand(COMMAND_IDS.fix, (...given: unknown[]) => edit(deps, "fix", "", fromLightbulb(given))),
    registerCommand(COMMAND_IDS.document, () => edit(deps, "doc", "")),
    registerCommand(COMMAND_IDS.writeTests, () => edit(deps, "tests", "")),
  );
}

/** The lightbulb says that it is one, and where it stands; menus hand over other things. */
function fromLightbulb([surface, at]: unknown[]): From {
  if (surface !== "codeAction") return { surface: "command" };
  return { surface, ...(at instanceof vscode.Position && { at }) };
}

interface From {
  surface: Surface;
  /** Where the code is, if not at the cursor. */
  at?: vscode.Position;
}

async function answerCommand(deps: CommandDeps, command: Command, title: string): Promise<void> {
  const target = await activeTarget(command);
  if (!target) {
    void vscode.window.showInformationMessage("Hybrid: put the cursor on some code first.");
    return;
  }
  if (deps.settings()["commands.answersIn"] === "chat" && (await openChat(`/${command} `))) return;
  await inPreview(deps, command, "", target, `${title} ${wordAt(target)}`.trim());
}

async function ask(deps: CommandDeps): Promise<void> {
  const prompt = await vscode.window.showInputBox({
    title: "Hybrid: Ask",
    prompt: "Goes along: the selection, if there is one",
    placeHolder: "How do I …?",
    ignoreFocusOut: true,
  });
  if (!prompt?.trim()) return;
  if (deps.settings()["commands.answersIn"] === "chat" && (await openChat(prompt))) return;
  await inPreview(deps, null, prompt, await activeTarget(null), prompt.slice(0, 60));
}

async function refactor(deps: CommandDeps, from: From): Promise<void> {
  const target = await activeTarget("refactor", "", from.at);
  const source = new vscode.CancellationTokenSource();
  const prompt = await quotedInput({
    title: "Hybrid: Refactor",
    prompt: "What should change? What the code does stays the same.",
    placeholder: "Extract the retry loop into a function",
    about: async (typed) => {
      const { request } = await gather(asked("refactor", typed, target, from), source.token);
      return previewText(await deps.hybrid.preview(request, AbortSignal.timeout(PREVIEW_MS)));
    },
  });
  source.dispose();
  if (prompt?.trim()) await edit(deps, "refactor", prompt, from);
}

/** Asks for an edit with progress and a Stop button, then shows it as a diff. */
async function edit(deps: CommandDeps, command: Command, prompt: string, from?: From): Promise<void> {
  const target = await activeTarget(command, "", from?.at);
  if (!target) {
    void vscode.window.showInformationMessage(
      "Hybrid: open a file and put the cursor on the code to work on.",
    );
    return;
  }
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Hybrid", cancellable: true },
    async (progress, token) => {
      progress.report({ message: "reading the code…" });
      const { request } = await gather(
        await withTestFile(asked(command, prompt, target, from), target),
        token,
      );
      const { text, summary } = await deps.answers.collect(request, progress, token);
      if (!summary || summary.outcome === "cancelled") return;
      if (summary.outcome !== "answered") {
        // An edit that broke off is no edit: nothing is shown but the reason.
        showError(summary.error);
        return;
      }
      deps.say(footerText(summary));
      await deps.proposals.show({ target, command, answer: text, caveats: caveats(summary) });
    },
  );
}

/** Tests that are there already go along, since the answer is the whole file. */
async function withTestFile(request: Asked, target: Target): Promise<Asked> {
  if (request.command !== "tests") return request;
  const { uri, text } = await testFileFor(target.document.uri);
  const path = vscode.workspace.asRelativePath(uri);
  const prompt = `The test file is ${path}${text === undefined ? "; it does not exist yet" : "; keep the tests it has"}.`;
  const { languageId } = target.document;
  const attachments = text === undefined ? [] : [{ path, uri: uri.toString(), languageId, text }];
  return { ...request, prompt, attachments };
}

function inPreview(
  deps: CommandDeps,
  command: Command | null,
  prompt: string,
  target: Target | undefined,
  title: string,
): Promise<void> {
  const source = new vscode.CancellationTokenSource();
  return gather(asked(command, prompt, target), source.token)
    .then(({ request }) => deps.answers.show(request, title))
    .finally(() => source.dispose());
}

function asked(command: Command | null, prompt: string, target: Target | undefined, from?: From): Asked {
  const surface = from?.surface ?? "command";
  return { surface, command, prompt, sessionId: newId(), history: [], attachments: [], target };
}

/** Opens the chat view with a question to @hybrid; false where there is no chat view. */
async function openChat(text: string): Promise<boolean> {
  try {
    await vscode.commands.executeCommand("workbench.action.chat.open", {
      query: `@hybrid ${text}`.trimEnd(),
    });
    return true;
  } catch {
    return false;
  }
}

function wordAt({ document, position, range }: Target): string {
  const word = document.getWordRangeAtPosition(position);
  return range.isSingleLine && word ? document.getText(word) : "";
}
