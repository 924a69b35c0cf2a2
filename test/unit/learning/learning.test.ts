import { describe, expect, it } from "vitest";
import { LEAST_LABELS, learn, withCorrection } from "../../../src/core/learning/correction.ts";
import { evidenceOf } from "../../../src/core/learning/evidence.ts";
import { Learner } from "../../../src/core/learning/learner.ts";
import { learningText } from "../../../src/core/learning/learningText.ts";
import type { AttemptRecord } from "../../../src/core/log/record.ts";
import { bySuccess, SuccessTable } from "../../../src/core/planner/success.ts";
import type { Label, LabelProbabilities, ModelId, Tier } from "../../../src/core/request.ts";
import { LABELS } from "../../../src/core/request.ts";
import type { Classifier } from "../../../src/core/router/router.ts";
import { fitThreshold, LEAST_ROWS } from "../../../src/core/router/threshold.ts";
import { generator } from "../../../training/folds.ts";
import { attempt } from "../log/support/records.ts";
import { decisionWith, requestWith } from "../requests.ts";

const NOW = 1_790_000_000_000;
let count = 0;
const row = (changes: Partial<AttemptRecord>): AttemptRecord =>
  attempt({
    requestId: `request ${++count}`,
    startedAt: NOW - count * 1000,
    outcome: "answered",
    degraded: false,
    ...changes,
  });
const sure = (label: Label, p = 0.6): LabelProbabilities =>
  LABELS.map((one) => (one === label ? p : (1 - p) / 2)) as unknown as LabelProbabilities;

/** Requests in SQL that the router calls EASY and this user HARD; all others as the router says. */
function userOfSql(labels: number): AttemptRecord[] {
  const random = generator(11);
  return Array.from({ length: labels }, (_, i) => {
    const isSql = i % 2 === 0;
    const routed: Label = isSql ? "EASY" : (LABELS[Math.floor(random() * 3)] ?? "EASY");
    return row({
      languageId: isSql ? "sql" : "go",
      input: isSql ? `tune query number ${i}` : `other matter ${i}`,
      task: "question",
      probabilities: sure(routed),
      classifiedLabel: routed,
      userLabel: isSql ? "HARD" : routed,
    });
  });
}

describe("evidence", () => {
  it("leaves out degraded answers, failures, and all but the last attempt", () => {
    const rows = [
      row({ requestId: "a", userRating: -1, degraded: true }),
      row({ requestId: "b", outcome: "failed", userLabel: "HARD" }),
      row({ requestId: "c", attempt: 1, outcome: "failed" }),
      row({ requestId: "c", attempt: 2, userRating: 1 }),
    ];
    expect(evidenceOf(rows).map(({ row: { requestId }, succeeded }) => [requestId, succeeded])).toEqual([
      ["c", true],
    ]);
  });

  it("takes a request asked again of a stronger tier for a failure, and of a lower one for good enough", () => {
    const rows = [
      row({ requestId: "weak", actualTier: "local" }),
      row({ requestId: "again", retryOf: "weak", actualTier: "mid" }),
      row({ requestId: "dear", actualTier: "flagship" }),
      row({ requestId: "cheap", retryOf: "dear", actualTier: "local" }),
    ];
    const of = Object.fromEntries(evidenceOf(rows).map((one) => [one.row.requestId, one.succeeded]));
    expect(of).toMatchObject({ weak: false, dear: true });
    expect(of["again"]).toBeUndefined();
  });
});

