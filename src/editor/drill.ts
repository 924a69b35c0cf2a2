/** "Hybrid: Outage Drill…": has a side of the network seem down for some minutes, to see what happens then. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import { COMMAND_IDS } from "./ids.ts";
import { registerCommand } from "./messages.ts";

const MINUTES = [1, 5, 15] as const;
const END = "end";
/** A link that ends the drill, for Markdown. */
export const END_DRILL = `command:${COMMAND_IDS.outageDrill}?${encodeURIComponent(JSON.stringify([END]))}`;

/** Registers the command; a drill that ends by itself says so. */
export function registerDrill(hybrid: Hybrid): vscode.Disposable {
  let wasOn = false;
  const stop = hybrid.drill.onDidChange(() => {
    const isOn = hybrid.drill.active() !== undefined;
    if (wasOn && !isOn) {
      void vscode.window.showInformationMessage("Hybrid: the outage drill is over. All is as it was.");
    }
    wasOn = isOn;
  });
  return vscode.Disposable.from(
    // The link in the status bar's tooltip needs no second question.
    registerCommand(COMMAND_IDS.outageDrill, (what?: unknown) =>
      what === END ? hybrid.drill.stop() : drill(hybrid),
    ),
    new vscode.Disposable(stop),
  );
}

async function drill(hybrid: Hybrid): Promise<void> {
  const running = hybrid.drill.active();
  if (running) {
    const choice = await vscode.window.showInformationMessage(
      `Hybrid: an outage drill of ${nameOf(running.kind)} runs until ${timeText(running.until)}.`,
      "End It Now",
    );
    if (choice) hybrid.drill.stop();
    return;
  }
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "$(cloud) The cloud is down",
        detail: "Every cloud provider refuses connections; local models and built-in answers carry on.",
        side: "cloud" as const,
      },
      {
        label: "$(device-desktop) The local models are down",
        detail: "Local servers refuse connections; the cloud carries on, but gets no local-only file.",
        side: "local" as const,
      },
    ],
    { title: "Outage Drill: what is to seem down? Nothing is changed, and it ends by itself" },
  );
  if (!picked) return;
  const minutes = await vscode.window.showQuickPick(
    MINUTES.map((count) => ({ label: `${count} ${count === 1 ? "minute" : "minutes"}`, count })),
    { title: "Outage Drill: for how long?" },
  );
  if (!minutes) return;
  const { side } = picked;
  hybrid.drill.start(side, minutes.count);
  const choice = await vscode.window.showInformationMessage(
    `Hybrid: ${nameOf(side)} seem${side === "cloud" ? "s" : ""} down for ${minutes.label}. Ask something.`,
    "End It Now",
  );
  if (choice) hybrid.drill.stop();
}

/** As a sentence says it. */
export function nameOf(kind: "cloud" | "local"): string {
  return kind === "cloud" ? "the cloud" : "the local models";
}

/** "14:05". */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
