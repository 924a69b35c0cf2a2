import { describe, expect, it } from "vitest";
import { HybridError } from "../../../src/core/errors.ts";
import { fitTo, parseEdit } from "../../../src/core/tasks/edits.ts";

describe("parseEdit", () => {
  it("takes the one code block and keeps what was said around it", () => {
    const edit = parseEdit("Renamed `a`.\n\n```ts\nconst b = 1;\n\nuse(b);\n```\nDone.");
    expect(edit).toEqual({
      code: "const b = 1;\n\nuse(b);",
      languageId: "ts",
      note: "Renamed `a`.\n\nDone.",
    });
  });

  it("reads Windows line ends and tilde fences", () => {
    expect(parseEdit("~~~\r\nx\r\ny\r\n~~~\r\n").code).toBe("x\ny");
  });

  it("keeps a shorter fence inside a longer one", () => {
    expect(parseEdit("````md\n```js\nx\n```\n````").code).toBe("```js\nx\n```");
  });

  it("keeps the indentation of the block", () => {
    expect(parseEdit("```py\n    def f(self):\n        pass\n```").code).toBe(
      "    def f(self):\n        pass",
    );
  });

  it.each([
    ["no block", "I would rather not.", /no code block/],
    ["two blocks", "```\na\n```\n```\nb\n```", /2 code blocks/],
    ["a block cut off", "Here:\n```ts\nconst a = ", /breaks off/],
    ["an empty answer", "", /no code block/],
  ])("refuses %s, with a next step", (_, answer, message) => {
    const refuse = () => parseEdit(answer);
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(HybridError);
  });
});

describe("fitTo", () => {
  it("gives the code the line ends of the original", () => {
    expect(fitTo("a\r\nb\r\n", "x\ny")).toBe("x\r\ny\r\n");
  });

  it("indents code that came without the original's indentation", () => {
    expect(fitTo("    if (a) {\n    }", "if (b) {\n  go();\n\n}")).toBe("    if (b) {\n      go();\n\n    }");
  });

  it("takes away indentation that the original does not have", () => {
    expect(fitTo("function f() {}", "  function f() {\n    g();\n  }")).toBe("function f() {\n  g();\n}");
  });

  it("leaves code alone that fits already, tabs included", () => {
    expect(fitTo("\tf()", "\tg()\n\th()")).toBe("\tg()\n\th()");
  });
});
