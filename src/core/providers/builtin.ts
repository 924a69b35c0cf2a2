/**
 * Answers with no model at all, as a provider of the local tier, so that they are planned, logged and shown like
 * every other attempt: `builtin/symbol` from the language server's facts, `builtin/todo` from the embedded classifier.
 */
import { HybridError } from "../errors.ts";
import type { EditorRequest, ModelId } from "../request.ts";
import { explainSymbol } from "../tasks/explain.ts";
import { answerTodo, todoOf } from "../tasks/todo.ts";
import type { Provider, ProviderEvent } from "./provider.ts";

export const BUILTIN = "builtin";

/**
 * The built-in model that can answer this request, if any. `complete` is false when the user asked for more than it
 * can say: then it is better than nothing, and no more.
 */
export function builtinModel(request: EditorRequest): { model: ModelId; complete: boolean } | undefined {
  if (request.command === "explain" && request.symbol) {
    return { model: `${BUILTIN}/symbol`, complete: asksOnlyFor(request.prompt, request.symbol.name) };
  }
  if (request.command === "todo" && todoOf(request)) {
    return { model: `${BUILTIN}/todo`, complete: true };
  }
  return undefined;
}

/** True when the prompt names the symbol and asks nothing else of it. */
function asksOnlyFor(prompt: string, name: string): boolean {
  const rest = prompt
    .replaceAll(name, " ")
    .replace(/#[\w:.-]+/g, " ")
    .replace(/[`'"()?.!,:]/g, " ")
    .replace(
      /\b(the|this|a|function|method|class|type|symbol|what|is|does|do|explain|please|how|work|works|me)\b/gi,
      " ",
    );
  return rest.trim() === "";
}

/** The provider that answers `request`; it sends nothing anywhere. */
export function createBuiltinProvider(request: EditorRequest): Provider {
  return {
    name: BUILTIN,
    local: true,
    async *chat(call): AsyncGenerator<ProviderEvent> {
      const text = await answer(request, call.model);
      yield { type: "text", text };
      yield { type: "usage", usage: { input: 0, output: 0 } };
      yield { type: "finish", reason: "stop" };
    },
    status: () => Promise.resolve({ state: "ready", models: ["symbol", "todo"] }),
  };
}

async function answer(request: EditorRequest, model: string): Promise<string> {
  if (model === "symbol" && request.symbol) return explainSymbol(request.symbol);
  const todo = model === "todo" ? todoOf(request) : undefined;
  if (todo) return answerTodo(todo);
  throw new HybridError("modelMissing", `There is no built-in answer named “${model}” for this request.`);
}
