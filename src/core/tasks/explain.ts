/** Explains a symbol in a few sentences from what the language server knows of it: no model is asked. */
import type { CodeLocation, NamedLocation, SymbolFacts } from "../request.ts";

/** How many names are listed before "and 3 more". */
const LIST_MAX = 5;

/** The explanation, Markdown. Every sentence rests on a fact in `facts`; what is not known is not mentioned. */
export function explainSymbol(facts: SymbolFacts): string {
  const paragraphs = [
    opening(facts),
    facts.signature ? fence(facts.signature, facts.languageId) : "",
    documentation(facts.documentation),
    membersSentence(facts),
    [usage(facts), calls(facts)].filter(Boolean).join(" "),
    relatedTypes(facts.relatedTypes),
  ];
  return `${paragraphs.filter(Boolean).join("\n\n")}\n`;
}

function opening(facts: SymbolFacts): string {
  const where = facts.definition ? `, defined at ${link(facts.definition)}` : "";
  const inside = facts.container ? ` of \`${facts.container}\`` : "";
  return `**\`${facts.name}\`** is ${article(facts.kind)} ${facts.kind}${inside}${where}.`;
}

/** The doc comment as the language server gives it; its tags become a list that reads well. */
function documentation(text: string): string {
  return text
    .trim()
    .replace(/^\s*\*@(\w+)\*\s*/gm, (_, tag: string) => `- **${tag}** `)
    .replace(/\n{3,}/g, "\n\n");
}

function membersSentence(facts: SymbolFacts): string {
  if (facts.members.length === 0) return "";
  const names = facts.members.map((member) => `\`${member}\``);
  return `Its ${names.length === 1 ? "member is" : `${names.length} members are`} ${sentenceList(names)}.`;
}

function usage(facts: SymbolFacts): string {
  if (facts.referenceCount === 0) return "Nothing else in the workspace uses it.";
  const byFile = new Map<string, CodeLocation[]>();
  for (const reference of facts.references) {
    byFile.set(reference.path, [...(byFile.get(reference.path) ?? []), reference]);
  }
  const files = [...byFile.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((places) => {
      const first = places[0] as CodeLocation;
      const times = places.length > 1 ? ` (${places.length}×)` : "";
      return `${link(first, fileName(first.path))}${times}`;
    });
  const where = facts.referenceFiles > 1 ? ` across ${facts.referenceFiles} files` : "";
  return `It is used ${facts.referenceCount === 1 ? "once" : `${facts.referenceCount} times`}${where}: ${sentenceList(files)}.`;
}

function calls(facts: SymbolFacts): string {
  const callers = facts.callers.map(named);
  const sentences: string[] = [];
  if (callers.length > 0)
    sentences.push(`${sentenceList(callers)} ${callers.length === 1 ? "calls" : "call"} it.`);
  if (facts.callees.length > 0) sentences.push(`It calls ${sentenceList(facts.callees.map(named))}.`);
  return sentences.join(" ");
}

function relatedTypes(types: NamedLocation[]): string {
  return types.length === 0 ? "" : `Related types: ${sentenceList(types.map(named))}.`;
}

function named({ name, location }: NamedLocation): string {
  return location ? `[\`${name}\`](${target(location)})` : `\`${name}\``;
}

function link(location: CodeLocation, label = `${location.path}:${location.line}`): string {
  return `[${label}](${target(location)})`;
}

/** A link target that VS Code opens at the line. */
function target({ uri, line }: CodeLocation): string {
  return `${uri.replaceAll("(", "%28").replaceAll(")", "%29")}#L${line}`;
}

function fence(text: string, languageId: string): string {
  const ticks = text.includes("```") ? "````" : "```";
  return `${ticks}${languageId}\n${text}\n${ticks}`;
}

function sentenceList(items: string[]): string {
  const shown = items.slice(0, LIST_MAX);
  const rest = items.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? "an" : "a";
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
