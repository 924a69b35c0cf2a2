/** Finds credentials that stand in a form of their own: URLs, headers, commands, password files, Kubernetes secrets. */
import type { SecretFinding } from "./secrets.ts";
import { isPlaceholder, isReadable } from "./values.ts";
import { isPlainWord } from "./words.ts";

interface Form {
  kind: string;
  /** Texts without these letters, in any case, are not searched. */
  near: string;
  /** Its first group is the secret, and ends the match. */
  pattern: RegExp;
  /** What else must hold of the secret. */
  accepts: (secret: string, match: string) => boolean;
}

const given = (secret: string) => !isPlaceholder(secret) && !isPlainWord(secret);
const drawn = (secret: string) => given(secret) && !isReadable(secret);

/** Whether this is base64 of "user:password". */
function isBasic(secret: string): boolean {
  return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(secret, "base64").toString("latin1"));
}

const FORMS: readonly Form[] = [
  {
    kind: "password",
    near: "://",
    pattern:
      /:\/\/[^\s:/@"'`<>(){}[\]]{0,100}:([^\s"'`<>/?#[\]]{1,200}|[^\s"'`<>?#[\]]{1,200})(?=@[\w.[$%{-])/g,
    // A name as its own password is what every image ships with: "postgres:postgres".
    accepts: (secret, match) => given(secret) && secret.length > 2 && !match.startsWith(`://${secret}:`),
  },
  { kind: "token", near: "://", pattern: /:\/\/([A-Za-z0-9_-]{20,120})(?=@[\w.-])/g, accepts: drawn },
  // Go's MySQL driver: user:password@tcp(host)
  { kind: "password", near: "@tcp(", pattern: /(?<=[\w.-]):([^\s"'`:@]{2,100})(?=@tcp\()/g, accepts: given },
  {
    kind: "password",
    near: "jdbc:oracle",
    pattern: /jdbc:oracle:\w{3,5}:[\w.$-]{1,60}\/([^\s"'`@/]{2,100})(?=@)/gi,
    accepts: given,
  },
  {
    kind: "bearer token",
    near: "bearer",
    pattern: /\bbearer[ \t]{1,4}([\w.~+/-]{12,2000}={0,2})/gi,
    accepts: drawn,
  },
  {
    kind: "credentials",
    near: "basic",
    pattern: /\bbasic[ \t]{1,4}([A-Za-z0-9+/]{8,500}={0,2})/gi,
    accepts: isBasic,
  },
  {
    kind: "token",
    near: "authorization",
    pattern:
      /authorization\\?["']?[ \t]{0,4}[:=,][ \t]{0,4}\\?["'`]?(?:[A-Za-z-]{3,20}[ \t=]{1,4})?([\w.~+/:-]{12,2000}={0,2})/gi,
    accepts: (secret) => drawn(secret) && !/^\w+:\/\//.test(secret),
  },
  // curl -u user:password, --user user:password
  {
    kind: "password",
    near: "-u",
    pattern: /[ \t](?:-u|--user|--proxy-user|-U)[ \t=]{0,4}["']?[\w.@+-]{1,80}:([^\s"'`]{3,120})/g,
    accepts: given,
  },
  {
    kind: "password",
    near: "mysql",
    pattern: /\bmysql(?:dump|admin)?\b[^\n|;]{0,200}[ \t]-p["']?([^\s"'`|;]{4,80})/g,
    accepts: given,
  },
  {
    kind: "password",
    near: "sshpass",
    pattern: /\bsshpass[ \t]{1,4}-p[ \t]{0,4}["']?([^\s"'`]{4,80})/g,
    accepts: given,
  },
  {
    kind: "password",
    near: "login",
    pattern: /\blogin\b[^\n|;]{0,200}[ \t]-p[ \t]{1,4}["']?([^\s"'`]{4,120})/g,
    accepts: given,
  },
  {
    kind: "password",
    near: "redis-cli",
    pattern: /\bredis-cli\b[^\n|;]{0,200}[ \t]-a[ \t]{1,4}["']?([^\s"'`]{4,120})/g,
    accepts: given,
  },
  { kind: "password", near: "pass:", pattern: /[ \t]pass:([^\s"'`]{4,80})/g, accepts: given },
  // .netrc, on one line or several
  {
    kind: "password",
    near: "machine",
    pattern:
      /\bmachine\s{1,20}\S{1,200}\s{1,20}login\s{1,20}\S{1,200}\s{1,20}password\s{1,20}([^\s"'\\]{1,200})/g,
    accepts: given,
  },
  // SQL
  {
    kind: "password",
    near: "identified",
    pattern:
      /\bidentified[ \t]{1,4}(?:with[ \t]{1,4}["'`\w]{1,60}[ \t]{1,4})?(?:by|as)[ \t]{1,4}(?:password[ \t]{1,4})?["']([^\s"']{3,120})/gi,
    accepts: given,
  },
  // htpasswd, shadow: the hash is what is kept from readers
  {
    kind: "password hash",
    near: ":$",
    pattern: /(?<=^[\w.@-]{1,80}:)(\$(?:apr1|2[abxy]|1|5|6|y|argon2\w{0,3})\$[\w./$,=+-]{12,200})/gm,
    accepts: () => true,
  },
  {
    kind: "password hash",
    near: "{sha}",
    pattern: /(?<=^[\w.@-]{1,80}:)(\{SHA\}[A-Za-z0-9+/]{20,40}={0,2})/gim,
    accepts: () => true,
  },
  // .pgpass: host:port:database:user:password
  {
    kind: "password",
    near: ":",
    pattern: /^[\w.*-]{1,80}:(?:\d{2,5}|\*):[\w*-]{1,60}:[\w.*-]{1,60}:([^\s:]{3,120})$/gm,
    accepts: given,
  },
];

/** Every credential in such a form; they may overlap. */
export function findCredentials(text: string): SecretFinding[] {
  const lower = text.toLowerCase();
  const findings = FORMS.filter(({ near }) => lower.includes(near)).flatMap(({ kind, pattern, accepts }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const secret = match[1] ?? "";
      const end = match.index + match[0].length;
      return accepts(secret, match[0]) ? [{ kind, start: end - secret.length, end }] : [];
    }),
  );
  return lower.includes("secret") ? [...findings, ...findKubernetesSecrets(text)] : findings;
}

const SECRET_KIND = /^[ \t]*["']?kind["']?:[ \t]*["']?Secret["']?,?[ \t]*\r?$/gm;
const DATA = /^([ \t]*)["']?(?:data|stringData)["']?:[ \t]*\{?[ \t]*\r?$/;
const ENTRY = /^([ \t]*)["']?[\w.-]{1,100}["']?:[ \t]*["']?([^\s"']{4,4000})["']?,?[ \t]*\r?$/;

/** The values of manifests of kind Secret: all of them are secret, whatever their names. */
function findKubernetesSecrets(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let done = 0;
  for (const { index } of text.matchAll(SECRET_KIND)) {
    if (index < done) continue;
    const start = Math.max(done, text.lastIndexOf("\n---", index) + 1);
    const next = text.indexOf("\n---", index);
    const end = next < 0 ? text.length : next;
    findings.push(...entriesOf(text.slice(start, end), start));
    done = end;
  }
  return findings;
}

function entriesOf(manifest: string, offset: number): SecretFinding[] {
  const findings: SecretFinding[] = [];
  let indent = -1;
  let at = offset;
  for (const line of manifest.split("\n")) {
    const entry = ENTRY.exec(line);
    const value = entry?.[2] ?? "";
    if (indent >= 0 && entry && (entry[1] ?? "").length > indent && !isPlaceholder(value)) {
      const start = at + line.lastIndexOf(value);
      findings.push({ kind: "Kubernetes secret", start, end: start + value.length });
    } else if (line.trim() !== "" && !(indent >= 0 && /^[ \t]*/.exec(line)![0].length > indent)) {
      indent = DATA.exec(line)?.[1]?.length ?? -1;
    }
    at += line.length + 1;
  }
  return findings;
}
