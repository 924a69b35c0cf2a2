/** Tells what only stands in the place of a secret: placeholders, masks, variables, templates. */
import { isReadable, isStrong, words } from "./readable.ts";
import { isPlainWord } from "./words.ts";

const PLACEHOLDER_WORDS =
  /example|replace[-_ ]?(?:me|this|with)|place[-_ ]?holder|your[-_ ]|\byour|^my[-_][a-z_-]+$|redacted|not[-_ ]?a[-_ ]?real|insert[-_ ]|[-_]here$|^<[\w .:/-]*>|(?<![a-z0-9])x{3,}(?![a-z0-9])|x{5}|\*\*\*|\.\.\.|…|•|[█●]|abcdefghij|\bn\/a\b|^fake|^mock|^sample|^sha\d{3}-|^sha256:|^%5B/i;
/** The same as words of their own: "Tododia" is none. */
const STANDALONE = /(?<!\p{L})(?:todo|fixme|dummy|lorem|masked|filtered)(?!\p{L})/iu;
/** What installers put in; what stands beside it may have made a password of it. */
const TO_CHANGE = /change[-_ ]?(?:me|this|it)/gi;
/** A variable of a format string; a capitalised one only if it is a word of the trade: "{Password}". */
const BRACED = /\{([A-Za-z_]\w*)\}/g;
/** What is filled in elsewhere: variables, templates, expressions, references to a vault. */
const FILLED_IN_LATER =
  /\$\{|\$\(|\{\{|\}\}|<%|%>|^%\w+%$|^@[\w.-]+@$|^__\w+__$|%[A-Z_]{3,}%|^\{[\w.$ ]*\}$|^\[[\w .,:/-]*\]?$|^<[\w .,:|/-]*>?$|process\.env|os\.(?:environ|getenv)|^(?:env|file|vault|ssm|secret|secrets|config|kv|op|sm|ref|var|local|data|module|input|params?|props?|gcp|azure|aws)[:.][\w./-]*$|^(?:op|sm|vault|gsm|awssm|ref\+\w+):\/\/|^arn:aws|^projects\/|^ENC[([]|KeyVault\(|^data:|^AAAA[BCE][23]NzaC1/i;

/** Variables and formats, in as far as the rest does not look drawn by chance. */
const SIGIL = /^[$%](?:\w*$|[({[])|^[@#!&](?:[A-Z]?[a-z_]*\d?$|[({[])|#\{|%[sdv]\b|##/;

/** Runs that people type instead of a value. */
const TYPED_RUNS =
  /(?:0?1234567890|0?123456789|12345678|1234567|123456|12345|1234|123|abcdefghijklmnopqrstuvwxyz|abcdefgh|abcdef|abcde|abcd|abc|asdf|xyz|deadbeef|cafebabe)/gi;

/** False for masks, runs such as "xxxx" or "1234567890", and texts that name themselves placeholders. */
export function isFilledIn(value: string): boolean {
  if (new Set(value.slice(0, 60)).size < 5 && value.length > 7) return false;
  if (/example/i.test(value) || /x{4,}|X{4,}|\.{3}|\*{3}|(.)\1{7}/.test(value)) return false;
  if (
    /(?:^|[-_])(?:your|my|example|here|key|placeholder|changeme|replace|redacted|insert|dummy)(?:[-_]|$)/i.test(
      value,
    )
  ) {
    return false;
  }
  // Words from end to end: "not-a-real-key", "removed_after_next_version".
  const worded =
    value.length > 15 && (/^[a-z_]+$/.test(value) || /[-_].*[-_]/.test(value)) && isReadable(value);
  return !worded && !value.slice(0, 400).includes("${");
}

/** Whether it has a word in it that is none of the trade. */
function isWorded(value: string): boolean {
  return words(value).some((word) => word.length > 2 && !isPlainWord(word));
}

/** Whether this text stands for a secret instead of being one. */
export function isPlaceholder(whole: string): boolean {
  // Spring and LDAP say in front of a password how it is stored.
  const value = whole.replace(/^\{(?:noop|plain|cleartext)\}/i, "");
  if (value.length > 1 && new Set(value.slice(0, 60).toLowerCase()).size <= 2) return true;
  if (PLACEHOLDER_WORDS.test(value) || STANDALONE.test(value) || FILLED_IN_LATER.test(value)) return true;
  const changed = value.replace(TO_CHANGE, "");
  if (changed.length < value.length && !(/\d/.test(changed) && isWorded(changed))) return true;
  if ([...value.matchAll(BRACED)].some(([, name = ""]) => !/^[A-Z][a-z]/.test(name) || !isWorded(name)))
    return true;
  if (SIGIL.test(value) && !isStrong(value)) return true;
  const rest = value.replace(TYPED_RUNS, "");
  return rest.length < value.length && rest.length < 2;
}
