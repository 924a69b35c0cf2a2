/** What was learned from the request log, made anew when the log has changed. */
import type { RequestLog } from "../log/requestLog.ts";
import { SuccessTable } from "../planner/success.ts";
import type { EditorRequest } from "../request.ts";
import type { LabelledExample } from "../router/localModel/question.ts";
import { fold } from "../router/matcher.ts";
import { wordBits } from "../router/ngrams.ts";
import type { LearningReport } from "./correction.ts";
import { learn } from "./correction.ts";
import type { Evidence } from "./evidence.ts";
import { evidenceOf } from "./evidence.ts";

/** Attempts looked at, the newest; older ones count little anyhow. */
const ROWS = 5000;
/** Least time between two looks at a log that changes with every request, milliseconds. */
const REFRESH_MS = 60_000;

export interface Learned {
  evidence: readonly Evidence[];
  report: LearningReport;
  success: SuccessTable;
}

export interface LearnerDeps {
  log: Pick<RequestLog, "recent" | "onDidChange">;
  /** Evidence of before is not used, milliseconds since the epoch: the user told Hybrid to forget it. */
  learnFrom: () => number;
  now: () => number;
}

export class Learner {
  readonly #deps: LearnerDeps;
  #learned: Learned | undefined;
  #learnedAt = 0;
  #isStale = false;

  constructor(deps: LearnerDeps) {
    this.#deps = deps;
    deps.log.onDidChange(() => (this.#isStale = true));
  }

  /** What was learned; `fresh` looks at the log even if it was looked at a moment ago. */
  learned(fresh = false): Learned {
    const { log, learnFrom, now } = this.#deps;
    const isOld = this.#isStale && (fresh || now() - this.#learnedAt > REFRESH_MS);
    if (this.#learned && !isOld && !fresh) return this.#learned;
    const evidence = evidenceOf(log.recent(ROWS).filter(({ startedAt }) => startedAt >= learnFrom()));
    this.#learned = { evidence, report: learn(evidence), success: new SuccessTable(evidence, now()) };
    this.#learnedAt = now();
    this.#isStale = false;
    return this.#learned;
  }

  /** The user's labelled requests whose words are most like this one's, nearest first; only those with text. */
  examples(request: Pick<EditorRequest, "prompt" | "command">, count: number): LabelledExample[] {
    const words = new Set(wordBits(fold(request.prompt)));
    return this.learned()
      .evidence.flatMap(({ row: { input, command, languageId, task }, label }) => {
        if (label === null || input === null) return [];
        const other = new Set(wordBits(fold(input)));
        const both = [...words].filter((bit) => other.has(bit)).length;
        const likeness =
          both / Math.max(1, words.size + other.size - both) + (command === request.command ? 0.1 : 0);
        return [{ example: { prompt: input, command, languageId, task, label }, likeness }];
      })
      .toSorted((a, b) => b.likeness - a.likeness)
      .slice(0, count)
      .map(({ example }) => example);
  }
}
