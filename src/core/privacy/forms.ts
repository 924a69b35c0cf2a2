/** The forms in which credentials stand without a telling name: URLs, headers, commands, password files, calls. */
import type { Form } from "./form.ts";
import { drawn, given, typed } from "./form.ts";
import { KEY_FORMS } from "./keyForms.ts";
import { isSpoken } from "./passwords.ts";
import { isSecret } from "./values.ts";

/** Whether this is base64 of "user:password". */
function isBasic(secret: string): boolean {
  return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(secret, "base64").toString("latin1"));
}

export const FORMS: readonly Form[] = [
  {
    kind: "password",
    near: /:\/\//,
    pattern:
      /:\/\/[^\s:/@"'`<>(){}[\]]{0,100}:([^\s"'`<>/?#[\]]{3,200}|(?!\d+\/)(?:(?!:\/\/)[^\s"'`<>?#[\]]){1,200})(?=@[\w.[$%{-])/g,
    // A name as its own password is what every image ships with: "postgres:postgres".
    accepts: (secret, match) => given(secret) && secret.length > 2 && !match.startsWith(`://${secret}:`),
  },
  { kind: "token", near: /:\/\//, pattern: /:\/\/([A-Za-z0-9_-]{20,120})(?=@[\w.-])/g, accepts: drawn },
  // Go's MySQL driver: user:password@tcp(host)
  {
    kind: "password",
    near: /@tcp\(/i,
    pattern: /(?<=[\w.-]):([^\s"'`:@]{2,100})(?=@tcp\()/g,
    accepts: given,
  },
  {
    kind: "password",
    near: /jdbc:oracle/i,
    pattern: /jdbc:oracle:\w{3,5}:[\w.$-]{1,60}\/([^\s"'`@/]{2,100})(?=@)/gi,
    accepts: given,
  },
  {
    kind: "bearer token",
    near: /bearer/i,
    pattern:
      /\bbearer(?:[ \t]{1,4}|[ \t]?\\?["'][ \t]{0,4}[,+:][ \t]{0,4}\\?["'])([\w.~+/-]{12,2000}={0,2})/gi,
    accepts: drawn,
  },
  {
    kind: "credentials",
    near: /basic/i,
    pattern:
      /\bbasic(?:[ \t]{1,4}|[ \t]?\\?["'][ \t]{0,4}[,+:][ \t]{0,4}\\?["'])([A-Za-z0-9+/]{8,500}={0,2})/gi,
    accepts: isBasic,
  },
  {
    kind: "token",
    near: /authorization/i,
    pattern:
      /authorization\\?["']?[ \t]{0,4}[:=,][ \t]{0,4}\\?["'`]?(?:[A-Za-z-]{3,20}[ \t=]{1,4})?([\w.~+/:-]{12,2000}={0,2})/gi,
    accepts: (secret) => drawn(secret) && !/^\w+:\/\//.test(secret),
  },
  // .netrc, on one line or several
  {
    kind: "password",
    near: /machine/i,
    pattern:
      /\bmachine\s{1,20}\S{1,200}\s{1,20}login\s{1,20}\S{1,200}\s{1,20}password\s{1,20}([^\s"'\\]{1,200})/g,
    accepts: given,
  },
  // The same in the configuration of mail clients
  {
    kind: "password",
    near: /pass(?:word)?[ \t]/i,
    pattern:
      /^[ \t]{0,20}(?:user|login|username)[ \t]{1,10}\S{1,100}[ \t]{0,10}\r?\n[ \t]{0,20}pass(?:word)?[ \t]{1,10}["']?([^\s"']{4,100})/gim,
    accepts: given,
  },
  // SQL
  {
    kind: "password",
    near: /PASSWORD/,
    pattern: /\bPASSWORD[ \t]{1,4}'([^'\n]{4,120})(?=')/g,
    accepts: given,
  },
  {
    kind: "password",
    near: /identified/i,
    pattern:
      /\bidentified[ \t]{1,4}(?:with[ \t]{1,4}["'`\w]{1,60}[ \t]{1,4})?(?:by|as)[ \t]{1,4}(?:password[ \t]{1,4})?["']([^\s"']{4,120})/gi,
    accepts: given,
  },
  // htpasswd, shadow: the hash is what is kept from readers
  {
    kind: "password hash",
    near: /:\$(?:apr1|2[abxy]|[156y]|argon)/,
    pattern: /(?<=^[\w.@-]{1,80}:)(\$(?:apr1|2[abxy]|1|5|6|y|argon2\w{0,3})\$[\w./$,=+-]{12,200})/gm,
    accepts: () => true,
  },
  // The same elsewhere, when whole
  {
    kind: "password hash",
    near: /\$(?:2[abxy]|[56y]|argon2|scrypt|pbkdf2)|pbkdf2_sha/,
    pattern:
      /(?<![\w$])(\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}|\$argon2(?:id|i|d)\$v=\d{1,3}\$m=[\w,=]{5,40}\$[A-Za-z0-9+/]{8,80}\$[A-Za-z0-9+/]{20,120}|pbkdf2_sha(?:256|1)\$\d{3,8}\$\w{8,40}\$[A-Za-z0-9+/]{20,60}={0,2})/g,
    accepts: () => true,
  },
  {
    kind: "password hash",
    near: /\{sha}/i,
    pattern: /(?<=^[\w.@-]{1,80}:)(\{SHA\}[A-Za-z0-9+/]{20,40}={0,2})/gim,
    accepts: () => true,
  },
  // .pgpass: host:port:database:user:password
  {
    kind: "password",
    near: /:(?:\d{2,5}|\*):[\w*-]{1,60}:[\w.*-]{1,60}:/,
    pattern: /^[\w.*-]{1,80}:(?:\d{2,5}|\*):[\w*-]{1,60}:[\w.*-]{1,60}:([^\s:]{3,120})$/gm,
    accepts: given,
  },
  {
    kind: "password",
    near: /SecureString/i,
    pattern: /ConvertTo-SecureString[ ]{1,4}(?:-String[ ]{1,4})?["']([^"'\n]{4,100})(?=["'])/gi,
    accepts: given,
  },
  {
    kind: "password",
    near: /requirepass|masterauth/,
    pattern: /^[ \t]{0,40}(?:requirepass|masterauth)[ \t]{1,10}["']?([^\s"']{4,200})/gm,
    accepts: given,
  },
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
  // user ann password; LOGIN ann "password"; AUTH password; quote PASS password; user ann on >password
  {
    kind: "password",
    near: /\b(?:LOGIN|AUTH|PASS|IDENTIFY|identify|user|digest|sonar)\b/,
    pattern:
      /(?:^(?:quote[ ])?(?:USER|user)[ ][\w.@-]{1,60}[ ]|\bLOGIN[ ][\w.@-]{1,60}[ ]"?|^[>\d.:\w]{0,24}>?[ ]?AUTH[ ](?:[\w.@-]{1,40}[ ])?|\bPASS[ ]|NickServ[ ](?:IDENTIFY|identify)[ ](?:[\w.-]{1,40}[ ])?|\buser[ ][\w.@-]{1,60}[ ](?:\S{1,30}[ ]){0,3}>|\bdigest[ ][\w.@-]{1,60}:)([^\s"']{6,100})/gm,
    accepts: isSpoken,
  },
  {
    kind: "token",
    near: /sonar\.login/,
    pattern: /sonar\.login[ ]?=[ ]?([a-f0-9]{40})/g,
    accepts: () => true,
  },
  {
    kind: "token",
    near: /github-oauth/,
    pattern: /"github\.com"[ ]?:[ ]?"([\w]{36,100})(?=")/g,
    accepts: drawn,
  },
  // "ann" "password" alone on a line; ann:{PLAIN}password:…; - ann:password of cloud-init
  {
    kind: "password",
    near: /^"[\w.-]{1,60}"[ \t]/m,
    pattern: /^"[\w.-]{1,60}"[ \t]{1,10}"([^"\n]{6,100})(?="[ \t]*(?:[#;].*)?$)/gm,
    accepts: isSpoken,
  },
  {
    kind: "password",
    near: /\{PLAIN}/i,
    pattern: /:\{(?:PLAIN|CLEARTEXT|CLEAR)\}([^\s:"']{4,100})/gi,
    accepts: given,
  },
  {
    kind: "password",
    near: /chpasswd:/,
    pattern:
      /\bchpasswd:[^\n]{0,20}\n(?:[ \t]+(?:expire|list|users):[^\n]{0,20}\n){0,2}[ \t]+(?:-[ ])?["']?[\w.-]{1,40}:([^\s"']{4,100})/g,
    accepts: given,
  },
  // Keys of routers
  {
    kind: "key",
    near: /-key|[ ]key[ ]|key-string|wpa-psk/,
    pattern:
      /\b(?:isakmp[ ]key|(?:tacacs|radius)-server(?:[ ]\S{1,40}){0,4}[ ]key|key-string|pre-shared-key|authentication-key|message-digest-key[ ]\d{1,3}[ ]md5|wpa-psk)[ ]{1,4}(?:(?:ascii|ascii-text|hex|local|remote|address[ ]\S{1,40})[ ]{1,4})?(?:\d[ ]{1,4})?"?([^\s";]{6,80})/g,
    accepts: isSpoken,
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
  // snmp-server community value RO
  {
    kind: "community",
    near: /community/,
    pattern:
      /\b(?:r[ow]community6?|snmp-server[ \t]community|com2sec[^\n]{1,80}?)[ \t]{1,10}["']?([^\s"']{6,80})/g,
    accepts: isSpoken,
  },
  // 'user' * "value" *, : PSK "value"
  {
    kind: "password",
    near: /PSK|EAP|XAUTH|RSA/,
    pattern: /:[ \t]{1,10}(?:PSK|EAP|XAUTH|RSA[ \t]\S{1,80})[ \t]{1,10}["']([^"'\n]{4,120})/g,
    accepts: given,
  },
  {
    kind: "password",
    near: /\*/,
    pattern:
      /^["']?[\w.@-]{1,60}["']?[ \t]{1,20}(?:\*|[\w.-]{1,40})[ \t]{1,20}["']?([^\s"'*]{6,80})(?=["']?[ \t]{1,20}\*[ \t]*$)/gm,
    accepts: isSpoken,
  },
  // identified by value; auth-pass name value; stats auth user:value
  {
    kind: "password",
    near: /identified by|auth-pass|stats auth|insecure-password|add_header|smtp_sasl|sasl_passwd|auth_param/i,
    pattern:
      /\b(?:identified[ \t]by|auth-pass[ \t]{1,4}\S{1,60}|stats[ \t]{1,4}auth[ \t]{1,4}[\w.-]{1,60}:|insecure-password)[ \t]{0,4}([^\s"']{5,80})/gi,
    accepts: (secret) =>
      isSpoken(secret) || (/\d/.test(secret) && given(secret) && isSecret("password", secret, "quoted")),
  },
  // [mail.host]:587 user:value
  {
    kind: "password",
    near: /\]:\d{2,5}[ \t]/,
    pattern: /^\[[\w.-]{1,80}\]:\d{2,5}[ \t]{1,20}[\w.@+-]{1,80}:([^\s]{5,100})/gm,
    accepts: given,
  },
  ...KEY_FORMS,
];
