/** Passwords in the files of servers, routers and mail, and in what is said to them; hashes of passwords too. */
import { drawn, type Form, given, typed } from "./forms.ts";
import { isSpoken } from "./passwords.ts";
import { isSecret } from "./values.ts";

export const SERVER_FORMS: readonly Form[] = [
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
    near: /requirepass|masterauth/,
    pattern: /^[ \t]{0,40}(?:requirepass|masterauth)[ \t]{1,10}["']?([^\s"']{4,200})/gm,
    accepts: given,
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
  // set password {value}
  {
    kind: "password",
    near: /\bset[ ]/,
    pattern: /\bset[ ]\w{0,30}(?:pass\w{0,10}|pwd|secret|token)[ ]\{([^{}\s]{4,100})(?=\})/gi,
    accepts: typed,
  },
  // Keys of routers
  {
    kind: "key",
    near: /-key|[ ]key[ ]|key-string|wpa-psk/,
    pattern:
      /\b(?:isakmp[ ]key|(?:tacacs|radius)-server(?:[ ]\S{1,40}){0,4}[ ]key|key-string|pre-shared-key|authentication-key|message-digest-key[ ]\d{1,3}[ ]md5|wpa-psk)[ ]{1,4}(?:(?:ascii|ascii-text|hex|local|remote|address[ ]\S{1,40})[ ]{1,4})?(?:\d[ ]{1,4})?"?([^\s";]{6,80})/g,
    accepts: isSpoken,
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
  {
    kind: "token",
    near: /\bvault[ ]|setcookie[ ]|_COOKIE=/,
    pattern:
      /(?:\bvault[ ](?:login|operator[ ](?:unseal|rekey))|-setcookie|\b(?:RELEASE|ERLANG|RABBITMQ_ERLANG)_COOKIE)[ =]["']?([\w.+/=-]{12,200})/g,
    accepts: drawn,
  },
];
