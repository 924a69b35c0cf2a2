import { describe, expect, it } from "vitest";
import { estimateTokens, tokensOfLength } from "../../../src/core/cost/tokens.ts";

/** Counted once with o200k_base, the tokenizer of GPT-4o and later. */
const COUNTED: [tokens: number, text: string][] = [
  [
    25,
    "Explain what parseDuration does, where it is used, and which inputs it refuses. Then write tests for its edge cases.",
  ],
  [
    65,
    "export function parseDuration(text: string): number {\n  const match = /^(\\d+)(ms|s|m|h)$/.exec(text.trim());\n  if (!match) throw new RangeError(`not a duration: ${text}`);\n  return Number(match[1]) * UNITS[match[2]];\n}\n",
  ],
  [
    40,
    '{"name":"hybrid-router","version":"0.1.0","engines":{"vscode":"^1.110.0"},"categories":["AI","Chat"],"private":true}',
  ],
  [
    47,
    'def parse_duration(text: str) -> timedelta:\n    """Parse a duration such as 90s."""\n    value, unit = int(text[:-1]), text[-1]\n    return timedelta(**{UNITS[unit]: value})\n',
  ],
  [31, "这个函数解析一个持续时间字符串，并返回毫秒数。如果输入无效，则抛出错误。请为边界情况编写测试。"],
  [33, "この関数は期間文字列を解析し、ミリ秒数を返します。入力が無効な場合はエラーをスローします。"],
  [
    27,
    "Diese Funktion zerlegt eine Zeitangabe und gibt Millisekunden zurück. Bei ungültiger Eingabe wird ein Fehler geworfen.",
  ],
];

describe("estimateTokens", () => {
  it.each(COUNTED)("comes within a quarter of the %i tokens of a real tokenizer: %s", (tokens, text) => {
    expect(Math.abs(estimateTokens(text) / tokens - 1)).toBeLessThan(0.25);
  });

  it("samples a long text fairly, mixed as it may be", () => {
    const [english, code, , , chinese] = COUNTED.map(([, text]) => text);
    const parts = [english, code, chinese].map((text = "") => text.repeat(Math.ceil(60_000 / text.length)));
    const sum = parts.reduce((total, part) => total + estimateTokens(part), 0);
    expect(parts.join("").length).toBeGreaterThan(180_000 - 1);
    expect(Math.abs(estimateTokens(parts.join("")) / sum - 1)).toBeLessThan(0.15);
    const single = estimateTokens((code ?? "").repeat(100));
    expect(Math.abs(estimateTokens((code ?? "").repeat(3000)) / (30 * single) - 1)).toBeLessThan(0.02);
  });

  it("takes any text", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens(" ")).toBe(0);
    expect(estimateTokens("a")).toBe(1);
    expect(estimateTokens("\uD800\0\n")).toBeGreaterThan(0);
    expect(estimateTokens("🚀".repeat(100))).toBeGreaterThan(100);
  });
});

describe("tokensOfLength", () => {
  it("is a token for each four characters begun", () => {
    expect([0, 1, 4, 5, 4000, -3].map(tokensOfLength)).toEqual([0, 1, 1, 2, 1000, 0]);
  });
});