describe("the correction", () => {
  const shipped: Classifier = {
    name: "embedded",
    classify: () => ({
      label: "EASY",
      task: "question",
      confidence: 0.6,
      probabilities: sure("EASY"),
      reasons: [],
    }),
  };

  it("learns a user whose labels differ, and says what it did on labels it did not see", async () => {
    const report = learn(evidenceOf(userOfSql(60)));
    expect(report.after.right).toBeGreaterThan(report.before.right + 10);
    expect(report.verdict).toMatch(/^Used/);
    const corrected = withCorrection(shipped, report.correction ?? new Map());
    const sql = await corrected.classify(requestWith({ languageId: "sql", prompt: "tune query number 999" }));
    expect(sql).toMatchObject({ label: "HARD", uncorrected: sure("EASY") });
    expect(sql.reasons[0]?.text).toBe("you labelled requests like this HARD");
    const go = await corrected.classify(requestWith({ languageId: "go", prompt: "other matter 999" }));
    expect(go.label).toBe("EASY");
  });

  it("cannot move a sure decision: the log-odds change by 1.5 at most", async () => {
    const { correction = new Map() } = learn(evidenceOf(userOfSql(400)));
    const certain: Classifier = {
      name: "embedded",
      classify: () => ({
        label: "EASY",
        task: "question",
        confidence: 0.98,
        probabilities: sure("EASY", 0.98),
        reasons: [],
      }),
    };
    const request = requestWith({ languageId: "sql", prompt: "tune query number 2" });
    const { probabilities, label } = await withCorrection(certain, correction).classify(request);
    expect(label).toBe("EASY");
    const before = Math.log(0.98 / 0.01);
    expect(before - Math.log(probabilities[0] / probabilities[2])).toBeLessThanOrEqual(1.5 + 1e-9);
  });

  it("stays off with too few labels", () => {
    const report = learn(evidenceOf(userOfSql(LEAST_LABELS - 1)));
    expect(report.correction).toBeUndefined();
    expect(report.verdict).toBe("Not used: 19 of the 20 labels it takes.");
  });

  it("stays off where it does not help", () => {
    const random = generator(4);
    const noise = userOfSql(60).map((one) => ({
      ...one,
      userLabel: LABELS[Math.floor(random() * 3)] ?? "EASY",
    }));
    const report = learn(evidenceOf(noise));
    if (report.correction) expect(report.after.right).toBeGreaterThanOrEqual(report.before.right);
    else expect(report.verdict).toMatch(/^Not used/);
  });

  it("is the same for the same labels, and gone when they are forgotten", () => {
    const rows = userOfSql(60);
    expect(learn(evidenceOf(rows))).toEqual(learn(evidenceOf(rows.toReversed())));
    let from = 0;
    const log = { recent: () => rows, onDidChange: () => () => undefined };
    const learner = new Learner({ log, learnFrom: () => from, now: () => NOW });
    expect(learner.learned(true).report.correction).toBeDefined();
    expect(learner.examples({ prompt: "tune query number 4", command: null }, 2)[0]?.label).toBe("HARD");
    from = NOW + 1;
    const forgotten = learner.learned(true);
    expect(forgotten.evidence).toEqual([]);
    expect(forgotten.report.correction).toBeUndefined();
    expect(learningText(forgotten)).toContain("Nothing has been learned yet");
  });

  it("is reported with intervals", () => {
    const rows = userOfSql(60);
    const learner = new Learner({
      log: { recent: () => rows, onDidChange: () => () => undefined },
      learnFrom: () => 0,
      now: () => NOW,
    });
    expect(learningText(learner.learned())).toMatch(
      /\| label right \| \d+ % \(\d+ %–\d+ %\) \| \d+ % \(\d+ %–\d+ %\) \|/,
    );
  });
});

