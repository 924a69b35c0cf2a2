import { describe, expect, it } from "vitest";
import type { Command, EditorRequest, Tier } from "../../../src/core/request.ts";
import { LABELS, TASKS, TIERS } from "../../../src/core/request.ts";
import { createEmbeddedClassifier } from "../../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../../src/core/router/router.ts";
import { generator } from "../../../training/folds.ts";
import { requestWith } from "../requests.ts";
import { answeredBy, below, oddText, SMALL_FUNCTION, symbolUsed } from "./support.ts";

const classifier = createEmbeddedClassifier();
const classify = async (changes: Partial<EditorRequest>) => classifier.classify(requestWith(changes));
const routed = (changes: Partial<EditorRequest>) => route(requestWith(changes), classifier, DEFAULT_POLICY);

describe("the examples that define the tiers", () => {
  it("explains one symbol locally, and is sure of it", async () => {
    const decision = await routed({
      surface: "command",
      command: "explain",
      prompt: "",
      code: SMALL_FUNCTION,
      fileLines: 80,
      symbol: symbolUsed(12, 4),
    });
    expect(decision).toMatchObject({ label: "EASY", task: "explain", tier: "local", router: "embedded" });
    expect(decision.confidence).toBeGreaterThanOrEqual(0.7);
    expect(decision.reasons[0]?.text).toBe("one symbol, 12 uses in 4 files");
  });

  it.each(["parseDuration", "what is this?"])(
    "explains one symbol locally when asked for %j",
    async (prompt) => {
      const decision = await routed({
        command: "explain",
        prompt,
        code: SMALL_FUNCTION,
        symbol: symbolUsed(3, 2),
      });
      expect(decision).toMatchObject({ label: "EASY", tier: "local" });
    },
  );

  it.each<[string, Partial<EditorRequest>]>([
    ["typed with nothing attached", {}],
    ["of some code", { code: SMALL_FUNCTION }],
    ["by the command", { command: "refactor", code: SMALL_FUNCTION, symbol: symbolUsed(12, 4) }],
  ])("sends a refactor across files to the flagship: %s", async (_, changes) => {
    const decision = await routed({
      prompt: "refactor this into a strategy pattern across files",
      ...changes,
    });
    expect(decision).toMatchObject({ label: "HARD", task: "refactor", tier: "flagship" });
    expect(decision.reasons[0]?.text).toBe("asks for a refactor across files");
  });

  it("sends tests for one class to the middle or above, never to the local model", async () => {
    const decision = await routed({ command: "tests", prompt: "", code: SMALL_FUNCTION.repeat(6) });
    expect(decision.task).toBe("tests");
    expect(decision.tier).not.toBe("local");
  });
});

describe("words that mislead", () => {
  it("takes a rename for easy although it says refactor", async () => {
    const { label } = await classify({
      prompt: "refactor: rename this variable, the name says nothing",
      code: SMALL_FUNCTION,
    });
    expect(label).toBe("EASY");
  });

  it.each([
    "quick question: how should we shard the orders table without losing writes?",
    "simple one: design a sync protocol for offline clients",
  ])("takes %j for hard although it sounds small", async (prompt) => {
    expect((await classify({ prompt })).label).toBe("HARD");
  });

  it("does not take a long paste for a hard question", async () => {
    const log = Array.from({ length: 60 }, (_, i) => `2026-01-05T10:00:${i} info  build step ${i} done`).join(
      "\n",
    );
    const { label } = await classify({
      prompt: `which line is the error?\n\n${log}\n2026-01-05T10:01:00 error missing file`,
    });
    expect(label).toBe("EASY");
  });

  it("does not keep a deadlock on the local model however short the question", async () => {
    expect((await routed({ prompt: "why does this deadlock?", code: SMALL_FUNCTION })).tier).not.toBe(
      "local",
    );
  });

  it("reads the TODO comment that a code action carries out", async () => {
    const action = { surface: "codeAction", command: "todo", prompt: "" } as const;
    const hard = await classify({
      ...action,
      code: `// TODO: make this lock-free, no data races\n${SMALL_FUNCTION}`,
    });
    const easy = await classify({ ...action, code: `// TODO: typo in the message\n${SMALL_FUNCTION}` });
    expect(easy.label).toBe("EASY");
    expect(hard.label).not.toBe("EASY");
  });
});

describe("the task", () => {
  it.each<[Command, string]>([
    ["explain", "explain"],
    ["todo", "classify"],
    ["tests", "tests"],
    ["doc", "docs"],
    ["review", "review"],
    ["refactor", "refactor"],
  ])("of /%s alone is %s", async (command, task) => {
    expect((await classify({ command, prompt: "", code: SMALL_FUNCTION })).task).toBe(task);
  });

  it("of /fix is debug or edit", async () => {
    expect(["debug", "edit"]).toContain(
      (await classify({ command: "fix", prompt: "", code: SMALL_FUNCTION })).task,
    );
  });

  it.each([
    ["design a plugin system for our editor", "design"],
    ["thanks!", "chat"],
    ["write a function that parses csv", "generate"],
    ["explain this function", "explain"],
  ])("of %j is %s", async (prompt, task) => {
    expect((await classify({ prompt, code: SMALL_FUNCTION })).task).toBe(task);
  });
});

