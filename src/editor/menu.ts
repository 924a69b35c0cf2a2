/** The quick picks behind the status bar: the menu, recent requests, the state of the models. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import type { AttemptRecord } from "../core/log/record.ts";
import type { RequestLog } from "../core/log/requestLog.ts";
import type { ModelState } from "../core/models.ts";
import { costText, decisionText, TIER_ICONS, TIER_NAMES, tokensText } from "../core/present.ts";
import type { ModelId } from "../core/request.ts";
import { COMMAND_IDS } from "./ids.ts";

type Item = vscode.QuickPickItem & { run?: () => unknown };

const RECENT = 50;

/** The menu that a click on the status bar opens. */
export async function showMenu(running: number): Promise<void> {
  const command = (label: string, id: string, description = ""): Item => ({
    label,
    description,
    run: () => vscode.commands.executeCommand(id),
  });
  await pick("Hybrid", [
    ...(running > 0
      ? [command("$(debug-stop) Stop Running Requests", COMMAND_IDS.stop, `${running} running`)]
      : []),
    command("$(comment-discussion) Ask…", COMMAND_IDS.ask),
    command("$(history) Recent Requests", COMMAND_IDS.showRequests),
    command(
      "$(server-environment) Check Models",
      COMMAND_IDS.checkModels,
      "which can be used now, and why not",
    ),
    command("$(key) Set API Key…", COMMAND_IDS.setApiKey),
    command("$(shield) What Left This Machine", COMMAND_IDS.showEgress),
    {
      label: "$(gear) Settings",
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:hybrid.hybrid-router"),
    },
    command("$(output) Output", COMMAND_IDS.showOutput),
  ]);
}

/** Recent requests, newest first; picking one lets the user rate its answer. */
export async function showRequests(log: RequestLog): Promise<void> {
  const attempts = log.recent(RECENT);
  if (attempts.length === 0) {
    void vscode.window.showInformationMessage(
      "No requests yet. Ask @hybrid something, or right-click a symbol → Hybrid → Explain Symbol.",
    );
    return;
  }
  const items = attempts.map((attempt): Item => ({
    label: `${TIER_ICONS[attempt.actualTier]} ${titleOf(attempt)}`,
    description: `${attempt.actualModel} · ${costText([attempt])}${ratingOf(attempt)}`,
    detail: `${new Date(attempt.startedAt).toLocaleString()} · ${outcomeOf(attempt)} · ${tokensText(attempt)} · ${decisionOf(attempt)}`,
    run: () => rate(log, attempt),
  }));
  await pick("Recent requests: pick one to rate its answer", items, true);
}

/** Every model of the settings and whether it can be used. */
export async function checkModels(hybrid: Hybrid): Promise<void> {
  hybrid.forgetAvailability();
  const states = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Hybrid: looking at the models" },
    () => hybrid.modelStates(AbortSignal.timeout(5_000)),
  );
  await pick(
    "Models by tier",
    states.map((state) => modelItem(hybrid, state)),
    true,
  );
}

/** A model with how it stands; picking it does the one thing that helps. */
function modelItem(hybrid: Hybrid, { tier, model, unavailable, paused }: ModelState): Item {
  const icon = paused ? "$(debug-pause)" : unavailable ? "$(circle-slash)" : "$(pass)";
  return {
    label: `${icon} ${model}`,
    description: TIER_NAMES[tier],
    detail: paused ? `${unavailable}. Pick it to end the pause now` : (unavailable ?? "ready"),
    run: () => {
      if (paused) return endPause(hybrid, model);
      return unavailable?.includes("API key")
        ? vscode.commands.executeCommand(COMMAND_IDS.setApiKey, model.slice(0, model.indexOf("/")))
        : vscode.commands.executeCommand("workbench.action.openSettings", `hybrid.tiers.${tier}.models`);
    },
  };
}

function endPause(hybrid: Hybrid, model: ModelId): void {
  hybrid.breakers.release(model);
  void vscode.window.showInformationMessage(`Hybrid: ${model} is no longer paused.`);
}

async function rate(log: RequestLog, attempt: AttemptRecord): Promise<void> {
  const set = (label: string, rating: 1 | -1 | null): Item => ({
    label,
    run: () => log.rate(attempt.requestId, rating),
  });
  await pick(`Rate: ${titleOf(attempt)}`, [
    set("$(thumbsup) Helpful", 1),
    set("$(thumbsdown) Unhelpful", -1),
    set("$(circle-slash) No rating", null),
  ]);
}

async function pick(title: string, items: Item[], matchOnDetail = false): Promise<void> {
  const choice = await vscode.window.showQuickPick(items, {
    title,
    matchOnDetail,
    matchOnDescription: matchOnDetail,
  });
  await choice?.run?.();
}

function titleOf({ command, input, task }: AttemptRecord): string {
  const words = [command ? `/${command}` : "", input ?? ""].filter(Boolean).join(" ").replaceAll(/\s+/g, " ");
  return words.length > 80 ? `${words.slice(0, 80)}…` : words || task;
}

function outcomeOf({ outcome, errorMessage }: AttemptRecord): string {
  return errorMessage ? `${outcome}: ${errorMessage}` : outcome;
}

function decisionOf(attempt: AttemptRecord): string {
  const { classifiedLabel: label, confidence, reasons, escalatedFrom } = attempt;
  return decisionText({
    label,
    confidence,
    reasons,
    ...(escalatedFrom ? { escalatedFrom } : {}),
  });
}

function ratingOf({ userRating }: AttemptRecord): string {
  if (userRating === null) return "";
  return ` · ${userRating === 1 ? "$(thumbsup) rated helpful" : "$(thumbsdown) rated unhelpful"}`;
}
