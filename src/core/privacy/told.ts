/** Passwords that people tell each other, compare with, or lock a sheet or a database with. */
import { type Form, given, typed } from "./forms.ts";
import { isSpoken } from "./passwords.ts";

export const TOLD_FORMS: readonly Form[] = [
  // The application passwords of Google: four times four letters.
  {
    kind: "password",
    near: /pass/i,
    pattern: /pass\w{0,12}["']?[ ]?[:=][ ]?["']?([a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4})(?![\w ])/gi,
    accepts: given,
  },
  // "login: ann / password", "zugang: ann:password"
  {
    kind: "password",
    near: /login|credential|zugang|account|user|log in|acc[eè]s/i,
    pattern:
      /\b(?:logins?|credentials?|creds|zugang(?:sdaten)?|anmelde(?:daten|n)|accounts?|wlan|wi-?fi|acc[eè]so?s?|identifiants|user(?:name)? ?[/:&+] ?pass(?:word|wort)?|log ?in (?:with|as))\b[^\n:="'`]{0,40}?(?:[:=]|(?<=log ?in (?:with|as)))[ \t]{1,4}["'`*]{0,3}[\w.@+-]{2,60}["'`*]{0,3}[ \t]{0,2}(?:\/|:|,|\||und|and|&)[ \t]{0,2}["'`*]{0,3}([^\s"'`]{6,80})/gi,
    accepts: (secret) => isSpoken(secret.replace(/[.,;:)*]+$/, "")),
  },
  {
    kind: "password",
    near: /[ ]\/[ ]/,
    pattern:
      /\b(?:admin\w{0,10}|root|demo|test\w{0,8}|guest|gast|user|sa|postgres|kunde|operator)[ ]\/[ ]["'`]?([^\s"'`]{6,80})/gi,
    accepts: isSpoken,
  },
  // use value as password
  {
    kind: "password",
    near: /\b(?:als|as|como|comme|come)[ ](?:\w{1,3}[ ])?(?:pass|kenn|contra|senha|mot|pw)/i,
    pattern:
      /(?<![^\s"'`(])([^\s"'`(]{6,80})(?=["'`]?[ ](?:als|as|como|comme|come)[ ](?:(?:the|a|das|la|il|le|o)[ ])?(?:pass(?:word|wort|phrase)|kennwort|contraseña|senha|mot de passe|pw)\b)/gi,
    accepts: isSpoken,
  },
  { kind: "password", near: /WIFI:/, pattern: /WIFI:[^\n]{0,200}?;P:([^;\n]{4,100})/g, accepts: given },
  // PRAGMA key = 'value'; ATTACH … KEY 'value'; EXEC sp_addlogin 'ann', 'value'; MOVE 'value' TO WS-PASSWORD
  {
    kind: "password",
    near: /PRAGMA|[ ]KEY[ ]|sp_addlogin|sp_password|\bMOVE\b/i,
    pattern:
      /\b(?:PRAGMA[ ]{1,4}(?:re)?key[ ]{0,4}=[ ]{0,4}|ATTACH[^\n]{1,120}[ ]KEY[ ]{1,4}|sp_addlogin[ ]{1,4}N?'[^'\n]{1,60}',[ ]{0,4}N?|MOVE[ ]{1,10}(?=["'][^"'\n]{1,60}["'][ ]{1,10}TO[ ]{1,10}[\w-]{0,30}(?:PASS|PWD|KENNWORT)))["']([^"'\n]{5,100})(?=["'])/gi,
    accepts: typed,
  },
  {
    kind: "password",
    near: /rotect/,
    pattern: /\.(?:Unp|P)rotect[ ]{0,4}\(?[ ]{0,4}"([^"\n]{5,100})(?=")/g,
    accepts: typed,
  },
  // "value" == password, "value".equals(password), assertEquals("value", user.getPassword())
  {
    kind: "password",
    near: /["'](?:[ ]?[!=]==?[ ]?|\.equals\(|,)/,
    pattern:
      /(?:(?:assert|expect)\w{0,20}\(\s{0,10}["']([^"'\n]{6,80})(?=["'],[ ]?[\w.$>-]{0,40}(?:[pP]ass(?:word|wd)|[pP]wd)\b))/g,
    accepts: typed,
  },
  {
    kind: "password",
    near: /["'](?:[ ]?[!=]==?[ ]?|\.equals\()/,
    pattern:
      /["']([^"'\n]{6,80})(?=["'](?:[ ]?[!=]==?[ ]?|\.equals\()[\w.$>-]{0,40}(?:[pP]ass(?:word|wd)|[pP]wd)\b)/g,
    accepts: typed,
  },
];
