import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../src/core/cost/tokens.ts";
import { prune } from "../../../src/core/planner/fit.ts";
import type { Attachment, Turn } from "../../../src/core/request.ts";
import { requestWith } from "../requests.ts";

const file = (path: string, words: number): Attachment => ({
  path,
  uri: "",
  languageId: "markdown",
  text: "word ".repeat(words),
});
const turn = (words: number): Turn => ({ role: "user", text: "word ".repeat(words) });

describe("prune", () => {
  it("leaves out older turns first, then attachments from the last on, and says so", () => {
    const request = requestWith({
      history: [turn(100), turn(200), turn(10), turn(10)],
      attachments: [file("a.md", 500), file("b.md", 1500)],
    });
    expect(prune(request, 250)?.leftOut).toEqual(["2 earlier messages (300 tokens)"]);
    const more = prune(request, 1000);
    expect(more?.leftOut).toEqual(["2 earlier messages (300 tokens)", "b.md (1.5k tokens)"]);
    expect(more?.request.attachments.map(({ path }) => path)).toEqual(["a.md"]);
    expect(more?.request.history).toHaveLength(2);
  });

  it("leaves out an answer with its question", () => {
    const answer: Turn = { role: "assistant", text: "word ".repeat(20) };
    const history = [turn(100), answer, turn(30), answer];
    const pruned = prune(requestWith({ history }), 50);
    expect(pruned?.leftOut).toEqual(["2 earlier messages (120 tokens)"]);
    expect(pruned?.request.history).toEqual([turn(30), answer]);
    expect(prune(requestWith({ history }), 125)?.request.history).toEqual([]);
  });

  it("keeps the question and its code, and gives up where these alone are too much", () => {
    const request = requestWith({ code: "x".repeat(1000), attachments: [file("a.md", 10)] });
    expect(prune(request, 11)).toBeUndefined();
    expect(prune(request, 0)).toEqual({ request, leftOut: [] });
  });

  it("frees what was asked for, and drops nothing more than the last thing needed", () => {
    const words = fc.array(fc.nat(400), { maxLength: 6 });
    fc.assert(
      fc.property(words, words, fc.nat(2000), (turns, files, excess) => {
        const request = requestWith({
          history: turns.map(turn),
          attachments: files.map((count, i) => file(`${i}.md`, count)),
        });
        const sum = (texts: { text: string }[]) =>
          texts.reduce((total, { text }) => total + estimateTokens(text), 0);
        const before = sum(request.history) + sum(request.attachments);
        const pruned = prune(request, excess);
        if (!pruned) {
          expect(before).toBeLessThan(excess);
          return;
        }
        const after = sum(pruned.request.history) + sum(pruned.request.attachments);
        expect(before - after).toBeGreaterThanOrEqual(excess);
        expect(pruned.leftOut.length > 0).toBe(excess > 0);
        expect(request.history).toHaveLength(turns.length);
      }),
    );
  });
});
