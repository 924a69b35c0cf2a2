/** Where the value of a name stands, in the syntaxes of code, configuration, markup and command lines. */
import { isReadable, isStrong } from "./readable.ts";
import type { Certainty } from "./values.ts";

/** A name in its text, with the line it stands on. */
export interface Place {
  start: number;
  end: number;
  lineStart: number;
  lineEnd: number;
}

export interface Value {
  start: number;
  end: number;
  certainty: Certainty;
  /** Whether it may be no value at all but the next word of a list or a sentence. */
  listed: boolean;
}

/** How a value may follow its name. Without `bare` only a quoted literal counts. */
interface Link {
  pattern: RegExp;
  bare?: (before: string, name: string) => boolean;
  /** Whether name and value may as well be two words of a list or a sentence. */
  listed?: true;
}

const always = () => true;
/** The words at the start of a line that may stand before a variable of the shell, Docker, Windows or Make. */
const DECLARES =
  /^[\s>#$*+-]*(?:(?:export|ENV|ARG|set|setx|declare[ \t]-x|env|override)[ \t]+|-e[ \t]+|\/\/[\w./-]+:)?["']?$/;
/** The ways of Docker, Windows, other shells and configuring tools to set a variable without "=". */
const DIRECTIVE =
  /^\s*(?:ENV|ARG|setx|setenv|set[ ]-[gxU]{1,3})\s+$|\bconfig(?:ure)?(?:[ ](?:set|--?\w+))*[ ]+$/;
const ELEMENT = /<(?:[\w:-]+\s[^<>]{0,200}["'])?$/;

const LINKS: readonly Link[] = [
  // name: Type = "value"; string name = "value"; char name[] = "value"
  { pattern: /[!?]?[ \t]*:[ \t]*[&'A-Za-z_][\w.<>[\]|?&' ]{0,40}[ \t]=\s{1,200}/y },
  { pattern: /[ \t]+\*?(?:string|str|String|\[\]byte)[ \t]*=[ \t]*/y },
  { pattern: /\[\d{0,4}\][ \t]*=[ \t]*/y },
  // name = environment("NAME") || "value", name: Type = Field(default="value")
  {
    pattern:
      /[ \t]*[=:][ \t]*[\w.$?]{1,60}(?:[[(]["'][\w.-]{1,60}["'][)\]])?!?[ \t]*(?:\|\||\?\?|\bor\b)[ \t]*/y,
  },
  {
    pattern: /[ \t]*(?::[^=\n]{1,40})?=[ \t]*[\w.]{1,30}\((?:["'][\w.-]{1,60}["'],[ \t]*)?default[ ]?=[ ]?/y,
  },
  // ${NAME:-value}
  { pattern: /:[-=]/y, bare: (before) => before.endsWith("${") },
  // name => "value", name := "value", environment["name"] || "value"
  { pattern: /!?\\{0,3}["'`]?\]{0,2}\)?[ \t]{0,40}(?:=>|<-|\?\?=?|\|\|=?|[!=]==?|:=|\bor\b)\s{0,200}/y },
  {
    pattern:
      /\\{0,3}["'`]?\]{0,2}\)?[ \t]{0,40}[=:](?![:=>])[ \t]*(?:[|>][-+]?[ \t]*\r?\n[ \t]+|\s{0,200}(?=[bBrRuUfF@$LN]{0,2}["'`]))?/y,
    bare: always,
  },
  // name: NAME ⏎ value: "value"; key="name" value="value"
  {
    pattern:
      /\\{0,3}["'`]?[,;]?\s{1,100}\\{0,3}["'`]?(?:\w{1,20}:)?(?:value|default|defaultValue)\\{0,3}["'`]?[ \t]*[:=][ \t]*/iy,
    bare: always,
  },
  // call("name", "value"), setName("value")
  { pattern: /\\{0,3}["'`]\)?[ \t]*,\s{0,100}/y, listed: true },
  { pattern: /!?\(\s{0,100}/y },
  { pattern: /[ \t]{1,10}(?:is|was)[ \t]{1,10}/y, bare: always },
  // --name value, ENV NAME value, name "value"
  {
    pattern: /[ \t]{1,80}/y,
    listed: true,
    bare: (before, name) => name.startsWith("-") || DIRECTIVE.test(before),
  },
  // <name>value</name>, <x name="name">value</x>, <key>name</key><string>value</string>
  { pattern: /["']?[ \t]*>\s{0,100}(?:<value>|<!\[CDATA\[)?/y, bare: (before) => ELEMENT.test(before) },
  { pattern: /<\/key>\s{0,100}<string>/y, bare: always },
  // variable "name" { default = "value" }
  { pattern: /["']?[ \t]*\{[^{}]{0,300}?\bdefault[ \t]*=[ \t]*/y },
];

/** Calls around a literal that leave it what it is. */
const WRAPPER =
  /(?:new[ \t]+)?(?:[A-Za-z_]\w{0,20}(?:::|\.)){0,2}(?:from|String|string|str|bytes|SecretStr|SecretString|Secret|Some|Ok|new|SecureString|ConvertTo-SecureString|b64decode|atob|base64_decode|encode|fromBase64|decode|quote|sensitive)\([ \t]*|\[\]byte\(/y;
const QUOTE = /(?:[bBrRuUfF@$LN]{1,2}|r#{1,3})?(\\{0,3})("""|'''|["'`])/y;
const BARE = /(?:[^\s"'`<>\\]|\\(?![nrt"'\\])){1,400}/y;
const VALUE_MAX = 2000;

/** The value that the name at this place is given, if it is a literal. */
export function valueOf(text: string, place: Place): Value | undefined {
  const before = text.slice(Math.max(place.lineStart, place.start - 300), place.start);
  const name = text.slice(place.start, place.end);
  for (const { pattern, bare, listed = false } of LINKS) {
    const at = lastIndexOf(pattern, text, place.end);
    if (at === undefined || at === place.end) continue;
    const link = text.slice(place.end, at);
    const quoted = closesString(before, link, text[at]) ? undefined : readQuoted(text, at);
    if (quoted) {
      const certain = isEnvironment(before, link) || inConnectionString(before, link);
      return { ...quoted, certainty: certain ? "certain" : "quoted", listed };
    }
    if (bare?.(before, name)) {
      const found = readBare(text, at, place, { before, name, link });
      return found && { ...found, listed };
    }
  }
  return undefined;
}

/** Whether a quote right behind the name's space ends a string instead of beginning one: "no such token " + name. */
function closesString(before: string, link: string, quote = ""): boolean {
  return /^\s+$/.test(link) && before.split(quote).length % 2 === 0;
}

function readQuoted(text: string, at: number): { start: number; end: number } | undefined {
  const from = lastIndexOf(WRAPPER, text, at) ?? at;
  QUOTE.lastIndex = from;
  const [opening, escape = "", quote = ""] = QUOTE.exec(text) ?? [];
  if (opening === undefined) return undefined;
  const start = from + opening.length;
  const closing = escape + quote;
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
): Omit<Value, "listed"> | undefined {
  const end = lastIndexOf(BARE, text, at);
  if (end === undefined) return undefined;
  const lineEnd = at > place.lineEnd ? end : place.lineEnd;
  const ownLine = DECLARES.test(before) && /^[ \t]*(?:[ \t]#.*)?\r?$/.test(text.slice(end, lineEnd));
  const whole = text.slice(at, end);
  if (ownLine && !/[,;{([]$/.test(whole)) {
    const certain = link === "=" || /^[ \t]+$/.test(link) || inConnectionString(before, link);
    if (isCode(whole) && !(isStrong(whole) && /\d/.test(whole)) && !(certain && /^[A-Z0-9_]+$/.test(name)))
      return undefined;
    if (certain)
      return { start: at, end: at + (whole.split(/&(?=[\w-]+=)/, 1)[0] ?? "").length, certainty: "certain" };
    const bare = /^[A-Za-z_]*$/.test(whole) && !(link.startsWith(":") && besideLogin(text, place));
    return { start: at, end, certainty: bare ? "bare" : "quoted" };
  }
  const inString = inConnectionString(before, link);
  const flag = name.startsWith("-") || (/^[ \t]+$/.test(link) && DIRECTIVE.test(before));
  const element = link.includes(">");
  if (element && text[end] !== "<" && !text.startsWith("]]>", end - 3)) return undefined;
  const stop = flag ? /[;|)]|,$|&&/ : /[;&,)\]}|]/;
  const value = element ? whole : (whole.split(stop, 1)[0] ?? "");
  if (value === "" || (!flag && !inString && !element && isCode(whole))) return undefined;
  // PGPASSWORD=value psql …
  const shell = link === "=" && /^[A-Z][A-Z0-9_]+$/.test(name);
  // "the --password option is …" is prose.
  if (flag && /^[a-z.,]+$/i.test(value) && /^[ \t]+[a-z(]|^[.,]/.test(text.slice(end, lineEnd)))
    return undefined;
  const certain = flag || inString || shell;
  return { start: at, end: at + value.length, certainty: certain ? "certain" : element ? "quoted" : "bare" };
}

const LOGIN =
  /^[ \t]*(?:- )?(?:user(?:_?name)?|login|host(?:name)?|email|port|database)[ \t]*:[ \t]+[^\s{}()[\],;]+[ \t]*\r?$/i;

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
    /(?:(?:host|server|data source|user(?: ?id|name)?|uid|dbname|database|initial catalog)[ ]?=|jdbc:|:\/\/)[^\n"'`]*[;?&\s]$/i.test(
      before,
    )
  );
}

/** A call, a member, an index, a generic type: what a bare word of code is, and a secret is not. */
function isCode(value: string): boolean {
  return (
    /^[&*!@~-]*[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->|!\.)[\w$]+)*[!?]?[[({<]/.test(value) ||
    (/^[&*!@~-]*[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->|!\.)[A-Za-z_$][\w$]*)+[;:,)\]}]*$/.test(value) &&
      (/^[a-z_]{2,}\./i.test(value) || isReadable(value.replace(/[^\w.]/g, ".")))) ||
    /^[[({|]|^\/[\^([\\]|^\d+[*+/-]/.test(value)
  );
}

function lastIndexOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
