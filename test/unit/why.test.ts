import { describe, expect, it } from "vitest";
import { createEmbeddedClassifier } from "../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../src/core/router/router.ts";
import { signed } from "../../src/core/present.ts";
import { whyText } from "../../src/core/why.ts";
import { decisionWith, requestWith } from "./requests.ts";

const classifier = createEmbeddedClassifier();

describe("why a tier", () => {
  it("holds every share, and their sum is the log-odds of the label over the runner-up", async () => {
    const request = requestWith({ prompt: "refactor this into a strategy pattern across files" });
    const decision = await route(request, classifier, DEFAULT_POLICY);
    const text = whyText({ request, decision, shares: classifier.explain(request), threshold: 0.7 });
    const [first = 0, second = 0] = decision.probabilities.toSorted((a, b) => b - a);
    expect(text).toContain(`**${signed(Math.log(first / second))}**`);
    expect(text).toMatch(/asks for a refactor across files \| \+\d/);
    expect(text).toContain("**HARD**");
  });

  it("says when doubt took a request up, and how sure is asked for", () => {
    const decision = decisionWith({ tier: "mid", escalatedFrom: "local", probabilities: [0.6, 0.3, 0.1] });
    const text = whyText({ request: requestWith(), decision, threshold: 0.7 });
    expect(text).toContain("Local is enough with a probability of 60 % only, and 70 % is asked for");
    expect(text).toContain("Mid is enough with 90 %");
  });

  it.each([
    ["user", "you asked for a local answer", /You chose this tier: you asked for a local answer/],
    ["rule", "your rule “sql → mid”", /Decided by your rule “sql → mid”/],
  ])("says that it was decided by the %s", (router, reason, message) => {
    const decision = decisionWith({ router, reasons: [{ text: reason, weight: 0 }] });
    expect(whyText({ request: requestWith(), decision, threshold: 0.7 })).toMatch(message);
  });

  it("lists the models and what was left out, and lets no prompt write Markdown", () => {
    const plan = {
      steps: [{ tier: "mid" as const, model: "openai/gpt-4o-mini" as const, degraded: true }],
      skipped: [{ tier: "local" as const, model: "ollama/x" as const, reason: "not running" }],
    };
    const request = requestWith({ prompt: "<img src=x> [a](b) | c" });
    const text = whyText({ request, decision: decisionWith(), plan, threshold: 0.7 });
    expect(text).toContain("1. openai/gpt-4o-mini (Mid, degraded)");
    expect(text).toContain("- ollama/x: not running");
    expect(text).not.toMatch(/(^|[^\\])<img|(?<!\\)\]\(b/);
  });
});
