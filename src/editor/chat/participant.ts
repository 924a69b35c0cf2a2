/** `@hybrid` in the chat view: tier and reason before the answer, cost after it, buttons to try another tier. */
import * as vscode from "vscode";
import type { AnswerSummary } from "../../core/answer.ts";
import { createNarrator } from "../../core/present.ts";
import type { Command, EditorRequest, Tier } from "../../core/request.ts";
import { COMMANDS, EDIT_COMMANDS } from "../../core/request.ts";
import type { Gathered } from "../context/gather.ts";
import { gather } from "../context/gather.ts";
import type { EditProposals } from "../edits/proposals.ts";
import { COMMAND_IDS, PARTICIPANT_ID } from "../ids.ts";
import type { Requests } from "../requests.ts";
import { followups } from "./followups.ts";
import { readReferences } from "./references.ts";
import type { Retries } from "./retries.ts";
import type { AnswerMetadata } from "./turns.ts";
import { ANSWER_KEPT, historyOf, metadataOf, sessionOf } from "./turns.ts";

export interface ParticipantDeps {
  requests: Requests;
  retries: Retries;
  proposals: EditProposals;
  rate: (requestId: string, rating: 1 | -1) => void;
  icon: vscode.IconPath;
}

/** Registers the participant. */
export function registerParticipant(deps: ParticipantDeps): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(PARTICIPANT_ID, (request, context, response, token) =>
    answer(deps, request, context, response, token),
  );
  participant.iconPath = deps.icon;
  participant.followupProvider = { provideFollowups: (result) => followups(result) };
  const feedback = participant.onDidReceiveFeedback(({ result, kind }) => {
    const requestId = metadataOf(result)?.requestId;
    if (requestId) deps.rate(requestId, kind === vscode.ChatResultFeedbackKind.Helpful ? 1 : -1);
  });
  return vscode.Disposable.from(participant, feedback);
}

async function answer(
  deps: ParticipantDeps,
  chatRequest: vscode.ChatRequest,
  context: vscode.ChatContext,
  response: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult> {
  const gathered = await gatherFromChat(deps, chatRequest, context, response, token);
  const narrate = createNarrator();
  let text = "";
  let summary: AnswerSummary | undefined;
  for await (const event of deps.requests.ask(gathered.request, token)) {
    const { markdown, progress } = narrate(event);
    if (markdown) response.markdown(withIcons(markdown));
    if (progress) response.progress(progress);
    if (event.type === "text") {
      text += event.text;
      response.markdown(event.text);
    }
    if (event.type === "finished") summary = event.summary;
  }
  if (!summary) return {};
  offerRating(gathered.request, summary, response);
  offerEdit(deps, gathered, text, summary, response);
  offerOtherTiers(gathered.request, summary, response);
  return resultOf(gathered.request, summary, text);
}

async function gatherFromChat(
  deps: ParticipantDeps,
  { prompt, command, references }: vscode.ChatRequest,
  context: vscode.ChatContext,
  response: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<Gathered> {
  const repeated = deps.retries.take(prompt, command);
  if (repeated) return repeated;
  const attached = await readReferences(references);
  for (const problem of attached.problems) response.markdown(withIcons(`$(warning) ${problem}\n\n`));
  for (const { uri } of attached.attachments) if (uri) response.reference(vscode.Uri.parse(uri));
  if (command === "explain") response.progress("Asking the language server…");
  const gathered = await gather(
    {
      surface: "chat",
      command: COMMANDS.find((known): known is Command => known === command) ?? null,
      prompt,
      sessionId: sessionOf(context),
      history: historyOf(context, (id) => deps.retries.codeOf(id)),
      attachments: attached.attachments,
      target: attached.target,
    },
    token,
  );
  if (gathered.target)
    response.reference(new vscode.Location(gathered.target.document.uri, gathered.target.range));
  deps.retries.remember(gathered);
  return gathered;
}

/** An edit in a chat answer can be seen as a diff, and applied from there. */
function offerEdit(
  { proposals }: ParticipantDeps,
  { request, target }: Gathered,
  text: string,
  summary: AnswerSummary,
  response: vscode.ChatResponseStream,
): void {
  if (summary.outcome !== "answered" || !target || !request.command) return;
  if (!EDIT_COMMANDS.has(request.command) && request.command !== "tests") return;
  proposals.remember(request.id, { target, command: request.command, answer: text });
  response.button({ command: COMMAND_IDS.reviewEdit, title: "Review as Diff…", arguments: [request.id] });
}

function offerOtherTiers(
  request: EditorRequest,
  { step, outcome, error, stays }: AnswerSummary,
  response: vscode.ChatResponseStream,
): void {
  if (outcome === "cancelled" || error?.kind === "badInput") return;
  const button = (title: string, tier?: Tier) =>
    response.button({ command: COMMAND_IDS.retry, title, arguments: [request.id, tier] });
  if (outcome !== "answered") button("Try again");
  if (error?.kind === "overBudget") button("Try locally", "local");
  // What a file or a setting keeps on this machine has no stronger model to go to.
  if (stays && (stays.localOnly || request.override?.tier !== "local")) return;
  if (step?.tier === "local") button("Try a stronger model", "mid");
  if (step?.tier === "mid") button("Try a stronger model", "flagship");
  if (step && step.tier !== "local") button("Try locally", "local");
}

function resultOf(request: EditorRequest, summary: AnswerSummary, text: string): vscode.ChatResult {
  const metadata: AnswerMetadata = {
    requestId: request.id,
    sessionId: request.sessionId,
    command: request.command,
    answer: text.slice(0, ANSWER_KEPT),
    ...(summary.step ? { tier: summary.step.tier } : {}),
    ...(summary.stays?.localOnly ? { localOnly: true } : {}),
  };
  // What broke off is told below the text received; only a request without any answer is an error box.
  const failed = summary.outcome === "failed" && summary.error;
  return { metadata, ...(failed ? { errorDetails: { message: failed.userMessage } } : {}) };
}

/** VS Code's own thumbs are missing from some chat views, a signed-out user's among them. */
function offerRating(
  { id }: EditorRequest,
  { outcome }: AnswerSummary,
  response: vscode.ChatResponseStream,
): void {
  if (outcome !== "answered") return;
  const { rateHelpful, rateUnhelpful } = COMMAND_IDS;
  const link = (text: string, command: string) =>
    `[${text}](command:${command}?${encodeURIComponent(JSON.stringify([id]))})`;
  const markdown = withIcons(
    `${link("$(thumbsup) Helpful", rateHelpful)} · ${link("$(thumbsdown) Unhelpful", rateUnhelpful)}\n`,
  );
  markdown.isTrusted = { enabledCommands: [rateHelpful, rateUnhelpful] };
  response.markdown(markdown);
}

function withIcons(text: string): vscode.MarkdownString {
  return new vscode.MarkdownString(text, true);
}
