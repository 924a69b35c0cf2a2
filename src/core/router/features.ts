/**
 * EditorRequest → named numbers. The instruction is read apart from what is attached or pasted, so that a long paste
 * is not taken for a hard question. All reading is capped: cost does not grow with the size of the request.
 */
import type { Command, EditorRequest, Surface, Task } from "../request.ts";
import { COMMANDS } from "../request.ts";
import { CODE_WORDS, DIAGNOSTIC_WORDS } from "./codeLexicon.ts";
import type { Facts } from "./facts.ts";
import { factsOf, familiarityOf, matcherOf, openTasks } from "./facts.ts";
import type { Lean } from "./lexicon.ts";
import { PROMPT_WORDS } from "./lexicon.ts";
import type { GroupMatch } from "./matcher.ts";
import { fold } from "./matcher.ts";
import type { NgramBlock } from "./ngrams.ts";
import { ngramsOf } from "./ngrams.ts";
import type { Facet } from "./pairs.ts";
import { pairsOf } from "./pairs.ts";
import { splitNames } from "./reading.ts";

/** Characters of the code and of the diagnostics whose words are read. */
const CODE_READ = 2400;
const DIAGNOSTICS_READ = 1000;

/** A number that says nothing: the size of code that is not there is not the size of short code. */
const UNKNOWN = Number.NaN;

/** Longer code than any that was trained on is read as that long: weights say nothing of what lies beyond. */
const MOST_LINES = 120;

/** Thanks and greetings of at most so many words ask for nothing else. */
const SMALL_TALK_WORDS = 4;

/** Counts on a log scale, so that twice as much is one step; centred by training. */
export const NUMERIC_FEATURES = [
  "requirements",
  "quantities",
  "questions",
  "sentences",
  "namesAsked",
  "pastedLines",
  "codeLines",
  "nesting",
  "longestLine",
  "branches",
  "codeNames",
  "attachedFiles",
  "attachedChars",
  "diagnostics",
  "symbolReferences",
  "symbolFiles",
  "historyTurns",
  "localContext",
] as const;

/** Yes or no. `explainAlone`: the command with no text; `explainAsked`: with some. */
const FLAG_FEATURES = [
  "symbolKnown",
  "oneSymbol",
  "groundedSymbol",
  "smallTalk",
  "wideRefactor",
  "hasTrace",
  "codeAction",
  "todoAction",
  "classifiesTodo",
  "noCommand",
  ...COMMANDS.flatMap((command) => [`${command}Alone`, `${command}Asked`] as const),
] as const;

export type ShapeFeature = (typeof NUMERIC_FEATURES)[number] | (typeof FLAG_FEATURES)[number];
type Shape = Record<Exclude<ShapeFeature, WordsToo>, number | boolean>;
/** Flags that the words of the code have a say in. */
type WordsToo = "classifiesTodo" | "oneSymbol" | "groundedSymbol";

/** What some of the flags are expected to mean, as `lean` says it of words: the examples that define EASY and HARD. */
export const FLAG_LEANS: Readonly<Partial<Record<string, Lean>>> = {
  oneSymbol: [3.6, 0.2, -2],
  groundedSymbol: [2.6, 0, -1.6],
  smallTalk: [3, -1, -2],
  wideRefactor: [-4, -0.4, 4.4],
  classifiesTodo: [2.5, -1, -1.5],
};

/** The tasks that flags name, as groups of words do. */
export const FLAG_TASKS: Readonly<Partial<Record<string, Task>>> = {
  smallTalk: "chat",
  wideRefactor: "refactor",
};

/** Groups of words, by name. */
export const WORD_GROUPS = { ...PROMPT_WORDS, ...CODE_WORDS, ...DIAGNOSTIC_WORDS };

/** All features, in the order of the vectors. */
export const FEATURES: readonly string[] = [
  ...NUMERIC_FEATURES,
  ...FLAG_FEATURES,
  ...Object.keys(WORD_GROUPS),
];
const INDEX = new Map(FEATURES.map((name, index) => [name, index]));

/** What was read of one request. */
export interface RequestFeatures {
  /** By the order of `FEATURES`; NaN where there is nothing to count. */
  values: Float64Array;
  /** 0 to 1: how far the values can be trusted to say something; undefined: as far as the head knows the words. */
  familiarity: number | undefined;
  /** Tasks that the request leaves open. */
  tasks: readonly Task[];
  facts: Facts;
  /** Words found, by group. */
  words: Map<string, GroupMatch>;
  /** The wording, hashed. */
  ngrams: NgramBlock[];
}

/** Code about these is hard to explain however short it is. */
const DEEP_CODE = ["codeConcurrency", "codeSecurity", "codeMemory", "codeDeepTypes"] as const;

const matchCode = matcherOf(CODE_WORDS);
const matchDiagnostics = matcherOf(DIAGNOSTIC_WORDS);

