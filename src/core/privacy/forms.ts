/** The forms in which credentials stand without a telling name: URLs, headers, commands, password files, calls. */
import { isPlaceholder } from "./placeholders.ts";
import { isReadable } from "./readable.ts";
import { isSecret } from "./values.ts";
import { isPlainWord } from "./words.ts";

export interface Form {
  kind: string;
  /** What is quickly looked for; a text without it is not searched. */
  near: RegExp;
  /** Its first group is the secret, and ends the match. */
  pattern: RegExp;
  /** What else must hold of the secret. */
  accepts: (secret: string, match: string) => boolean;
}

/** What is written out, and no word such as "password". */
export const given = (secret: string) =>
  !isPlaceholder(secret) &&
  !isPlainWord(secret) &&
  !/^(?:some|my|the|user|db)[-_]?pass(?:word|wd)?\d?$/i.test(secret);
export const drawn = (secret: string) => given(secret) && !isReadable(secret);

/** A literal that someone made up to be a password, and no word. */
export const typed = (secret: string) =>
  /[^A-Za-z_ -]/.test(secret) && isSecret("password", secret, "quoted");

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
      /\bidentified[ \t]{1,4}(?:with[ \t]{1,4}["'`\w]{1,60}[ \t]{1,4})?(?:by|as)[ \t]{1,4}(?:password[ \t]{1,4})?["']((?:[^\s"']|''(?=\w)){4,120})/gi,
    accepts: given,
  },
  {
    kind: "password",
    near: /SecureString/i,
    pattern: /ConvertTo-SecureString[ ]{1,4}(?:-String[ ]{1,4})?["']([^"'\n]{4,100})(?=["'])/gi,
    accepts: given,
  },
  {
    kind: "token",
    near: /github-oauth/,
    pattern: /"github\.com"[ ]?:[ ]?"([\w]{36,100})(?=")/g,
    accepts: drawn,
  },
  // ?key=…, for the names that are not telling by themselves
  {
    kind: "key",
    near: /[?&](?:key|code|signature|sid|appid|app_id|apiid|license|licence|hash|k)=/,
    pattern:
      /[?&](?:key|code|signature|sid|appid|app_id|apiid|license|licence|hash|k)=([\w%-]{24,300}={0,2})/g,
    accepts: (secret) => /\d/.test(secret) && drawn(secret),
  },
  {
    kind: "session cookie",
    near: /cookie/i,
    pattern:
      /\bcookie["']?[ ]?[:,][ ]?["'`]?[^\n"'`]{0,200}?\b(?:session|session_?id|sid|connect\.sid|jsessionid|phpsessid|auth|token)=([\w%.+/=-]{16,400})/gi,
    accepts: drawn,
  },
  {
    kind: "session cookie",
    near: /sess|\.sid/i,
    pattern:
      /(?:\b(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|connect\.sid|laravel_session)|session(?:_?id)?(?==))\\?["']?[ ]{0,2}[:=][ ]{0,2}\\?["'`]?([\w%.+/=-]{16,400})/gi,
    accepts: (secret) => /\d.*\d/.test(secret) && drawn(secret),
  },
  // The private parts of JSON web keys
  {
    kind: "private key",
    near: /["']?kty["']?[ ]?:/,
    pattern: /(?<=[{,\s])["']?(?:d|k|p|q|dp|dq|qi)["']?[ ]?:[ ]?["']([\w-]{20,1000})(?=["'])/g,
    accepts: drawn,
  },
  // accounts: ["0x…"] of those who deploy to block chains
  {
    kind: "private key",
    near: /accounts/,
    pattern: /\baccounts["']?[ ]?:[ ]?\[\s{0,20}["'`]((?:0x)?[a-fA-F0-9]{64})(?![a-fA-F0-9])/g,
    accepts: drawn,
  },
  // Connection strings with their signs escaped or in braces
  {
    kind: "password",
    near: /(?:pwd|password)(?:%3D|=\{)/i,
    pattern: /(?:pwd|password)(?:%3D|=\{)([^\s"'{}&%]{4,200})/gi,
    accepts: given,
  },
  {
    kind: "password",
    near: /@\/{0,2}[\w.-]{1,80}:\d{4}\/\w/,
    pattern: /(?<![\w/:.-])[\w$]{1,30}\/([^\s"'@/]{4,60})(?=@\/{0,2}[\w.-]{1,80}:\d{4}\/\w)/g,
    accepts: given,
  },
  // Twilio's token behind its account
  {
    kind: "Twilio auth token",
    near: /\bAC[a-f0-9]{32}\b/,
    pattern: /\bAC[a-f0-9]{32}\W{1,10}([a-f0-9]{32})(?!\w)/g,
    accepts: () => true,
  },
];
