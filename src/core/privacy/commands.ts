/** Commands whose options or operands are passwords, though nothing there is called one. */
import { drawn, type Form, given } from "./form.ts";
import type { SecretFinding } from "./secrets.ts";

/** Tools whose option of one letter is the password. */
const OPTIONS: readonly (readonly [tool: string, option: string])[] = [
  ["mysql(?:dump|admin|import|check|show)?|mariadb(?:-dump|-admin)?|7z[arz]?", "-p"],
  ["sshpass", "-p[ \\t]*"],
  [
    "login|twine|mongo(?:sh|dump|restore|import|export)?|psexec(?:64)?|winexe|rdesktop|cqlsh|ncftp(?:put|get|ls)|az|arangosh|useradd|usermod|couchbase-cli|gpg-preset-passphrase|mosquitto_(?:pub|sub)",
    "-p[ \\t]+",
  ],
  ["mosquitto_(?:pub|sub)|sqlcmd|bcp|osql|isql|tsql|zip|unzip|ipmitool|influx|pdftk", "-P[ \\t]*"],
  ["redis-cli|redis-benchmark|ipmitool", "-a[ \\t]+"],
  ["ldap(?:search|modify|add|delete|passwd|whoami|compare|modrdn)|kinit|zipcloak", "-w[ \\t]+"],
  ["plink|pscp|psftp|putty|kitty", "-pw[ \\t]+"],
  ["snmp(?:walk|get|set|bulkwalk|bulkget|getnext|table|trap)", "-[cAX][ \\t]+"],
  ["openssl[ \\t]+(?:enc|aes\\S{1,20}|des\\S{0,20})|des|aescrypt|mcrypt", "-[kp][ \\t]+"],
  ["ssh-keygen", "-[NP][ \\t]+"],
  ["security", "add-(?:generic|internet)-password[^\\n]{0,120}[ \\t]-w[ \\t]+"],
  ["signtool(?:\\.exe)?", "/p[ \\t]+"],
  ["schtasks", "/rp[ \\t]+"],
  ["xfreerdp3?|wfreerdp|cmdkey|runas", "/p(?:ass)?:"],
  ["htdigest|htpasswd", "-[a-zA-Z]*b[a-zA-Z]*[ \\t]+\\S{1,120}[ \\t]+\\S{1,80}[ \\t]+"],
  ["rabbitmqctl|rabbitmqadmin", "(?:add_user|change_password|authenticate_user)[ \\t]+\\S{1,80}[ \\t]+"],
  ["net(?:\\.exe)?", "use\\b[^\\n]{0,120}?[ \\t]/user:\\S{1,80}[ \\t]+"],
  ["net(?:\\.exe)?", "use[ \\t]+(?:[A-Za-z*]:?[ \\t]+)?\\\\\\\\\\S{1,120}[ \\t]+"],
  ["net(?:\\.exe)?", "user[ \\t]+[^\\s/]{1,80}[ \\t]+"],
  ["smbclient|rpcclient|smbget|mount_smbfs|net", "(?:-U|--user)[ \\t=]*[\"']?[^\\s%\"']{1,80}%"],
  ["lftp(?:[ \\t]+-e[ \\t]+(?:\"[^\"\\n]{0,200}\"|'[^'\\n]{0,200}'))?", "-u[ \\t]*[\"']?[^\\s,\"']{1,80},"],
  ["http|https|xh|curlie", "(?:-a|--auth)[ \\t=]*[\"']?[^\\s:\"']{1,80}:"],
  ["sqlplus|impdp|expdp|rman|exp|imp|sqlldr", "(?:target[ \\t]+)?[\"']?[\\w$#.]{1,60}/(?=\\S{0,80}[@\\d])"],
  [
    "wpa_passphrase|networksetup[ \\t]+-setairportnetwork[ \\t]+\\S{1,20}",
    '(?:"[^"\\n]{1,60}"|\\S{1,60})[ \\t]+',
  ],
  ["dscl", "-passwd[ \\t]+\\S{1,120}[ \\t]+"],
  [
    "security",
    "(?:unlock-keychain|create-keychain|set-key-partition-list|import)\\b[^\\n|;]{0,80}[ \\t]-[pkP][ \\t]+",
  ],
  ["mount(?:\\.cifs)?|mount_\\w{2,5}", "-o[ \\t]*\\S{0,120}pass(?:word)?="],
  ["vncpasswd", "-f[ \\t]*<<<[ \\t]*"],
];

