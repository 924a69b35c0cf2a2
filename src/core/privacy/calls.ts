/** Calls that take a password or a key at a certain place, though nothing there is called one. */
import { typed } from "./form.ts";
import type { SecretFinding } from "./secrets.ts";
import { isSecret, type Role } from "./values.ts";

interface Call {
  /** Patterns of the names. */
  names: string;
  role: Role;
  /** The places of the secret, from 0; the first that holds one counts. */
  at: readonly number[];
  /** Whether the names may end a longer one. */
  ending?: true;
  /** Shorter ones are no keys. */
  minLength?: number;
}

const CALLS: readonly Call[] = [
  {
    names: String.raw`(?:[bB]asic|[dD]igest)_?[aA]uth\w*|PasswordCredentials?`,
    role: "password",
    at: [1, 2],
    ending: true,
  },
  // user, password
  {
    names: String.raw`auth|login|log_in|logIn|loginAs|login_as|loginWith\w*|sign_?in|signIn|authenticate|UsernamePassword\w*|X509Certificate2?|(?:verify|check|compare|change|reset|update|validate|match)_?[pP]ass(?:word|wd)?\w{0,10}|PasswordAuthentication|NetworkCredential|UserPassword|PlainTextAuthProvider|PlainCredentials|(?:simple_)?bind_s|simple_bind|[wW]ithCredentials|[sS]et_?Credentials|(?:Credentials|auth|AuthTokens|Authentication)\.basic|basic|http_basic_authenticate|WiFi\.begin|softAP|oci_connect|(?:oracledb|cx_Oracle)\.connect|addUser|add_user|username_pw_set|(?:sta|STA|wifi)\.config|pgp_sym_\w+|AES_(?:EN|DE)CRYPT|aes_(?:en|de)crypt|createUser|create_user|create_superuser`,
    role: "password",
    at: [1, 2],
  },
  // host or connection, user, password
  {
    names: String.raw`(?:mysqli?|pg|ibase|db2|sybase|mssql|maxdb|odbc|oci|ifx|ingres)_p?connect|mysqli|PDO|getConnection|ftp_login|ftp_connect|ssh2_auth_password|ssh2_auth|ldap_bind|imap_open|FTP(?:_TLS)?|Sequelize|PlainAuth|dbConnect|real_connect|mysql_real_connect|mysqli_real_connect|createCredential|signInWithEmailAndPassword|createUserWithEmailAndPassword|ClientSecretCredential|Credentials|openConnection|open_connection|createConnection|connectDB|RedisClient`,
    role: "password",
    at: [2, 3, 1],
  },
  { names: String.raw`connect|open`, role: "password", at: [2, 1, 3] },
  {
    names: String.raw`(?:redis|rdb|cache|jedis|client|conn|r)(?:->|\.)auth|\.AUTH`,
    role: "password",
    at: [0],
  },
  // access key, secret key
  {
    names: String.raw`NewStaticCredentials\w*|StorageSharedKeyCredential|AzureNamedKeyCredential|NewSharedKeyCredential|AWS\.Credentials|Aws::Credentials\.new|Credentials::new|CosmosClient|DocumentClient|algolia\w*`,
    role: "token",
    at: [1],
  },
  { names: String.raw`BasicCredentials\.create|AWSCredentials`, role: "token", at: [1], ending: true },
  {
    names: String.raw`(?:ethers\.)?Wallet|privateKeyToAccount|ApiKeyAuth|BearerAuth|bearer_auth|setBearerAuth|withToken`,
    role: "token",
    at: [0],
  },
  {
    names: String.raw`[aA]nalytics(?:\.load)?|gocardless|OAuthHandler|OAuth1\w{0,20}|set_access_token|Jenkins(?:Server)?`,
    role: "token",
    at: [1, 0, 2],
    minLength: 20,
  },
  { names: String.raw`KeyCredential|TokenAuth\w*`, role: "token", at: [0], ending: true },
  { names: String.raw`Client|[aA]pi`, role: "token", at: [1, 0, 2], ending: true, minLength: 20 },
  // ciphers, signatures, stores of keys
  {
    names: String.raw`createHmac|hmac\.New|createCipher(?:iv)?|createDecipher(?:iv)?|hash_hmac|openssl_(?:en|de)crypt|HMAC\.\w+|pbkdf2(?:_hmac|Sync)?|signWith|jwt\.(?:sign|verify|encode|decode)|JWT\.(?:encode|decode)|\bks\.load|[kK]ey[sS]tore\.load|store\.load|\.load`,
    role: "password",
    at: [1, 2],
  },
  {
    names: String.raw`bcrypt\.\w+|hashlib\.\w+|Hash::make|(?:\w+_)?password_(?:hash|verify)|(?:make|check)_password(?:_hash)?|(?:passwordE|e)ncoder\.encode|hashpw|checkpw|crypt|decrypt|hmac\.new|hmacShaKeyFor|HMAC(?:256|384|512)|HMACSHA(?:1|256|384|512)|Fernet|AES\.new|scrypt(?:Sync)?|PBEKeySpec|SecretKeySpec|SymmetricSecurityKey|cookieParser|SecureCookie|NewCookieStore|sessions\.NewCookieStore|KeyProtection|PasswordProtection|Rfc2898DeriveBytes|AES\.encrypt`,
    role: "password",
    at: [0, 1],
  },
];

