/**
 * The types that travel: what the user asked (`EditorRequest`), what the router made of it (`RouteDecision`),
 * what will be tried (`Plan`). Plain data only, so that every one of them can be logged and tested as it is.
 */

/** What kind of work a request is. */
export const TASKS = [
  "explain",
  "classify",
  "edit",
  "refactor",
  "debug",
  "tests",
  "docs",
  "review",
  "generate",
  "design",
  "question",
  "chat",
] as const;
export type Task = (typeof TASKS)[number];

/** The router's classification: the cheapest tier that very probably gives an accepted answer. */
export const LABELS = ["EASY", "MEDIUM", "HARD"] as const;
export type Label = (typeof LABELS)[number];

/** Where a request may be answered, cheapest first. */
export const TIERS = ["local", "mid", "flagship"] as const;
export type Tier = (typeof TIERS)[number];

/** The slash and right-click commands. */
export const COMMANDS = ["explain", "todo", "refactor", "fix", "tests", "doc", "review"] as const;
export type Command = (typeof COMMANDS)[number];

/** Commands whose answer replaces code in the file. */
export const EDIT_COMMANDS: ReadonlySet<Command> = new Set(["refactor", "fix", "doc"]);

/** The door a request came in by. */
export type Surface = "chat" | "command" | "codeAction" | "modelPicker";

/** One place in a file. Lines and columns count from 1, as a person reads them. */
export interface CodeLocation {
  /** Path as shown to the user, relative to its workspace folder where it has one. */
  path: string;
  /** The document's URI, for links. */
  uri: string;
  line: number;
  column: number;
  /** The line's text, trimmed, where it is known. */
  text?: string;
}

/** What the language server knows of the symbol under the cursor. Everything but the name may be missing. */
export interface SymbolFacts {
  name: string;
  /** "function", "class", "method" … in the words of the language server. */
  kind: string;
  languageId: string;
  /** The signature from the hover, without its code fence. */
  signature: string;
  /** The doc comment from the hover, Markdown. */
  documentation: string;
  definition?: CodeLocation;
  /** The symbol it sits in: the class of a method, the function of a local. */
  container?: string;
  /** The symbol's source, capped by the gatherer. */
  source: string;
  /** Uses, the definition left out. */
  references: CodeLocation[];
  /** How many there are in all; `references` may hold fewer. */
  referenceCount: number;
  /** In how many files they stand. */
  referenceFiles: number;
  /** Names of functions that call it, from the call hierarchy. */
  callers: NamedLocation[];
  /** Names of functions that it calls. */
  callees: NamedLocation[];
  /** Types named in its signature and where they are defined. */
  relatedTypes: NamedLocation[];
  /** Fields and methods of a class, interface or enum. */
  members: string[];
}

export interface NamedLocation {
  name: string;
  location?: CodeLocation;
}

/** A file or a selection that goes along with the request. */
export interface Attachment {
  path: string;
  uri: string;
  languageId: string;
  text: string;
  /** First line of `text` in the file, from 1; missing for a whole file. */
  startLine?: number;
}

/** An earlier message of the same chat. */
export interface Turn {
  role: "user" | "assistant";
  text: string;
  /** The tier that answered; on the assistant's turns that Hybrid gave. */
  tier?: Tier;
  /** True when it was about files that may not leave the machine: neither may what is said of them. */
  localOnly?: boolean;
}

/** What the user asked, with its editor context. */
export interface EditorRequest {
  /** Unique; one request has one id however many attempts it takes. */
  id: string;
  /** One chat, or one command run. */
  sessionId: string;
  surface: Surface;
  command: Command | null;
  /** What the user typed; empty for a pure right-click. */
  prompt: string;
  languageId: string;
  /** The selected code, or the code under the cursor that the command works on. */
  code: string;
  /** The line of `code` that the cursor is on, from 0; missing where there is no cursor. */
  cursorLine?: number;
  /** First line of `code` in its file, from 1; missing where it is in none. */
  codeLine?: number;
  /** Path of the active file as shown to the user; missing without one. */
  path?: string;
  /** Lines of the active file. */
  fileLines: number;
  attachments: Attachment[];
  /** Messages of errors and warnings in range. */
  diagnostics: string[];
  /** The symbol under the cursor, where the editor knows it. */
  symbol?: SymbolFacts;
  history: Turn[];
  /** Set when the user overruled the router: "Try a stronger model", "Try locally", a model of the picker. */
  override?: { tier: Tier; reason: string };
  /** The request that this one repeats on another tier. */
  retryOf?: string;
  /** Folder name of the workspace, for statistics by project. */
  project?: string;
}

