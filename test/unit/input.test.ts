import { describe, expect, it } from "vitest";
import { INPUT_MAX_CHARS, inputProblem } from "../../src/core/input.ts";
import { requestWith } from "./requests.ts";

describe("inputProblem", () => {
  it("lets ordinary requests through", () => {
    expect(inputProblem(requestWith())).toBeUndefined();
    expect(inputProblem(requestWith({ command: "fix", prompt: "", code: "let x = ;" }))).toBeUndefined();
    expect(inputProblem(requestWith({ command: "todo", prompt: "TODO: later" }))).toBeUndefined();
  });

  it.each([
    ["an empty prompt", { prompt: " \n" }, /no question/],
    ["an edit without code", { command: "refactor", prompt: "nicer" }, /\/refactor needs code/],
    ["nothing to explain", { command: "explain", prompt: "" }, /nothing to explain/],
    ["no TODO", { command: "todo", prompt: "" }, /no TODO comment/],
    ["a binary file", { prompt: "what is it", code: "ELF\0\0\u0001" }, /binary/],
    ["a 5 MB selection", { prompt: "what is it", code: "x".repeat(5_000_000) }, /5\.0 MB/],
  ] as const)("stops %s and says what to do", (_, changes, message) => {
    const problem = inputProblem(requestWith(changes));
    expect(problem?.message).toMatch(message);
    expect(problem?.kind).toBe("badInput");
    expect(problem?.hint).not.toBe("");
  });

  it("counts attachments too", () => {
    const attachment = { path: "a", uri: "file:///a", languageId: "x", text: "y".repeat(INPUT_MAX_CHARS) };
    expect(inputProblem(requestWith({ attachments: [attachment] }))?.message).toMatch(/MB/);
  });
});
