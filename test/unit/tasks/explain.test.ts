import { describe, expect, it } from "vitest";
import type { CodeLocation, SymbolFacts } from "../../../src/core/request.ts";
import { explainSymbol } from "../../../src/core/tasks/explain.ts";

const at = (path: string, line: number): CodeLocation => ({
  path,
  uri: `file:///w/${path}`,
  line,
  column: 1,
});

const facts: SymbolFacts = {
  name: "parseDuration",
  kind: "function",
  languageId: "typescript",
  signature: "function parseDuration(text: string): number",
  documentation: "Reads a duration.\n\n*@param* `text` — such as `1h30m`\n\n*@returns* — milliseconds",
  definition: at("src/duration.ts", 12),
  source: "export function parseDuration…",
  references: [at("src/cache.ts", 3), at("src/cache.ts", 9), at("src/retry.ts", 1)],
  referenceCount: 3,
  referenceFiles: 2,
  callers: [{ name: "ttlOf", location: at("src/cache.ts", 8) }],
  callees: [{ name: "unitOf", location: at("src/duration.ts", 30) }],
  relatedTypes: [{ name: "Unit", location: at("src/units.ts", 2) }],
  members: [],
};

describe("explainSymbol", () => {
  it("tells signature, documentation, place, uses, calls and related types, with links to the lines", () => {
    const text = explainSymbol(facts);
    expect(text).toContain(
      "**`parseDuration`** is a function, defined at [src/duration.ts:12](file:///w/src/duration.ts#L12).",
    );
    expect(text).toContain("```typescript\nfunction parseDuration(text: string): number\n```");
    expect(text).toContain("Reads a duration.");
    expect(text).toContain("- **param** `text` — such as `1h30m`");
    expect(text).toContain(
      "It is used 3 times across 2 files: [cache.ts](file:///w/src/cache.ts#L3) (2×) and [retry.ts](file:///w/src/retry.ts#L1).",
    );
    expect(text).toContain(
      "[`ttlOf`](file:///w/src/cache.ts#L8) calls it. It calls [`unitOf`](file:///w/src/duration.ts#L30).",
    );
    expect(text).toContain("Related types: [`Unit`](file:///w/src/units.ts#L2).");
  });

  it("leaves out what is not known, and says nothing of it", () => {
    const bare: SymbolFacts = {
      ...facts,
      kind: "interface",
      signature: "",
      documentation: "",
      references: [],
      referenceCount: 0,
      referenceFiles: 0,
      callers: [],
      callees: [],
      relatedTypes: [],
      members: ["a", "b"],
    };
    delete bare.definition;
    expect(explainSymbol(bare)).toBe(
      "**`parseDuration`** is an interface.\n\nIts 2 members are `a` and `b`.\n\nNothing else in the workspace uses it.\n",
    );
  });

  it("shortens long lists and says how much is left out", () => {
    const callers = Array.from({ length: 8 }, (_, index) => ({ name: `f${index}` }));
    expect(explainSymbol({ ...facts, callers })).toContain(
      "`f0`, `f1`, `f2`, `f3`, `f4` and 3 more call it.",
    );
  });

  it("cannot be broken by a signature with a fence or a path with parentheses", () => {
    const text = explainSymbol({ ...facts, signature: "type A = `\n```\n`", definition: at("a(b).ts", 1) });
    expect(text).toContain("````typescript\ntype A = `\n```\n`\n````");
    expect(text).toContain("(file:///w/a%28b%29.ts#L1)");
  });
});
