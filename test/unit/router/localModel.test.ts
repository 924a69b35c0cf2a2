/** The local-model router against a server that speaks Ollama's API over HTTP (test/fixtures/servers/ollama.ts). */
import { afterEach, describe, expect, it } from "vitest";
import type { EditorRequest } from "../../../src/core/request.ts";
import { createClassifier } from "../../../src/core/router/classifiers.ts";
import { createEmbeddedClassifier } from "../../../src/core/router/embedded.ts";
import { createLocalModelClassifier } from "../../../src/core/router/localModel/localModel.ts";
import { labelProbabilities } from "../../../src/core/router/localModel/logprobs.ts";
import { askOllama } from "../../../src/core/router/localModel/ollama.ts";
import { questionOf, readAnswer } from "../../../src/core/router/localModel/question.ts";
import type { OllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import type { Script } from "../../fixtures/servers/script.ts";
import { requestWith, settingsWith } from "../requests.ts";

const MODEL = "llama3.2:3b";
const ANSWER = '{"task":"refactor","scope":"files","label":"HARD"}';
/** The answer token by token, the label's with its alternatives. */
const LOGPROBS = [
  { token: '{"task":"refactor","scope":"files","', logprob: -0.01 },
  { token: "label", logprob: 0 },
  { token: '":"', logprob: 0 },
  {
    token: "H",
    logprob: Math.log(0.8),
    top_logprobs: [
      { token: "H", logprob: Math.log(0.8) },
      { token: "MED", logprob: Math.log(0.15) },
      { token: "EASY", logprob: Math.log(0.05) },
      { token: "z", logprob: Math.log(0.0001) },
    ],
  },
  { token: 'ARD"}', logprob: 0 },
];

let server: OllamaServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function classifier(
  script: Script,
  more: Partial<Parameters<typeof createLocalModelClassifier>[0]> = {},
) {
  server = await startOllamaServer({ models: { [MODEL]: script }, loaded: [MODEL] });
  return createLocalModelClassifier({
    name: "ollama",
    embedded: createEmbeddedClassifier(),
    model: `ollama/${MODEL}`,
    ask: askOllama({ baseUrl: server.url, model: MODEL, numCtx: 8192, keepAlive: "30m" }),
    deadlineMs: 5000,
    ...more,
  });
}

const asked = () => server?.requests.filter(({ path }) => path === "/api/chat") ?? [];
const VAGUE: Partial<EditorRequest> = { prompt: "sort this out please", languageId: "go", fileLines: 90 };
const reasonsOf = (reasons: readonly { text: string }[]) => reasons.map(({ text }) => text).join(" | ");

describe("the local model", () => {
  it("is asked by schema, with the window that answers have, and its word is taken", async () => {
    const local = await classifier({ text: ANSWER, logprobs: LOGPROBS });
    const classification = await local.classify(requestWith(VAGUE));
    expect(classification).toMatchObject({ label: "HARD", task: "refactor" });
    expect(classification.probabilities[2]).toBeCloseTo(0.8, 1);
    expect(classification.confidence).toBe(classification.probabilities[2]);
    expect(reasonsOf(classification.reasons)).toContain("ollama/llama3.2:3b says HARD: refactor, files");
    const [request] = asked();
    expect(request?.body).toMatchObject({
      model: MODEL,
      stream: false,
      truncate: false,
      logprobs: true,
      options: { num_ctx: 8192, temperature: 0 },
      format: {
        required: ["task", "scope", "label"],
        properties: { label: { enum: ["EASY", "MEDIUM", "HARD"] } },
      },
    });
  });

  it("sees the user's own examples before ours, and not the code", async () => {
    const own = {
      prompt: "bump the chart",
      command: null,
      languageId: "yaml",
      task: "edit" as const,
      label: "MEDIUM" as const,
    };
    const local = await classifier({ text: ANSWER }, { examples: () => [own] });
    await local.classify(requestWith({ ...VAGUE, code: "const secretOfTheCode = 1;" }));
    const [request] = asked();
    const messages = JSON.stringify(request?.body["messages"]);
    expect(messages).toContain("bump the chart");
    expect(messages).not.toContain("secretOfTheCode");
  });

  it("is asked once for the same request", async () => {
    const local = await classifier({ text: ANSWER });
    const first = await local.classify(requestWith(VAGUE));
    const { asked: question, ...classification } = first;
    expect(question).toMatchObject({
      model: "ollama/llama3.2:3b",
      inputTokens: expect.any(Number) as number,
    });
    expect(await local.classify(requestWith(VAGUE))).toEqual(classification);
    expect(asked()).toHaveLength(1);
  });

  it.each([
    ["no JSON", { text: "I think it is HARD" }, "gave no valid answer"],
    ["another label", { text: ANSWER.replace("HARD", "EXTREME") }, "gave no valid answer"],
    ["half an answer", { text: ANSWER.slice(0, 30) }, "gave no valid answer"],
    ["an error", { fault: { kind: "status" as const, status: 500 } }, "could not be asked"],
    ["a refusal to serve", { fault: { kind: "status" as const, status: 404 } }, "is not pulled"],
  ])("that gives %s leaves it to the embedded router, which says why", async (_, script: Script, why) => {
    const local = await classifier(script);
    const classification = await local.classify(requestWith(VAGUE));
    const embedded = await createEmbeddedClassifier().classify(requestWith(VAGUE));
    expect(classification).toMatchObject({ label: embedded.label, router: "embedded" });
    expect(reasonsOf(classification.reasons)).toContain(why);
    expect(reasonsOf(classification.reasons)).toContain("the embedded router decided");
  });

  it("that is too slow is not waited for, but its late answer is kept", async () => {
    const local = await classifier({ text: ANSWER, headerDelayMs: 400 }, { deadlineMs: 50 });
    const late = await local.classify(requestWith(VAGUE));
    expect(late.router).toBe("embedded");
    expect(reasonsOf(late.reasons)).toContain("took longer than 50 ms");
    await expect
      .poll(async () => (await local.classify(requestWith(VAGUE))).label, { timeout: 4000 })
      .toBe("HARD");
    expect(asked().length).toBeLessThanOrEqual(3);
  });

  it("that is not running is said to be so", async () => {
    const local = await classifier({ text: ANSWER });
    await server?.close();
    const { reasons, router } = await local.classify(requestWith(VAGUE));
    expect(router).toBe("embedded");
    expect(reasonsOf(reasons)).toMatch(/not running|could not be asked/);
  });

  it("that fails three times is left alone for a minute, then tried once", async () => {
    let now = 1_000_000;
    const local = await classifier({ text: "no" }, { now: () => now });
    for (const prompt of ["one", "two", "three"]) await local.classify(requestWith({ ...VAGUE, prompt }));
    const paused = await local.classify(requestWith({ ...VAGUE, prompt: "four" }));
    expect(reasonsOf(paused.reasons)).toContain("failed 3 times and is asked again in 60 s");
    expect(asked()).toHaveLength(3);
    now += 60_001;
    await local.classify(requestWith({ ...VAGUE, prompt: "five" }));
    expect(asked()).toHaveLength(4);
  });

  it("is let go of when the request is cancelled", async () => {
    const local = await classifier({ text: ANSWER, headerDelayMs: 3000 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    expect((await local.classify(requestWith(VAGUE), stop.signal)).router).toBe("embedded");
    await expect.poll(async () => asked()[0]?.over).toBe("aborted");
  });
});

describe("the hybrid router", () => {
  const SURE: Partial<EditorRequest> = {
    prompt: "what does `volatile` mean",
    languageId: "c",
    fileLines: 40,
  };
  const DOUBTFUL: Partial<EditorRequest> = { prompt: "qzxj vvrrk plmnk", languageId: "c", fileLines: 40 };

  it("does not ask where the embedded router is sure", async () => {
    const local = await classifier({ text: ANSWER }, { name: "hybrid" });
    const sure = await local.classify(requestWith(SURE));
    expect(sure.confidence).toBeGreaterThanOrEqual(0.75);
    expect(sure.router).toBe("embedded");
    expect(asked()).toHaveLength(0);
  });

  it("joins both opinions where it is not", async () => {
    const local = await classifier({ text: ANSWER, logprobs: LOGPROBS }, { name: "hybrid" });
    const embedded = await createEmbeddedClassifier().classify(requestWith(DOUBTFUL));
    const joined = await local.classify(requestWith(DOUBTFUL));
    expect(asked()).toHaveLength(1);
    expect(joined.probabilities[2]).toBeGreaterThan(embedded.probabilities[2]);
    expect(joined.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  });
});

describe("the settings", () => {
  it("without a model of Ollama leave it to the embedded router, which says so", async () => {
    const settings = settingsWith({ "routing.router": "ollama", "tiers.local.models": ["lmstudio/qwen"] });
    const { reasons, router } = await createClassifier(settings).classify(requestWith(VAGUE));
    expect(router).toBe("embedded");
    expect(reasonsOf(reasons)).toContain("names no ollama/… model");
  });
});

describe("label probabilities", () => {
  it("are a fixed share where the server tells none", () => {
    expect(labelProbabilities("MEDIUM", undefined)).toEqual(
      [0.11, 0.78, 0.11].map((p) => expect.closeTo(p, 9)),
    );
  });

  it("are read off the token of the label, whatever came before", () => {
    const [easy, medium, hard] = labelProbabilities("HARD", LOGPROBS);
    expect(hard).toBeGreaterThan(0.75);
    expect(medium).toBeGreaterThan(easy);
    expect(easy + medium + hard).toBeCloseTo(1, 9);
  });

  it("are not read off a token that says something else", () => {
    expect(labelProbabilities("EASY", LOGPROBS)[0]).toBeCloseTo(0.78, 9);
  });
});

describe("the question", () => {
  it("stays short however long the request is", () => {
    const huge = requestWith({
      prompt: "x y ".repeat(1e6),
      code: "a\n".repeat(1e6),
      diagnostics: ["z".repeat(1e6)],
    });
    expect(JSON.stringify(questionOf(huge)).length).toBeLessThan(6000);
  });

  it("takes only an answer that keeps to the schema", () => {
    expect(readAnswer(ANSWER)?.label).toBe("HARD");
    expect(readAnswer('{"label":"HARD"}')).toBeUndefined();
    expect(readAnswer("null")).toBeUndefined();
  });
});
