/**
 * Classifiers that ask a local model. The embedded classifier always answers first; the model's word replaces it
 * ("ollama") or is joined with it where the embedded one is in doubt ("hybrid"), if it comes before the deadline.
 */
import { createHash } from "node:crypto";
import type { EditorRequest, LabelProbabilities, ModelId, RoutingCall } from "../../request.ts";
import { LABELS } from "../../request.ts";
import type { Classification, Classifier } from "../router.ts";
import { Breaker } from "./breaker.ts";
import { labelProbabilities } from "./logprobs.ts";
import type { AskModel, ModelAnswer } from "./ollama.ts";
import type { LabelledExample } from "./question.ts";
import { EXAMPLES_SHOWN, questionOf, readAnswer } from "./question.ts";

export interface LocalModelOptions {
  /** "ollama" always asks; "hybrid" only where the embedded classifier is less sure than `SURE`. */
  name: "ollama" | "hybrid";
  embedded: Classifier;
  /** As it is called in reasons: "ollama/llama3.2:3b". */
  model: ModelId;
  ask: AskModel;
  /** The user's own labelled requests that are most like this one. */
  examples?: (request: EditorRequest, count: number) => readonly LabelledExample[];
  /** Milliseconds after which the embedded classification is taken. */
  deadlineMs?: number;
  now?: () => number;
}

/** What a warm 3B model needs on a plain machine, with room; later the user would notice. Milliseconds. */
const DEADLINE_MS = 500;
/** Confidence from which "hybrid" does not ask: above, the embedded label is right about 9 times in 10. */
const SURE = 0.75;
/** Answers remembered. */
const CACHED = 500;

/** A classifier that asks a local model. It never rejects, and never takes longer than its deadline. */
export function createLocalModelClassifier(options: LocalModelOptions): Classifier {
  const { name, embedded, model, ask, examples, deadlineMs = DEADLINE_MS, now = Date.now } = options;
  const cache = new Map<string, Classification>();
  const breaker = new Breaker(now);

  /**
   * Asks, and remembers the answer even when nobody waits for it any more. `call` is filled in from the moment that the
   * model is asked; it stays empty where it is not.
   */
  const consult = async (
    request: EditorRequest,
    signal: AbortSignal,
    call: { asked?: RoutingCall },
  ): Promise<Classification | string> => {
    const messages = questionOf(request, examples?.(request, EXAMPLES_SHOWN));
    const key = createHash("sha256").update(JSON.stringify(messages)).digest("base64");
    const known = cache.get(key);
    if (known) return known;
    const paused = breaker.pause();
    if (paused) return `${model} ${paused}`;
    const startedAt = now();
    call.asked = { model, startedAt, totalMs: 0 };
    const result = await ask(messages, signal).catch((error: unknown) => problemOf(error));
    Object.assign(call.asked, {
      totalMs: Math.max(0, now() - startedAt),
      ...(typeof result === "object" && {
        inputTokens: result.usage?.input,
        outputTokens: result.usage?.output,
      }),
    });
    if (signal.aborted) return "cancelled";
    const read = typeof result === "string" ? result : classificationOf(result, model);
    if (typeof read === "string") breaker.failed();
    else {
      breaker.succeeded();
      cache.set(key, read);
      if (cache.size > CACHED) cache.delete(cache.keys().next().value as string);
    }
    return read;
  };

  return {
    name,
    async classify(request, signal): Promise<Classification> {
      const first = await embedded.classify(request, signal);
      if (name === "hybrid" && first.confidence >= SURE) return { ...first, router: embedded.name };
      const call: { asked?: RoutingCall } = {};
      const answer = await before(deadlineMs, consult(request, signal ?? new AbortController().signal, call));
      if (answer === undefined) breaker.failed();
      // A copy: an answer that comes later is no part of this decision.
      const asked = call.asked && { asked: { ...call.asked } };
      if (typeof answer === "object")
        return { ...(name === "hybrid" ? joined(first, answer) : answer), ...asked };
      const why = answer ?? `${model} took longer than ${deadlineMs} ms`;
      const reason = { text: `${why}: the embedded router decided`, weight: 0 };
      if (asked)
        Object.assign(asked.asked, { problem: why, totalMs: Math.max(0, now() - asked.asked.startedAt) });
      return { ...first, router: embedded.name, reasons: [...first.reasons, reason], ...asked };
    },
  };
}

function classificationOf({ text, logprobs }: ModelAnswer, model: string): Classification | string {
  const answer = readAnswer(text);
  if (!answer) return `${model} gave no valid answer`;
  const probabilities = labelProbabilities(answer.label, logprobs);
  const { label, task, scope } = answer;
  return {
    label,
    task,
    confidence: probabilities[LABELS.indexOf(label)] as number,
    probabilities,
    reasons: [{ text: `${model} says ${label}: ${task}, ${scope}`, weight: logOdds(probabilities) }],
  };
}

/** The geometric mean of both opinions: each has one vote in log-odds, and the surer one counts for more. */
function joined(first: Classification, second: Classification): Classification {
  const roots = LABELS.map((_, c) =>
    Math.sqrt((first.probabilities[c] as number) * (second.probabilities[c] as number)),
  );
  const total = roots.reduce((sum, root) => sum + root, 0);
  const probabilities = roots.map((root) => root / total) as unknown as LabelProbabilities;
  const confidence = Math.max(...probabilities);
  return {
    label: LABELS[probabilities.indexOf(confidence)] ?? first.label,
    task: first.task,
    confidence,
    probabilities,
    reasons: [...second.reasons, ...first.reasons],
  };
}

function logOdds(probabilities: LabelProbabilities): number {
  const [best = 1, next = 1] = probabilities.toSorted((a, b) => b - a);
  return Math.log(best / next);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The value, or undefined when it takes longer. */
async function before<T>(ms: number, value: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
