/** EditorRequest → messages for a model: one short system text a command, the editor's context, the history. */
import type { Message } from "../providers/provider.ts";
import type { Attachment, Command, EditorRequest, SymbolFacts } from "../request.ts";
import { EDIT_COMMANDS } from "../request.ts";
import { classify, todoOf } from "./todo.ts";

const BASE =
  "You are Hybrid, a programming assistant inside the user's editor. Be correct and brief. Answer in the language " +
  "the user writes in. Use Markdown; put code into fenced blocks. If something needed is missing, say what.";

const EDIT_RULES =
  "Answer with exactly one fenced code block that holds the complete replacement for the code given under “Code to " +
  "change”, from its first line to its last, with the same indentation and nothing left out. Before the block, say in " +
  "one or two sentences what you changed and why. Nothing after the block.";

const INSTRUCTIONS: Record<Command, string> = {
  explain:
    "Explain the symbol or code in at most three short paragraphs: what it does, what goes in and comes out, and what " +
    "a caller must know. The facts under “From the language server” are true: rely on them, do not repeat them as a list.",
  todo:
    "Classify the TODO comment. First line: category and priority in bold. Then one or two sentences that say why. " +
    "The built-in classifier's opinion is given; correct it where the code shows it wrong.",
  refactor: `Refactor the code as asked without changing what it does. ${EDIT_RULES}`,
  fix: `Fix the problems named. Change as little as possible. ${EDIT_RULES}`,
  tests:
    "Write tests for the code in the test framework that the project seems to use. Answer with exactly one fenced code " +
    "block that holds one complete test file, imports included. Before it, one sentence on what is covered.",
  doc: `Write or complete the doc comment in the language's usual format, and change nothing else. ${EDIT_RULES}`,
  review:
    "Review the code. List real problems only, the worst first: what is wrong, where, what happens, how to mend it. " +
    "If there is none, say so in one sentence.",
};

/** Uses of a symbol that go along. */
export const REFERENCES_SENT = 5;

/** Turns of history that go along; older ones are left out. */
const HISTORY_MAX = 12;

/** The conversation for a model. */
export async function buildMessages(request: EditorRequest): Promise<Message[]> {
  const instruction = request.command ? INSTRUCTIONS[request.command] : "";
  return [
    { role: "system", text: [BASE, instruction].filter(Boolean).join("\n\n") },
    ...request.history.slice(-HISTORY_MAX).map(({ role, text }): Message => ({ role, text })),
    { role: "user", text: await userText(request) },
  ];
}

async function userText(request: EditorRequest): Promise<string> {
  const sections = [
    ...request.attachments.map(attachmentSection),
    request.symbol ? symbolSection(request.symbol) : "",
    request.diagnostics.length > 0
      ? section("Problems reported by the editor", request.diagnostics.map((text) => `- ${text}`).join("\n"))
      : "",
    request.command === "todo" ? await todoSection(request) : "",
    request.code ? codeSection(request) : "",
    request.prompt || defaultPrompt(request),
  ];
  return sections.filter(Boolean).join("\n\n");
}

function attachmentSection({ path, text, languageId, startLine }: Attachment): string {
  return section(startLine ? `${path}, from line ${startLine}` : path, fence(text, languageId));
}

function codeSection(request: EditorRequest): string {
  const title = request.command && EDIT_COMMANDS.has(request.command) ? "Code to change" : "Code";
  return section(
    request.path ? `${title} (${request.path})` : title,
    fence(request.code, request.languageId),
  );
}

function symbolSection(facts: SymbolFacts): string {
  const lines = [
    `${facts.kind} ${facts.name}${facts.container ? ` in ${facts.container}` : ""}`,
    facts.signature ? fence(facts.signature, facts.languageId) : "",
    facts.documentation,
    facts.definition ? `Defined at ${facts.definition.path}:${facts.definition.line}` : "",
    `Used ${facts.referenceCount} times in ${facts.referenceFiles} files` +
      (facts.references.length > 0
        ? `, for example: ${facts.references
            .slice(0, REFERENCES_SENT)
            .map((use) => `${use.path}:${use.line} \`${use.text ?? ""}\``)
            .join("; ")}`
        : ""),
    facts.callees.length > 0 ? `Calls ${facts.callees.map(({ name }) => name).join(", ")}` : "",
    facts.source ? fence(facts.source, facts.languageId) : "",
  ];
  return section("From the language server", lines.filter(Boolean).join("\n"));
}

async function todoSection(request: EditorRequest): Promise<string> {
  const todo = todoOf(request);
  if (!todo) return "";
  const { category, priority, why } = await classify(todo);
  return section("Built-in classifier", `${todo.comment}\n→ ${category}, ${priority} priority: ${why}`);
}

function defaultPrompt({ command, symbol }: EditorRequest): string {
  const what = symbol ? `\`${symbol.name}\`` : "the code above";
  switch (command) {
    case "explain":
      return `Explain ${what}.`;
    case "todo":
      return "Classify this TODO comment.";
    case "refactor":
      return "Refactor the code above so that it reads better.";
    case "fix":
      return "Fix the code above.";
    case "tests":
      return `Write tests for ${what}.`;
    case "doc":
      return `Document ${what}.`;
    case "review":
      return "Review the code above.";
    default:
      return "";
  }
}

function section(title: string, body: string): string {
  return `## ${title}\n${body}`;
}

/** A fence longer than any run of backticks inside, so that no text can close it. */
function fence(text: string, languageId: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${languageId}\n${text}\n${ticks}`;
}
