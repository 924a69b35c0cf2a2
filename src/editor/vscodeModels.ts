/**
 * The models that VS Code itself offers (GitHub Copilot's, above all) as a provider like every other: `copilot/gpt-4o`.
 * What they cost is part of the user's plan; VS Code asks for consent at the first request, which is always a user's.
 */
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import { HybridError } from "../core/errors.ts";
import type { ErrorKind } from "../core/errors.ts";
import type { Message, ModelCall, Provider, ProviderEvent, Sent } from "../core/providers/provider.ts";

export interface VscodeModelsOptions {
  /** The prefix of its models. */
  name: string;
  /** As shown to the user. */
  label: string;
  /** VS Code's name for who provides them. */
  vendor: string;
}

/** How long VS Code may take to list models, milliseconds: it starts the extension that has them. */
const STATUS_MS = 3_000;

/** Makes the provider; it asks VS Code for its models when a call needs one. */
export function createVscodeModels({ name, label, vendor }: VscodeModelsOptions): Provider {
  /** By id, or by family, as the pickers show them; the newest of several. */
  const find = async (model: string): Promise<vscode.LanguageModelChat | undefined> => {
    const all = await vscode.lm.selectChatModels({ vendor });
    return all.find(({ id }) => id === model) ?? all.findLast(({ family }) => family === model);
  };
  return {
    name,
    local: false,
    plan: true,
    async *chat(call, signal) {
      const source = new vscode.CancellationTokenSource();
      const stop = () => source.cancel();
      signal.addEventListener("abort", stop, { once: true });
      let shown = false;
      try {
        signal.throwIfAborted();
        const model = await find(call.model);
        if (!model)
          throw new HybridError("modelMissing", `${label} does not offer the model ${call.model} here.`);
        const messages = call.messages.flatMap(toVscode);
        call.onSent?.(sentTo(vendor, model.id, call.messages));
        const response = await model.sendRequest(messages, optionsOf(call, label), source.token);
        let finished: ProviderEvent = { type: "finish", reason: "stop" };
        for await (const part of response.stream) {
          if (signal.aborted) break;
          if (part instanceof vscode.LanguageModelTextPart && part.value !== "") {
            shown = true;
            yield { type: "text", text: part.value };
          } else if (part instanceof vscode.LanguageModelToolCallPart) {
            shown = true;
            finished = { type: "finish", reason: "toolCalls" };
            const { callId: id, name: tool, input } = part;
            yield { type: "toolCall", call: { id, name: tool, input: input as Record<string, unknown> } };
          }
        }
        signal.throwIfAborted();
        if (!shown) throw new HybridError("emptyAnswer", `${label} (${call.model}) answered with nothing.`);
        yield finished;
      } catch (error) {
        if (signal.aborted) throw new HybridError("cancelled", "Stopped.");
        const known = toHybridError(error, label, call.model);
        throw shown
          ? new HybridError("interrupted", known.message, { hint: known.hint, cause: known })
          : known;
      } finally {
        signal.removeEventListener("abort", stop);
        source.cancel();
        source.dispose();
      }
    },
    async status() {
      const offered = Promise.resolve(vscode.lm.selectChatModels({ vendor }));
      const models = await within(
        STATUS_MS,
        offered.catch(() => []),
      );
      if (models && models.length > 0) {
        // A model may be named by its id or by its family.
        return { state: "ready", models: [...new Set(models.flatMap(({ id, family }) => [id, family]))] };
      }
      const error = models
        ? new HybridError("noModel", `VS Code offers no models of ${label}.`, {
            hint: "Install it and sign in, or take its models out of hybrid.tiers.",
          })
        : new HybridError("timeout", `VS Code has not said for ${STATUS_MS / 1000} s what ${label} offers.`);
      return { state: "unavailable", error };
    },
  };
}

/** What comes of it, or undefined when that takes longer. */
function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** VS Code has no system messages here: what they say begins the first message, as its documentation advises. */
function toVscode(message: Message): vscode.LanguageModelChatMessage[] {
  if (message.role === "tool") {
    const text = [new vscode.LanguageModelTextPart(message.text)];
    const result = new vscode.LanguageModelToolResultPart(message.toolCallId, text);
    return [vscode.LanguageModelChatMessage.User([result])];
  }
  const text = message.text === "" ? [] : [new vscode.LanguageModelTextPart(message.text)];
  if (message.role !== "assistant")
    return text.length > 0 ? [vscode.LanguageModelChatMessage.User(text)] : [];
  const calls = (message.toolCalls ?? []).map(
    ({ id, name, input }) => new vscode.LanguageModelToolCallPart(id, name, input),
  );
  const parts = [...text, ...calls];
  return parts.length > 0 ? [vscode.LanguageModelChatMessage.Assistant(parts)] : [];
}

function optionsOf(call: ModelCall, label: string): vscode.LanguageModelChatRequestOptions {
  return {
    justification: `Hybrid sends this request to ${label}, as your settings under hybrid.tiers ask for.`,
    ...(call.tools?.length && {
      tools: call.tools,
      toolMode: call.toolRequired
        ? vscode.LanguageModelChatToolMode.Required
        : vscode.LanguageModelChatToolMode.Auto,
    }),
  };
}

/** It leaves through VS Code and not through a socket of ours; the ledger has it all the same. */
function sentTo(vendor: string, model: string, messages: readonly Message[]): Sent {
  const body = JSON.stringify(messages);
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { host: `vscode.lm/${vendor}`, path: model, bytes: Buffer.byteLength(body), sha256 };
}

/** By the codes of `LanguageModelError`; the rest is told by its words, since providers pass on what they like. */
const KINDS: Record<string, { kind: ErrorKind; hint: string }> = {
  NotFound: { kind: "modelMissing", hint: "Check the name in hybrid.tiers in the settings." },
  NoPermissions: {
    kind: "badKey",
    hint: "Allow it when VS Code asks, or under “Manage Language Model Access”.",
  },
  Blocked: { kind: "noCredit", hint: "Its quota is used up: wait, or use another model." },
};

function toHybridError(error: unknown, label: string, model: string): HybridError {
  if (error instanceof HybridError) return error;
  const code = error instanceof vscode.LanguageModelError ? error.code : "";
  const known = KINDS[code] ?? { kind: "serverError" as const, hint: "Try again, or use another model." };
  const said = error instanceof Error ? error.message.split("\n", 1)[0]?.slice(0, 200) : "";
  return new HybridError(known.kind, `${label} (${model}) did not answer${said ? `: ${said}` : ""}.`, {
    hint: known.hint,
    cause: error,
  });
}
