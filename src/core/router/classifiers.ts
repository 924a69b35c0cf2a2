/** The classifiers a user can choose by `hybrid.routing.router`. */
import type { Label, LabelProbabilities } from "../request.ts";
import { LABELS, splitModelId } from "../request.ts";
import type { Settings } from "../settings.ts";
import { isPrivateAddress } from "../providers/address.ts";
import { createEmbeddedClassifier } from "./embedded.ts";
import type { LocalModelOptions } from "./localModel/localModel.ts";
import { createLocalModelClassifier } from "./localModel/localModel.ts";
import type { AskOllamaOptions } from "./localModel/ollama.ts";
import { askOllama } from "./localModel/ollama.ts";
import type { Classification, Classifier } from "./router.ts";

/** The classifier that the settings name. Made anew when they change; it may keep what it learned of its server. */
export function createClassifier(
  settings: Settings,
  { embedded, onSent, fetch, ...local }: ClassifierDeps = {},
): Classifier {
  const fallback = embedded ?? createEmbeddedClassifier();
  const name = settings["routing.router"];
  if (name === "always-local") return always(name, "EASY", fallback);
  if (name === "always-flagship") return always(name, "HARD", fallback);
  if (name === "embedded") return fallback;
  const model = settings["tiers.local.models"].find((id) => splitModelId(id).provider === "ollama");
  const baseUrl = settings["ollama.baseUrl"];
  // Every request is classified, guarded ones too: none may leave for that.
  if (model && !isPrivateAddress(baseUrl)) return fallback;
  const ask = model
    ? askOllama({
        baseUrl,
        model: splitModelId(model).name,
        numCtx: settings["ollama.numCtx"],
        keepAlive: settings["ollama.keepAlive"],
        onSent,
        fetch,
      })
    : () => Promise.reject(new Error("hybrid.tiers.local.models names no ollama/… model"));
  return createLocalModelClassifier({
    name,
    embedded: fallback,
    model: model ?? "the local model",
    ask,
    ...local,
  });
}

/** What the classifiers of local models take besides the settings. */
export interface ClassifierDeps
  extends Pick<LocalModelOptions, "examples" | "deadlineMs">, Pick<AskOllamaOptions, "onSent" | "fetch"> {
  /** In place of the embedded classifier as shipped: one that learned from the user. */
  embedded?: Classifier;
}

/** A classifier that keeps the task of another and gives every request the same label. */
function always(name: string, label: Label, other: Classifier): Classifier {
  const probabilities = LABELS.map((one) => Number(one === label)) as unknown as LabelProbabilities;
  return {
    name,
    async classify(request): Promise<Classification> {
      const { task } = await other.classify(request);
      const reasons = [{ text: `the setting “${name}”`, weight: 0 }];
      return { label, task, confidence: 1, probabilities, reasons };
    },
  };
}
