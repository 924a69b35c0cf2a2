/** The embedded router: rules read features, a small trained linear model weighs them. No network, no model, microseconds. */
import type { EditorRequest, Reason } from "../request.ts";
import { LABELS } from "../request.ts";
import { extractFeatures } from "./features.ts";
import type { Contribution } from "./linear.ts";
import { linearModel, runLinear } from "./linear.ts";
import { allReasons, reasonsOf } from "./phrases.ts";
import type { Classifier } from "./router.ts";
import type { RouterWeights } from "./weights.ts";
import { joinHead, readNgrams } from "./weights.ts";
import general from "./weights/general.json" with { type: "json" };
import label from "./weights/label.json" with { type: "json" };
import task from "./weights/task.json" with { type: "json" };

/** A classifier that can show its whole sum. */
export interface EmbeddedClassifier extends Classifier {
  /** Every share of the log-odds of the label over the runner-up; their sum is that log-odds. */
  contributions(request: EditorRequest): Contribution[];
  /** The same in words, what says the same as one, strongest first. */
  explain(request: EditorRequest): Reason[];
}

/** The classifier named "embedded", with the weights shipped or others. Throws when those do not fit this code. */
export function createEmbeddedClassifier(weights: RouterWeights = shipped()): EmbeddedClassifier {
  const model = linearModel(weights);
  return {
    name: "embedded",
    classify(request) {
      const features = extractFeatures(request);
      const { label, probabilities, task, contributions } = runLinear(model, features);
      const confidence = probabilities[LABELS.indexOf(label)] as number;
      return { label, task, confidence, probabilities, reasons: reasonsOf(contributions, features, task) };
    },
    explain(request) {
      const features = extractFeatures(request);
      const { contributions, task } = runLinear(model, features);
      return allReasons(contributions, features, task);
    },
    contributions: (request) => runLinear(model, extractFeatures(request)).contributions,
  };
}

/** The weights of the package. Throws when its files are not of one training. */
export function shipped(): RouterWeights {
  return {
    label: joinHead("label", label, readNgrams("label")),
    task: joinHead("task", task, readNgrams("task")),
    general: joinHead("general", general, readNgrams("general")),
  };
}
