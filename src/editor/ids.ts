/** The names that package.json and the code must agree on; a test holds the two together. */

/** Commands, by the name below `hybrid.`. */
export const COMMAND_IDS = {
  explainSymbol: "hybrid.explainSymbol",
  classifyTodo: "hybrid.classifyTodo",
  refactor: "hybrid.refactor",
  fix: "hybrid.fix",
  writeTests: "hybrid.writeTests",
  document: "hybrid.document",
  ask: "hybrid.ask",
  applyEdit: "hybrid.applyEdit",
  discardEdit: "hybrid.discardEdit",
  setApiKey: "hybrid.setApiKey",
  removeApiKey: "hybrid.removeApiKey",
  showMenu: "hybrid.showMenu",
  showRequests: "hybrid.showRequests",
  checkModels: "hybrid.checkModels",
  showEgress: "hybrid.showEgress",
  outageDrill: "hybrid.outageDrill",
  showOutput: "hybrid.showOutput",
  stop: "hybrid.stop",
  retry: "hybrid.retry",
  reviewEdit: "hybrid.reviewEdit",
  checkRoutes: "hybrid.checkRoutes",
  whyTier: "hybrid.whyTier",
  fitThreshold: "hybrid.fitThreshold",
  labelRequests: "hybrid.labelRequests",
  forgetLearning: "hybrid.forgetLearning",
  learningReport: "hybrid.learningReport",
  rateHelpful: "hybrid.rateHelpful",
  rateUnhelpful: "hybrid.rateUnhelpful",
} as const;

export const PARTICIPANT_ID = "hybrid-router.hybrid";
export const VENDOR = "hybrid";
/** The scheme of documents that show a proposed edit. */
export const EDIT_SCHEME = "hybrid-edit";
/** The scheme of documents that show an answer outside the chat view. */
export const ANSWER_SCHEME = "hybrid-answer";

/** Context keys for `when` clauses. */
export const CONTEXT_KEYS = { running: "hybrid.running", editProposed: "hybrid.editProposed" } as const;
