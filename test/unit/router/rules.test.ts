import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EditorRequest, Tier } from "../../../src/core/request.ts";
import { createEmbeddedClassifier } from "../../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../../src/core/router/router.ts";
import { compileRules } from "../../../src/core/router/ruleMatcher.ts";
import { parseRules } from "../../../src/core/router/rules.ts";
import { parseSettings } from "../../../src/core/settings.ts";
import { requestWith } from "../requests.ts";

const MODELS: Record<Tier, string[]> = {
  local: ["ollama/llama3.2:3b"],
  mid: ["openai/gpt-4o-mini"],
  flagship: [],
};
const parse = (...rules: unknown[]) => parseRules(rules, (tier) => MODELS[tier]);
const classifier = createEmbeddedClassifier();

async function decide(rules: unknown[], changes: Partial<EditorRequest>) {
  const parsed = parse(...rules);
  expect(parsed.problems).toEqual([]);
  return route(requestWith(changes), classifier, { ...DEFAULT_POLICY, rules: compileRules(parsed.rules) });
}

describe("a rule", () => {
  it.each<[string, object, Partial<EditorRequest>, Partial<EditorRequest>]>([
    ["of a task", { task: "tests" }, { command: "tests" }, { command: "doc" }],
    ["of a command", { command: "review" }, { command: "review" }, { command: "fix" }],
    ["of a language", { language: "sql" }, { languageId: "sql" }, { languageId: "go" }],
    [
      "of a folder",
      { path: "db/migrations/**" },
      { path: "db/migrations/2024/1.sql" },
      { path: "src/db.sql" },
    ],
    ["of a file name", { path: "*.tf" }, { path: "infra/prod/main.tf" }, { path: "infra/main.tf.json" }],
    [
      "of a path of Windows",
      { path: "db/**" },
      { path: String.raw`db\a\b.sql` },
      { path: String.raw`x\b.sql` },
    ],
    ["of a phrase", { phrase: "Năm tài chính" }, { prompt: "sửa nam tai chinh này" }, { prompt: "năm nay" }],
  ])("%s matches what it says", async (_, condition, matching, other) => {
    const rules = [{ ...condition, tier: "flagship" }];
    const decision = await decide(rules, { prompt: "do it", ...matching });
    expect(decision).toMatchObject({ tier: "flagship", router: "rule" });
    expect(decision.reasons[0]?.text).toMatch(/^your rule “.* → flagship”$/);
    expect((await decide(rules, { prompt: "do it", ...other })).router).toBe("embedded");
  });

  it("needs all of its conditions", async () => {
    const rules = [{ language: "sql", command: "review", tier: "flagship" }];
    expect((await decide(rules, { languageId: "sql", command: "review" })).router).toBe("rule");
    expect((await decide(rules, { languageId: "sql", command: "doc" })).router).toBe("embedded");
  });

  it("that stands first wins, also over doubt and over a chat that went up", async () => {
    const rules = [
      { language: "sql", tier: "local" },
      { language: "sql", tier: "flagship" },
    ];
    const history = [{ role: "assistant" as const, text: "", tier: "flagship" as const }];
    expect(await decide(rules, { languageId: "sql", history })).toMatchObject({
      tier: "local",
      router: "rule",
    });
  });

  it("loses to what the user asks for now, and keeps the classification", async () => {
    const override = { tier: "mid" as const, reason: "you asked for it" };
    const rules = [{ language: "sql", tier: "flagship" }];
    expect(await decide(rules, { languageId: "sql", override })).toMatchObject({
      tier: "mid",
      router: "user",
    });
  });

  it("can name a model, whose tier is found", async () => {
    const rules = [{ language: "sql", model: "openai/gpt-4o-mini" }];
    const decision = await decide(rules, { languageId: "sql" });
    expect(decision).toMatchObject({ tier: "mid", model: "openai/gpt-4o-mini" });
    expect(decision.reasons[0]?.text).toBe("your rule “sql → openai/gpt-4o-mini”");
  });
});

describe("a bad rule", () => {
  it.each([
    ["is no object", 7, /rule 2: a rule is an object/],
    ["has no condition", { tier: "mid" }, /rule 2: it has no condition/],
    ["goes nowhere", { language: "sql" }, /rule 2: it names neither tier nor model/],
    [
      "names another tier",
      { language: "sql", tier: "huge" },
      /rule 2: tier: a tier is one of local, mid, flagship/,
    ],
    ["names another task", { task: "cook", tier: "mid" }, /rule 2: task: a task is one of explain/],
    ["is misspelt", { langauge: "sql", tier: "mid" }, /rule 2: “langauge” is not known; write task, command/],
    ["names a model of no tier", { language: "sql", model: "x/y" }, /rule 2: x\/y is in no tier; add “tier”/],
    ["misspells a model", { language: "sql", model: "gpt" }, /rule 2: model: a model is written provider/],
    ["has an empty phrase", { phrase: "  ", tier: "mid" }, /rule 2: phrase: a phrase is at least one word/],
  ])("that %s is named and left out, the others stay", (_, bad, message) => {
    const good = { language: "go", tier: "mid" };
    const { rules, problems } = parse(good, bad, good);
    expect(rules).toHaveLength(2);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it("is told among the problems of the settings", () => {
    const raw: Record<string, unknown> = {
      "routing.rules": [{ tier: "mid" }, { language: "sql", tier: "mid" }],
    };
    const { settings, problems } = parseSettings((key) => raw[key]);
    expect(problems).toEqual([expect.stringContaining("hybrid.routing.rules, rule 1")]);
    expect(settings["routing.rules"]).toEqual([{ language: "sql", tier: "mid" }]);
  });
});

describe("whatever stands in the settings", () => {
  it("gives rules or problems, and rules match without throwing", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("**", "[", "{a,", "!(", "local", "mid", "sql", "\ud800"),
    );
    const rule = fc.oneof(
      fc.anything(),
      fc.record(
        { path: text, phrase: text, tier: fc.constantFrom("local", "mid", "x"), model: text },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(rule), text, (raw, path) => {
        const { rules, problems } = parse(...raw);
        expect(rules.length + problems.length).toBe(raw.length);
        for (const one of compileRules(rules)) one.matches(requestWith({ path, prompt: path }), "question");
      }),
    );
  });
});
