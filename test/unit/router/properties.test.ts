/** What holds of every request there can be, however odd: tried on random ones (fast-check), shrunk when it fails. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EditorRequest } from "../../../src/core/request.ts";
import { COMMANDS, LABELS, sufficiency, TASKS, tierOf, TIERS } from "../../../src/core/request.ts";
import { createEmbeddedClassifier, shipped } from "../../../src/core/router/embedded.ts";
import { extractFeatures } from "../../../src/core/router/features.ts";
import { linearModel, runLinear } from "../../../src/core/router/linear.ts";
import { DEFAULT_POLICY, route } from "../../../src/core/router/router.ts";
import { requestWith } from "../requests.ts";

const classifier = createEmbeddedClassifier();
const model = linearModel(shipped());

/** Text of any kind: lone surrogates, control characters, emoji, right to left, words of the lexicon. */
const oddText = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 400,
  }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        "refactor",
        "fix",
        "why",
        "死锁",
        "giải thích",
        "مرحبا",
        "🙂",
        "\ud800",
        "```",
        "\n",
        "   at x (y:1)",
        "{",
        "0",
      ),
      { maxLength: 60 },
    )
    .map((words) => words.join(" ")),
);
const size = fc.oneof(fc.nat(1_000_000), fc.constant(Number.NaN), fc.constant(-1), fc.constant(Infinity));

const anyRequest: fc.Arbitrary<EditorRequest> = fc
  .record({
    surface: fc.constantFrom(
      "chat" as const,
      "command" as const,
      "codeAction" as const,
      "modelPicker" as const,
    ),
    command: fc.option(fc.constantFrom(...COMMANDS)),
    prompt: oddText,
    code: oddText,
    languageId: oddText,
    fileLines: size,
    diagnostics: fc.array(oddText, { maxLength: 5 }),
    history: fc.array(
      fc.record({ role: fc.constant("user" as const), text: oddText, tier: fc.constantFrom(...TIERS) }),
      { maxLength: 4 },
    ),
    attachments: fc.array(fc.record({ path: oddText, uri: oddText, languageId: oddText, text: oddText }), {
      maxLength: 4,
    }),
  })
  .map((changes) => requestWith(changes));

describe("any request", () => {
  it("gets a valid decision", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.double({ min: 0, max: 1, noNaN: true }), async (request, threshold) => {
        const decision = await route(request, classifier, {
          ...DEFAULT_POLICY,
          confidenceThreshold: threshold,
        });
        expect(LABELS).toContain(decision.label);
        expect(TASKS).toContain(decision.task);
        expect(decision.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        expect(decision.confidence).toBe(decision.probabilities[LABELS.indexOf(decision.label)]);
        expect(TIERS.indexOf(decision.tier)).toBeGreaterThanOrEqual(TIERS.indexOf(tierOf(decision.label)));
        const isEnough = sufficiency(decision.probabilities, decision.tier) >= threshold;
        expect(isEnough || decision.tier === "flagship").toBe(true);
        expect(decision.reasons.length).toBeGreaterThan(0);
        for (const { text, weight } of decision.reasons) {
          expect(text).not.toMatch(/undefined|NaN/);
          expect(Number.isFinite(weight)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("has contributions that sum to the log-odds it was decided by", () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { contributions, probabilities } = runLinear(model, extractFeatures(request));
        const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a);
        const sum = contributions.reduce((total, { weight }) => total + weight, 0);
        expect(sum).toBeCloseTo(Math.log(first / second), 6);
      }),
      { numRuns: 300 },
    );
  });

  it("never goes down when the threshold goes up", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.double({ min: 0, max: 0.5, noNaN: true }), async (request, low) => {
        const at = async (confidenceThreshold: number) =>
          TIERS.indexOf((await route(request, classifier, { ...DEFAULT_POLICY, confidenceThreshold })).tier);
        expect(await at(low + 0.5)).toBeGreaterThanOrEqual(await at(low));
      }),
      { numRuns: 100 },
    );
  });

  it("of ten megabytes is read in part, and decided", async () => {
    const huge = "why does this deadlock? \ud83d".repeat(400_000);
    const decision = await route(requestWith({ prompt: huge, code: huge }), classifier, DEFAULT_POLICY);
    expect(LABELS).toContain(decision.label);
  });
});

describe("a request without a signal", () => {
  it.each([
    ["nothing", ""],
    ["spaces", " \n\t "],
    ["emoji", "🙂🙃🙂"],
    ["gibberish", "qzxj vvrrk plmnk wwtzz"],
    ["binary", "\0\u0001\u0002\ufffd\u0003"],
    ["a lone surrogate", "\ud800"],
  ])("is not taken for EASY: %s", async (_, prompt) => {
    const decision = await route(requestWith({ prompt }), classifier, DEFAULT_POLICY);
    expect(decision.tier).not.toBe("local");
    expect(decision.reasons.map(({ text }) => text)).toContain("unfamiliar request");
  });
});
