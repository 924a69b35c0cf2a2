/** What decides under one set of settings: the classifier with what was learned from the user, rules, budget, evidence. */
import type { BudgetState } from "./budget/budget.ts";
import { drain, withDrain } from "./budget/drain.ts";
import { withCorrection } from "./learning/correction.ts";
import type { Learner } from "./learning/learner.ts";
import { bySuccess } from "./planner/success.ts";
import type { Sent } from "./providers/provider.ts";
import type { Fetch } from "./providers/transport.ts";
import type { EditorRequest, RouteDecision, Tier } from "./request.ts";
import { createClassifier } from "./router/classifiers.ts";
import { createEmbeddedClassifier } from "./router/embedded.ts";
import type { Classifier } from "./router/router.ts";
import { route } from "./router/router.ts";
import { compileRules } from "./router/ruleMatcher.ts";
import type { RoutingRule } from "./router/rules.ts";
import type { Settings } from "./settings.ts";
import { modelsOf } from "./settings.ts";

export interface RoutingDeps {
  settings: Settings;
  learner: Learner;
  budget: () => BudgetState;
  /** Told of each request to the router's own model. */
  onSent: (sent: Sent) => void;
  /** For the router's own model. */
  fetch: Fetch;
}

export class Routing {
  readonly #deps: RoutingDeps;
  readonly #classifier: Classifier;
  readonly #rules: readonly RoutingRule[];

  /** Learns from the log as it is now; make a new one when labels were given. */
  constructor(deps: RoutingDeps) {
    const { settings, learner, onSent, fetch } = deps;
    this.#deps = deps;
    const { correction } = learner.learned(true).report;
    const shipped = createEmbeddedClassifier();
    const embedded = correction ? withCorrection(shipped, correction) : shipped;
    const examples = (request: EditorRequest, count: number) => learner.examples(request, count);
    this.#classifier = createClassifier(settings, { embedded, examples, onSent, fetch });
    this.#rules = compileRules(settings["routing.rules"]);
  }

  /** Routes a request. Never throws. */
  async decide(request: EditorRequest, signal: AbortSignal): Promise<RouteDecision> {
    const { settings, learner, budget } = this.#deps;
    const threshold = settings["routing.confidenceThreshold"];
    const { tightest } = budget();
    const asked = Math.max(0, threshold - drain(tightest?.used ?? 0));
    const policy = {
      confidenceThreshold: asked,
      rules: this.#rules,
      sessionsOnlyEscalate: settings["routing.sessionsOnlyEscalate"],
    };
    const decision = await route(request, this.#classifier, policy, signal);
    const modelOf = (tier: Tier) => modelsOf(settings, tier)[0];
    const chosen = bySuccess(decision, modelOf, learner.learned().success, asked);
    return tightest ? withDrain(chosen, asked, threshold, tightest) : chosen;
  }
}
