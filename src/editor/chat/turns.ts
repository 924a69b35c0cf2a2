/** The chat's earlier turns as the core knows them, and what Hybrid leaves behind in each of its own. */
import * as vscode from "vscode";
import * as v from "valibot";
import type { Turn } from "../../core/request.ts";
import { TIERS } from "../../core/request.ts";
import { newId } from "../requests.ts";

/** Kept in `ChatResult.metadata`: comes back in history, follow-ups and feedback. JSON only. */
const answerMetadata = v.object({
  requestId: v.string(),
  sessionId: v.string(),
  tier: v.optional(v.picklist(TIERS)),
  command: v.nullable(v.string()),
  /** It was about files that may not leave the machine. */
  localOnly: v.optional(v.boolean()),
  /** The answer's own text, without Hybrid's lines around it. */
  answer: v.string(),
});
export type AnswerMetadata = v.InferOutput<typeof answerMetadata>;

/** Characters of an answer that are kept for later turns. */
export const ANSWER_KEPT = 20_000;

/** What Hybrid left in a result; undefined for anything else. */
export function metadataOf(result: vscode.ChatResult): AnswerMetadata | undefined {
  const parsed = v.safeParse(answerMetadata, result.metadata);
  return parsed.success ? parsed.output : undefined;
}

/** The session that a chat's turns belong to; a chat without any begins one. */
export function sessionOf(context: vscode.ChatContext): string {
  for (const turn of context.history.toReversed()) {
    const known = turn instanceof vscode.ChatResponseTurn ? metadataOf(turn.result)?.sessionId : undefined;
    if (known) return known;
  }
  return newId();
}

/** Characters of an earlier request's code that go along again. */
const CODE_KEPT = 8_000;

/**
 * Earlier turns, oldest first; turns without text are left out. The code that an earlier request was about goes along
 * with it (`codeOf` gives it by request id, while it is remembered): "which edge cases does it miss?" needs it.
 */
export function historyOf(
  context: vscode.ChatContext,
  codeOf: (requestId: string) => string | undefined,
): Turn[] {
  return context.history
    .map((turn, index): Turn => {
      if (turn instanceof vscode.ChatRequestTurn) {
        const answer = context.history[index + 1];
        const metadata = answer instanceof vscode.ChatResponseTurn ? metadataOf(answer.result) : undefined;
        const code = metadata ? codeOf(metadata.requestId)?.slice(0, CODE_KEPT) : undefined;
        const asked = [turn.command ? `/${turn.command}` : "", turn.prompt].filter(Boolean).join(" ");
        return {
          role: "user",
          text: code ? `${asked}\n\nThe code it was about:\n\n${code}` : asked,
          // A refusal has no text of its own that could carry the mark.
          ...(metadata?.localOnly ? { localOnly: true } : {}),
        };
      }
      const metadata = metadataOf(turn.result);
      return {
        role: "assistant",
        text: metadata?.answer ?? "",
        ...(metadata?.tier ? { tier: metadata.tier } : {}),
        ...(metadata?.localOnly ? { localOnly: true } : {}),
      };
    })
    .filter(({ text }) => text !== "");
}