/** Where a tool is called, and what is tried there: its options may stand far from it, but on its line. */
const TOOL = new RegExp(String.raw`(?<![\w-])(?:${OPTIONS.map(([tool]) => tool).join("|")})[ \t]`, "g");
const OPERANDS = OPTIONS.map(
  ([tool, option]) =>
    new RegExp(
      String.raw`(?:${tool})[ \t](?:[^\n|;]{0,200}?[ \t])??(?:${option})["']?([^\s"'|;]{4,120})`,
      "y",
    ),
);

/** So near behind the last place the same was tried, it is not tried again. */
const TRIED_WITHIN = 100;

/** The passwords that tools are given on a command line; they may overlap. */
export function findInCommands(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  const tried = OPERANDS.map(() => 0);
  for (const { index } of text.matchAll(TOOL)) {
    for (const [row, operand] of OPERANDS.entries()) {
      if (index < (tried[row] ?? 0)) continue;
      operand.lastIndex = index;
      const match = operand.exec(text);
      const line = text.slice(index, index + TRIED_WITHIN).indexOf("\n");
      tried[row] = index + (line < 0 ? TRIED_WITHIN : line);
      const secret = match?.[1] ?? "";
      if (!match || !given(secret) || /^[-/$\\]|^[\w.-]+\.(?:zip|pem|key|txt|conf)$/.test(secret)) continue;
      const end = index + match[0].length;
      tried[row] = end;
      findings.push({ kind: "password", start: end - secret.length, end });
    }
  }
  return findings;
}

export const COMMANDS: readonly Form[] = [
  // curl -u user:password, --user user:password
  {
    kind: "password",
    near: /-u/i,
    pattern: /[ \t](?:-u|--user|--proxy-user|-U)[ \t=]{0,4}["']?[\w.@+\\-]{1,80}:([^\s"'`]{3,120})/g,
    accepts: given,
  },
  // curl -u token:
  {
    kind: "token",
    near: /-u/,
    pattern:
      /[ \t]-u[ \t]{1,4}["']?([A-Za-z0-9_-]{20,100})(?=:(?:X|x|x-oauth-basic|x_auth|api_token)?["'\s])/g,
    accepts: (secret) => /\d/.test(secret) && drawn(secret),
  },
  // any tool -u user -p password
  {
    kind: "password",
    near: /-u/,
    pattern:
      /[ \t]--?u(?:ser(?:name)?)?[ \t=]+[\w.@\\-]{1,80}[ \t]+(?:-p|-P|-w)[ \t]+["']?([^\s"'`|;]{6,100})/g,
    accepts: (secret) => given(secret) && /\d|[!@#$%^&*]/.test(secret) && !/^[\d:.-]+$|^[-/.]/.test(secret),
  },
  { kind: "password", near: /pass:/i, pattern: /[ \t]pass:([^\s"'`]{4,80})/g, accepts: given },
  // echo user:password | chpasswd
  {
    kind: "password",
    near: /chpasswd/,
    pattern:
      /\becho[ \t]{1,4}(?:-n[ \t]{1,4})?["']?[\w.-]{1,40}:([^\s"'|]{4,100})(?=["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?chpasswd)/g,
    accepts: given,
  },
  // echo password | sudo -S …
  {
    kind: "password",
    near: /\|/,
    pattern:
      /\b(?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4}|["']?%s["']?[ \t]{1,4})?["']?([^\s"'|$]{4,120})(?=(?:\\n)?["']?[ \t]{0,4}\|[ \t]{0,4}[^\n|]{0,80}(?:sudo[ \t]{1,4}(?:-\w[ \t]{1,4})*-S|--password-stdin|--passphrase-fd|passwd[ \t]{1,4}--stdin|--stdin-pass|cryptsetup|kinit|smbpasswd|vncpasswd|docker login|docker secret create|kubectl create secret|gh auth login))/g,
    accepts: given,
  },
  // tool <<< password
  {
    kind: "password",
    near: /<<</,
    pattern:
      /(?:sudo[ \t]{1,4}-S|--password-stdin|--passphrase-fd|--stdin|kinit|cryptsetup|su)\b[^\n|<]{0,120}<<<[ \t]{0,4}["']?([^\s"'$]{4,120})/g,
    accepts: given,
  },
  // expect: what is sent to a prompt for a password
  {
    kind: "password",
    near: /assword|assphrase/,
    pattern:
      /ass(?:word|phrase)[^\n]{0,40}["'}][^\n]{0,20}\s{1,40}\{?\s{0,40}(?:exp_)?send(?:line|_user)?\(?[ \t]{0,4}(?:--[ \t]{1,4})?["']([^\s"'$\\]{4,100})(?=\s{0,6}["'])/g,
    accepts: given,
  },
];
