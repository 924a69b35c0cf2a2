/** Private keys that are no PEM blocks: encoded once more, without their head, or of other tools. */
import type { Form } from "./forms.ts";

/** Whether base64 of something that has a secret in it. */
function isWrapped(base64: string): boolean {
  const text = Buffer.from(base64, "base64").toString("latin1");
  return /PRIVATE KEY|"(?:private_key|auths?|password|client_secret|refresh_token|secret\w{0,20})"/.test(
    text,
  );
}

export const KEY_FORMS: readonly Form[] = [
  // base64 of "-----BEGIN" and of "{"
  {
    kind: "private key",
    near: /LS0tLS1CRUdJTi/,
    pattern: /(?<![A-Za-z0-9+/])(LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,20000}={0,2})/g,
    accepts: isWrapped,
  },
  {
    kind: "credentials",
    near: /(?:eyJ|ewog|ewoJ)[A-Za-z0-9+/]{40}/,
    pattern: /(?<![A-Za-z0-9+/._-])((?:eyJ|ewog|ewoJ)[A-Za-z0-9+/]{40,20000}={0,2})(?![\w.-])/g,
    accepts: isWrapped,
  },
  // DER: RSA and EC keys as PKCS #1, SEC 1 and PKCS #8
  {
    kind: "private key",
    near: /MII\w{2,3}IBA[AD]|MHcCAQEE|MIG[Hk2]AgE|MC4CAQAw/,
    pattern:
      /(?<![A-Za-z0-9+/])((?:MII[A-Za-z0-9+/]{2,3}IBA[AD]|MHcCAQEE|MIGkAgEB|MIG[H2]AgEA|MC4CAQAw)(?:[A-Za-z0-9+/]|\s(?=[A-Za-z0-9+/]{16})){40,6000}={0,2})/g,
    accepts: () => true,
  },
  // PuTTY
  {
    kind: "private key",
    near: /Private-Lines:/,
    pattern: /Private-Lines:[ ]?\d{1,3}\s{1,4}((?:[A-Za-z0-9+/]{1,80}={0,2}\s{1,4}){1,200})/g,
    accepts: () => true,
  },
  // minisign and signify
  {
    kind: "private key",
    near: /RWRTY0Iy|RWRCS/,
    pattern: /(?<![A-Za-z0-9+/])((?:RWRTY0Iy|RWRCS)[A-Za-z0-9+/]{60,300}={0,2})/g,
    accepts: () => true,
  },
  // .NET's XML and GnuPG's expressions
  {
    kind: "private key",
    near: /RSAKeyValue|RSAParameters/,
    pattern: /<(?:D|P|Q|DP|DQ|InverseQ)>\s{0,20}([A-Za-z0-9+/]{20,1000}={0,2})(?=\s{0,20}<)/g,
    accepts: () => true,
  },
  {
    kind: "private key",
    near: /private-key/,
    pattern: /\((?:d|p|q|u|x)\s{1,4}#([0-9A-F]{32,2000})(?=#\))/g,
    accepts: () => true,
  },
];
