/** One status bar item: today's spend, live while a request runs, a table by tier in its tooltip, a menu on click. */
import * as vscode from "vscode";
import { formatDollars } from "../core/cost/meter.ts";
import type { Hybrid } from "../core/hybrid.ts";
import { startOfDay } from "../core/log/day.ts";
import type { RequestLog, Spend } from "../core/log/requestLog.ts";
import { TIER_NAMES } from "../core/present.ts";
import { TIERS } from "../core/request.ts";
import { COMMAND_IDS } from "./ids.ts";
import type { Requests, RunningRequest } from "./requests.ts";

/** Milliseconds between two redraws while an answer streams. */
const REDRAW_MS = 250;
/** So often the day is looked at again: at midnight the figure starts over. */
const DAY_CHECK_MS = 60_000;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("hybrid.spend", vscode.StatusBarAlignment.Right, 90);
  readonly #log: RequestLog;
  readonly #requests: Requests;
  readonly #hybrid: Hybrid;
  readonly #disposables: vscode.Disposable[] = [];
  #redraw: NodeJS.Timeout | undefined;

  constructor(log: RequestLog, requests: Requests, hybrid: Hybrid) {
    this.#log = log;
    this.#requests = requests;
    this.#hybrid = hybrid;
    this.#item.name = "Hybrid Spend";
    this.#item.command = COMMAND_IDS.showMenu;
    const timer = setInterval(() => this.#schedule(), DAY_CHECK_MS);
    const stopListening = log.onDidChange(() => this.#schedule());
    this.#disposables.push(
      this.#item,
      requests.onDidChange(() => this.#schedule()),
      new vscode.Disposable(stopListening),
      new vscode.Disposable(() => clearInterval(timer)),
      new vscode.Disposable(() => clearTimeout(this.#redraw)),
    );
    this.#item.text = "$(sparkle)";
    this.#item.accessibilityInformation = { label: "Hybrid", role: "button" };
    // The first look into the log opens its file, which is no part of activation.
    this.#schedule();
  }

  setVisible(visible: boolean): void {
    if (visible) this.#item.show();
    else this.#item.hide();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #schedule(): void {
    this.#redraw ??= setTimeout(() => {
      this.#redraw = undefined;
      void this.#draw();
    }, REDRAW_MS);
  }

  async #draw(): Promise<void> {
    const { running } = this.#requests;
    const pending = running.length > 0 ? await this.#pending(running) : 0;
    // The request ended while its cost was estimated: a later draw shows the end.
    if (running.length !== this.#requests.running.length) return;
    const spend = this.#log.spend(startOfDay(Date.now()));
    // Short here; the tooltip says how many are estimated or without a price.
    const known = `${spend.estimated + spend.unpriced > 0 ? "≥ " : ""}${formatDollars(spend.nanoDollars)}`;
    if (running.length === 0) {
      this.#item.text = `$(sparkle) ${known}`;
    } else {
      const tiers = [...new Set(running.map(({ step }) => (step ? step.tier : "routing")))].join(", ");
      const live = pending > 0 ? `≈ ${formatDollars(spend.nanoDollars + pending)}` : known;
      this.#item.text = `$(loading~spin) ${live} · ${tiers}`;
    }
    this.#item.tooltip = tooltip(spend, running.length, this.#log.warning);
    this.#item.accessibilityInformation = { label: spokenLabel(spend, running.length), role: "button" };
    this.#item.backgroundColor = this.#log.warning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
  }

  async #pending(running: RunningRequest[]): Promise<number> {
    const costs = running.flatMap(({ step, charsIn, charsOut }) =>
      step ? [this.#hybrid.estimate(step.model, charsIn, charsOut)] : [],
    );
    return (await Promise.all(costs)).reduce((sum, cost) => sum + cost, 0);
  }
}

function tooltip(spend: Spend, running: number, warning: string | undefined): vscode.MarkdownString {
  const rows = TIERS.map((tier) => {
    const { requests, nanoDollars, inputTokens, outputTokens } = spend.byTier[tier];
    const tokens = (inputTokens + outputTokens).toLocaleString("en-US");
    return `| ${TIER_NAMES[tier]} | ${requests} | ${tokens} | ${formatDollars(nanoDollars)} |`;
  });
  const text = [
    `**Hybrid today: ${formatDollars(spend.nanoDollars, spend)}**`,
    [
      "| Tier | &nbsp;&nbsp;Answered | &nbsp;&nbsp;&nbsp;&nbsp;Tokens | &nbsp;&nbsp;&nbsp;&nbsp;Cost |",
      "| :-- | --: | --: | --: |",
      ...rows,
    ].join("\n"),
    spend.unpriced > 0
      ? `${spend.unpriced} on models without a known price: set one under \`hybrid.prices\`.`
      : "",
    running > 0 ? `${running} running. [Stop](command:${COMMAND_IDS.stop})` : "",
    warning ? `$(warning) ${warning}` : "",
    `[Recent requests](command:${COMMAND_IDS.showRequests}) · [Models](command:${COMMAND_IDS.checkModels}) · [API keys](command:${COMMAND_IDS.setApiKey})`,
  ];
  const markdown = new vscode.MarkdownString(text.filter(Boolean).join("\n\n"), true);
  const { stop, showRequests, checkModels, setApiKey } = COMMAND_IDS;
  markdown.isTrusted = { enabledCommands: [stop, showRequests, checkModels, setApiKey] };
  return markdown;
}

function spokenLabel(spend: Spend, running: number): string {
  const total = TIERS.reduce((sum, tier) => sum + spend.byTier[tier].requests, 0);
  const local =
    total === 0
      ? ""
      : `, ${Math.round((100 * spend.byTier.local.requests) / total)} percent answered locally`;
  const live = running > 0 ? `, ${running} running` : "";
  return `Hybrid: ${formatDollars(spend.nanoDollars, spend)} today${local}${live}`;
}
