/** What a name says about the value it is given. */
import { inEnglish } from "./languages.ts";
import type { Role } from "./values.ts";

export interface NamedSecret {
  role: Role;
  /** As a person reads it: "password", "API key". */
  kind: string;
  /** Whether the name has other meanings, as "pass" has: no word of letters alone counts then. */
  vague: boolean;
  /** The name says little: what is shorter than this, or does not look drawn by chance, is no secret. Else 0. */
  minLength: number;
}

/** Words behind the one that matters: which environment, which copy, how it is written. */
const TAIL =
  /^(?:prod|production|dev|devel|development|staging|stage|stg|test|testing|qa|uat|ci|local|live|sandbox|demo|default|value|val|str|string|plain|plaintext|clear|cleartext|raw|base64|b64|enc|new|old|current|previous|prev|primary|secondary|backup|temp|tmp|global|internal|main|v?\d{1,4}|eu|us|text|literal|fallback|const|env|confirmation|confirm|repeat)$/;

/** Behind such a word the value describes a secret and is none. */
const ABOUT =
  /^(?:hash|hashed|digest|sha\d*|md5|checksum|sum|fingerprint|thumbprint|id|ids|uuid|arn|url|uri|urls|path|file|filename|dir|name|names|type|kind|header|headers|prefix|suffix|regex|re|pattern|label|labels|placeholder|title|text|message|msg|error|errors|hint|help|field|fields|input|column|col|param|count|counts|length|len|size|limit|max|min|ttl|expiry|expires|expiration|at|date|time|age|policy|rule|rules|strength|version|algorithm|alg|algo|method|mode|provider|manager|service|store|storage|source|ref|selector|class|css|icon|button|form|page|screen|view|modal|component|index|pos|position|start|end|offset|line|map|list|set|address|mint|symbol|contract|balance|amount|price|cost|usage|budget|public|pub|rotation|scope|scopes|endpoint|format|encoding|schema|model|stdin|prompt|required|enabled|valid|match|test|ed|er|izer|ize|color|style|bits|stream|status|state|event|action|code|data)$/;

const PASSWORD =
  /(?:password|passwd|passphrase|passcode|passwort)$|^(?:pw|pass|pwd|psw|pswd|passw|psk|authtok)$|(?:db|database|user|root|smtp|my|ssh|ftp|require|mail|admin|pg|redis|rabbitmq|rabbit|mongo|mysql|ldap|vnc|sudo|keystore|truststore|store|key|login|auth|mq|http|proxy|wifi|bind|sql|sa|app|svc|wp|db_?)(?:pass|pwd|pw)$|pwd$/;

/** Words that end in "pass" and have nothing to do with passwords. */
const OTHER_PASS =
  /^(?:by|com|tres|over|under|sur|encom|multi|low|high|band|all|render|game|ski|sub|pre|post|first|second|two|one|single|double|final|shader|compute|depth|shadow|through|forward|back|blit|bloom|effect|main|test|rail|season|bus|boarding|day|visitor|museum|city|tri|im)pass$/;
/** What such a thing has in it is shown to the user: "errors.password". */
const SHOWN =
  /^(?:errors?|errs?|labels?|messages?|msgs?|placeholders?|hints?|titles?|i18n|translations?|tooltips?|captions?)$/;

/** Before "key", these make it a secret one. */
const SECRET_KEYS =
  /(?:api|access|secret|private|priv|wlan|wifi|wpa2?|wep|network|unseal|recovery|encryption|encrypt|crypto|cipher|signing|sign|signature|master|service|account|auth|authorization|storage|subscription|app|application|admin|license|licence|shared|session|cookie|hmac|jwt|aes|des|rsa|ssh|deploy|write|webhook|consumer|client|project|merchant|integration|ingest|ingestion|instrumentation|host|functions?|management|wallet|root|super|user|developer|dev|server|service_?role|role|rest|security|sendgrid|mailgun|stripe|openai|anthropic|gemini|groq|mistral|cohere|datadog|dd|newrelic|algolia|pusher|twilio|maps|google|azure|cloudflare|cf|heroku|postmark|sparkpost|mandrill|mailchimp|segment|mixpanel|amplitude|bugsnag|rollbar|pagerduty|opsgenie|fastly|linode|digitalocean|vultr|hetzner|etherscan|infura|alchemy|moralis|coinbase|binance|kraken)$/;

/** Before "token", these make it no secret: a place in a list, a part of a text. */
const HARMLESS_TOKENS =
  /^(?:public|publishable|pub|page|next|prev|cursor|continuation|cancellation|cancel|abort|design|css|color|theme|sync|resume|start|end|current|last|first|eos|bos|pad|unk|special|stop|mask|sep|cls|syntax|lexer|new_?line|injection|di|csrf|xsrf|csrfmiddleware|nft|erc20|reserved|punctuation)$/;

/** Before "key", these make it a name in a table, or one that is meant to be seen. */
const HARMLESS_KEYS =
  /^(?:public|pub|publishable|anon|site|cache|primary|foreign|sort|partition|hash|range|unique|idempotency|translation|i18n|query|map|object|item|react|row|state|sharding|lookup|group|composite|natural)$/;
