/**
 * Hybrid's own entries in VS Code's model picker: "Hybrid Auto" and one model a tier. They let a signed-out user chat
 * at all, and serve agent mode and other extensions.
 */
import * as vscode from "vscode";
import { estimateTokens } from "../core/cost/tokens.ts";
import type { Message, ToolCall } from "../core/providers/provider.ts";
import type { EditorRequest, Tier } from "../core/request.ts";
import { TIER_NAMES } from "../core/present.ts";
import { TIERS } from "../core/request.ts";
import type { Settings } from "../core/settings.ts";
import { modelsOf } from "../core/settings.ts";
import { VENDOR } from "./ids.ts";
import type { Requests } from "./requests.ts";
import { newId } from "./requests.ts";

/** What a caller may send and get, tokens: what the smallest usual flagship context holds. */
const MAX_INPUT = 128_000;
const MAX_OUTPUT = 16_000;
/** Role number of the system message, which the stable API has no name for but VS Code sends. */
const SYSTEM_ROLE = 3;

/** Registers the provider and resolves its models once, without which the first chat message of a signed-out user fails. */
export function registerModels(requests: Requests, settings: () => Settings): vscode.Disposable {
  const registration = vscode.lm.registerLanguageModelChatProvider(VENDOR, {
    provideLanguageModelChatInformation: () => modelInformation(settings()),
    provideLanguageModelChatResponse: (model, messages, options, progress, token) =>
      respond(requests, model.id, messages, options, progress, token),
    provideTokenCount: (_model, text) =>
      Promise.resolve(estimateTokens(typeof text === "string" ? text : textOf(text))),
  });
  void vscode.lm.selectChatModels({ vendor: VENDOR });
  return registration;
}

function modelInformation(settings: Settings): vscode.LanguageModelChatInformation[] {
  const base = {
    family: "hybrid",
    version: "1",
    maxInputTokens: MAX_INPUT,
    maxOutputTokens: MAX_OUTPUT,
    capabilities: { toolCalling: true, imageInput: false },
    // Not in the stable typings, and not needed by newer hosts: VS Code 1.110 hides a model that does not say so, and
    // then tells a signed-out user that there is none.
    isUserSelectable: true,
  };
  const tiers = TIERS.map((tier) => ({
    ...base,
    id: tier,
    name: `Hybrid ${TIER_NAMES[tier]}`,
    detail: modelsOf(settings, tier)[0] ?? "no model set",
    tooltip: `Always the ${tier} tier: ${modelsOf(settings, tier).join(", ") || "no model set"}`,
  }));
  const auto = {
    ...base,
    id: "auto",
    name: "Hybrid Auto",
    detail: "cheapest tier that will do",
    tooltip: "Routes each request to the cheapest tier that very probably answers it well.",
  };
  return [auto, ...tiers];
}

async function respond(
  requests: Requests,
  modelId: string,
  messages: readonly vscode.LanguageModelChatRequestMessage[],
  options: vscode.ProvideLanguageModelChatResponseOptions,
  progress: vscode.Progress<vscode.LanguageModelResponsePart>,
  token: vscode.CancellationToken,
): Promise<void> {
  const given = {
    messages: messages.flatMap(toMessages),
    ...(options.tools?.length ? { tools: options.tools.map(toTool) } : {}),
    toolRequired: options.toolMode === vscode.LanguageModelChatToolMode.Required,
  };
  for await (const event of requests.ask(toRequest(modelId, given.messages), token, given)) {
    if (event.type === "text") {
      progress.report(new vscode.LanguageModelTextPart(event.text));
    } else if (event.type === "toolCall") {
      const { id, name, input } = event.call;
      progress.report(new vscode.LanguageModelToolCallPart(id, name, input));
    } else if (event.type === "finished") {
      const { error } = event.summary;
      if (error) throw new Error(error.userMessage);
      reportUsage(event.summary.attempts.at(-1), progress);
    }
  }
}

/** The last user message is what the router judges; the rest is the conversation. */
function toRequest(modelId: string, messages: Message[]): EditorRequest {
  const spoken = messages.filter(({ role }) => role === "user" || role === "assistant");
  const last = spoken.findLastIndex(({ role }) => role === "user");
  const tier = TIERS.find((name): name is Tier => name === modelId);
  return {
    id: newId(),
    sessionId: newId(),
    surface: "modelPicker",
    command: null,
    prompt: spoken[last]?.text ?? "",
    languageId: "plaintext",
    code: "",
    fileLines: 0,
    attachments: [],
    diagnostics: [],
    history: spoken
      .slice(0, Math.max(0, last))
      .map(({ role, text }) => ({ role: role as "user" | "assistant", text })),
    ...(tier
      ? { override: { tier, reason: `you chose Hybrid ${TIER_NAMES[tier]} in the model picker` } }
      : {}),
  };
}

/** One VS Code message can hold text, tool calls and tool results; on the wire each is a message of its own. */
function toMessages(message: vscode.LanguageModelChatRequestMessage): Message[] {
  const text = textOf(message);
  const calls: ToolCall[] = [];
  const results: Message[] = [];
  for (const part of message.content) {
    if (part instanceof vscode.LanguageModelToolCallPart) {
      calls.push({ id: part.callId, name: part.name, input: part.input as Record<string, unknown> });
    } else if (part instanceof vscode.LanguageModelToolResultPart) {
      results.push({ role: "tool", toolCallId: part.callId, toolName: "", text: textOfParts(part.content) });
    }
  }
  if (message.role === vscode.LanguageModelChatMessageRole.Assistant) {
    return [{ role: "assistant", text, ...(calls.length > 0 ? { toolCalls: calls } : {}) }];
  }
  const role = (message.role as number) === SYSTEM_ROLE ? "system" : "user";
  return text === "" ? results : [...results, { role, text }];
}

function toTool(tool: vscode.LanguageModelChatTool) {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: (tool.inputSchema ?? { type: "object", properties: {} }) as Record<string, unknown>,
  };
}

function textOf(message: vscode.LanguageModelChatRequestMessage): string {
  return textOfParts(message.content);
}

/** Text parts only: data parts of kinds we do not know are VS Code's own business, and are left out. */
function textOfParts(parts: readonly unknown[]): string {
  return parts.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : "")).join("");
}

/** The convention by which VS Code learns the usage of a third-party model; hosts that do not know it ignore it. */
function reportUsage(
  attempt:
    | { inputTokens: number | null; outputTokens: number | null; cacheReadTokens: number | null }
    | undefined,
  progress: vscode.Progress<vscode.LanguageModelResponsePart>,
): void {
  if (!attempt || attempt.inputTokens === null || attempt.outputTokens === null) return;
  const usage = {
    prompt_tokens: attempt.inputTokens,
    completion_tokens: attempt.outputTokens,
    total_tokens: attempt.inputTokens + attempt.outputTokens,
    prompt_tokens_details: { cached_tokens: attempt.cacheReadTokens ?? 0 },
  };
  progress.report(new vscode.LanguageModelDataPart(new TextEncoder().encode(JSON.stringify(usage)), "usage"));
}
