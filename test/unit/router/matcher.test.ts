import { describe, expect, it } from "vitest";
import { createMatcher, fold } from "../../../src/core/router/matcher.ts";
import { readInstruction } from "../../../src/core/router/reading.ts";

const match = createMatcher({
  refactor: "refactor*, 重构, リファクタ*",
  race: "race, data race*",
  explain: "giai thich, explica*",
});
const found = (text: string) => Object.fromEntries(match(fold(text)));

describe("words", () => {
  it("match whole where they are whole, and as a beginning where they are one", () => {
    expect(found("a race here")).toEqual({ race: { count: 1, word: "race" } });
    expect(found("trace, embrace, races")).toEqual({});
    expect(found("Refactoring two refactored parts")).toEqual({
      refactor: { count: 2, word: "refactoring" },
    });
  });

  it("match over any white space, at the text's edges, beside punctuation", () => {
    expect(found("(data\n  races)")).toEqual({ race: { count: 1, word: "data races" } });
    expect(found("race")).toHaveProperty("race");
  });

  it("match without accents", () => {
    expect(found("Giải thích, explícame")).toEqual({ explain: { count: 2, word: "giai thich" } });
  });

  it("match inside text without spaces", () => {
    expect(found("请帮我重构这个模块")).toEqual({ refactor: { count: 1, word: "重构" } });
    expect(found("これをリファクタリングして")).toHaveProperty("refactor");
  });
});

describe("the instruction", () => {
  it("leaves out fenced code and what machines wrote", () => {
    const { instruction, pastedLines, hasTrace } = readInstruction(
      "why is this null?\n\nTypeError: x is null\n    at run (a.ts:3:1)\n    at main (b.ts:1:1)\n```ts\nconst deadlock = 1;\n```",
    );
    expect(instruction).toBe("why is this null?");
    expect(pastedLines).toBeGreaterThan(3);
    expect(hasTrace).toBe(true);
  });

  it("is the whole text when there is nothing but pasted lines", () => {
    expect(readInstruction("Traceback (most recent call last):\nValueError: no").instruction).toContain(
      "valueerror",
    );
  });

  it("of a long prompt holds its beginning and its end", () => {
    const { instruction } = readInstruction(`first ${"x ".repeat(20_000)} last`);
    expect(instruction).toMatch(/^first .* last$/);
    expect(instruction.length).toBeLessThan(4100);
  });
});
