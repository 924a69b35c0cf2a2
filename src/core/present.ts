/** The sentences a person reads about a request: one wording for chat, preview, notification and status bar. */
import type { AnswerEvent, AnswerSummary } from "./answer.ts";
import { formatDollars } from "./cost/meter.ts";
import type { Quote } from "./cost/quote.ts";
import { aboutText } from "./cost/quote.ts";
import type { AttemptRecord } from "./log/record.ts";
import { BUILTIN } from "./providers/builtin.ts";
import type { Plan, PlanStep, RouteDecision, Tier } from "./request.ts";
import { splitModelId } from "./request.ts";

export const TIER_NAMES: Record<Tier, string> = { local: "Local", mid: "Mid", flagship: "Flagship" };
/** Codicons by tier, for Markdown with theme icons and for quick picks. */
export const TIER_ICONS: Record<Tier, string> = {
  local: "$(device-desktop)",
  mid: "$(cloud)",
  flagship: "$(rocket)",
};

/** How many reasons are shown before the answer; the log keeps all. */
const REASONS_SHOWN = 2;

/** "EASY, 93 % sure: one symbol, 12 uses in 4 files +1.2": what counts is how many log-odds it spoke for the label. */
export function decisionText(
  decision: Pick<RouteDecision, "label" | "confidence" | "reasons" | "escalatedFrom">,
): string {
  const reasons = decision.reasons
    .slice(0, REASONS_SHOWN)
    .map(({ text, weight }) => (weight === 0 ? text : `${text} ${signed(weight)}`))
    .join("; ");
  const sure = `${decision.label}, ${Math.round(decision.confidence * 100)} % sure`;
  const escalated = decision.escalatedFrom ? `, so up from ${decision.escalatedFrom}` : "";
  return `${sure}${escalated}${reasons ? `: ${reasons}` : ""}`;
}

