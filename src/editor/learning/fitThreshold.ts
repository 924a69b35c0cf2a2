/** "Hybrid: Fit Threshold…": the lowest confidence threshold that keeps under-routing within what the user accepts. */
import * as vscode from "vscode";
import type { Hybrid } from "../../core/hybrid.ts";
import { interval } from "../../core/learning/learningText.ts";
import type { ThresholdFigures } from "../../core/router/threshold.ts";
import { COMMAND_IDS } from "../ids.ts";

const SETTING = "routing.confidenceThreshold";
/** Percent of requests that may be under-routed where the user says nothing else. */
const USUAL_LIMIT = "5";

/** Asks for the limit, shows the fit, and writes the setting only when told to. */
export async function fitThresholdCommand(hybrid: Hybrid): Promise<void> {
  const { fitThreshold, LEAST_ROWS } = await import("../../core/router/threshold.ts");
  const { evidence } = await hybrid.learned();
  const { rows } = fitThreshold(evidence, 0);
  if (rows < LEAST_ROWS) {
    const choice = await vscode.window.showInformationMessage(
      `Hybrid: ${rows} requests tell what tier they needed; a fit takes ${LEAST_ROWS}. Labels are the quickest way there.`,
      "Label Requests…",
    );
    if (choice) await vscode.commands.executeCommand(COMMAND_IDS.labelRequests);
    return;
  }
  const limit = await askLimit(rows);
  if (limit === undefined) return;
  const { table, best } = fitThreshold(evidence, limit / 100);
  const current = vscode.workspace.getConfiguration("hybrid").get<number>(SETTING, 0.7);
  const items = table.map((figures) => ({
    label: `${figures === best ? "$(star-full) " : ""}${figures.threshold.toFixed(2)}`,
    description: `${share(figures.under, figures.rows)} under-routed, ${share(figures.over, figures.rows)} over-routed`,
    detail: detailOf(figures, best, current, limit),
    figures,
  }));
  const picked = await vscode.window.showQuickPick(
    best ? items.toSorted((a, b) => Number(b.figures === best) - Number(a.figures === best)) : items,
    {
      title: best
        ? `Fits “at most ${limit} % under-routed”: ${best.threshold.toFixed(2)} (now ${current.toFixed(2)}). Pick a threshold to set it`
        : `No threshold keeps under-routing within ${limit} %. Pick one to set it all the same`,
      placeHolder: `of ${rows} requests of your log`,
    },
  );
  if (picked && picked.figures.threshold !== current) await set(picked.figures.threshold, current);
}

async function askLimit(rows: number): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: `Fit Threshold: at most how many percent of requests may be under-routed? (${rows} tell)`,
    value: USUAL_LIMIT,
    validateInput: (value) => (isPercent(value) ? undefined : "A number from 0 to 100, for example 5"),
  });
  return text === undefined ? undefined : Number(text);
}

function isPercent(value: string): boolean {
  return value.trim() !== "" && Number(value) >= 0 && Number(value) <= 100;
}

function detailOf(
  figures: ThresholdFigures,
  best: ThresholdFigures | undefined,
  current: number,
  limit: number,
): string {
  const high = `could be up to ${Math.round(interval(figures.under, figures.rows).high * 100)} % under-routed (95 % interval)`;
  if (figures === best) return `the lowest with at most ${limit} % under-routed; ${high}`;
  return figures.threshold === current ? `the present setting; ${high}` : high;
}

function share(hits: number, rows: number): string {
  return `${((100 * hits) / rows).toFixed(1)} %`;
}

async function set(threshold: number, before: number): Promise<void> {
  const write = (value: number) =>
    vscode.workspace.getConfiguration("hybrid").update(SETTING, value, vscode.ConfigurationTarget.Global);
  await write(threshold);
  const choice = await vscode.window.showInformationMessage(
    `Hybrid: the confidence threshold is ${threshold.toFixed(2)} now.`,
    "Undo",
  );
  if (choice === "Undo") await write(before);
}
