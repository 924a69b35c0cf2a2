/** How a value follows its name in code, configuration, markup, command lines and sentences. */

/** How a value may follow its name. Without `bare` only a quoted literal counts. */
export interface Link {
  pattern: RegExp;
  bare?: (before: string, name: string) => boolean;
  /** Whether name and value may as well be two words of a list or a sentence. */
  listed?: true;
  /** Whether it is one of prose, configuration lines and tables, where only what no word could be counts unquoted. */
  spoken?: true;
  /** What must stand before the name. */
  when?: (before: string) => boolean;
}

const always = () => true;
/** The words at the start of a line that may stand before a variable of the shell, Docker, Windows or Make. */
export const DECLARES =
  /^[\s>#$*+;%!/-]*(?:(?:rem|REM|export|ENV|ARG|set|setx|declare[ \t]-x|env|override)[ \t]+|-e[ \t]+|\/\/[\w./-]+:)?["']?$/;
/** The ways of Docker, Windows, other shells and configuring tools to set a variable without "=". */
export const DIRECTIVE =
  /^\s*(?:ENV|ARG|setx|setenv|set[ ]-[gxU]{1,3})\s+$|\bconfig(?:ure)?(?:[ ](?:set|--?\w+))*[ ]+$/;
const ELEMENT = /<(?:[\w-]+:)?(?:[\w:-]+\s[^<>]{0,200}["'])?$/;

export const LINKS: readonly Link[] = [
  // ${PASSWORD}    value
  {
    pattern: /\}[ \t]{2,40}/y,
    bare: always,
    spoken: true,
    when: (before) => before.endsWith("${"),
  },
  // user, password = "ann", "value"
  {
    pattern: /[\])]?[ \t]*:?=[ \t]*[[(]?(?:["'][^"'\n]{0,60}["'],[ \t]*){1,3}/y,
    when: (before) => /[\w$],[ \t]*[$@]?$/.test(before),
  },
  // name: Type = "value"; string name = "value"; char name[] = "value"
  { pattern: /[!?]?[ \t]*:[ \t]*[&'A-Za-z_[][\w.<>[\]|?&' ]{0,40}[ \t]:?=\s{1,200}/y },
  // password TYPE string VALUE 'value', password As String = "value", password VARCHAR2(30) := 'value'
  {
    pattern:
      /[)\]"'`]{0,2}[ \t]*:?(?:[ \t]+[A-Za-z_][\w.]{0,30}(?:\([\d, ]{1,9}\))?){1,5}[ \t]*(?::=|=(?![=>])|\bVALUE\b|\bDEFAULT\b)\s{0,20}/y,
  },
  // string Password { get; set; } = "value"; std::string password{"value"}
  { pattern: /[ \t]*\{[^{}\n"']{0,60}\}[ \t]*=[ \t]*/y },
  { pattern: /\{[ \t]*(?=["'])/y },
  // {password, "value"}, (password . "value")
  { pattern: /[ \t]*,[ \t]*/y, when: (before) => /[{:][ \t]*$/.test(before) },
  { pattern: /["']?[ \t]+\.[ \t]+/y },
  // password db 'value',0
  { pattern: /[ \t]*:?\s{1,20}(?:db|DB|dc\.b|\.asci[iz]|\.string)[ \t]+/y },
  { pattern: /[ \t]+\*?(?:string|str|String|\[\]byte)[ \t]*=[ \t]*/y },
  { pattern: /\[\d{0,4}\][ \t]*=[ \t]*/y },
  // name = environment("NAME") || "value", name: Type = Field(default="value")
  {
    pattern:
      /[ \t]*[=:][ \t]*[\w.$?]{1,60}(?:[[(]["'][\w.-]{1,60}["'][)\]])?!?[ \t]*(?:\|\||\?\?|\?:|\/\/|\bor\b)[ \t]*/y,
  },
  // env::var("NAME").unwrap_or("value".into()), getenv("NAME") ?: "value"
  {
    pattern:
      /["'`][)\]}]{1,2}(?:[\w.!?]{0,30}\.(?:\w*or_?else|\w*unwrap_or\w*|or)\((?:\|_?\|[ \t]*)?|[ \t]*\{[ \t]*)/iy,
  },
  {
    pattern: /[ \t]*(?::[^=\n]{1,40})?=[ \t]*[\w.]{1,30}\((?:["'][\w.-]{1,60}["'],[ \t]*)?default[ ]?=[ ]?/y,
  },
  // ${NAME:-value}
  { pattern: /:[-=]/y, bare: (before) => before.endsWith("${") },
  // name => "value", name := "value", environment["name"] || "value"
  {
    pattern:
      /!?\\{0,3}["'`]?[\]}]{0,2}\)?[ \t]{0,40}(?:=>|<-|\?\?=?|\?:|\/\/|\|\|=?|[!=]==?|:=|\bor\b)\s{0,200}/y,
  },
  // variable "name" { default = "value" }
  { pattern: /["']?[ \t]*:?[ \t]*\{[^{}]{0,300}?\b(?:default|defaultValue|value)["']?[ \t]*[=:][ \t]*/y },
  // option("name", help="…", default="value")
  { pattern: /["'],[^\n]{0,160}?\bdefault(?:_?[vV]alue)?["']?[ \t]*[:=][ \t]*(?=["'`])/y },
  // password() { return "value"; }
  {
    pattern:
      /\([^()\n]{0,40}\)[^\n;"'`(){}=]{0,40}(?:\{\s{0,40}|:\s{0,40}|[ \t]*)(?:return|=>?|echo|->)[ \t]*(?=[@bBuUrR]{0,2}["'])/y,
  },
  { pattern: /[ \t]*(?:\{[ \t]*get[ \t]*)?=>[ \t]*(?=["'])/y },
  // password.equals("value"), find("#password").fill("value"), fill('[name="password"]', "value"), "password" with "value"
  {
    pattern:
      /(?:["'`]?\]?["'`]?\){0,2})\.(?:equals(?:IgnoreCase)?|(?:not\.)?to(?:Be|Equal|StrictEqual)|to\.(?:equal|eql|be)|isEqualTo|should(?:Be|Equal)|contentEquals|eql\?|type|fill|send_?keys|set(?:_?value|_?text)?|val|press_?sequentially|enter_?text|type_?text|clear\(\)\.(?:type|fill|send_?keys))\([ \t]*/iy,
  },
  { pattern: /["'`]\]["'`][ \t]*,[ \t]*/y },
  { pattern: /["'][ \t]+(?:with|as|to|=)[ \t]+/y },
  // NAME ?= value, NAME := value
  {
    pattern: /[ \t]*[?:+]?=[ \t]*/y,
    bare: (before, name) => /^[A-Z][A-Z\d_]+$/.test(name) && DECLARES.test(before),
  },
  {
    pattern:
      /\\{0,3}["'`]?\]{0,2}\)?[ \t]{0,40}[=:](?![:=>])(?:[*_]{2}(?=[ \t]))?[ \t]*(?:!!str[ \t]+)?(?:[|>][-+]?[ \t]*\r?\n[ \t]+|<<[<~-]?["']?[A-Za-z]\w{0,11}["']?\r?\n[ \t]*|@["']\r?\n|[[{][ \t]*(?=["'])|\s{0,200}(?=[bBrRuUfF@$LN]{0,2}["'`]))?/y,
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
  // the password is value, das Passwort lautet value, パスワードは value
  {
    pattern:
      /(?:(?:[ \t]+[\p{L}\p{N}'/-]{1,20}){0,4}[ \t]{1,10}(?:is|was|ist|war|lautet|heißt|est|es|é|è|är|er|jest|je|là|to|auf)(?:[ \t](?:now|jetzt|noch|still|again|wieder|aber))?[ \t]{1,10}|[ \t]{0,4}(?:は|是|为|為|는|은)[ \t]{0,4})/uy,
    bare: always,
    spoken: true,
  },
  // **password:** value, password for the wifi: value, mot de passe : value
  {
    pattern:
      /(?:[ \t]+[\p{L}\p{N}'/-]{1,20}){0,4}[*_"'`)]{0,3}[ \t\u00a0]*(?:::?(?!:)|：|=|→|->|–|—)[*_]{0,2}[ \t\u00a0]*(?:\\\w{1,12}\{|<\w{1,10}>)?/uy,
    bare: always,
    spoken: true,
  },
  // --name value, ENV NAME value, name "value"
  {
    pattern: /\*?[ \t]{1,80}/y,
    listed: true,
    bare: (before, name) => name.startsWith("-") || DIRECTIVE.test(before),
  },
  // <name>value</name>, <x name="name">value</x>, <key>name</key><string>value</string>
  {
    pattern:
      /(?:["']?(?:\s[\w:.-]{1,40}=[^<>\n]{0,120})?)?[ \t]*>\s{0,100}(?:<(?:value|string)>|<!\[CDATA\[)?/iy,
    bare: (before) => ELEMENT.test(before),
  },
  { pattern: /<\/key>\s{0,100}<string>/y, bare: always },
  // | name | value |
  { pattern: /[*_`"']{0,3}[ \t]*\|[ \t]*[*_]{0,2}/y, bare: always, spoken: true },
  // <td>name</td><td>value</td>
  {
    pattern: /[ \t]*:?(?:<\/\w{1,20}>\s{0,40}){1,3}:?\s{0,40}(?:<\w{1,20}\b[^<>]{0,80}>\s{0,40}){1,3}/y,
    bare: always,
    spoken: true,
  },
  // enable secret 0 value; with password value
  {
    pattern: /[ \t]+(?:(?:--?[a-z]+|ascii(?:-text)?|hex|md5)[ \t]+)?(?:[05678][ \t]+)?(?:\(|\\\w{1,12}\{)?/y,
    bare: always,
    spoken: true,
  },
];
