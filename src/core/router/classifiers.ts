/** The classifiers a user can choose by `hybrid.routing.router`. */
import type { Label, Task } from "../request.ts";
import type { Settings } from "../settings.ts";
import { createEmbeddedClassifier } from "./embedded.ts";
import type { Classification, Classifier } from "./router.ts";

const embedded = createEmbeddedClassifier();

/** A classifier that keeps the embedded one's task and gives every request the same label. */
function always(name: string, label: Label): Classifier {
  return {
    name,
    async classify(request): Promise<Classification> {
      const { task }: { task: Task } = await embedded.classify(request);
      return { label, task, confidence: 1, reasons: [{ text: `the setting “${name}”`, weight: 0 }] };
    },
  };
}

const CLASSIFIERS: Record<Settings["routing.router"], Classifier> = {
  embedded,
  "always-local": always("always-local", "EASY"),
  "always-flagship": always("always-flagship", "HARD"),
};

/** The classifier of that name. */
export function classifierFor(name: Settings["routing.router"]): Classifier {
  return CLASSIFIERS[name];
}
