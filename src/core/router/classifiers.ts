/** The classifiers a user can choose by `hybrid.routing.router`. */
import type { Label, LabelProbabilities } from "../request.ts";
import { LABELS } from "../request.ts";
import type { Settings } from "../settings.ts";
import { createEmbeddedClassifier } from "./embedded.ts";
import type { Classification, Classifier } from "./router.ts";

/** The classifier that the settings name. Made anew when they change; it may keep what it learned of its server. */
export function createClassifier(settings: Settings): Classifier {
  const embedded = createEmbeddedClassifier();
  switch (settings["routing.router"]) {
    case "embedded":
      return embedded;
    case "always-local":
      return always("always-local", "EASY", embedded);
    case "always-flagship":
      return always("always-flagship", "HARD", embedded);
  }
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
