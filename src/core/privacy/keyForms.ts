/** The same as in forms.ts, of keys, tokens and cookies. */
import type { Form } from "./form.ts";
import { drawn, given } from "./form.ts";

export const KEY_FORMS: readonly Form[] = [
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
  {
    kind: "token",
    near: /\bvault[ ]|setcookie[ ]|_COOKIE=/,
    pattern:
      /(?:\bvault[ ](?:login|operator[ ](?:unseal|rekey))|-setcookie|\b(?:RELEASE|ERLANG|RABBITMQ_ERLANG)_COOKIE)[ =]["']?([\w.+/=-]{12,200})/g,
    accepts: drawn,
  },
  // Twilio's token behind its account
  {
    kind: "Twilio auth token",
    near: /\bAC[a-f0-9]{32}\b/,
    pattern: /\bAC[a-f0-9]{32}\W{1,10}([a-f0-9]{32})(?!\w)/g,
    accepts: () => true,
  },
];