describe("success by model and task", () => {
  const models: Record<Tier, ModelId> = { local: "ollama/a", mid: "openai/b", flagship: "anthropic/c" };
  const modelOf = (tier: Tier) => models[tier];
  const judged = (model: ModelId, rating: 1 | -1, times: number, more: Partial<AttemptRecord> = {}) =>
    Array.from({ length: times }, () =>
      row({ actualModel: model, task: "tests", userRating: rating, ...more }),
    );
  const table = (...rows: AttemptRecord[]) => new SuccessTable(evidenceOf(rows), NOW);
  const easy = decisionWith({ task: "tests", tier: "local", probabilities: [0.75, 0.2, 0.05] });

  it("changes nothing without evidence, nor with evidence of another task", () => {
    expect(bySuccess(easy, modelOf, table(), 0.7)).toBe(easy);
    expect(bySuccess(easy, modelOf, table(...judged("ollama/a", -1, 9, { task: "docs" })), 0.7)).toBe(easy);
    expect(bySuccess(easy, modelOf, table(...judged("ollama/a", -1, 2)), 0.7)).toBe(easy);
  });

  it("goes up where the model keeps failing, and says so", () => {
    const rows = [...judged("ollama/a", -1, 7), ...judged("ollama/a", 1, 2)];
    const decision = bySuccess(easy, modelOf, table(...rows), 0.7);
    expect(decision).toMatchObject({ tier: "mid", escalatedFrom: "local" });
    expect(decision.reasons[0]?.text).toBe("ollama/a did well in 2 of 9 tests requests");
  });

  it("goes down where a cheaper model keeps doing well", () => {
    const hard = decisionWith({
      task: "tests",
      label: "HARD",
      tier: "flagship",
      probabilities: [0.1, 0.35, 0.55],
    });
    const decision = bySuccess(hard, modelOf, table(...judged("openai/b", 1, 12)), 0.7);
    expect(decision.tier).toBe("mid");
    expect(decision).not.toHaveProperty("escalatedFrom");
  });

  it.each([{ router: "user" }, { router: "rule" }, { heldBySession: true }])(
    "leaves alone what was chosen: %j",
    (chosen) => {
      const decision = { ...easy, ...chosen };
      expect(bySuccess(decision, modelOf, table(...judged("ollama/a", -1, 20)), 0.7)).toBe(decision);
    },
  );

  it("forgets slowly: an answer of 60 days ago counts half", () => {
    const old = judged("ollama/a", -1, 4, { startedAt: NOW - 60 * 86_400_000 });
    expect(table(...old).tally("ollama/a", "tests").bad).toBeCloseTo(2, 6);
  });
});

describe("the fitted threshold", () => {
  const labelledRow = (probabilities: LabelProbabilities, userLabel: Label) =>
    row({ probabilities, userLabel });
  const rows = [
    ...Array.from({ length: 30 }, () => labelledRow([0.9, 0.06, 0.04], "EASY")),
    ...Array.from({ length: 10 }, () => labelledRow([0.55, 0.3, 0.15], "MEDIUM")),
    ...Array.from({ length: 10 }, () => labelledRow([0.62, 0.2, 0.18], "EASY")),
  ];

  it("is the lowest that under-routes no more than is accepted", () => {
    const { best, table } = fitThreshold(evidenceOf(rows), 0.05);
    expect(best).toMatchObject({ threshold: 0.6, under: 0, over: 0, rows: 50 });
    expect(table[0]).toMatchObject({ threshold: 0.3, under: 10 });
    expect(table.at(-1)?.over).toBeGreaterThan(0);
    expect(fitThreshold(evidenceOf(rows), 0.2).best?.threshold).toBe(0.3);
  });

  it("takes at least thirty requests that tell", () => {
    const few = rows.slice(0, LEAST_ROWS - 1);
    expect(fitThreshold(evidenceOf(few), 0.05)).toMatchObject({ rows: 29, best: undefined });
    expect(fitThreshold([], 0.05)).toMatchObject({ rows: 0, best: undefined });
  });

  it("counts requests that were asked again as under-routed at their tier", () => {
    const again = Array.from({ length: 30 }, () =>
      row({ probabilities: [0.8, 0.15, 0.05], actualTier: "local", userRating: -1 }),
    );
    const { table } = fitThreshold(evidenceOf(again), 0.05);
    expect(table.find(({ threshold }) => threshold === 0.75)?.under).toBe(30);
    expect(table.find(({ threshold }) => threshold === 0.85)?.under).toBe(0);
  });
});