const CALL = new RegExp(
  String.raw`(?:${CALLS.map(({ names, ending }, at) => `${ending ? "" : String.raw`(?<![\w$])`}(?<c${at}>${names})`).join("|")})[ \t]?(?:=[ \t]?)?[([]`,
  "g",
);
/** Longer calls are read no further. */
const READ_MAX = 500;
const ARGS_MAX = 5;
/** A literal, perhaps in a call that leaves it what it is: []byte("value"), "value".toCharArray(). */
const LITERAL =
  /^\s*(?:[\w.:&$[\]]{0,40}\(\s*){0,3}(?:\[\]byte\()?(?:[bBuUrRN@]|\[\])?(["'`])((?:(?!\1)[^\\\n])+)\1(?:\)|\.\w+\((?:[\w.:]{0,40}|"[\w-]{0,12}")\)|::\w+|\s)*$/;

/** Every literal at the place of a secret in a known call. */
export function findInCalls(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  for (const match of text.matchAll(CALL)) {
    const call = CALLS.find((_, at) => match.groups?.[`c${at}`] !== undefined);
    if (!call) continue;
    const args = argumentsFrom(text, match.index + match[0].length);
    for (const at of call.at) {
      const arg = args[at];
      const [whole, quote = "", value = ""] = LITERAL.exec(arg?.text ?? "") ?? [];
      if (!arg || whole === undefined || !accepts(call, value)) continue;
      const start = arg.start + whole.indexOf(quote + value + quote) + 1;
      findings.push({
        kind: call.role === "password" ? "password" : "key",
        start,
        end: start + value.length,
      });
      break;
    }
  }
  return findings;
}

function accepts({ role, minLength = 5 }: Call, value: string): boolean {
  return (
    value.length >= minLength &&
    (role === "password"
      ? typed(value) && !/^(?:cn|uid|ou|dc|o)=/i.test(value)
      : !/^[/.]/.test(value) && isSecret("token", value, "quoted"))
  );
}

/** The arguments from here to the closing bracket, or as far as is read. */
function argumentsFrom(text: string, from: number): { start: number; text: string }[] {
  const args: { start: number; text: string }[] = [];
  const until = Math.min(text.length, from + READ_MAX);
  let depth = 0;
  let quote = "";
  let start = from;
  for (let at = from; at < until && args.length < ARGS_MAX; at++) {
    const char = text[at] ?? "";
    if (quote !== "") {
      if (char === "\\") at += 1;
      else if (char === quote || char === "\n") quote = "";
    } else if (/["'`]/.test(char)) quote = char;
    else if (/[([{]/.test(char)) depth += 1;
    else if (char === "," && depth === 0) {
      args.push({ start, text: text.slice(start, at) });
      start = at + 1;
    } else if (/[)\]}]/.test(char)) {
      if (depth === 0) return [...args, { start, text: text.slice(start, at) }];
      depth -= 1;
    }
  }
  return args;
}
