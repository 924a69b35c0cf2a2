/** Questions to the language server, each with a type, an empty answer instead of a throw, and a time limit. */
import * as vscode from "vscode";

/**
 * Runs one of VS Code's provider commands. A provider that throws, or does not answer within `limitMs`, counts as one
 * that knows nothing: an explanation with a gap beats none.
 */
async function ask<T>(fallback: T, limitMs: number, command: string, ...args: unknown[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(fallback), limitMs);
  });
  const answer = Promise.resolve(vscode.commands.executeCommand<T | undefined>(command, ...args)).then(
    (value) => value ?? fallback,
    () => fallback,
  );
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds for one question; a cold language server needs longer, and is asked again by the caller. */
const LIMIT_MS = 8_000;

export function hovers(uri: vscode.Uri, position: vscode.Position): Promise<vscode.Hover[]> {
  return ask([], LIMIT_MS, "vscode.executeHoverProvider", uri, position);
}

/** Definitions as plain locations; links become the place they point at. */
export async function definitions(uri: vscode.Uri, position: vscode.Position): Promise<vscode.Location[]> {
  const found = await ask<(vscode.Location | vscode.LocationLink)[]>(
    [],
    LIMIT_MS,
    "vscode.executeDefinitionProvider",
    uri,
    position,
  );
  return found.map((place) =>
    "targetUri" in place
      ? new vscode.Location(place.targetUri, place.targetSelectionRange ?? place.targetRange)
      : place,
  );
}

export function references(uri: vscode.Uri, position: vscode.Position): Promise<vscode.Location[]> {
  return ask([], LIMIT_MS, "vscode.executeReferenceProvider", uri, position);
}

/** The document's symbols as a tree; a flat list (some language servers give one) has no ranges to use, so: none. */
export async function documentSymbols(uri: vscode.Uri): Promise<vscode.DocumentSymbol[]> {
  const found = await ask<(vscode.DocumentSymbol | vscode.SymbolInformation)[]>(
    [],
    LIMIT_MS,
    "vscode.executeDocumentSymbolProvider",
    uri,
  );
  return found.filter((symbol): symbol is vscode.DocumentSymbol => "selectionRange" in symbol);
}

export function workspaceSymbols(name: string): Promise<vscode.SymbolInformation[]> {
  return ask([], LIMIT_MS, "vscode.executeWorkspaceSymbolProvider", name);
}

/** Who calls the function at this place, and whom it calls. */
export async function callHierarchy(
  uri: vscode.Uri,
  position: vscode.Position,
): Promise<{ callers: vscode.CallHierarchyItem[]; callees: vscode.CallHierarchyItem[] }> {
  const [item] = await ask<vscode.CallHierarchyItem[]>(
    [],
    LIMIT_MS,
    "vscode.prepareCallHierarchy",
    uri,
    position,
  );
  if (!item) return { callers: [], callees: [] };
  const [incoming, outgoing] = await Promise.all([
    ask<vscode.CallHierarchyIncomingCall[]>([], LIMIT_MS, "vscode.provideIncomingCalls", item),
    ask<vscode.CallHierarchyOutgoingCall[]>([], LIMIT_MS, "vscode.provideOutgoingCalls", item),
  ]);
  return { callers: incoming.map(({ from }) => from), callees: outgoing.map(({ to }) => to) };
}

/** The symbols that enclose a position, outermost first. */
export function enclosing(
  symbols: vscode.DocumentSymbol[],
  position: vscode.Position,
): vscode.DocumentSymbol[] {
  const symbol = symbols.find(({ range }) => range.contains(position));
  return symbol ? [symbol, ...enclosing(symbol.children, position)] : [];
}

/** Whether a place belongs to the user's own code, rather than to a library or to the language itself. */
export function isOwnCode(uri: vscode.Uri): boolean {
  return !uri.path.includes("/node_modules/") && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}
