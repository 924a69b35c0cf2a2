/** The commands by which a user teaches the router, looks at what came of it, and takes it back. */
import * as vscode from "vscode";
import type { Hybrid } from "../../core/hybrid.ts";
import type { RequestLog } from "../../core/log/requestLog.ts";
import type { Answers } from "../answers.ts";
import { COMMAND_IDS } from "../ids.ts";
import { registerCommand } from "../messages.ts";

/** Where the time is kept before which nothing is learned from. */
const LEARN_FROM = "hybrid.learnFrom";

export interface LearningDeps {
  hybrid: Hybrid;
  log: RequestLog;
  answers: Answers;
  state: vscode.Memento;
}

/** Evidence of before is not used; 0 until the user forgets. Milliseconds since the epoch. */
export function learnFrom(state: vscode.Memento): number {
  return state.get<number>(LEARN_FROM, 0);
}

/** Registers them all. */
export function registerLearning(deps: LearningDeps): vscode.Disposable {
  const { hybrid, log } = deps;
  return vscode.Disposable.from(
    registerCommand(COMMAND_IDS.labelRequests, async () => {
      const { labelRequests } = await import("./labelRequests.ts");
      if ((await labelRequests(log)) > 0) hybrid.relearn();
    }),
    registerCommand(COMMAND_IDS.learningReport, () => showReport(deps)),
    registerCommand(COMMAND_IDS.forgetLearning, () => forget(deps)),
    registerCommand(COMMAND_IDS.fitThreshold, async () => {
      const { fitThresholdCommand } = await import("./fitThreshold.ts");
      await fitThresholdCommand(hybrid);
    }),
  );
}

async function showReport({ hybrid, answers }: LearningDeps): Promise<void> {
  const { learningText } = await import("../../core/learning/learningText.ts");
  await answers.showText("What Hybrid Learned", learningText(await hybrid.learned()));
}

async function forget({ hybrid, state }: LearningDeps): Promise<void> {
  const { evidence } = await hybrid.learned();
  const labels = evidence.filter(({ label }) => label !== null).length;
  const told = evidence.filter(({ succeeded }) => succeeded !== undefined).length;
  if (labels + told === 0) {
    void vscode.window.showInformationMessage(
      "Hybrid: nothing has been learned, so there is nothing to forget.",
    );
    return;
  }
  const choice = await vscode.window.showWarningMessage(
    "Forget what Hybrid learned from you?",
    {
      modal: true,
      detail: `${labels} labels and ${told} judged answers will no longer change how requests are routed. They stay in the request log.`,
    },
    "Forget",
  );
  if (choice !== "Forget") return;
  const before = learnFrom(state);
  await state.update(LEARN_FROM, Date.now());
  hybrid.relearn();
  const undo = await vscode.window.showInformationMessage(
    "Hybrid: forgotten. The router is as shipped.",
    "Undo",
  );
  if (undo !== "Undo") return;
  await state.update(LEARN_FROM, before);
  hybrid.relearn();
}