/** Reads a request. Never throws, whatever the texts hold. */
export function extractFeatures(request: EditorRequest): RequestFeatures {
  const facts = factsOf(request);
  const code = fold(splitNames(request.code.slice(0, CODE_READ)));
  const diagnostics = fold(request.diagnostics.slice(0, 20).join("\n").slice(0, DIAGNOSTICS_READ));
  const words = new Map([...facts.asksFor, ...matchCode(code), ...matchDiagnostics(diagnostics)]);
  const tasks = openTasks(request, facts);
  const values = new Float64Array(FEATURES.length);
  const set = (name: string, value: number) => (values[INDEX.get(name) as number] = value);
  const classifiesTodo = facts.command === "todo" && tasks.length === 1;
  const oneSymbol = facts.oneSymbol && !DEEP_CODE.some((group) => words.has(group));
  for (const [name, value] of Object.entries({
    ...shapeOf(request, facts),
    classifiesTodo,
    oneSymbol,
    // What the language server tells of it goes into the prompt: a small model only has to put it into words.
    groundedSymbol: oneSymbol && facts.references !== undefined,
  }))
    set(name, Number(value));
  for (const [group, { count }] of words) {
    // What is asked for once is asked for; of code, one word may be chance.
    set(group, facts.asksFor.has(group) ? 1 : Math.min(log(count), 2) / 2);
  }
  const ngrams = ngramsOf({
    instruction: facts.asked,
    code,
    diagnostics,
    setting: settingOf(request, facts, tasks),
    command: request.command ?? "",
  });
  if (!facts.bare) ngrams.push(pairsOf(facetsOf(values)));
  return { values, familiarity: familiarityOf(facts), tasks, facts, words, ngrams };
}

/** Where even nothing says something: there is no code, or no symbol. */
const TOLD_WHEN_MISSING: ReadonlySet<string> = new Set(["codeLines", "symbolReferences"]);

/** What there is to be combined: each feature that is there, counts by their power of two. */
function facetsOf(values: Float64Array): Facet[] {
  const facets: Facet[] = [];
  for (const [i, value] of values.entries()) {
    const feature = FEATURES[i] as string;
    if (Number.isNaN(value)) {
      if (TOLD_WHEN_MISSING.has(feature)) facets.push({ feature, value: -1 });
    } else if (i < NUMERIC_FEATURES.length) {
      facets.push({ feature, value: Math.floor(value) });
    } else if (value > 0 && !(feature in FLAG_LEANS)) {
      // What a flag means by definition is not for its pairs to take back.
      facets.push({ feature, value: 0 });
    }
  }
  return facets;
}

const SURFACE_WORDS: Record<Surface, string> = {
  chat: "in chat",
  command: "by a command",
  codeAction: "by a code action",
  modelPicker: "in the model picker",
};

/** What surrounds the request, each fact together with the command: 40 lines to explain are not 40 lines to fix. */
function settingOf(
  { languageId, surface, attachments }: EditorRequest,
  facts: Facts,
  tasks: readonly Task[],
): string[] {
  const command =
    facts.command === "todo" && tasks.length === 1 ? "classify" : (facts.command ?? "a question");
  const kind = facts.promptWords > 0 || facts.command === null ? command : `${command} alone`;
  const of = (count: number) => (count > 0 ? String(2 ** Math.floor(Math.log2(count))) : "no");
  return [
    languageId,
    `${command} in ${languageId}`,
    `${kind} ${SURFACE_WORDS[surface]}`,
    `${kind} on ${of(linesRead(facts))} lines`,
    `${command} with ${of(facts.diagnostics)} errors`,
    `${command} with ${facts.references === undefined ? "unknown" : of(facts.references)} uses`,
    `${command} with ${of(attachments.length)} files`,
  ];
}

function shapeOf(request: EditorRequest, facts: Facts): Shape {
  const { command, asksFor } = facts;
  const hasCode = facts.codeLines > 0;
  const isAction = request.surface === "codeAction";
  return {
    requirements: log(facts.requirements),
    quantities: log(facts.quantities),
    questions: log(facts.questions),
    sentences: log(facts.sentences),
    namesAsked: log(facts.namesAsked),
    pastedLines: log(facts.pastedLines),
    codeLines: hasCode ? log(linesRead(facts)) : UNKNOWN,
    nesting: hasCode ? log(facts.nesting) : UNKNOWN,
    longestLine: hasCode ? log(facts.longestLine / 20) : UNKNOWN,
    branches: hasCode ? log(facts.branches) : UNKNOWN,
    codeNames: hasCode ? log(facts.codeNames) : UNKNOWN,
    attachedFiles: log(facts.attachedFiles),
    attachedChars: log(facts.attachedChars / 500),
    diagnostics: log(facts.diagnostics),
    symbolReferences: facts.references === undefined ? UNKNOWN : log(facts.references) / 2,
    symbolFiles: facts.references === undefined ? UNKNOWN : log(facts.referenceFiles) / 2,
    historyTurns: log(facts.historyTurns),
    localContext: facts.localContext,
    symbolKnown: facts.references !== undefined,
    smallTalk: command === null && facts.promptWords <= SMALL_TALK_WORDS && asksFor.has("chitChat"),
    wideRefactor: asksFor.has("scopeMany") && (command === "refactor" || asksFor.has("askRefactor")),
    hasTrace: facts.hasTrace,
    codeAction: isAction && command !== "todo",
    todoAction: isAction && command === "todo",
    noCommand: command === null,
    ...commandFlags(facts),
  };
}

function linesRead({ codeLines }: Facts): number {
  return Math.min(codeLines, MOST_LINES);
}

type CommandFlag = `${Command}${"Alone" | "Asked"}`;

const NO_COMMAND_FLAGS = Object.fromEntries(
  COMMANDS.flatMap((name) => [
    [`${name}Alone`, false],
    [`${name}Asked`, false],
  ]),
) as Record<CommandFlag, boolean>;

function commandFlags({ command, promptWords }: Facts): Record<CommandFlag, boolean> {
  if (command === null) return NO_COMMAND_FLAGS;
  return { ...NO_COMMAND_FLAGS, [`${command}${promptWords === 0 ? "Alone" : "Asked"}`]: true };
}

function log(count: number): number {
  return Math.log2(1 + Math.max(0, count));
}