describe("other languages", () => {
  it.each([
    "refactorizar esto en todo el proyecto con el patrón estrategia",
    "把整个项目从 Redux 迁移到 Zustand，不停机",
    "das im ganzen Projekt umstellen, ohne Ausfall migrieren",
    "tái cấu trúc toàn bộ dự án và di chuyển sang microservice",
    "モノリス全体をサービスに移行する設計を提案してください",
    "migrer tout ça sans interruption, dans tout le projet",
  ])("takes %j for hard", async (prompt) => {
    expect((await classify({ prompt })).label).toBe("HARD");
  });

  it.each([
    "renombra esta variable, solo el nombre",
    "这个正则是什么意思？一句话",
    "was bedeutet ?? hier, kurz",
    "đổi tên biến này giúp mình, chỉ tên thôi",
    "この変数名をリネームして",
    "que veut dire ??= ici, en une phrase courte",
  ])("takes %j for easy", async (prompt) => {
    expect((await classify({ prompt, code: "const value = a ?? b;" })).label).toBe("EASY");
  });
});

describe("nothing to go by", () => {
  it.each(["", "   \n\t", "asdf qwer zxcv", "🎉🎉🎉", "\ud800", "\0\u0001\u0002", "continue"])(
    "is not easy: %j",
    async (prompt) => {
      const decision = await routed({ prompt });
      expect(decision.label).not.toBe("EASY");
      expect(decision.tier).not.toBe("local");
      expect(decision.confidence).toBeLessThan(0.5);
      expect(decision.reasons.map(({ text }) => text)).toContain("unfamiliar request");
    },
  );
});

describe("a bare follow-up", () => {
  it.each(["continue", "fix it", "again", "继续", "weiter", "tiếp tục", "still broken"])(
    "%j keeps the tier that answered before",
    async (prompt) => {
      for (const tier of TIERS) {
        const decision = await routed({ prompt, history: answeredBy(tier), code: SMALL_FUNCTION });
        expect(decision.tier).toBe(tier);
        expect(decision.reasons[0]?.text).toBe(`goes on from an answer of the ${tier} tier`);
      }
    },
  );

  it("keeps the highest tier of the chat", async () => {
    const history = [...answeredBy("flagship"), ...answeredBy("local")];
    expect((await routed({ prompt: "go on", history })).tier).toBe("flagship");
  });

  it("is not what asks something new", async () => {
    const decision = await routed({
      prompt: "rename this variable to total",
      history: answeredBy("flagship"),
    });
    expect(decision.label).toBe("EASY");
  });

  it("never goes below the tier before, whatever else comes along", async () => {
    const random = generator(7);
    for (let round = 0; round < 300; round++) {
      const tier = TIERS[below(random, 3)] as Tier;
      const attachments = Array.from({ length: below(random, 20) }, () => ({
        path: "a.ts",
        uri: "file:///a.ts",
        languageId: "typescript",
        text: oddText(random, 500),
      }));
      const decision = await routed({
        prompt: "fix it",
        history: answeredBy(tier),
        code: oddText(random, 2000),
        diagnostics: [oddText(random, 100)],
        attachments,
      });
      expect(TIERS.indexOf(decision.tier)).toBeGreaterThanOrEqual(TIERS.indexOf(tier));
    }
  });
});

describe("any input at all", () => {
  it("gives a valid classification", async () => {
    const random = generator(1);
    const commands = [null, "explain", "todo", "refactor", "fix", "tests", "doc", "review"] as const;
    for (let round = 0; round < 600; round++) {
      const classification = await classify({
        command: commands[below(random, commands.length)] ?? null,
        surface: (["chat", "command", "codeAction", "modelPicker"] as const)[below(random, 4)] ?? "chat",
        prompt: oddText(random, 6000),
        code: oddText(random, 6000),
        languageId: oddText(random, 20),
        diagnostics: Array.from({ length: below(random, 30) }, () => oddText(random, 200)),
        fileLines: [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9][below(random, 5)] ?? 0,
        history: below(random, 2) === 0 ? [] : answeredBy("mid"),
        ...(below(random, 2) === 0 ? {} : { symbol: symbolUsed(Number.NaN, -5) }),
      });
      expect(LABELS).toContain(classification.label);
      expect(TASKS).toContain(classification.task);
      expect(classification.confidence).toBeGreaterThan(1 / 3 - 1e-9);
      expect(classification.confidence).toBeLessThanOrEqual(1);
      expect(classification.reasons.length).toBeGreaterThan(0);
      for (const { text, weight } of classification.reasons) {
        expect(text).not.toMatch(/undefined|NaN|\{\}/);
        expect(Number.isFinite(weight)).toBe(true);
      }
    }
  });

  it("does not read more of a huge request than of a large one", async () => {
    const code = `${SMALL_FUNCTION}\n`;
    const large = await classify({ prompt: "explain this", code: code.repeat(200) });
    const huge = await classify({ prompt: "explain this", code: code.repeat(30_000) });
    // What does not fit a local model is kept from it by the plan, not by the label.
    expect(LABELS.indexOf(huge.label)).toBeGreaterThanOrEqual(LABELS.indexOf(large.label));
    const prompt = await classify({ prompt: "a".repeat(5_000_000) });
    expect(prompt.reasons[0]?.text).toBe("unfamiliar request");
  });

  it("gives the same answer for the same request", async () => {
    const changes = { prompt: "find the memory leak", code: SMALL_FUNCTION };
    expect(await classify(changes)).toEqual(await classify(changes));
  });
});