/** "+1.2", "−0.3"; a minus sign, not a hyphen, so that columns line up. */
export function signed(weight: number): string {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(Math.abs(weight) < 0.05 ? 2 : 1)}`;
}

/** "Flagship, about $0.03–0.06", "Local, free": what a request would take. Empty when no model could answer it. */
export function previewText({
  step,
  quote,
}: {
  step: PlanStep | undefined;
  quote: Quote | undefined;
}): string {
  return step ? `${TIER_NAMES[step.tier]}, ${aboutText(quote)}` : "";
}

/** The line before an answer: tier, model and why. Markdown with theme icons. */
function tierLine(step: PlanStep, decision: RouteDecision): string {
  const { provider } = splitModelId(step.model);
  const model = provider === BUILTIN ? "built-in, no model needed" : step.model;
  return `${TIER_ICONS[step.tier]} **${TIER_NAMES[step.tier]}** · ${model} · ${decisionText(decision)}`;
}

/** The line after an answer: model, tokens, cost, time, and what did not go as planned. Plain text. */
export function footerText(summary: AnswerSummary): string {
  const last = summary.attempts.at(-1);
  if (!last) return "";
  const parts = [last.actualModel, tokensText(last), costText(summary.attempts), secondsText(last.totalMs)];
  return parts.filter(Boolean).join(" · ");
}

/** What a reader should know of how the answer came about; one sentence each. Plain text. */
export function caveats(summary: AnswerSummary): string[] {
  const { step, decision, attempts, finishReason, stays, notes } = summary;
  const sentences: string[] = [...(notes ?? [])];
  // A refusal gives the reason itself.
  if (step && stays?.localOnly) sentences.push(`Stayed on this machine: ${stays.reason}.`);
  const failed = attempts
    .slice(0, -1)
    .map(({ actualModel, errorMessage }) => ({ model: actualModel, reason: errorMessage }));
  if (step && failed.length > 0) {
    const reasons = failed.map(({ model, reason }) => `${model} failed (${trimStop(reason ?? "")})`);
    sentences.push(`Answered by ${step.model}, because ${reasons.join(" and ")}.`);
  }
  if (step?.degraded) {
    const why =
      failed.length === 0 ? whySkipped(summary.skipped.filter(({ tier }) => tier === decision.tier)) : "";
    sentences.push(`This asked for the ${decision.tier} tier; read the answer with care.${why}`);
  }
  if (finishReason === "length") {
    sentences.push("The answer was cut off at the model's output limit: ask it to continue.");
  }
  if (finishReason === "refused") sentences.push("The model declined to answer further.");
  return sentences;
}

/** " openai/a, anthropic/b: no API key." … one sentence a reason, each with a space before it. */
function whySkipped(skipped: Plan["skipped"]): string {
  const byReason = Map.groupBy(skipped, ({ reason }) => trimStop(reason));
  return [...byReason]
    .map(([reason, models]) => ` ${models.map(({ model }) => model).join(", ")}: ${reason}.`)
    .join("");
}

/** "1,204 in (1,000 cached) + 300 out"; empty for built-in answers. */
export function tokensText(attempt: AttemptRecord): string {
  if (splitModelId(attempt.actualModel).provider === BUILTIN) return "no tokens";
  if (attempt.inputTokens === null && attempt.outputTokens === null) return "tokens not reported";
  const cached = attempt.cacheReadTokens
    ? ` (${attempt.cacheReadTokens.toLocaleString("en-US")} cached)`
    : "";
  const of = (tokens: number | null) => (tokens === null ? "?" : tokens.toLocaleString("en-US"));
  return `${of(attempt.inputTokens)} in${cached} + ${of(attempt.outputTokens)} out tokens`;
}

/** The cost of a request: all of its attempts, the failed ones too. */
export function costText(attempts: AttemptRecord[]): string {
  if (attempts.length > 0 && attempts.every(({ priceSource }) => priceSource === "plan"))
    return "part of your plan";
  const sum = attempts.reduce((total, { costNanoDollars }) => total + costNanoDollars, 0);
  const estimated = attempts.filter(({ costProvenance }) => costProvenance === "estimated").length;
  const unpriced = attempts.filter(({ costProvenance }) => costProvenance === "unpriced").length;
  return formatDollars(sum, { estimated, unpriced });
}

function secondsText(ms: number): string {
  return ms < 100 ? "" : `${(ms / 1000).toFixed(1)} s`;
}

function trimStop(sentence: string): string {
  return sentence.trim().replace(/\.$/, "");
}

/** What a door shows for an event: Markdown to append, or a passing word while the user waits. */
export interface Shown {
  markdown?: string;
  progress?: string;
}

/**
 * Tells one request's events as a reader should see them; make a new one for each request, and show what it gives
 * before the event's own text. The line with tier and reason waits as progress until the first word: newer VS Codes
 * fold away what stands above the last progress message.
 */
export function createNarrator(): (event: AnswerEvent) => Shown {
  let decision: RouteDecision | undefined;
  let heading = "";
  const passed: Plan["skipped"] = [];
  const takeHeading = () => {
    const taken = heading;
    heading = "";
    return taken;
  };
  return (event) => {
    switch (event.type) {
      case "routed":
        decision = event.decision;
        return {};
      case "attempt":
        if (!decision) return {};
        heading = `${tierLine(event.step, decision)}\n\n`;
        return {
          progress: `${TIER_NAMES[event.step.tier]} · ${event.step.model} · ${decisionText(decision)}`,
        };
      case "status":
        return { progress: event.text };
      case "text":
        return { markdown: takeHeading() };
      case "attemptFailed":
        return { markdown: `${takeHeading()}$(warning) ${event.error.message}\n\n` };
      case "passedOver": {
        const { step, reason } = event;
        passed.push({ ...step, reason });
        return { progress: `${step.model}: ${reason}` };
      }
      case "finished":
        return { markdown: ending(event.summary, passed) };
      default:
        return {};
    }
  };
}

/** All that follows the answer's own text. A failure has no footer line of its own where nothing was tried. */
function ending(summary: AnswerSummary, passed: Plan["skipped"]): string {
  const notes = caveats(summary);
  // A caveat may have named them already, and a failure names them all.
  const untold = passed.filter(({ reason }) => !notes.some((note) => note.includes(trimStop(reason))));
  if (summary.outcome !== "failed" && untold.length > 0) notes.push(whySkipped(untold).trim());
  if (summary.outcome === "interrupted" && summary.error) {
    notes.push(`The answer broke off: ${summary.error.userMessage} What you see is all that was received.`);
  }
  const lines = notes.map((note) => `$(warning) ${note}`);
  if (summary.outcome === "cancelled") {
    const nothing = summary.attempts.length === 0;
    lines.push(
      `$(circle-slash) ${nothing ? "Stopped before any model was asked: nothing was spent." : "Stopped."}`,
    );
  }
  const footer = footerText(summary);
  if (footer) lines.push(`$(graph) ${footer}`);
  return lines.length > 0 ? `\n\n---\n\n${lines.join("\n\n")}\n` : "";
}
