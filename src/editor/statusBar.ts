/** One status bar item: today's spend, live while a request runs, a table by tier in its tooltip, a menu on click. */
import * as vscode from "vscode";
import type { BudgetState } from "../core/budget/budget.ts";
import { limitsTable, NEARLY_USED, percentUsed } from "../core/budget/budgetText.ts";
import { formatDollars } from "../core/cost/meter.ts";
import type { Hybrid } from "../core/hybrid.ts";
import { startOfDay } from "../core/log/day.ts";
import type { RequestLog, Spend } from "../core/log/requestLog.ts";
import { TIER_NAMES } from "../core/present.ts";
import { TIERS } from "../core/request.ts";
import type { BreakerState } from "../core/resilience/breakers.ts";
import type { ActiveDrill } from "../core/resilience/drill.ts";
import { END_DRILL, nameOf, timeText } from "./drill.ts";
import { COMMAND_IDS } from "./ids.ts";
import type { Requests, RunningRequest } from "./requests.ts";

/** Milliseconds between two redraws while an answer streams. */
const REDRAW_MS = 250;
/** Milliseconds between two redraws while something counts down. */
const COUNTDOWN_MS = 1_000;
/** So often the day is looked at again: at midnight the figure starts over. */
const DAY_CHECK_MS = 60_000;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("hybrid.spend", vscode.StatusBarAlignment.Right, 90);
  readonly #log: RequestLog;
  readonly #requests: Requests;
  readonly #hybrid: Hybrid;
  readonly #disposables: vscode.Disposable[] = [];
  #redraw: NodeJS.Timeout | undefined;
  #countdown: NodeJS.Timeout | undefined;

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
      new vscode.Disposable(() => clearTimeout(this.#countdown)),
      new vscode.Disposable(hybrid.breakers.onDidChange(() => this.#schedule())),
      new vscode.Disposable(hybrid.drill.onDidChange(() => this.#schedule())),
    );
    this.#item.text = "$(sparkle)";
    this.#item.accessibilityInformation = { label: "Hybrid", role: "button" };
    // The first look into the log opens its file, which is no part of activation.
    this.#schedule();
  }

  /** Takes new settings: whether it shows, and budgets to be held against what was spent. */
  configure(visible: boolean): void {
    if (visible) this.#item.show();
    else this.#item.hide();
    this.#schedule();
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
    const budget = this.#hybrid.budgetState();
    const drill = this.#hybrid.drill.active();
    // Short here; the tooltip says how many are estimated or without a price.
    const known = `${spend.estimated + spend.unpriced > 0 ? "≥ " : ""}${formatDollars(spend.nanoDollars)}`;
    if (running.length === 0) {
      this.#item.text = `${drill ? "$(beaker)" : "$(sparkle)"} ${known}${usedText(budget)}`;
    } else {
      const tiers = [...new Set(running.map(({ step }) => (step ? step.tier : "routing")))].join(", ");
      const live = pending > 0 ? `≈ ${formatDollars(spend.nanoDollars + pending)}` : known;
      this.#item.text = `$(loading~spin) ${live} · ${tiers}`;
    }
    const state: State = {
      spend,
      running: running.length,
      budget,
      paused: this.#hybrid.breakers.states().filter(({ state }) => state !== "closed"),
      drill,
      warning: this.#log.warning,
      now: Date.now(),
    };
    this.#item.tooltip = tooltip(state);
    this.#item.accessibilityInformation = { label: spokenLabel(state), role: "button" };
    this.#item.backgroundColor = background(state);
    // What counts down in the tooltip is drawn again while it does.
    clearTimeout(this.#countdown);
    const countsDown = state.paused.some(({ state }) => state === "open");
    if (countsDown) this.#countdown = setTimeout(() => this.#schedule(), COUNTDOWN_MS);
  }

  async #pending(running: RunningRequest[]): Promise<number> {
    const costs = running.flatMap(({ step, charsIn, charsOut }) =>
      step ? [this.#hybrid.estimate(step.model, charsIn, charsOut)] : [],
    );
    return (await Promise.all(costs)).reduce((sum, cost) => sum + cost, 0);
  }
}

/** All that the item tells. */
interface State {
  spend: Spend;
  running: number;
  budget: BudgetState;
  /** Providers and models that are left alone for a while. */
  paused: readonly BreakerState[];
  drill: ActiveDrill | undefined;
  warning: string | undefined;
  now: number;
}

/** Between two columns: a tooltip's table has no room of its own. */
const GAP = "&nbsp;".repeat(4);

/** " · 82 %" once a budget is nearly used. */
function usedText({ tightest }: BudgetState): string {
  return tightest && tightest.used >= NEARLY_USED ? ` · ${percentUsed(tightest)} %` : "";
}

function background({ warning, budget: { tightest } }: State): vscode.ThemeColor | undefined {
  if (tightest && tightest.used >= 1) return new vscode.ThemeColor("statusBarItem.errorBackground");
  const warns = warning !== undefined || (tightest && tightest.used >= NEARLY_USED);
  return warns ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
}

function tooltip({ spend, running, budget, paused, drill, warning, now }: State): vscode.MarkdownString {
  const rows = TIERS.map((tier) => {
    const { requests, nanoDollars, inputTokens, outputTokens } = spend.byTier[tier];
    const tokens = (inputTokens + outputTokens).toLocaleString("en-US");
    return `| ${TIER_NAMES[tier]} | ${GAP}${requests} | ${GAP}${tokens} | ${GAP}${formatDollars(nanoDollars)} |`;
  });
  const { stop, showRequests, checkModels, setApiKey, showEgress } = COMMAND_IDS;
  const text = [
    `**Hybrid today: ${formatDollars(spend.nanoDollars, spend)}**`,
    [`| Tier | ${GAP}Answered | ${GAP}Tokens | ${GAP}Cost |`, "| :-- | --: | --: | --: |", ...rows].join(
      "\n",
    ),
    budget.limits.length > 0 ? `---\n\n${limitsTable(budget.limits, now)}\n\n---` : "",
    spend.unpriced > 0
      ? `${spend.unpriced} on models without a known price: set one under \`hybrid.prices\`.`
      : "",
    ...paused.map(
      ({ name, reason, lastError }) => `$(debug-pause) ${plain(name)} is ${reason}: ${plain(lastError)}`,
    ),
    drill
      ? `$(beaker) Outage drill: ${nameOf(drill.kind)} until ${timeText(drill.until)}. [End it](${END_DRILL})`
      : "",
    running > 0 ? `${running} running. [Stop](command:${stop})` : "",
    warning ? `$(warning) ${plain(warning)}` : "",
    `[Recent requests](command:${showRequests}) · [Models](command:${checkModels}) · [API keys](command:${setApiKey}) · [What left](command:${showEgress})`,
  ];
  const markdown = new vscode.MarkdownString(text.filter(Boolean).join("\n\n"), true);
  // No list of commands: VS Code takes each for a new one, and an open hover then flickers with every redraw. What was
  // said by others is plain text here.
  markdown.isTrusted = true;
  return markdown;
}

/** Words of a server or of the system, in which no link may stand. */
function plain(text: string): string {
  return new vscode.MarkdownString().appendText(text).value;
}

function spokenLabel({ spend, running, budget: { tightest }, paused, drill }: State): string {
  const total = TIERS.reduce((sum, tier) => sum + spend.byTier[tier].requests, 0);
  const local =
    total === 0
      ? ""
      : `, ${Math.round((100 * spend.byTier.local.requests) / total)} percent answered locally`;
  const live = running > 0 ? `, ${running} running` : "";
  const used =
    tightest && tightest.used >= NEARLY_USED
      ? `, ${percentUsed(tightest)} percent of the ${tightest.period} budget${tightest.tier ? ` for the ${tightest.tier} tier` : ""} used`
      : "";
  const pauses = paused.length > 0 ? `, ${paused.map(({ name }) => name).join(" and ")} paused` : "";
  const drilled = drill ? ", outage drill running" : "";
  return `Hybrid: ${formatDollars(spend.nanoDollars, spend)} today${local}${live}${used}${pauses}${drilled}`;
}
