import { describe, expect, it } from "vitest";
import type { EditorRequest } from "../../../src/core/request.ts";
import { createEmbeddedClassifier, shipped } from "../../../src/core/router/embedded.ts";
import { extractFeatures } from "../../../src/core/router/features.ts";
import { linearModel, runLinear } from "../../../src/core/router/linear.ts";
import { joinHead, readNgrams } from "../../../src/core/router/weights.ts";
import storedLabel from "../../../src/core/router/weights/label.json" with { type: "json" };
import { generator } from "../../../training/folds.ts";
import { requestWith } from "../requests.ts";
import { answeredBy, below, oddText, SMALL_FUNCTION, symbolUsed } from "./support.ts";

const weights = shipped();

const REQUESTS: [string, Partial<EditorRequest>][] = [
  ["a symbol", { command: "explain", prompt: "", code: SMALL_FUNCTION, symbol: symbolUsed(12, 4) }],
  ["a refactor across files", { prompt: "refactor this into a strategy pattern across files" }],
  ["a follow-up", { prompt: "fix it", history: answeredBy("mid"), code: SMALL_FUNCTION }],
  ["nothing", { prompt: "" }],
];

describe("contributions", () => {
  it.each(REQUESTS)("sum to the log-odds of the label over the runner-up: %s", (_, changes) => {
    expectSum(requestWith(changes));
  });

  it("sum for odd texts too", () => {
    const random = generator(3);
    for (let round = 0; round < 200; round++) {
      expectSum(requestWith({ prompt: oddText(random, 800), code: oddText(random, 800 * below(random, 2)) }));
    }
  });

  it("hold every reason shown, with its weight", async () => {
    const request = requestWith({
      prompt: "design a protocol that survives data races",
      code: SMALL_FUNCTION,
    });
    const classifier = createEmbeddedClassifier();
    const { reasons } = await classifier.classify(request);
    const design = classifier.contributions(request).find(({ feature }) => feature === "askDesign");
    expect(reasons.find(({ text }) => text === "asks for a design")?.weight).toBe(design?.weight);
  });

  function expectSum(request: EditorRequest): void {
    const { contributions, probabilities } = runLinear(linearModel(weights), extractFeatures(request));
    const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a);
    const sum = contributions.reduce((total, { weight }) => total + weight, 0);
    expect(sum).toBeCloseTo(Math.log(first / second), 9);
    expect(probabilities.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 12);
  }
});

describe("weights that do not fit", () => {
  it("are refused when they are of another version", () => {
    const other = { ...storedLabel, version: 99 };
    expect(() => joinHead("label", other, readNgrams("label"))).toThrow(/version 99/);
  });

  it("are refused when a part of their file is missing", () => {
    expect(() => joinHead("label", storedLabel, new Int8Array(100))).toThrow(/100 of \d+ bytes/);
  });

  it("are refused when a feature is missing, which is named", () => {
    const { oneSymbol: _, ...dense } = weights.label.dense;
    const label = { ...weights.label, dense };
    expect(() => createEmbeddedClassifier({ ...weights, label })).toThrow(/“label”.*oneSymbol/);
  });
});
