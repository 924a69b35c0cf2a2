/** Finds the place of a symbol that the user named in words: "/explain parseDuration". */
import * as vscode from "vscode";
import { isOwnCode, workspaceSymbols } from "./languageServer.ts";

export interface Place {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** Files looked through when no language server knows the name, and the size above which one is passed over. */
const FILES_MAX = 2_000;
const FILE_MAX_BYTES = 512_000;

/** The one identifier that a prompt is about: in backticks, or a prompt that is an identifier, or its only code-like word. */
export function namedSymbol(prompt: string): string | undefined {
  const quoted = /`([\p{L}_$][\w$.]*)(?:\(\))?`/u.exec(prompt)?.[1];
  if (quoted) return lastPart(quoted);
  const text = prompt.trim();
  if (/^[\p{L}_$][\w$.]*(\(\))?\??$/u.test(text)) return lastPart(text.replace(/(\(\))?\??$/, ""));
  const codeLike = text.match(/[\p{L}_$][\w$]*(?:\p{Ll}\p{Lu}|_)[\w$]*/gu) ?? [];
  return codeLike.length === 1 ? codeLike[0] : undefined;
}

/** Where a symbol of that name is: in the active document first, then anywhere in the workspace. */
export async function findSymbol(name: string, token: vscode.CancellationToken): Promise<Place | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const here = active ? placeInText(active, name) : undefined;
  if (here) return here;
  const found = (await workspaceSymbols(name)).filter(
    (symbol) => symbol.name.replace(/\(\)$/, "") === name && isOwnCode(symbol.location.uri),
  );
  const best = found.toSorted((a, b) => rank(a.kind) - rank(b.kind))[0];
  if (best) {
    const document = await vscode.workspace.openTextDocument(best.location.uri);
    return (
      placeInText(document, name, best.location.range) ?? {
        uri: document.uri,
        position: best.location.range.start,
      }
    );
  }
  return searchFiles(name, token);
}

/** A declaration before its uses; a word on a declaring line before the first mention. */
function placeInText(document: vscode.TextDocument, name: string, within?: vscode.Range): Place | undefined {
  const text = within ? document.getText(within) : document.getText();
  const start = within ? document.offsetAt(within.start) : 0;
  const escaped = name.replace(/[$]/g, "\\$&");
  const declaration = new RegExp(
    `\\b(?:function\\*?|class|interface|type|enum|const|let|var|def|fn|func|struct|trait|module|namespace)\\s+(?:\\([^)]*\\)\\s*)?${escaped}(?![\\w$])`,
  ).exec(text);
  const offset = declaration
    ? declaration.index + declaration[0].length - name.length
    : new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`).exec(text)?.index;
  return offset === undefined
    ? undefined
    : { uri: document.uri, position: document.positionAt(start + offset) };
}

/** No language server knew it: it may not have started, since no file of its language is open yet. */
async function searchFiles(name: string, token: vscode.CancellationToken): Promise<Place | undefined> {
  const files = await vscode.workspace.findFiles(
    "**/*.*",
    "**/{node_modules,.git,dist,out,build,target}/**",
    FILES_MAX,
    token,
  );
  const decoder = new TextDecoder();
  let mention: Place | undefined;
  for (const uri of files) {
    if (token.isCancellationRequested) return undefined;
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > FILE_MAX_BYTES) continue;
    const text = decoder.decode(await vscode.workspace.fs.readFile(uri));
    if (!text.includes(name) || text.includes("\0")) continue;
    const document = await vscode.workspace.openTextDocument(uri);
    const place = placeInText(document, name);
    if (!place) continue;
    if (isDeclaration(document, place, name)) return place;
    mention ??= place;
  }
  return mention;
}

function isDeclaration(document: vscode.TextDocument, { position }: Place, name: string): boolean {
  const before = document.lineAt(position.line).text.slice(0, position.character);
  return (
    name !== "" &&
    /\b(?:function\*?|class|interface|type|enum|const|let|var|def|fn|func|struct|trait)\s+(?:\([^)]*\)\s*)?$/.test(
      before,
    )
  );
}

/** Functions and types before variables, since a name asked for is rarely a local. */
function rank(kind: vscode.SymbolKind): number {
  const { Function, Method, Class, Interface, Enum, Constant } = vscode.SymbolKind;
  const order = [Function, Class, Interface, Enum, Method, Constant].indexOf(kind);
  return order === -1 ? 10 : order;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
