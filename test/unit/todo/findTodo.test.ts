import { describe, expect, it } from "vitest";
import { findTodo } from "../../../src/core/tasks/findTodo.ts";
import { generator } from "../../../training/folds.ts";
import { below, oddText } from "../router/support.ts";

describe("finding a comment", () => {
  it.each([
    ["// TODO: a", "TODO"],
    ["  //TODO a", "TODO"],
    ["# FIXME a", "FIXME"],
    ["-- HACK: a", "HACK"],
    ["; XXX a", "XXX"],
    ["% TODO a", "TODO"],
    ["/* TODO a */", "TODO"],
    ["<!-- TODO a -->", "TODO"],
    [" * @todo a", "TODO"],
    ["// todo: a", "TODO"],
    ["// BUG 12: a", "BUG"],
    ["call(); // later. TODO a", "TODO"],
  ])("knows %j", (line, marker) => {
    const found = findTodo(`first\n${line}\nlast`, 2);
    expect(found).toMatchObject({ marker, startLine: 2, endLine: 2 });
    expect(found?.comment).toContain("a");
  });

  it.each([
    "const todo = 1;",
    "open('http://todo/list')",
    "i-- ; todoList.push(x)",
    "// debug the hackathon",
    "let s = a % TODOS",
    "",
  ])("does not take %j for one", (line) => {
    expect(findTodo(line, 1)).toBeUndefined();
  });

  it("takes the one nearest to the line, the first for line 0", () => {
    const text = ["// TODO one", "a", "b", "c", "// FIXME two", "d", "// TODO three"].join("\n");
    expect(findTodo(text, 0)?.comment).toBe("// TODO one");
    expect(findTodo(text, 2)?.comment).toBe("// TODO one");
    expect(findTodo(text, 4)?.comment).toBe("// FIXME two");
    expect(findTodo(text, 6)?.comment).toBe("// FIXME two");
    expect(findTodo(text, 99)?.comment).toBe("// TODO three");
  });

  it("prefers a TODO to a mere note", () => {
    expect(findTodo("// NOTE: fast\n// TODO: faster", 1)?.marker).toBe("TODO");
    expect(findTodo("// NOTE: fast", 1)?.marker).toBe("NOTE");
  });

  it("takes its continued lines along, and the cursor may be on any of them", () => {
    const text = [
      "code();",
      "  // TODO: split this",
      "  // into two parts",
      "  // TODO: another",
      "  more();",
    ].join("\n");
    expect(findTodo(text, 3)).toMatchObject({
      comment: "// TODO: split this\n// into two parts",
      startLine: 2,
      endLine: 3,
    });
  });

  it("ends a block comment where it ends", () => {
    const text = [
      "/**",
      " * TODO: describe",
      " * both parameters",
      " * @param a",
      " */",
      "function f() {}",
    ].join("\n");
    expect(findTodo(text, 2)).toMatchObject({ startLine: 2, endLine: 3 });
    expect(findTodo("<!-- TODO: one\ntwo -->\n<p>", 1)).toMatchObject({ startLine: 1, endLine: 2 });
  });

  it("gives the code around it without the comment", () => {
    const found = findTodo("before();\ncall(x); // TODO: check x\nafter();", 2);
    expect(found?.comment).toBe("// TODO: check x");
    expect(found?.context).toBe("before();\ncall(x);\nafter();");
  });

  it("reads any line ending", () => {
    expect(findTodo("a\r\n// TODO b\r\n// c\r\nd", 2)).toMatchObject({
      comment: "// TODO b\n// c",
      endLine: 3,
    });
  });
});

describe("any text at all", () => {
  it("gives lines that are in the text, or nothing", () => {
    const random = generator(11);
    for (let round = 0; round < 400; round++) {
      const text = Array.from(
        { length: below(random, 12) },
        () => `${oddText(random, 60)}// TODO ${oddText(random, 30)}`,
      ).join("\n");
      const found = findTodo(text, below(random, 20));
      if (!found) continue;
      expect(found.startLine).toBeGreaterThanOrEqual(1);
      expect(found.endLine).toBeGreaterThanOrEqual(found.startLine);
      expect(found.endLine).toBeLessThanOrEqual(text.split(/\r?\n/).length);
      expect(found.comment.toUpperCase()).toContain(found.marker);
      expect(found.context.length).toBeLessThanOrEqual(2000);
    }
  });

  it("is done with a large file of lines that nearly match", () => {
    expect(findTodo(`${"# ".repeat(900)}debug\n`.repeat(3000), 5)).toBeUndefined();
  });
});
