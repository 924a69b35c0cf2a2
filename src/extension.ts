/** The composition root: builds the objects, hands each what it needs, and registers the doors. */
import * as vscode from "vscode";
import { Hybrid } from "./core/hybrid.ts";
import { openRequestLog } from "./core/log/sqlite.ts";
import { Answers } from "./editor/answers.ts";
import { registerParticipant } from "./editor/chat/participant.ts";
import { Retries } from "./editor/chat/retries.ts";
import { registerCheckRoutes } from "./editor/checkRoutes.ts";
import { registerCodeActions } from "./editor/codeActions.ts";
import { registerCommands } from "./editor/commands.ts";
import { confirm } from "./editor/confirm.ts";
import { registerDrill } from "./editor/drill.ts";
import { EditProposals } from "./editor/edits/proposals.ts";
import { EnvSecrets } from "./editor/envSecrets.ts";
import { COMMAND_IDS } from "./editor/ids.ts";
import { Keys } from "./editor/keys.ts";
import { learnFrom, registerLearning } from "./editor/learning/commands.ts";
import { registerCommand } from "./editor/messages.ts";
import { registerModels } from "./editor/models.ts";
import { registerPriceRefresh } from "./editor/priceRefresh.ts";
import { Requests } from "./editor/requests.ts";
import { onSettingsChange, readSettings } from "./editor/settings.ts";
import { StatusBar } from "./editor/statusBar.ts";
import { createVscodeModels } from "./editor/vscodeModels.ts";
import type { Tier } from "./core/request.ts";

const DAY_MS = 86_400_000;
/** Rows of the egress ledger that are shown, the newest. */
const EGRESS_SHOWN = 500;
/** How long a note in the status bar stays, ms. */
const NOTE_MS = 12_000;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("Hybrid", { log: true });
  let settings = readSettings(output);

  const log = openRequestLog({
    file: vscode.Uri.joinPath(context.globalStorageUri, "requests.db").fsPath,
    onWarning: (warning) => {
      output.warn(warning);
      void vscode.window.showWarningMessage(`Hybrid: ${warning}`);
    },
  });
  const keys = new Keys(context.secrets, process.env);
  const envSecrets = new EnvSecrets();
  const hybrid = new Hybrid({
    settings,
    log,
    keyOf: keys.keyOf,
    confirm,
    knownSecrets: () => envSecrets.values(),
    moreProviders: [createVscodeModels({ name: "copilot", label: "GitHub Copilot", vendor: "copilot" })],
    learnFrom: () => learnFrom(context.globalState),
  });
  const requests = new Requests(hybrid, output);
  const answers = new Answers(requests);
  const proposals = new EditProposals();
  const retries = new Retries();
  const statusBar = new StatusBar(log, requests, hybrid);
  statusBar.configure(settings["statusBar.visible"]);

  /** Rates a request, or the last one. */
  const rate = (rating: 1 | -1, requestId = log.recent(1)[0]?.requestId) => {
    if (!requestId) return;
    log.rate(requestId, rating);
    hybrid.relearn();
    vscode.window.setStatusBarMessage(
      `$(check) Hybrid: noted as ${rating === 1 ? "helpful" : "unhelpful"}`,
      NOTE_MS,
    );
  };

  context.subscriptions.push(
    output,
    envSecrets,
    new vscode.Disposable(() => log.close()),
    requests,
    answers,
    proposals,
    statusBar,
    registerModels(requests, () => settings),
    registerParticipant({
      requests,
      retries,
      proposals,
      rate: (requestId, rating) => rate(rating, requestId),
      icon: vscode.Uri.joinPath(context.extensionUri, "media", "icon.png"),
    }),
    registerCommands({
      hybrid,
      answers,
      proposals,
      settings: () => settings,
      say: (message) => vscode.window.setStatusBarMessage(`$(sparkle) ${message}`, NOTE_MS),
    }),
    registerCommand(COMMAND_IDS.applyEdit, () => proposals.apply()),
    registerCommand(COMMAND_IDS.discardEdit, () => proposals.discard()),
    registerCommand(COMMAND_IDS.reviewEdit, (requestId: string) => proposals.reviewRemembered(requestId)),
    registerCommand(COMMAND_IDS.retry, (requestId: string, tier?: Tier) => retries.retry(requestId, tier)),
    registerCommand(COMMAND_IDS.setApiKey, async (provider?: string) =>
      (await import("./editor/apiKeys.ts")).setApiKey(keys, settings, provider),
    ),
    registerCommand(COMMAND_IDS.removeApiKey, async () =>
      (await import("./editor/apiKeys.ts")).removeApiKey(keys, settings),
    ),
    registerCommand(COMMAND_IDS.showMenu, async () =>
      (await import("./editor/menu.ts")).showMenu(requests.running.length),
    ),
    registerCommand(COMMAND_IDS.showRequests, async () =>
      (await import("./editor/menu.ts")).showRequests(log),
    ),
    registerCommand(COMMAND_IDS.checkModels, async () =>
      (await import("./editor/menu.ts")).checkModels(hybrid),
    ),
    registerCommand(COMMAND_IDS.showEgress, async () => {
      const { egressText } = await import("./core/log/egressText.ts");
      await answers.showText("What Left This Machine", egressText(log.egress.recent(EGRESS_SHOWN)));
    }),
    registerDrill(hybrid),
    registerPriceRefresh(context, log, output, () => settings.refreshPrices),
    registerCodeActions(hybrid),
    registerCheckRoutes(hybrid),
    registerLearning({ hybrid, log, answers, state: context.globalState }),
    registerCommand(COMMAND_IDS.whyTier, async (requestId?: string) =>
      (await import("./editor/whyTier.ts")).whyTier(
        { hybrid, requests, answers, threshold: () => settings["routing.confidenceThreshold"] },
        typeof requestId === "string" ? requestId : undefined,
      ),
    ),
    registerCommand(COMMAND_IDS.showOutput, () => output.show()),
    registerCommand(COMMAND_IDS.stop, () => requests.stopAll()),
    registerCommand(COMMAND_IDS.rateHelpful, (requestId?: string) => rate(1, requestId)),
    registerCommand(COMMAND_IDS.rateUnhelpful, (requestId?: string) => rate(-1, requestId)),
    keys.onDidChange(() => {
      // A new key, or new credit, need not wait out the old one's pause.
      hybrid.breakers.reset();
      hybrid.forgetAvailability();
    }),
    onSettingsChange(output, (changed) => {
      settings = changed;
      hybrid.configure(settings);
      statusBar.configure(settings["statusBar.visible"]);
    }),
  );

  if (settings["log.retentionDays"] > 0) {
    const timer = setTimeout(
      () => void log.deleteOlderThan(Date.now() - settings["log.retentionDays"] * DAY_MS),
      30_000,
    );
    context.subscriptions.push(new vscode.Disposable(() => clearTimeout(timer)));
  }
}
