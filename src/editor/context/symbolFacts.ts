/** What the language server knows of one symbol, gathered into `SymbolFacts`. */
import * as vscode from "vscode";
import type { CodeLocation, NamedLocation, SymbolFacts } from "../../core/request.ts";
import * as server from "./languageServer.ts";

/** How long a language server that is still loading is asked again, ms. */
const COLD_LIMIT_MS = 20_000;
const ASK_AGAIN_MS = 300;
/** A server just woken may still answer with nothing for so long, ms. */
const SETTLE_MS = 1_500;
const SOURCE_MAX_CHARS = 6_000;
const REFERENCES_KEPT = 200;
const RELATED_TYPES_MAX = 4;

/**
 * Gathers the facts of the symbol at a place; undefined where there is no symbol there. Asks a cold language server
 * again for up to 20 s, and stops at once when `token` is cancelled.
 */
export async function gatherSymbolFacts(
  uri: vscode.Uri,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<SymbolFacts | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  const word = document.getWordRangeAtPosition(position);
  if (!word) return undefined;
  const hover = await hoverWhenWarm(document, position, token);
  if (token.isCancellationRequested) return undefined;
  const [definition] = await server.definitions(uri, position);
  if (!definition && !hover) return undefined;
  const home = definition ?? new vscode.Location(uri, word);
  return factsAt(document.getText(word), home, { uri, position }, hover);
}

async function factsAt(
  name: string,
  home: vscode.Location,
  asked: { uri: vscode.Uri; position: vscode.Position },
  hover: HoverText | undefined,
): Promise<SymbolFacts> {
  const at = home.range.start;
  const [document, symbols, uses, calls, homeHover] = await Promise.all([
    vscode.workspace.openTextDocument(home.uri),
    server.documentSymbols(home.uri),
    server.references(asked.uri, asked.position),
    server.callHierarchy(home.uri, at),
    server.hovers(home.uri, at).then(readHover),
  ]);
  const path = server.enclosing(symbols, at);
  const own = path.findLast((symbol) => symbol.name === name || symbol.selectionRange.contains(at));
  const container = own ? path[path.indexOf(own) - 1] : path.at(-1);
  // The hover at the definition names the thing itself; at a use it may only say "(alias)".
  const text = homeHover ?? hover;
  const elsewhere = uses.filter(
    ({ uri, range }) => !(uri.toString() === home.uri.toString() && range.contains(at)),
  );
  const source = own ? document.getText(own.range) : document.lineAt(at.line).text;
  return {
    name,
    kind: kindOf(own, text?.signature ?? ""),
    languageId: document.languageId,
    signature: text?.signature ?? "",
    documentation: text?.documentation ?? "",
    definition: locationOf(home, document),
    ...(container ? { container: container.name } : {}),
    source: source.slice(0, SOURCE_MAX_CHARS),
    references: elsewhere.slice(0, REFERENCES_KEPT).map((use) => locationOf(use)),
    referenceCount: elsewhere.length,
    referenceFiles: new Set(elsewhere.map((use) => use.uri.toString())).size,
    callers: distinct(calls.callers.map(callItem)),
    callees: distinct(calls.callees.filter((item) => server.isOwnCode(item.uri)).map(callItem)),
    relatedTypes: own ? await relatedTypes(document, own, name) : [],
    members: membersOf(own),
  };
}

interface HoverText {
  signature: string;
  documentation: string;
}

/**
 * The hover, asked for again while the language server may still be starting: TypeScript says "(loading...)" while its
 * project loads, and nothing at all before its extension is active. A server that is up and knows nothing is believed.
 */