/** "tokenForTests", "secretOfTheApp". */
const LOOSE_MIN = 16;
/** "COSMOS_KEY": a key of something unheard of. */
const ANY_KEY_MIN = 32;
/** "key" alone is the key of a table as well. */
const LONG_KEY_MIN = 40;

/** Whether the word says that a secret is spoken of and not told: "password policy". */
export function isAbout(word: string): boolean {
  return ABOUT.test(word.toLowerCase());
}

/** The words of a name: camel case, snake case, kebab case and dots taken apart, lower case. */
function wordsOf(name: string): string[] {
  return inEnglish(name)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** What kind of secret the name promises, or undefined. */
export function namedSecret(name: string): NamedSecret | undefined {
  const parts = wordsOf(name);
  while (parts.length > 1 && TAIL.test(parts.at(-1) ?? "")) parts.pop();
  if (parts.slice(0, -1).some((part) => SHOWN.test(part))) return undefined;
  parts.push(...parts.splice(-1).map((part) => part.replace(/(?<=[a-z])\d{1,2}$/, "")));
  const exact = secretAt(parts, parts.length - 1);
  if (exact) return { ...exact, minLength: 0, vague: isVague(parts) };
  if (parts.length === 1 && parts[0] === "key") {
    return { role: "token", kind: "key", minLength: LONG_KEY_MIN, vague: false };
  }
  if (parts.at(-1) === "key" && parts[0] === "x")
    return { role: "token", kind: "key", minLength: 0, vague: false };
  if (parts.at(-1) === "key" && parts.length > 1 && !HARMLESS_KEYS.test(parts.at(-2) ?? "")) {
    return { role: "token", kind: "key", minLength: ANY_KEY_MIN, vague: false };
  }
  if (parts.length < 2 || ABOUT.test(parts.at(-1) ?? "")) return undefined;
  for (let at = parts.length - 2; at >= 0; at--) {
    const found = secretAt(parts, at);
    if (found) return { role: "token", kind: found.kind, minLength: LOOSE_MIN, vague: false };
  }
  return undefined;
}

/** Whether the name is but a word that means other things as well, or a pass of something: "addPass", "renderPass". */
function isVague(parts: string[]): boolean {
  const [last = "", before = ""] = parts.toReversed();
  if (last === "pass")
    return !/^(?:db|database|user|root|admin|smtp|imap|pop|e?mail|login|auth|set|with|my|get|wifi|wlan|ap|sta|ssid|s?ftp|ssh|mqtt|mq|amqp|rabbit|redis|pg|postgres|mysql|mongo|sql|ldap|proxy|http|api|app|svc|service|sa|bind|vpn|rdp|vnc|nas|smb|cifs|keystore|store|key|trust|zip|enc|master|default|web|basic|client|server|host|sys|system|su|sudo|demo|guest|old|new|temp|current)$/.test(
      before,
    );
  return parts.length === 1 && /^(?:vague|salt|pepper)$/.test(last);
}

function secretAt(parts: string[], at: number): { role: Role; kind: string } | undefined {
  const word = parts[at] ?? "";
  const before = parts[at - 1] ?? "";
  if (
    word === "pass" &&
    /^(?:fastcgi|proxy|uwsgi|scgi|grpc|memcached|by|first|second|last|next|one|multi)$/.test(before)
  )
    return undefined;
  if (/^codes?$/.test(word) && /^(?:recovery|unlock|backup|access|alarm|door|gate)$/.test(before))
    return { role: "password", kind: "password" };
  if (PASSWORD.test(word) || (/^\w{2,20}pass$/.test(word) && !OTHER_PASS.test(word)) || word === "vague")
    return { role: "password", kind: "password" };
  if (/^(?:phrase|code|word)$/.test(word) && before === "pass") return { role: "password", kind: "password" };
  if (/^secrets?$|secret$/.test(word)) {
    return { role: "token", kind: before === "client" ? "client secret" : "secret" };
  }
  if (/tokens?$/.test(word)) {
    if (HARMLESS_TOKENS.test(before) || /^(?:csrf|xsrf|page|pagination|next)/.test(word)) return undefined;
    return { role: "token", kind: "token" };
  }
  if (/^(?:otp|totp|mfa|2fa)$/.test(before) && word === "seed") return { role: "token", kind: "secret" };
  if (
    /^(?:credentials?|creds?|auth|bearer|jwt|pat|authorization|apikey|sas|accesskey|salt|pepper)$/.test(word)
  ) {
    return {
      role: "token",
      kind: word === "apikey" ? "API key" : word.startsWith("cred") ? "credentials" : "token",
    };
  }
  const joined = word === "key" ? before : word.endsWith("key") ? word.slice(0, -3) : "";
  if (joined === "" || !SECRET_KEYS.test(joined)) return undefined;
  if (/^(?:public|pub|publishable)$/.test(parts[at - 2] ?? "")) return undefined;
  return { role: "token", kind: keyKind(joined) };
}

function keyKind(word: string): string {
  const kinds = { api: "API key", access: "access key", secret: "secret key", private: "private key" };
  return Object.entries(kinds).find(([end]) => word.endsWith(end))?.[1] ?? "key";
}
