import { describe, expect, it } from "vitest";
import { candidates, makePlan, staysByChoice, stepsAbove } from "../../../src/core/planner/planner.ts";
import { withoutPaused } from "../../../src/core/resilience/leastBad.ts";
import type { EditorRequest, ModelId, RouteDecision, SymbolFacts } from "../../../src/core/request.ts";
import type { Settings } from "../../../src/core/settings.ts";
import { decisionWith, requestWith, settingsWith } from "../requests.ts";

const settings = settingsWith({
  "tiers.local.models": ["ollama/small"],
  "tiers.mid.models": ["openai/mini", "groq/llama"],
  "tiers.flagship.models": ["anthropic/opus"],
});
const available = () => undefined;
const isLocal = (model: ModelId) => model.startsWith("ollama/") || model.startsWith("builtin/");
/** The plan of a request, from its candidates. */
const planOf = (
  request: EditorRequest,
  decision: RouteDecision,
  chosen: Settings,
  unavailable: (model: ModelId) => string | undefined,
  local: (model: ModelId) => boolean,
) => {
  const stays = staysByChoice(request, chosen);
  return makePlan(candidates(request, decision, chosen, stays !== undefined), stays, unavailable, local);
};
const models = (plan: { steps: { model: string }[] }) => plan.steps.map(({ model }) => model);

const symbol = { name: "f", references: [] } as unknown as SymbolFacts;

describe("makePlan", () => {
  it("tries the decided tier first, then up, then down", () => {
    const request = requestWith();
    const plan = (tier: "local" | "mid" | "flagship") =>
      models(planOf(request, decisionWith({ tier }), settings, available, isLocal));
    expect(plan("local")).toEqual(["ollama/small", "openai/mini", "groq/llama", "anthropic/opus"]);
    expect(plan("mid")).toEqual(["openai/mini", "groq/llama", "anthropic/opus", "ollama/small"]);
    expect(plan("flagship")).toEqual(["anthropic/opus", "openai/mini", "groq/llama", "ollama/small"]);
  });

  it("marks a lower tier than the decided one as degraded", () => {
    const plan = planOf(requestWith(), decisionWith({ tier: "mid" }), settings, available, isLocal);
    expect(plan.steps.filter(({ degraded }) => degraded).map(({ model }) => model)).toEqual(["ollama/small"]);
  });

  it("leaves out what cannot be used, with the reason", () => {
    const plan = planOf(
      requestWith(),
      decisionWith(),
      settings,
      (model) => (model.startsWith("openai/") ? "no API key" : undefined),
      isLocal,
    );
    expect(models(plan)).toEqual(["ollama/small", "groq/llama", "anthropic/opus"]);
    expect(plan.skipped).toEqual([{ model: "openai/mini", tier: "mid", reason: "no API key" }]);
  });

  it("puts the built-in answer behind the local models when it says all that was asked", () => {
    const request = requestWith({ command: "explain", prompt: "f", symbol });
    const plan = planOf(request, decisionWith(), settings, available, isLocal);
    expect(models(plan).slice(0, 2)).toEqual(["ollama/small", "builtin/symbol"]);
    expect(plan.steps[1]?.degraded).toBe(false);
  });

  it("keeps the built-in answer for last when more was asked than it can say", () => {
    const request = requestWith({ command: "explain", prompt: "why is f slow on long input", symbol });
    const plan = planOf(request, decisionWith(), settings, available, isLocal);
    expect(plan.steps.at(-1)).toEqual({ tier: "local", model: "builtin/symbol", degraded: true });
  });

  it.each([
    ["the user asked for local", requestWith({ override: { tier: "local", reason: "" } }), settings],
    ["the router is always-local", requestWith(), { ...settings, "routing.router": "always-local" as const }],
  ])("names no model off the machine when %s", (_, request, chosen) => {
    const cloudInLocal = { ...chosen, "tiers.local.models": ["ollama/small", "openai/mini"] as ModelId[] };
    const plan = planOf(request, decisionWith(), cloudInLocal, available, isLocal);
    expect(models(plan)).toEqual(["ollama/small"]);
    expect(plan.skipped.map(({ model }) => model)).toEqual(["openai/mini"]);
  });
});

describe("withoutPaused", () => {
  it("keeps why a request stays on this machine, beside the models that are paused", () => {
    const request = requestWith({ override: { tier: "local", reason: "" } });
    const two = { ...settings, "tiers.local.models": ["ollama/small", "ollama/other"] as ModelId[] };
    const plan = planOf(request, decisionWith(), two, available, isLocal);
    const paused = withoutPaused(plan, (model) =>
      model === "ollama/small"
        ? { state: "open", reason: "paused after 3 failures", retryAt: 1 }
        : { state: "closed" },
    );
    expect(models(paused)).toEqual(["ollama/other"]);
    expect(paused.skipped).toEqual([
      { model: "ollama/small", tier: "local", reason: "paused after 3 failures" },
    ]);
    expect(paused.stays).toEqual(plan.stays);
    expect(paused.stays?.reason).toBe("you asked for a local answer");
  });
});

describe("stepsAbove", () => {
  it("keeps only higher tiers: a prompt that does not fit goes up, not sideways", () => {
    const plan = planOf(requestWith(), decisionWith({ tier: "mid" }), settings, available, isLocal);
    const [first, ...rest] = plan.steps;
    expect(stepsAbove(rest, first as (typeof rest)[0]).map(({ model }) => model)).toEqual(["anthropic/opus"]);
  });
});
