/** The whole core before real servers and a real log, with a user who answers questions about money. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { AnswerEvent, AnswerSummary } from "../../../../src/core/answer.ts";
import { Hybrid } from "../../../../src/core/hybrid.ts";
import type { HybridDeps } from "../../../../src/core/hybrid.ts";
import type { RequestLog } from "../../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../../src/core/log/sqlite.ts";
import { createNarrator } from "../../../../src/core/present.ts";
import type { Choice, Question } from "../../../../src/core/question.ts";
import type { EditorRequest } from "../../../../src/core/request.ts";
import type { Settings } from "../../../../src/core/settings.ts";
import { startAnthropicServer } from "../../../fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../../fixtures/servers/openai.ts";
import type { WireServer } from "../../../fixtures/servers/wireServer.ts";
import { requestWith, settingsWith } from "../../requests.ts";
import { attempt } from "../../log/support/records.ts";
import { NOON } from "./reservations.ts";

export const LOCAL = "ollama/llama3.2:3b";
export const MID = "openai/gpt-4o-mini";
export const FLAGSHIP = "anthropic/claude-opus-5";
const KEY = "zq81-private-credential-77xk";

/** Dollars in nano-dollars. */
export const DOLLAR = 1_000_000_000;

export const toFlagship = { override: { tier: "flagship", reason: "test" } } as const;
export const toMid = { override: { tier: "mid", reason: "test" } } as const;

/** What the router calls HARD. */
export const HARD = {
  command: "refactor",
  prompt: "refactor this into a strategy pattern across files",
  code: "switch (method) {}",
} as const;

/** How a request ended, with what a reader saw of it. */
export interface Answered {
  summary: AnswerSummary;
  /** What the narrator said, without the answer's own text. */
  said: string;
}

export interface Stage {
  file: string;
  log: RequestLog;
  ollama: WireServer;
  openai: WireServer;
  anthropic: WireServer;
  /** A core under these settings; its user answers with `answers`, one after another. */
  hybrid(values: Values, answers?: Answer[], deps?: Partial<HybridDeps>): Hybrid;
  /** What the user was asked, oldest first. */
  asked: Question[];
  /** Has so many dollars spent today by an earlier request. */
  spend(dollars: number): void;
  /** Lets the clock of the core go on by so much, milliseconds. */
  pass(ms: number): void;
  /** What another program reads of the file: nano-dollars spent and reserved, and how many are reserved for. */
  read(): { spent: number; reserved: number; reservations: number };
  close(): Promise<void>;
}

type Values = { [K in keyof Settings]?: unknown };
type Answer = Choice | ((question: Question, signal: AbortSignal) => Promise<Choice>);

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-money-"));
  const file = join(folder, "requests.db");
  const log = openRequestLog({ file });
  const [ollama, openai, anthropic] = await Promise.all([
    startOllamaServer({
      models: { "llama3.2:3b": { text: "From the local model." } },
      loaded: ["llama3.2:3b"],
    }),
    startOpenAiServer({ models: { "gpt-4o-mini": { text: "From the mid model." } } }),
    startAnthropicServer({ models: { "claude-opus-5": { text: "From the flagship." } } }),
  ]);
  const reader = new DatabaseSync(file, { readOnly: true });
  const read = reader.prepare(`SELECT (SELECT TOTAL(cost_nano_dollars) FROM attempts) AS spent,
    (SELECT TOTAL(nano_dollars) FROM reservations) AS reserved, (SELECT COUNT(*) FROM reservations) AS reservations`);
  const asked: Question[] = [];
  let spendings = 0;
  // No midnight comes between, whenever the test runs.
  let clock = NOON - performance.now();
  const now = () => Math.floor(clock + performance.now());
  return {
    file,
    log,
    ollama,
    openai,
    anthropic,
    asked,
    hybrid(values, answers = [], deps = {}) {
      const settings = settingsWith({
        "ollama.baseUrl": ollama.url,
        providers: { openai: { baseUrl: `${openai.url}/v1` }, anthropic: { baseUrl: anthropic.url } },
        "tiers.mid.models": [MID],
        "tiers.flagship.models": [FLAGSHIP],
        prices: { [FLAGSHIP]: { input: 5, output: 25 }, [MID]: { input: 0.15, output: 0.6 } },
        ...values,
      });
      const left = [...answers];
      const confirm: HybridDeps["confirm"] = (question, signal) => {
        asked.push(question);
        const answer = left.shift() ?? "stop";
        return typeof answer === "function" ? answer(question, signal) : Promise.resolve(answer);
      };
      const keyOf = () => Promise.resolve(KEY);
      return new Hybrid({ settings, log, keyOf, ...(answers.length > 0 && { confirm }), now, ...deps });
    },
    spend(dollars) {
      const requestId = `spent-${++spendings}`;
      const costNanoDollars = dollars * DOLLAR;
      log.append(attempt({ requestId, startedAt: now(), actualTier: "flagship", costNanoDollars }));
    },
    pass: (ms) => void (clock += ms),
    read: () => {
      const row = read.get() ?? {};
      const number = (name: string) => Number(row[name]);
      return {
        spent: number("spent"),
        reserved: number("reserved"),
        reservations: number("reservations"),
      };
    },
    async close() {
      reader.close();
      log.close();
      await Promise.all([ollama.close(), openai.close(), anthropic.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

export async function ask(
  hybrid: Hybrid,
  changes: Partial<EditorRequest> = {},
  signal: AbortSignal = new AbortController().signal,
  onEvent: (event: AnswerEvent) => void = () => {},
): Promise<Answered> {
  const narrate = createNarrator();
  let summary: AnswerSummary | undefined;
  let said = "";
  for await (const event of hybrid.ask(requestWith(changes), signal)) {
    said += narrate(event).markdown ?? "";
    if (event.type === "finished") summary = event.summary;
    onEvent(event);
  }
  if (!summary) throw new Error("no `finished` came");
  expect(summary.outcome === "failed").toBe(summary.error !== undefined && summary.outcome !== "interrupted");
  return { summary, said };
}
