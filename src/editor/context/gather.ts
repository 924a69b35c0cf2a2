/** The editor's state → `EditorRequest`: the code a request is about, its diagnostics, its symbol, what is attached. */
import * as vscode from "vscode";
import type { Attachment, Command, EditorRequest, Surface, Turn } from "../../core/request.ts";
import { newId } from "../requests.ts";
import { documentSymbols, enclosing } from "./languageServer.ts";

/** The part of a document that a request is about. */
export interface Target {
  document: vscode.TextDocument;
  range: vscode.Range;
  /** Where the cursor was. */
  position: vscode.Position;
}

/** What a door knows of a request before the editor is asked. */
export interface Asked {
  surface: Surface;
  command: Command | null;
  prompt: string;
  sessionId: string;
  history: Turn[];
  attachments: Attachment[];
  /** The code it is about, where the door knows; else the active editor's selection or symbol is taken. */
  target?: Target | undefined;
}

/** A gathered request, and the code that an edit of it would replace. */
export interface Gathered {
  request: EditorRequest;
  target: Target | undefined;
}

/** Commands that work on a piece of code even where nothing is selected: the symbol around the cursor. */
const TAKES_SYMBOL: ReadonlySet<Command> = new Set(["refactor", "fix", "tests", "doc", "review"]);
/** "refactor this", "what happens here": a question without a command that is about the code at the cursor. */
const POINTS_AT_CODE =
  /\b(this|these|here|above|current (file|function|method|class)|dies(e[mnrs]?)?|hier|est[eao]s?|aquí|ce(tte|ci)?|ici|isto|aqui)\b|này|đây|これ|この|ここ|这|這|此/iu;
/** A file of up to so many lines goes along whole where there is no symbol to take. */
const WHOLE_FILE_LINES = 400;

/** Gathers a request. Missing language servers, untitled files and no editor at all give a smaller request, never a throw. */
export async function gather(asked: Asked, token: vscode.CancellationToken): Promise<Gathered> {
  const named =
    asked.command === "explain" && !asked.target ? await namedPlace(asked.prompt, token) : undefined;
  const target = named ?? asked.target ?? (await activeTarget(asked.command, asked.prompt));
  const wantsFacts = asked.command === "explain" && target !== undefined && isOneSymbol(target);
  const symbol = wantsFacts
    ? await (await import("./symbolFacts.ts")).gatherSymbolFacts(target.document.uri, target.position, token)
    : undefined;
  const code = target && !symbol ? target.document.getText(target.range) : (symbol?.source ?? "");
  const request: EditorRequest = {
    id: newId(),
    sessionId: asked.sessionId,
    surface: asked.surface,
    command: asked.command,
    prompt: asked.prompt,
    languageId: target?.document.languageId ?? "plaintext",
    code,
    fileLines: target?.document.lineCount ?? 0,
    attachments: asked.attachments,
    diagnostics: target ? diagnosticsIn(target) : [],
    history: asked.history,
    ...(target
      ? {
          path: vscode.workspace.asRelativePath(target.document.uri),
          codeLine: target.range.start.line + 1,
          cursorLine: Math.max(0, target.position.line - target.range.start.line),
        }
      : {}),
    ...(symbol ? { symbol } : {}),
    ...projectOf(target),
  };
  return { request, target };
}

/** The selection of the active editor, or what the command would take around the cursor; or around `at`, if given. */
export async function activeTarget(
  command: Command | null,
  prompt = "",
  at?: vscode.Position,
): Promise<Target | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.document.uri.scheme === "output") return undefined;
  const { document, selection } = editor;
  const position = at ?? selection.active;
  if (!at && !selection.isEmpty)
    return { document, range: wholeLinesIfMany(document, selection), position: selection.start };
  if (command === "explain") {
    const word = document.getWordRangeAtPosition(position);
    return word ? { document, range: word, position } : undefined;
  }
  if (command === "todo") return { document, range: linesAround(document, position, 6), position };
  const takesSymbol = command === null ? POINTS_AT_CODE.test(prompt) : TAKES_SYMBOL.has(command);
  if (!takesSymbol) return undefined;
  return { document, range: await codeAround(document, position, command), position };
}

