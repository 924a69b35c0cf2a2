import { describe, expect, it } from "vitest";
import { classifyTodo, shippedTodoWeights } from "../../../src/core/tasks/todoClassifier.ts";
import { TODO_CATEGORIES, TODO_PRIORITIES, todoText } from "../../../src/core/tasks/todoModel.ts";
import { generator } from "../../../training/folds.ts";
import { oddText } from "../router/support.ts";

const classify = (comment: string, context = "") =>
  classifyTodo({ comment, context, languageId: "typescript" });

describe("the category", () => {
  it.each([
    ["// FIXME: crashes when the list is empty, the result is wrong", "bug"],
    ["# TODO: this loop is slow, cache the result", "performance"],
    ["// TODO: should we retry here? not sure", "question"],
    ["// TODO: extract this into its own class, it is duplicated", "refactor"],
    ["// TODO: remove this workaround, it is dead code", "cleanup"],
    ["/* TODO: document the parameters, add an example */", "docs"],
    ["-- TODO: add support for time zones, not implemented yet", "feature"],
    ["// HACK: password is stored in plain text", "security"],
    ["# TODO: add unit tests for the error branch", "test"],
    ["// TODO: 补上单元测试", "test"],
    ["// TODO: xóa đoạn này, không còn dùng", "cleanup"],
    ["# TODO: documentar los parámetros", "docs"],
  ])("of %j is %s", (comment, category) => {
    expect(classify(comment).category).toBe(category);
  });

  it("is read from the words, not from the marker", () => {
    expect(classify("// BUG: unused since the rewrite, delete it").category).toBe("cleanup");
    expect(classify("// TODO: anybody can inject SQL here, escape the password").category).toBe("security");
  });
});

describe("the priority", () => {
  it("is high where harm is named, low where there is no hurry", () => {
    expect(classify("// FIXME: customers are charged twice in production, data loss").priority).toBe("high");
    expect(classify("// TODO: maybe rename this someday, nice to have").priority).toBe("low");
  });
});

describe("why", () => {
  it("names the marker and the words it went by", () => {
    const { why } = classify("// FIXME: crashes on start");
    expect(why).toMatch(/^this FIXME says that something goes wrong \(“crashes”\)/);
  });

  it("admits a guess, with a low confidence", () => {
    for (const comment of ["// TODO", "# FIXME zzz", "", "\ud800"]) {
      const { why, confidence } = classify(comment);
      expect(why).toMatch(/guess/);
      expect(confidence).toBeLessThan(0.5);
    }
    expect(classify("# FIXME zzz").category).toBe("bug");
    expect(classify("// XXX zzz?").category).toBe("question");
  });
});

describe("the text of a comment", () => {
  it.each([
    ["// FIXME(ana): jumps", "FIXME", "jumps"],
    ["/* @todo dark theme */", "TODO", "dark theme"],
    ["# TODO: first\n#   second", "TODO", "first\nsecond"],
    ["no marker", "", "no marker"],
  ])("of %j is bare", (comment, marker, text) => {
    const bare = todoText(comment);
    expect(bare.marker).toBe(marker);
    expect(bare.text.replace(/\n\s+/g, "\n")).toBe(text);
  });
});

describe("any comment at all", () => {
  it("gets a valid answer", () => {
    const random = generator(5);
    for (let round = 0; round < 500; round++) {
      const answer = classify(oddText(random, 3000), oddText(random, 3000));
      expect(TODO_CATEGORIES).toContain(answer.category);
      expect(TODO_PRIORITIES).toContain(answer.priority);
      expect(answer.confidence).toBeGreaterThan(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
      expect(answer.why).not.toMatch(/undefined|NaN|\{\}|^\s*$/);
    }
  });

  it("refuses weights of another version", () => {
    expect(() =>
      classifyTodo({ comment: "x", context: "" }, { ...shippedTodoWeights(), version: 7 }),
    ).toThrow(/version 7/);
  });
});
