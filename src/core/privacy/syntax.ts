/** Where the value of a name stands, in the syntaxes of code, configuration, markup and command lines. */
import { DECLARES, DIRECTIVE, LINKS } from "./links.ts";
import { isAbout, type NamedSecret } from "./names.ts";
import { isJoined, isPassphrase, isSpaced, isSpoken } from "./passwords.ts";
import { isReadable, isStrong, words } from "./readable.ts";
import type { Certainty } from "./values.ts";
import { isPlainWord } from "./words.ts";

/** A name in its text, with the line it stands on. */
export interface Place {
  start: number;
  end: number;
  lineStart: number;
  lineEnd: number;
  named: NamedSecret;
}

export interface Value {
  start: number;
  end: number;
  certainty: Certainty;
  /** Whether it may be no value at all but the next word of a list or a sentence. */
  listed: boolean;
  /** Whether it is given in hex or base64 to what makes bytes of it. */
  decoded: boolean;
}

/** No more of what stands before a name is asked for by a link. */
const WHEN_MAX = 8;
type Found = Omit<Value, "listed" | "decoded">;

/** Calls around a literal that leave it what it is. */
const WRAPPER =
  /(?:new[ \t]+)?(?:[A-Za-z_]\w{0,20}(?:::|\.)){0,2}(?:from|String|string|str|bytes|SecretStr|SecretString|Secret|Some|Ok|new|SecureString|ConvertTo-SecureString|b64decode|atob|base64_decode|encode|fromBase64|decode|quote|sensitive|unsafePlainText|plainText|of)\([ \t]*|\[\]byte\(/y;
/** The quotes of Perl, Ruby and Elixir: q{value}, %q(value), ~s(value). */
const DELIMITED = /^(?:qq?[ ]?|%[qQ]?|~[sS])([{([|!/])/;
/** Any call at all: what it is given may be a name to look up. */
const CALL =
  /(?:new[ \t]+)?(?:&?[A-Za-z_$]\w{0,40}(?:::|\.)){0,4}[A-Za-z_$]\w{0,40}!?\([ \t]*(?:[A-Za-z_.]{1,40}\([ \t]*)?/y;
const QUOTE = /(?:[bBrRuUfF@$LN]{1,2}|r#{1,3})?(\\{0,3})("""|'''|["'`“”„«「『])/y;
const CLOSING: Record<string, string> = {
  "“": "”",
  "„": "“",
  "«": "»",
  "「": "」",
  "『": "』",
  "{": "}",
  "(": ")",
  "[": "]",
};
const BARE = /(?:[^\s"'`<>\\]|\\(?![nrt"'\\])){1,400}/y;
const BARE_MAX = 400;
const KEY_REST = /[\w+/=]{1,20000}/y;
/** A word of a sentence; those of scripts without breaks follow it at once. */
const SPOKEN = /[\x21\x23-\x26\x28-\x3b\x3d-\x5f\x61-\x7e\p{Script=Latin}\p{Script=Cyrillic}]{6,120}/uy;
const CELL = /[^\s|`"]{6,120}/y;
const VALUE_MAX = 2000;

/** The value that the name at this place is given, if it is a literal. */
export function valueOf(text: string, place: Place): Value | undefined {
  const before = text.slice(Math.max(place.lineStart, place.start - 300), place.start);
  const name = text.slice(place.start, place.end);
  for (const { pattern, bare, listed = false, spoken = false, when } of LINKS) {
    if (when && !when(before.slice(-WHEN_MAX))) continue;
    const at = lastIndexOf(pattern, text, place.end);
    if (at === undefined || at === place.end) continue;
    const link = text.slice(place.end, at);
    if (spoken && !isTold(link, place.named)) continue;
    const quoted = readQuoted(text, at, listed);
    if (
      quoted &&
      !closesString(before, link, text[at]) &&
      !isLookedUp(text.slice(at, quoted.start), text.slice(quoted.start, quoted.end))
    ) {
      const certain = isEnvironment(before, link) || inConnectionString(before, link);
      return {
        ...quoted,
        certainty: certain ? "certain" : "quoted",
        listed,
        decoded: /hex|64/i.test(text.slice(at, quoted.start)),
      };
    }
    if (bare?.(before, name)) {
      const found = spoken
        ? readSpoken(text, at, link, place.named)
        : readBare(text, at, place, { before, name, link });
      if (found || !(spoken || /[<*_\\]/.test(text[at] ?? "")))
        return found && { ...found, listed, decoded: false };
    }
  }
  return undefined;
}

/** Whether the literal is the argument of an unknown call and reads as a name: get("db.password"). */
function isLookedUp(opening: string, value: string): boolean {
  if (!opening.includes("(") || lastIndexOf(WRAPPER, opening, 0) !== undefined) return false;
  if (isJoined(value) && /\d/.test(value) && !/\./.test(value) && !words(value).some(isPlainWord))
    return false;
  return isReadable(value) || value.length < 16 || /[\s.]/.test(value);
}

/** Whether the words between name and value let it be told there: those of "password length:" do not. */
function isTold(link: string, { vague, minLength }: NamedSecret): boolean {
  if (vague || minLength > 0) return false;
  return !(link.replaceAll(/<[^<>]*>/g, "").match(/\p{L}+/gu) ?? []).some(isAbout);
}

/** A value in a sentence, a table or a line of configuration. */
function readSpoken(text: string, at: number, link: string, { role, kind }: NamedSecret): Found | undefined {
  const end = lastIndexOf(link.includes("|") ? CELL : SPOKEN, text, at);
  if (end === undefined) return undefined;
  const value = text.slice(at, end).replace(/[,;:.)\]}|*_]+$/, "");
  const drawn =
    value.length >= 20 &&
    [/[a-z]/, /[A-Z]/, /\d.*\d/].every((set) => set.test(value)) &&
    /^[\w.~+/-]+={0,2}$/.test(value) &&
    !isReadable(value);
  return (role === "token" && !kind.endsWith("secret") ? drawn : isSpoken(value))
    ? { start: at, end: at + value.length, certainty: "quoted" }
    : undefined;
}

/** Whether a quote right behind the name's space ends a string instead of beginning one: "no such token " + name. */
function closesString(before: string, link: string, quote = ""): boolean {
  return /^\s+$/.test(link) && before.split(quote).length % 2 === 0;
}

function readQuoted(text: string, at: number, listed: boolean): { start: number; end: number } | undefined {
  const opened = DELIMITED.exec(text.slice(at, at + 8));
  if (opened) {
    const inside = at + opened[0].length;
    const close = text.indexOf(CLOSING[opened[1] ?? ""] ?? opened[1] ?? "", inside);
    const line = text.indexOf("\n", inside);
    return close > inside && close - inside <= VALUE_MAX && (line < 0 || close < line)
      ? { start: inside, end: close }
      : undefined;
  }
  const from = lastIndexOf(WRAPPER, text, at) ?? (listed ? undefined : lastIndexOf(CALL, text, at)) ?? at;
  QUOTE.lastIndex = from;
  const [opening, escape = "", quote = ""] = QUOTE.exec(text) ?? [];
  if (opening === undefined) return undefined;
  const start = from + opening.length;
  const closing = escape + (CLOSING[quote] ?? quote);
  for (let end = start; end < text.length && end - start <= VALUE_MAX; end++) {
    if (text.startsWith(closing, end)) return end === start ? undefined : { start, end };
    const char = text[end];
    if (char === "\n" && quote.length === 1) return undefined;
    if (char === "\\" && escape === "") end += 1;
  }
  return undefined;
}

function readBare(
  text: string,
  at: number,
  place: Place,
  { before, name, link }: { before: string; name: string; link: string },
): Found | undefined {
  const bareEnd = wholeLine(text, at, place, before) ?? lastIndexOf(BARE, text, at);
  if (bareEnd === undefined) return undefined;
  // Keys in base64 are longer than a word of code.
  const end = bareEnd - at < BARE_MAX ? bareEnd : (lastIndexOf(KEY_REST, text, bareEnd) ?? bareEnd);
  const lineEnd = at > place.lineEnd ? end : place.lineEnd;
  const ownLine = DECLARES.test(before) && /^[ \t]*(?:[ \t]#.*)?\r?$/.test(text.slice(end, lineEnd));
  const whole = text.slice(at, end);
  if (ownLine && !/[,;{([]$/.test(whole)) {
    const certain = link === "=" || /^[ \t]+$/.test(link) || inConnectionString(before, link);
    const beside = besideLogin(text, place) && !words(whole).some(isPlainWord);
    if (beside && link.startsWith(":") && /^[\p{L}\d._-]+$/u.test(whole))
      return { start: at, end, certainty: "certain" };
    if (isCode(whole) && !(isStrong(whole) && /\d/.test(whole)) && !(certain && /^[A-Z0-9_]+$/.test(name)))
      return undefined;
    if (certain)
      return {
        start: at,
        end: at + (whole.split(/&(?=[\w-]+=)|;(?=[A-Z][\w ]{1,30}=)/, 1)[0] ?? "").length,
        certainty: "certain",
      };
    const bare = /^[A-Za-z_]*$/.test(whole);
    return { start: at, end, certainty: bare ? "bare" : "quoted" };
  }
  const inString = inConnectionString(before, link);
  const flag = name.startsWith("-") || (/^[ \t]+$/.test(link) && DIRECTIVE.test(before));
  const element = link.includes(">");
  if (element && text[end] !== "<" && !text.startsWith("]]>", end - 2)) return undefined;
  const stop = flag ? /[;|)]|,$|&&/ : /[;,)\]}|]|&(?=[\w-]+=|&)/;
  const value = element ? whole.replace(/\]\]$/, "") : (whole.split(stop, 1)[0] ?? "");
  if (value === "" || (!flag && !inString && !element && isCode(whole))) return undefined;
  // PGPASSWORD=value psql …
  const shell = link === "=" && /^[A-Z][A-Z0-9_]+$/.test(name);
  // "the --password option is …" is prose.
  if (flag && /^[a-z.,]+$/i.test(value) && /^[ \t]+[a-z(]|^[.,]/.test(text.slice(end, lineEnd)))
    return undefined;
  const certain = flag || inString || shell;
  return { start: at, end: at + value.length, certainty: certain ? "certain" : element ? "quoted" : "bare" };
}

/** Where the value ends that takes the rest of its line: one with a quote in it, or a few words beside a login. */
function wholeLine(text: string, at: number, place: Place, before: string): number | undefined {
  if (at > place.lineEnd || !DECLARES.test(before)) return undefined;
  const value = text.slice(at, Math.min(place.lineEnd, at + 100)).trimEnd();
  if (at + value.length < place.lineEnd - 1) return undefined;
  const quoted = /^[^\s"'`({[=]+["'`][^\s"'`(){}[\]=,;:]+$/.test(value) && /[A-Z]|\d/.test(value);
  const drawn =
    /^[^\s"'`]\S+[^\s;,({[]$/.test(value) && isStrong(value) && !/\w\(|[=-]>|&&|\|\||::|["'`]\]/.test(value);
  return quoted || drawn || ((isSpaced(value) || isPassphrase(value, / /)) && besideLogin(text, place))
    ? at + value.length
    : undefined;
}

const LOGIN =
  /^[ \t]*(?:- )?(?:[\w.-]{0,30}[._-])?(?:user(?:_?name)?|login|host(?:name)?|e?mail|port|database|url|server)[ \t]*[:=][ \t]*[^\s{}()[\],;]+[ \t]*\r?$/i;

/** Whether the line before or after tells a user or a host, as in YAML: a word alone is a password there. */
function besideLogin(text: string, { lineStart, lineEnd }: Place): boolean {
  const before = text.slice(
    Math.max(0, text.lastIndexOf("\n", lineStart - 2) + 1, lineStart - 200),
    Math.max(0, lineStart - 1),
  );
  const after = text.slice(lineEnd + 1, lineEnd + 200).split("\n", 1)[0] ?? "";
  return LOGIN.test(before) || LOGIN.test(after);
}

/** NAME="value" alone on its line, or behind "export". */
function isEnvironment(before: string, link: string): boolean {
  return link === "=" && DECLARES.test(before);
}

/** "Server=db;User Id=app;Password=value", "jdbc:…?user=app&password=value", "host=db password=value". */
function inConnectionString(before: string, link: string): boolean {
  return (
    (link === "=" || (/^ ?= ?$/.test(link) && /;\s*$/.test(before))) &&
    /[\w%]&$|(?:(?:host|server|data source|user(?: ?id|name)?|uid|dbname|database|initial catalog)[ ]?=|jdbc:|:\/\/)[^\n"'`]*[;?&\s]$/i.test(
      before,
    )
  );
}

/** A call, a member, an index, a generic type: what a bare word of code is, and a secret is not. */
function isCode(value: string): boolean {
  return (
    /^[&*!@~-]*[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->|!\.)[\w$]+)*[!?]?[[({<]/.test(value) ||
    (/^[&*!@~-]*[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->|!\.)[A-Za-z_$][\w$]*)+[;:,)\]}]*$/.test(value) &&
      !(isJoined(value) && /\d/.test(value) && /[.-][A-Z\d]/.test(value)) &&
      (/^[a-z_]{2,}\./i.test(value) || isReadable(value.replace(/[^\w.]/g, ".")))) ||
    /^[[({|]|^\/[\^([\\]|^\d+[*+/-]/.test(value)
  );
}

function lastIndexOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
