/** "Hybrid: Why This Tier?": explains the last decision, an earlier one, or the one that the selection would get. */
import * as vscode from "vscode";
import type { Hybrid } from "../core/hybrid.ts";
import type { Explained } from "../core/why.ts";
import { whyText } from "../core/why.ts";
import type { Answers } from "./answers.ts";
import { activeTarget, gather } from "./context/gather.ts";
import type { Decided, Requests } from "./requests.ts";
import { newId } from "./requests.ts";

export interface WhyDeps {
  hybrid: Hybrid;
  requests: Requests;
  answers: Answers;
  threshold: () => number;
}

/** Explains the request of that id, or the last one; with none in this session, what the code at the cursor would get. */
export async function whyTier(deps: WhyDeps, requestId?: string): Promise<void> {
  const decided = requestId ? deps.requests.decided(requestId) : deps.requests.lastDecided;
  const explained = decided
    ? await explain(deps, decided)
    : requestId === undefined
      ? await fromSelection(deps)
      : undefined;
  if (!explained) {
    void vscode.window.showInformationMessage(
      requestId
        ? "Hybrid: that request is no longer remembered. “Show Recent Requests” lists the reasons that the log keeps."
        : "Hybrid: nothing has been asked yet. Ask something, or put the cursor on some code, and try again.",
    );
    return;
  }
  await deps.answers.showText("Why This Tier?", whyText(explained));
}

async function explain(
  { hybrid, threshold }: WhyDeps,
  { request, decision, plan }: Decided,
): Promise<Explained> {
  // The shares are the embedded router's; a local model's opinion has none.
  const isEmbedded = decision.router !== "ollama" && decision.router !== "hybrid";
  const shares = isEmbedded ? await hybrid.explain(request) : undefined;
  return { request, decision, ...(plan && { plan }), ...(shares && { shares }), threshold: threshold() };
}

/** What the selection would get, asked to be explained. */
async function fromSelection(deps: WhyDeps): Promise<Explained | undefined> {
  const target = await activeTarget("explain");
  if (!target) return undefined;
  const stop = new vscode.CancellationTokenSource();
  try {
    const { request } = await gather(
      {
        surface: "command",
        command: "explain",
        prompt: "",
        sessionId: newId(),
        history: [],
        attachments: [],
        target,
      },
      stop.token,
    );
    const decision = await deps.hybrid.decide(request, AbortSignal.timeout(5_000));
    return await explain(deps, { request, decision });
  } finally {
    stop.dispose();
  }
}
