import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "../../../src/core/answer.ts";
import { Redaction } from "../../../src/core/privacy/redaction.ts";
import { findSecrets } from "../../../src/core/privacy/secrets.ts";

/** Put together here, so that no key stands in this file. */
const key = (n: number) => ["sk", "live", `4eC39HqLyjWDarjtT1zdp${n}dcQ`].join("_");
const redaction = (known: string[] = []) => new Redaction((text) => findSecrets(text, known));

/** A text with keys between other words, what is between them being anything. */
const texts = fc
  .array(
    fc.oneof(
      fc.nat(3).map((n) => ` ${key(n)} `),
      fc.string(),
      fc.constantFrom("[", "]", "[redacted: "),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

async function* eventsOf(pieces: string[]): AsyncGenerator<AnswerEvent> {
  for (const text of pieces) yield { type: "text", text };
}

describe("a redaction", () => {
  it("gives every secret one placeholder in all texts, and puts each back", () => {
    const one = redaction();
    const [first, second] = [one.apply(`a ${key(1)} b ${key(2)}`), one.apply(`c ${key(2)} d ${key(1)}`)];
    const found = first.match(/\[redacted: [^\]]+\]/g) ?? [];
    expect(found).toHaveLength(2);
    expect(second).toBe(`c ${found[1]} d ${found[0]}`);
    expect([...one.counts.values()]).toEqual([2]);
    expect(one.restore(`${found[1]}, then ${found[0]}`)).toBe(`${key(2)}, then ${key(1)}`);
  });

  it("lets no key through, and restores any text to the character, however the answer is cut", async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(40), { minLength: 1 }), async (text, cuts) => {
        const one = redaction();
        const clean = one.apply(text);
        for (const n of [0, 1, 2, 3]) expect(clean.includes(key(n))).toBe(false);
        expect(one.restore(clean)).toBe(text);
        const pieces: string[] = [];
        for (let at = 0, i = 0; at < clean.length; i++) {
          const size = 1 + (cuts[i % cuts.length] ?? 0);
          pieces.push(clean.slice(at, at + size));
          at += size;
        }
        let streamed = "";
        for await (const event of one.restored(eventsOf(pieces)))
          if (event.type === "text") streamed += event.text;
        expect(streamed).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
