/** Why a request took its tier: the whole decision as Markdown, every share of it named. */
import { signed, TIER_NAMES } from "./present.ts";
import type { EditorRequest, Plan, Reason, RouteDecision } from "./request.ts";
import { LABELS, TIERS, sufficiency, tierOf } from "./request.ts";

export interface Explained {
  request: Pick<EditorRequest, "prompt" | "command">;
  decision: RouteDecision;
  /** Missing when the request was only routed, not answered. */
  plan?: Plan;
  /** Every share of the log-odds of the embedded router, strongest first; missing when the request is gone. */
  shares?: readonly Reason[];
  threshold: number;
}

/** The explanation, Markdown. */
export function whyText({ request, decision, plan, shares, threshold }: Explained): string {
  const asked = [request.command && `/${request.command}`, oneLine(request.prompt)].filter(Boolean).join(" ");
  return [
    `**${TIER_NAMES[decision.tier]}** for: ${asked ? `“${escape(asked)}”` : "the code under the cursor"}\n`,
    `${howText(decision, threshold)}\n`,
    labelTable(decision),
    ...(shares ? [sharesTable(decision, shares)] : [reasonsList(decision)]),
    ...(plan ? [planText(plan)] : []),
  ].join("\n");
}

function howText(
  { router, label, tier, escalatedFrom, reasons, probabilities }: RouteDecision,
  threshold: number,
): string {
  if (router === "user")
    return `You chose this tier: ${reasons[0]?.text ?? "your choice"}. The router had said ${label}.`;
  if (router === "rule")
    return `Decided by ${reasons[0]?.text ?? "a rule of yours"}. The router had said ${label}.`;
  const enough = percent(sufficiency(probabilities, tier));
  const by = `The “${router}” router says ${label}`;
  if (!escalatedFrom) {
    return `${by}; ${TIER_NAMES[tier]} is enough with a probability of ${enough}, and ${percent(threshold)} is asked for.`;
  }
  const lower = percent(sufficiency(probabilities, tierOf(label)));
  const stays = reasons.find(({ text }) => text.includes("stays there"));
  if (stays) return `${by}, but ${stays.text}.`;
  return `${by}, but ${TIER_NAMES[tierOf(label)]} is enough with a probability of ${lower} only, and ${percent(threshold)} is asked for (\`hybrid.routing.confidenceThreshold\`). So the request went up; ${TIER_NAMES[tier]} is enough with ${enough}.`;
}

function labelTable({ label, task, probabilities }: RouteDecision): string {
  const rows = LABELS.map((one, c) => {
    const marked = one === label ? `**${one}**` : one;
    return `| ${marked} | ${TIER_NAMES[TIERS[c] ?? "flagship"]} | ${percent(probabilities[c] ?? 0)} |`;
  });
  return ["| label | tier | probability |", "| --- | --- | ---: |", ...rows, "", `Task: ${task}\n`].join(
    "\n",
  );
}

function sharesTable({ label, probabilities }: RouteDecision, shares: readonly Reason[]): string {
  const runnerUp = LABELS.filter((one) => one !== label).toSorted(
    (a, b) => (probabilities[LABELS.indexOf(b)] ?? 0) - (probabilities[LABELS.indexOf(a)] ?? 0),
  )[0];
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  return [
    `## What spoke for ${label} against ${runnerUp}\n`,
    "Each number is an exact share of the log-odds (natural logarithm): +0.7 doubles the odds, −0.7 halves them.\n",
    "| | share |",
    "| --- | ---: |",
    ...shares.map(({ text, weight }) => `| ${escape(text)} | ${signed(weight)} |`),
    `| **sum** | **${signed(sum)}** |\n`,
  ].join("\n");
}

function reasonsList({ reasons }: RouteDecision): string {
  const lines = reasons.map(
    ({ text, weight }) => `- ${escape(text)}${weight === 0 ? "" : ` ${signed(weight)}`}`,
  );
  return ["## Reasons\n", ...lines, ""].join("\n");
}

function planText({ steps, skipped }: Plan): string {
  const tried = steps.map(
    ({ model, tier, degraded }, i) =>
      `${i + 1}. ${model} (${TIER_NAMES[tier]}${degraded ? ", degraded" : ""})`,
  );
  const left = skipped.map(({ model, reason }) => `- ${model}: ${escape(reason)}`);
  return [
    "## Models, in the order they are tried\n",
    ...(tried.length > 0 ? tried : ["None can be used now."]),
    ...(left.length > 0 ? ["\n### Left out\n", ...left] : []),
    "",
  ].join("\n");
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

function escape(text: string): string {
  return text.replaceAll(/[|<>*_`[\]\\]/g, String.raw`\$&`);
}
