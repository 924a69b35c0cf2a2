/** What goes wrong with an attempt or a whole plan, as errors that say what to do next. */
import { HybridError, isCancelled } from "./errors.ts";
import { isNoFit } from "./planner/fit.ts";
import type { FinishReason } from "./providers/provider.ts";
import type { Plan, PlanStep } from "./request.ts";
import { isDrill } from "./resilience/drill.ts";

/** Any fault of an attempt as the error that is logged and shown. */
export function asHybridError(error: unknown, signal: AbortSignal, step: PlanStep): HybridError {
  if (signal.aborted || isCancelled(error)) return new HybridError("cancelled", "Stopped.", { cause: error });
  if (error instanceof HybridError) return isDrill(error) ? ofDrill(error) : error;
  return new HybridError("badAnswer", `${step.model} failed in a way that Hybrid does not know.`, {
    hint: "“Hybrid: Show Output” has the details.",
    cause: error,
  });
}

/** The error of an answer without a word. */
export function emptyAnswer(step: PlanStep, finishReason: FinishReason | undefined): HybridError {
  return finishReason === "refused"
    ? new HybridError("emptyAnswer", `${step.model} declined to answer.`)
    : new HybridError("emptyAnswer", `${step.model} answered with nothing.`);
}

/** Refused by the outage drill, and said so: no row or message may pass for the provider's own fault. */
function ofDrill(error: HybridError): HybridError {
  return new HybridError(error.kind, `Outage drill: ${error.message}`, { cause: error });
}

/** The error of a request that no model could be tried for, with what was looked at. */
export function noModel({ stays }: Plan, skipped: Plan["skipped"]): HybridError {
  const byReason = Map.groupBy(skipped, ({ reason }) => reason);
  const reasons = [...byReason]
    .map(([reason, models]) => `- ${models.map(({ model }) => model).join(", ")}: ${reason}`)
    .join("\n");
  const lookedAt = reasons ? `What was looked at:\n${reasons}\n\n` : "";
  const isTooLong = skipped.some(({ reason }) => isNoFit(reason));
  const shorten = "Select less code, attach fewer files, or begin a new chat";
  if (stays?.localOnly) {
    return new HybridError(
      "private",
      `This may not leave your machine: ${stays.reason}. No local model can answer now.`,
      {
        hint: `${lookedAt}${isTooLong ? shorten : "Start Ollama"}, or take the file out of hybrid.privacy.localOnly.`,
      },
    );
  }
  if (isTooLong) {
    return new HybridError("contextTooLong", "This is too long for the models that can answer it now.", {
      hint: `${lookedAt}${shorten}. A larger hybrid.ollama.numCtx, or a cloud model, holds more.`,
    });
  }
  return new HybridError("noModel", "No model can answer this now.", {
    hint: `${lookedAt}Start Ollama, or run “Hybrid: Set API Key…”, or name other models under hybrid.tiers in the settings.`,
  });
}
