/** Puts the embedded router's contributions into words a person understands at a glance. */
import type { Reason, Task } from "../request.ts";
import type { Facts } from "./facts.ts";
import type { RequestFeatures, ShapeFeature } from "./features.ts";
import { WORD_GROUPS } from "./features.ts";
import type { Contribution } from "./linear.ts";

/** Reasons that are shown and logged. */
const REASONS_SHOWN = 3;
/** A reason that weighs less than this part of the strongest is not worth reading. */
const LEAST_SHARE = 0.15;

/**
 * The strongest reasons for the label, each with its exact share of the log-odds. Contributions that say the same
 * (uses of a symbol, files it stands in) are one reason, their sum. Never empty.
 */
export function reasonsOf(
  contributions: readonly Contribution[],
  features: RequestFeatures,
  task: Task,
): Reason[] {
  const ranked = allReasons(contributions, features, task);
  const least = Math.max(0.05, LEAST_SHARE * (ranked[0]?.weight ?? 0));
  const speaking = ranked.filter(({ weight, text }) => weight >= least && text !== USUAL);
  const shown = (speaking.length > 0 ? speaking : ranked).slice(0, REASONS_SHOWN);
  const unfamiliar = ranked.find(({ text }) => text === UNFAMILIAR);
  if (!unfamiliar || shown.includes(unfamiliar)) return shown;
  // However little it weighs, the user must know that this is more of a guess than others.
  return [...shown.slice(0, REASONS_SHOWN - 1), unfamiliar];
}

/** Every contribution in words, those that say the same as one, strongest first. Their sum is the log-odds. */
export function allReasons(
  contributions: readonly Contribution[],
  features: RequestFeatures,
  task: Task,
): Reason[] {
  const byText = new Map<string, number>();
  for (const { feature, weight, words } of contributions) {
    const text = phraseOf(feature, features, task, words);
    byText.set(text, (byText.get(text) ?? 0) + weight);
  }
  return [...byText].map(([text, weight]) => ({ text, weight })).toSorted((a, b) => b.weight - a.weight);
}

/** What is said as one when all of it is there. */
const WIDE_REFACTOR: ReadonlySet<string> = new Set(["wideRefactor", "scopeMany", "askRefactor"]);

const UNFAMILIAR = "unfamiliar request";
/** True of every request, and so no reason while there is another. */
const USUAL = "the usual case";

function phraseOf(
  feature: string,
  { facts, words }: RequestFeatures,
  task: Task,
  named: readonly string[] = [],
): string {
  const quoted = named.map((word) => `“${word}”`).join(", ");
  if (feature === "wording") return quoted ? `the wording: ${quoted}` : "the wording";
  if (feature === "code") return quoted ? `the code: ${quoted}` : "the code";
  if (feature === "setting") return named.length > 0 ? named.join(", ") : "where it is asked";
  if (feature === "diagnostics" && named.length > 0) return `the diagnostics: ${quoted}`;
  const group = WORD_GROUPS[feature];
  const isWideRefactor = words.has("scopeMany") && (task === "refactor" || feature === "wideRefactor");
  if (isWideRefactor && WIDE_REFACTOR.has(feature)) return "asks for a refactor across files";
  if (group) return group.says.replace("{}", words.get(feature)?.word ?? "");
  if (feature === "prior") return USUAL;
  if (feature === "unfamiliar") return UNFAMILIAR;
  if (feature === "inherited") return `goes on from an answer of the ${facts.inherited} tier`;
  return shapePhrase(feature as ShapeFeature, facts);
}

function shapePhrase(feature: ShapeFeature, facts: Facts): string {
  switch (feature) {
    case "requirements":
      return facts.requirements <= 2 ? "one plain wish" : "many wishes at once";
    case "quantities":
      return facts.quantities === 0 ? "no amounts or limits named" : "amounts and limits named";
    case "questions":
      return facts.questions === 0 ? "no question" : "a question";
    case "sentences":
      return facts.sentences <= 1 ? "said in one sentence" : "said in several sentences";
    case "namesAsked":
      return facts.namesAsked === 0 ? "names no code" : "names code";
    case "pastedLines":
      return facts.pastedLines === 0 ? "nothing pasted" : "pasted output";
    case "hasTrace":
      return "a stack trace or an exception";
    case "codeLines":
    case "nesting":
    case "longestLine":
    case "branches":
    case "codeNames":
      return codePhrase(facts);
    case "attachedFiles":
    case "attachedChars":
      return facts.attachedFiles === 0
        ? "no other files attached"
        : count(facts.attachedFiles, "file") + " attached";
    case "historyTurns":
      return facts.historyTurns === 0 ? "the first of its chat" : "late in its chat";
    case "localContext":
      return facts.localContext < 1 ? "fits a local context" : "more than a local context holds";
    case "diagnostics":
      return facts.diagnostics === 0
        ? "no errors"
        : count(facts.diagnostics, "error or warning", "errors and warnings");
    case "symbolKnown":
    case "symbolReferences":
    case "symbolFiles":
      return facts.references === undefined
        ? "no symbol under the cursor"
        : `one symbol, ${count(facts.references, "use")} in ${count(facts.referenceFiles, "file")}`;
    case "oneSymbol":
    case "groundedSymbol":
      return facts.references === undefined ? "about one thing" : shapePhrase("symbolKnown", facts);
    case "smallTalk":
      return "small talk";
    case "codeAction":
    case "todoAction":
      return "a quick fix from the editor";
    case "classifiesTodo":
      return "one comment to classify";
    case "noCommand":
      return "typed in chat";
    default:
      return `the command ${facts.command}${feature.endsWith("Asked") ? ", with a wish" : ""}`;
  }
}

function codePhrase({ codeLines, branches }: Facts): string {
  if (codeLines === 0) return "no code attached";
  if (codeLines <= 12) return `short snippet (${count(codeLines, "line")})`;
  return `${codeLines} lines of code, ${count(branches, "branch", "branches")}`;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