/** One reason for a decision. Weight > 0 speaks for the label chosen, in log-odds; 0 for a rule. */
export interface Reason {
  text: string;
  weight: number;
}

/** What a router made of a request. */
export interface RouteDecision {
  label: Label;
  task: Task;
  /** After escalation. */
  tier: Tier;
  /** Probability that the label is right, 0 to 1. */
  confidence: number;
  /** Of EASY, MEDIUM and HARD; they sum to 1. */
  probabilities: LabelProbabilities;
  /** The same before what was learned from the user was applied; missing when nothing was. */
  uncorrected?: LabelProbabilities;
  reasons: Reason[];
  /** Which router made it: "embedded", "ollama", "rule", "user", … */
  router: string;
  /** The tier that the label alone would have given, when doubt or the chat's earlier turns took it higher. */
  escalatedFrom?: Tier;
  /** The tier is that of the chat's earlier turns, and higher than this request alone would have taken. */
  heldBySession?: boolean;
  /** The one model that a rule of the user's names, tried before those of the tier. */
  model?: ModelId;
  /** The question to a local model that this took; missing where none was asked. */
  asked?: RoutingCall;
}

/** One question of the router to a local model. */
export interface RoutingCall {
  model: ModelId;
  /** Milliseconds since the epoch. */
  startedAt: number;
  totalMs: number;
  /** Tokens, as the server reported them. */
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  /** Why its answer was of no use; undefined when it was. */
  problem?: string;
}

/** Probabilities in the order of `LABELS`. */
export type LabelProbabilities = readonly [easy: number, medium: number, hard: number];

/** `provider/model-name`; the name may itself hold slashes, as OpenRouter's do. */
export type ModelId = `${string}/${string}`;

/** One model of the plan. */
export interface PlanStep {
  tier: Tier;
  model: ModelId;
  /** True when the tier is lower than the decision asks for: an answer to be read with care. */
  degraded: boolean;
}

/** Why a request stays on this machine. */
export interface Stays {
  /** Part of a sentence: "src/vault/key.ts is local-only (vault/**)". */
  reason: string;
  /** True for a guarded file, which nothing can overrule; false for what the user chose for this request. */
  localOnly: boolean;
}

/** The models to try, in order, and what was left out with its reason. */
export interface Plan {
  steps: PlanStep[];
  /** Set when only models of this machine may be tried. */
  stays?: Stays;
  /** "openai/gpt-4o: no API key" … shown when nothing is left, and in the log. */
  skipped: { model: ModelId; tier: Tier; reason: string }[];
}

/** The tier that a label asks for. */
export function tierOf(label: Label): Tier {
  return TIERS[LABELS.indexOf(label)] as Tier;
}

/** The next tier up; the top tier stays. */
export function tierAbove(tier: Tier): Tier {
  return TIERS[Math.min(TIERS.indexOf(tier) + 1, TIERS.length - 1)] as Tier;
}

/** Probability that a request needs no more than `tier`: that its label is that tier's or a lower one's. */
export function sufficiency(probabilities: LabelProbabilities, tier: Tier): number {
  return probabilities.slice(0, TIERS.indexOf(tier) + 1).reduce((sum, value) => sum + value, 0);
}

/** Splits `provider/model-name` at the first slash. Throws TypeError on a name without one. */
export function splitModelId(id: string): { provider: string; name: string } {
  const slash = id.indexOf("/");
  if (slash <= 0 || slash === id.length - 1) {
    throw new TypeError(`"${id}" is not a model: write it as provider/model-name`);
  }
  return { provider: id.slice(0, slash), name: id.slice(slash + 1) };
}
