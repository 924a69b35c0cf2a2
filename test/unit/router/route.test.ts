import { describe, expect, it } from "vitest";
import type { Label } from "../../../src/core/request.ts";
import type { Classifier } from "../../../src/core/router/router.ts";
import { route } from "../../../src/core/router/router.ts";
import { requestWith } from "../requests.ts";

function certain(label: Label, confidence: number): Classifier {
  return {
    name: "fixed",
    classify: () => ({ label, task: "question", confidence, reasons: [{ text: "because", weight: 1 }] }),
  };
}

describe("escalation", () => {
  it.each([
    ["EASY", 0.69, "mid", "local"],
    ["MEDIUM", 0.5, "flagship", "mid"],
  ] as const)("takes %s at %d one tier up", async (label, confidence, tier, from) => {
    const decision = await route(requestWith(), certain(label, confidence), 0.7);
    expect(decision).toMatchObject({ label, tier, escalatedFrom: from, router: "fixed" });
  });

  it.each([
    ["EASY", 0.7, "local"],
    ["MEDIUM", 0.99, "mid"],
    ["HARD", 0.2, "flagship"],
  ] as const)("leaves %s at %d on its tier", async (label, confidence, tier) => {
    const decision = await route(requestWith(), certain(label, confidence), 0.7);
    expect(decision.tier).toBe(tier);
    expect(decision).not.toHaveProperty("escalatedFrom");
  });
});

describe("an override", () => {
  it("wins over label and escalation, and keeps what was overruled", async () => {
    const request = requestWith({ override: { tier: "local", reason: "you asked for a local answer" } });
    const decision = await route(request, certain("HARD", 0.3), 0.7);
    expect(decision).toMatchObject({ label: "HARD", tier: "local", router: "user" });
    expect(decision.reasons.map(({ text }) => text)).toEqual(["you asked for a local answer", "because"]);
    expect(decision).not.toHaveProperty("escalatedFrom");
  });
});
