/** Private keys that are no PEM blocks: encoded once more, without their head, or of other tools. */
import type { Form } from "./form.ts";

/** Whether base64 of something that has a secret in it. */
function isWrapped(base64: string): boolean {
  const text = Buffer.from(base64, "base64").toString("latin1");
  return /PRIVATE KEY|"(?:private_key|auths?|password|client_secret|refresh_token|secret\w{0,20})"/.test(
    text,
  );
}

/** Words of sentences that are on no list of words for seeds. */
const SENTENCE = /\b(?:the|and|for|are|was|has|not|its|from|which|und|der|die|das|les|des|que|los|las)\b/;
/** How many words a seed has (BIP 39). */
const SEED_WORDS = new Set([12, 15, 18, 21, 24]);

function isSeed(phrase: string): boolean {
  const words = phrase.match(/[a-z]+/g) ?? [];
  return SEED_WORDS.has(words.length) && !SENTENCE.test(phrase) && new Set(words).size > words.length * 0.8;
}

export const KEY_FORMS: readonly Form[] = [
  {
    kind: "seed phrase",
    near: /mnemonic|phrase|seed|bip-?39|wallet/i,
    pattern: /(?<![\w-]|\w[ '])((?:[a-z]{3,8}[ ]{1,2}){11,23}[a-z]{3,8})(?![\w-]|'\w|[ ,][ ]?\w)/g,
    accepts: isSeed,
  },
  // ["word", "word", …]
  {
    kind: "seed phrase",
    near: /mnemonic|phrase|seed|bip-?39|wallet/i,
    pattern:
      /(?<=[[({]\s{0,20}["'])((?:[a-z]{3,8}["'],?\s{1,20}["']){11,23}[a-z]{3,8})(?=["'],?\s{0,20}[\])}])/g,
    accepts: isSeed,
  },
  {
    kind: "seed",
    near: /seed/i,
    pattern:
      /seed\w{0,20}["']?[ ]{0,4}[:=][ ]{0,4}(?:[\w.]{1,30}\()?["']?((?:0x)?[a-f0-9]{64})(?![a-f0-9])/gi,
    accepts: () => true,
  },
  {
    kind: "license key",
    near: /-[A-Z0-9]{5}-/,
    pattern:
      /(?:(?:licen[sc]e|serial|product|activation|cd)[ _-]?(?:key|code|number|no)?\\?["']?[ ]{0,4}[:=][ ]{0,4}\\?["']?|\/ipk[ ])((?:[A-Z0-9]{5}-){4}[A-Z0-9]{5})(?![\w-])/gi,
    accepts: () => true,
  },
  {
    kind: "RPC password",
    near: /rpcauth=/,
    pattern: /rpcauth=[\w.-]{1,60}:([a-f0-9]{16,40}\$[a-f0-9]{64})/g,
    accepts: () => true,
  },
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
