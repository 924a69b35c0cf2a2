import { describe, expect, it } from "vitest";
import type { Label, LabelProbabilities } from "../../../src/core/request.ts";
import { LABELS } from "../../../src/core/request.ts";
import type { Classifier } from "../../../src/core/router/router.ts";
import { DEFAULT_POLICY, route } from "../../../src/core/router/router.ts";
import { requestWith } from "../requests.ts";

function opinion(probabilities: LabelProbabilities): Classifier {
  const confidence = Math.max(...probabilities);
  const label = LABELS[probabilities.indexOf(confidence)] as Label;
  const reasons = [{ text: "because", weight: 1 }];
  return { name: "fixed", classify: () => ({ label, task: "question", confidence, probabilities, reasons }) };
}

describe("escalation", () => {
  it.each([
    ["a doubtful EASY one tier up", [0.6, 0.3, 0.1], "mid", "local"],
    ["an EASY that may as well be HARD two", [0.5, 0.15, 0.35], "flagship", "local"],
    ["a MEDIUM that may well be HARD one", [0.05, 0.6, 0.35], "flagship", "mid"],
  ] as const)("takes %s", async (_, probabilities, tier, from) => {
    const decision = await route(requestWith(), opinion(probabilities), DEFAULT_POLICY);
    expect(decision).toMatchObject({ tier, escalatedFrom: from, router: "fixed" });
  });

  it.each([
    ["an EASY that is sure enough", [0.7, 0.2, 0.1], "local"],
    ["a MEDIUM whose doubt is whether it is EASY", [0.4, 0.5, 0.1], "mid"],
    ["a HARD, however doubtful", [0.3, 0.3, 0.4], "flagship"],
  ] as const)("leaves %s on its tier", async (_, probabilities, tier) => {
    const decision = await route(requestWith(), opinion(probabilities), DEFAULT_POLICY);
    expect(decision.tier).toBe(tier);
    expect(decision).not.toHaveProperty("escalatedFrom");
  });
});

describe("a chat", () => {
  const history = [
    { role: "user" as const, text: "make it lock-free" },
    { role: "assistant" as const, text: "…", tier: "flagship" as const },
  ];

  it("stays on the highest tier that answered in it, and says so", async () => {
    const decision = await route(requestWith({ history }), opinion([0.9, 0.05, 0.05]), DEFAULT_POLICY);
    expect(decision).toMatchObject({ label: "EASY", tier: "flagship", escalatedFrom: "local" });
    expect(decision.reasons[0]?.text).toContain("stays there");
  });

  it("goes down again where the settings let it", async () => {
    const policy = { ...DEFAULT_POLICY, sessionsOnlyEscalate: false };
    const decision = await route(requestWith({ history }), opinion([0.9, 0.05, 0.05]), policy);
    expect(decision.tier).toBe("local");
  });
});

describe("an override", () => {
  it("wins over label and escalation, and keeps what was overruled", async () => {
    const request = requestWith({ override: { tier: "local", reason: "you asked for a local answer" } });
    const decision = await route(request, opinion([0.3, 0.3, 0.4]), DEFAULT_POLICY);
    expect(decision).toMatchObject({ label: "HARD", tier: "local", router: "user" });
    expect(decision.reasons.map(({ text }) => text)).toEqual(["you asked for a local answer", "because"]);
    expect(decision).not.toHaveProperty("escalatedFrom");
  });
});