async function hoverWhenWarm(
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<HoverText | undefined> {
  const startedAt = Date.now();
  for (;;) {
    const hover = readHover(await server.hovers(document.uri, position));
    const elapsed = Date.now() - startedAt;
    const loading = hover?.signature.startsWith("(loading...)") === true;
    const starting = loading || (!hover && (elapsed < SETTLE_MS || isStarting(document.languageId)));
    if (!starting || token.isCancellationRequested || elapsed > COLD_LIMIT_MS)
      return loading ? undefined : hover;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** When a language was first asked about in this window. */
const firstAsked = new Map<string, number>();

/** Whether an extension that wakes up for this language is not awake yet, and had no fair chance to. */
function isStarting(languageId: string): boolean {
  const since = firstAsked.get(languageId) ?? Date.now();
  firstAsked.set(languageId, since);
  if (Date.now() - since > COLD_LIMIT_MS) return false;
  return vscode.extensions.all.some(({ isActive, packageJSON }) => {
    const events = (packageJSON as { activationEvents?: unknown }).activationEvents;
    return !isActive && Array.isArray(events) && events.includes(`onLanguage:${languageId}`);
  });
}

/** Splits hovers into the code block with the signature and the prose around it. */
function readHover(hovers: vscode.Hover[]): HoverText | undefined {
  const texts = hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === "string" ? content : contentText(content)))
    .filter((text) => text.trim() !== "");
  if (texts.length === 0) return undefined;
  const fence = /^```[^\n]*\n([\s\S]*?)\n?```/m;
  const withCode = texts.find((text) => fence.test(text)) ?? "";
  const signature = fence.exec(withCode)?.[1]?.trim() ?? "";
  const documentation = texts
    .map((text) => (text === withCode ? text.replace(fence, "") : text))
    .join("\n\n");
  return { signature, documentation: documentation.trim() };
}

function contentText(content: vscode.MarkdownString | { language: string; value: string }): string {
  return "language" in content ? `\`\`\`${content.language}\n${content.value}\n\`\`\`` : content.value;
}

const KINDS: Partial<Record<vscode.SymbolKind, string>> = {
  [vscode.SymbolKind.Function]: "function",
  [vscode.SymbolKind.Method]: "method",
  [vscode.SymbolKind.Class]: "class",
  [vscode.SymbolKind.Interface]: "interface",
  [vscode.SymbolKind.Enum]: "enum",
  [vscode.SymbolKind.EnumMember]: "enum member",
  [vscode.SymbolKind.Constant]: "constant",
  [vscode.SymbolKind.Variable]: "variable",
  [vscode.SymbolKind.Field]: "field",
  [vscode.SymbolKind.Property]: "property",
  [vscode.SymbolKind.Constructor]: "constructor",
  [vscode.SymbolKind.Module]: "module",
  [vscode.SymbolKind.Namespace]: "namespace",
  [vscode.SymbolKind.Struct]: "struct",
  [vscode.SymbolKind.TypeParameter]: "type parameter",
};

/** The signature knows better than the symbol kind: "(parameter) x", "const x", "type X". */
function kindOf(symbol: vscode.DocumentSymbol | undefined, signature: string): string {
  const said =
    /^\((parameter|local var|property|method|type parameter|enum member)\)|^(const|let|var|type)\s/.exec(
      signature,
    );
  const word = said?.[1] ?? said?.[2];
  if (word === "local var" || word === "let" || word === "var") return "variable";
  if (word === "const") return signature.includes("=>") ? "function" : "constant";
  if (word) return word;
  return (symbol && KINDS[symbol.kind]) ?? "symbol";
}

function membersOf(symbol: vscode.DocumentSymbol | undefined): string[] {
  const { Class, Interface, Enum, Struct } = vscode.SymbolKind;
  if (!symbol || ![Class, Interface, Enum, Struct].includes(symbol.kind)) return [];
  return symbol.children.map(({ name }) => name);
}

/** Types named in the symbol's head (up to its body) that the user's own code defines. */
async function relatedTypes(
  document: vscode.TextDocument,
  symbol: vscode.DocumentSymbol,
  name: string,
): Promise<NamedLocation[]> {
  const head = document.getText(symbol.range).split(/\{|=>/, 1)[0] ?? "";
  const offset = document.offsetAt(symbol.range.start);
  const names = new Map<string, vscode.Position>();
  for (const match of head.matchAll(/\b\p{Lu}[\w$]*/gu)) {
    if (match[0] !== name && !names.has(match[0]))
      names.set(match[0], document.positionAt(offset + match.index));
  }
  const found = await Promise.all(
    [...names].slice(0, RELATED_TYPES_MAX * 2).map(async ([type, position]) => {
      const [definition] = await server.definitions(document.uri, position);
      return definition && server.isOwnCode(definition.uri)
        ? [{ name: type, location: locationOf(definition) }]
        : [];
    }),
  );
  return found.flat().slice(0, RELATED_TYPES_MAX);
}

function callItem(item: vscode.CallHierarchyItem): NamedLocation {
  return { name: item.name, location: locationOf(new vscode.Location(item.uri, item.selectionRange)) };
}

function distinct(items: NamedLocation[]): NamedLocation[] {
  return [...new Map(items.map((item) => [`${item.name} ${item.location?.uri}`, item])).values()];
}

/** A place as the core writes it; the line's text only where the document is at hand. */
function locationOf(location: vscode.Location, document?: vscode.TextDocument): CodeLocation {
  const { line, character } = location.range.start;
  return {
    path: vscode.workspace.asRelativePath(location.uri),
    uri: location.uri.toString(),
    line: line + 1,
    column: character + 1,
    ...(document ? { text: document.lineAt(line).text.trim() } : {}),
  };
}
