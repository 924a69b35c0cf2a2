/**
 * `hybrid.privacy.localOnly`: globs of files whose content may not leave the machine. What a request holds of such a file
 * keeps the whole request here; what the language server merely told of one is taken out, and the rest may go.
 */
import { Minimatch } from "minimatch";
import type { Message } from "../providers/provider.ts";
import type { CodeLocation, EditorRequest, NamedLocation, SymbolFacts } from "../request.ts";

/**
 * A glob without a slash is meant for names, in whatever folder. "!" and "#" at its beginning are part of a name: a glob
 * can guard, and nothing else.
 */
const GLOB_OPTIONS = {
  dot: true,
  matchBase: true,
  nocase: true,
  nocomment: true,
  nonegate: true,
  windowsPathsNoEscape: true,
} as const;

/** What stands between the words of a text; colons too, since places are written "file.ts:12". */
const BETWEEN = /[\s"'`<>()[\]{}|,;:=*#!?]+/u;
/** A name with an extension. */
const FILE_NAME = /\.[A-Za-z]\w{0,9}$/;
/** No path is longer, characters (PATH_MAX of Linux). */
const PATH_LENGTH_MAX = 4096;
/** Paths looked at in the messages of another extension; beyond, the request is kept here: it cannot be told. */
const PATHS_MAX = 20_000;

/** The guard for one list of globs. */
export class LocalOnly {
  readonly #globs: readonly { glob: string; matchers: readonly Minimatch[] }[];

  constructor(globs: readonly string[]) {
    this.#globs = globs.map((glob) => {
      // A path from outside the workspace, or of one of several folders, begins higher up than the glob does; and who
      // names a folder means what is in it.
      const anywhere = glob.startsWith("**/") ? glob : `**/${glob.replace(/^\.?\/+/, "")}`;
      const inside = `${anywhere.replace(/\/+$/, "")}/**`;
      return { glob, matchers: [glob, anywhere, inside].map((one) => new Minimatch(one, GLOB_OPTIONS)) };
    });
  }

  /** The glob that a path matches; undefined for a file that may leave. */
  globOf(path: string): string | undefined {
    const clean = path.replaceAll("\\", "/").replace(/^\/+/, "");
    return this.#globs.find(({ matchers }) => matchers.some((matcher) => matcher.match(clean)))?.glob;
  }

  /**
   * Why a request must stay on this machine, as a sentence's part: "src/vault/key.ts is local-only (vault/**)"; undefined
   * when it may leave. `given` are the messages of another extension, in which files are told by their paths.
   */
  reasonFor(request: EditorRequest, given: readonly Message[] = []): string | undefined {
    if (this.#globs.length === 0) return undefined;
    const { path, attachments, symbol, history } = request;
    const own = [
      path,
      ...attachments.flatMap(({ path: shown, uri }) => [shown, pathOf(uri)]),
      symbol?.definition?.path,
    ];
    for (const one of own) {
      const glob = one && this.globOf(one);
      if (glob) return `${one} is local-only (${glob})`;
    }
    if (history.some(({ localOnly }) => localOnly)) return "an earlier turn of this chat was local-only";
    return this.#mentioned(given);
  }

  /** The request without what the language server told of local-only files: uses, callers, types. */
  without(request: EditorRequest): EditorRequest {
    const { symbol } = request;
    if (this.#globs.length === 0 || !symbol) return request;
    const mayLeave = (place: CodeLocation | undefined) => !place || this.globOf(place.path) === undefined;
    const named = (list: NamedLocation[]) => list.filter(({ location }) => mayLeave(location));
    const facts: SymbolFacts = {
      ...symbol,
      references: symbol.references.filter(mayLeave),
      callers: named(symbol.callers),
      callees: named(symbol.callees),
      relatedTypes: named(symbol.relatedTypes),
    };
    return { ...request, symbol: facts };
  }

  #mentioned(messages: readonly Message[]): string | undefined {
    const paths = new Set<string>();
    for (const { text } of messages) {
      for (const word of text.split(BETWEEN)) {
        const path = word.replace(/\.+$/, "");
        if (path.length > PATH_LENGTH_MAX || !(/[\\/]/.test(path) || FILE_NAME.test(path))) continue;
        paths.add(path);
        if (paths.size > PATHS_MAX) return "it names more files than can be checked";
      }
    }
    for (const path of paths) {
      const glob = this.globOf(path);
      if (glob) return `it mentions ${path}, which is local-only (${glob})`;
    }
    return undefined;
  }
}

/** The path of a URI; undefined for what is none. */
function pathOf(uri: string): string | undefined {
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return undefined;
  }
}