/** The symbol around a position with its doc comment; a short file whole; else the lines near the cursor. */
async function codeAround(
  document: vscode.TextDocument,
  position: vscode.Position,
  command: Command | null,
): Promise<vscode.Range> {
  const path = enclosing(await documentSymbols(document.uri), position);
  const wanted = path.findLast(({ kind }) => isBlock(kind)) ?? path[0];
  if (wanted) return withLeadingComment(document, fullLines(document, wanted.range));
  if (document.lineCount <= WHOLE_FILE_LINES) return wholeDocument(document);
  return linesAround(document, position, command === "review" ? 200 : 40);
}

function isBlock(kind: vscode.SymbolKind): boolean {
  const { Function, Method, Class, Interface, Constructor, Struct, Enum } = vscode.SymbolKind;
  return [Function, Method, Class, Interface, Constructor, Struct, Enum].includes(kind);
}

async function namedPlace(prompt: string, token: vscode.CancellationToken): Promise<Target | undefined> {
  const { findSymbol, namedSymbol } = await import("./findSymbol.ts");
  const name = namedSymbol(prompt);
  const place = name ? await findSymbol(name, token) : undefined;
  if (!place) return undefined;
  const document = await vscode.workspace.openTextDocument(place.uri);
  const range =
    document.getWordRangeAtPosition(place.position) ?? new vscode.Range(place.position, place.position);
  return { document, range, position: place.position };
}

/** One identifier, in a language that a server may know something of. */
function isOneSymbol({ document, range, position }: Target): boolean {
  const word = document.getWordRangeAtPosition(position);
  if (!word?.contains(range) || document.languageId === "plaintext") return false;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(document.getText(word));
}

/** Errors and warnings that touch the target; for a single word, those of its line. */
function diagnosticsIn({ document, range }: Target): string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(
      ({ severity, range: at }) => severity <= vscode.DiagnosticSeverity.Warning && at.intersection(range),
    )
    .map(({ message, range: at }) => `line ${at.start.line + 1}: ${message}`);
}

function projectOf(target: Target | undefined): { project: string } | Record<string, never> {
  const folder = target
    ? vscode.workspace.getWorkspaceFolder(target.document.uri)
    : vscode.workspace.workspaceFolders?.[0];
  return folder ? { project: folder.name } : {};
}

/** A selection over several lines means those lines: half a line cannot be replaced well. */
function wholeLinesIfMany(document: vscode.TextDocument, selection: vscode.Selection): vscode.Range {
  if (selection.isSingleLine) return new vscode.Range(selection.start, selection.end);
  const last = selection.end.character === 0 ? selection.end.line - 1 : selection.end.line;
  return new vscode.Range(selection.start.line, 0, last, document.lineAt(last).text.length);
}

function fullLines(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  return new vscode.Range(range.start.line, 0, range.end.line, document.lineAt(range.end.line).text.length);
}

/** A line that is a comment, a decorator or an attribute: it belongs to the symbol below it. */
const LEADING = /^\s*(\/\/|\/\*|\*|#|--|@|\[\w)/;

function withLeadingComment(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  let line = range.start.line;
  while (line > 0 && LEADING.test(document.lineAt(line - 1).text)) line -= 1;
  return new vscode.Range(new vscode.Position(line, 0), range.end);
}

function linesAround(document: vscode.TextDocument, position: vscode.Position, lines: number): vscode.Range {
  const last = Math.min(document.lineCount - 1, position.line + lines);
  return new vscode.Range(Math.max(0, position.line - lines), 0, last, document.lineAt(last).text.length);
}

function wholeDocument(document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(document.positionAt(0), document.lineAt(document.lineCount - 1).range.end);
}
