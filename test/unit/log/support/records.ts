/** Attempts to log: a plain one to vary, and random ones from a seed. */
import type { ErrorKind } from "../../../../src/core/errors.ts";
import type { AttemptRecord, CostProvenance, Outcome } from "../../../../src/core/log/record.ts";
import { LABELS, TASKS, TIERS } from "../../../../src/core/request.ts";

/** An answered attempt; `changes` over it. */
export function attempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    requestId: "request-1",
    attempt: 1,
    sessionId: "session-1",
    startedAt: 1_750_000_000_000,
    surface: "chat",
    command: "explain",
    project: "shop",
    languageId: "typescript",
    input: "explain parseDuration",
    task: "explain",
    classifiedLabel: "EASY",
    classifiedTier: "local",
    actualTier: "mid",
    actualModel: "openai/gpt-4o-mini",
    confidence: 0.83,
    reasons: [{ text: "asks what code does", weight: 1.25 }],
    router: "embedded",
    escalatedFrom: null,
    retryOf: null,
    degraded: false,
    outcome: "answered",
    errorKind: null,
    errorMessage: null,
    inputTokens: 1200,
    outputTokens: 340,
    cacheReadTokens: 0,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: null,
    costNanoDollars: 384_000,
    costProvenance: "computed",
    priceSource: "genai-prices",
    priceDate: "2026-09-23",
    quoteLowNanoDollars: null,
    quoteHighNanoDollars: null,
    firstTokenMs: 212.5,
    totalMs: 1830.25,
    userRating: null,
    probabilities: [0.8, 0.15, 0.05],
    userLabel: null,
    ...changes,
  };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  "",
  "plain",
  'it\'s "quoted"; DROP TABLE attempts;--',
  "naïve 世界 🚀",
  "two\nlines\t",
  "x".repeat(70_000),
];
const PROVENANCES: CostProvenance[] = ["reported", "computed", "estimated", "unpriced"];
const OUTCOMES: Outcome[] = ["answered", "answered", "answered", "failed", "interrupted", "cancelled"];
const ERRORS: ErrorKind[] = ["timeout", "rateLimited", "interrupted"];

/** An attempt with every field drawn at random; the request's id and the attempt's number are the caller's. */
export function randomAttempt(next: () => number, requestId: string, number: number): AttemptRecord {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const integer = (below: number): number => Math.floor(next() * below);
  const maybe = <T>(value: T): T | null => (next() < 0.4 ? null : value);
  return {
    requestId,
    attempt: number,
    sessionId: `session-${integer(5)}`,
    startedAt: 1_750_000_000_000 + integer(10_000_000),
    surface: pick(["chat", "command", "codeAction", "modelPicker"]),
    command: maybe(pick(["explain", "fix"])),
    project: maybe(pick(TEXTS)),
    languageId: pick(["typescript", "", "c++"]),
    input: maybe(pick(TEXTS)),
    task: pick(TASKS),
    classifiedLabel: pick(LABELS),
    classifiedTier: pick(TIERS),
    actualTier: pick(TIERS),
    actualModel: pick(["ollama/llama3.2:3b", "openrouter/meta-llama/llama-3.3-70b-instruct:free"] as const),
    confidence: next(),
    reasons: Array.from({ length: integer(4) }, () => ({ text: pick(TEXTS), weight: next() * 6 - 3 })),
    router: pick(["embedded", "user"]),
    escalatedFrom: maybe(pick(TIERS)),
    retryOf: maybe("request-0"),
    degraded: next() < 0.5,
    outcome: pick(OUTCOMES),
    errorKind: maybe(pick(ERRORS)),
    errorMessage: maybe(pick(TEXTS)),
    inputTokens: maybe(integer(2e6)),
    outputTokens: maybe(integer(1e5)),
    cacheReadTokens: maybe(integer(1e6)),
    cacheWriteTokens: maybe(integer(1e6)),
    cacheWrite1hTokens: maybe(integer(1e6)),
    reasoningTokens: maybe(integer(1e5)),
    costNanoDollars: integer(5e12),
    costProvenance: pick(PROVENANCES),
    priceSource: pick(["settings", "local", ""]),
    priceDate: maybe(pick(["2026-09-23"])),
    quoteLowNanoDollars: maybe(integer(1e9)),
    quoteHighNanoDollars: maybe(integer(2e9)),
    firstTokenMs: maybe(next() * 5000),
    probabilities: maybe([next(), next(), next()] as const),
    userLabel: maybe(pick(LABELS)),
    totalMs: next() * 100_000,
    userRating: maybe(pick([1, -1] as const)),
  };
}
