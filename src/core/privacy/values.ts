/** Tells a real secret from what only stands in its place: placeholders, references, names, words and labels. */
import { letterPairs } from "./bigrams.ts";
import { isPlainWord, isTechnical, TECHNICAL_PART } from "./words.ts";

const PLACEHOLDER_WORDS =
  /example|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|place[-_ ]?holder|your[-_ ]|\byour|^my[-_][a-z_-]+$|dummy|redacted|not[-_ ]?a[-_ ]?real|todo|fixme|insert[-_ ]|[-_]here$|^<|(?<![a-z0-9])x{3,}(?![a-z0-9])|x{5}|\*\*\*|\.\.\.|…|•|[█●]|lorem|abcdefghij|\bn\/a\b|^fake|^mock|^sample|^sha\d{3}-|^sha256:/i;
/** What is filled in elsewhere: variables, templates, expressions, references to a vault. */
const FILLED_IN_LATER =
  /\$\{|\$\(|\{\{|\}\}|<%|%>|^%\w+%$|^@\w+@$|^__\w+__$|%[A-Z_]{3,}%|\{[A-Za-z_]\w*\}|^\{[\w.$ ]*\}$|^\[[^\]]*\]?$|^<[^>]*>?$|process\.env|os\.(?:environ|getenv)|^(?:env|file|vault|ssm|secret|secrets|config|kv|op|sm|ref|var|local|data|module|input|params?|props?|gcp|azure|aws)[:.][\w./-]*$|^(?:op|sm|vault|gsm|awssm|ref\+\w+):\/\/|^arn:aws|^projects\/|^ENC[([]|KeyVault\(|^data:|^AAAA[BCE][23]NzaC1/i;

/** Variables and formats, in as far as the rest does not look drawn by chance. */
const SIGIL = /^[$%@#!&](?:\w*$|[({[])|#\{|%[sdv]\b|##/;

/** Runs that people type instead of a value. */
const TYPED_RUNS =
  /(?:0?1234567890|0?123456789|12345678|1234567|123456|12345|1234|123|abcdefghijklmnopqrstuvwxyz|abcdefgh|abcdef|abcde|abcd|abc|asdf|xyz|deadbeef|cafebabe)/gi;

/** False for masks, runs such as "xxxx" or "1234567890", and texts that name themselves placeholders. */
export function isFilledIn(value: string): boolean {
  if (new Set(value.slice(0, 60)).size < 5 && value.length > 7) return false;
  if (/x{4,}|X{4,}|\.{3}|\*{3}|(.)\1{7}/.test(value)) return false;
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

/** Whether this text stands for a secret instead of being one. */
export function isPlaceholder(value: string): boolean {
  if (value.length > 1 && new Set(value.slice(0, 60).toLowerCase()).size <= 2) return true;
  if (PLACEHOLDER_WORDS.test(value) || FILLED_IN_LATER.test(value)) return true;
  if (SIGIL.test(value) && !isStrong(value)) return true;
  const rest = value.replace(TYPED_RUNS, "");
  return rest.length < value.length && rest.length < 2;
}

/** Paths, dotted names and selectors, if they can be read. */
const PATH = /^[#.~@]?[\w.+-]*(?:\/[\w.+@-]*)+$|^[#.]?(?:[A-Za-z_][\w-]*\.)*[a-z_][\w-]*$/i;
/** Addresses, selectors, media types, colours, dates, versions, patterns, markup: never a secret as a whole. */
const REFERENCE =
  /^(?:~\/|[A-Za-z]:\\|\\\\)|^[a-z][\w+.-]*:\/\/|^(?:magnet|urn|mailto|data|tel|blob|npm|workspace|link|github|patch|git):|^(?:[a-z_]{2,}\.){2,}|^\d{1,3}(?:\.\d{1,3}){3}|^\[[\w-]+|^#[0-9a-f]{3,8}$|^\d{4}-\d\d-\d\d|^v?\d+(?:\.\d+)+$|^[-+]?[\d.]+(?:[eE][-+]?\d+)?$|^0x[\da-fA-F_]{1,16}$|\\x[\da-f]{2}|^[\w.+-]+@[\w-]+\.[\w.-]+$|\.(?:json|ya?ml|txt|pem|key|crt|pub|env|ini|cfg|conf|toml|tsx?|jsx?|mjs|py|go|rb|php|java|cs|html?|css|scss|svg|png|md|sh|xml|sql|vue|asc|gpg|p12|pfx|jks)$|^\^|\$$(?<=[)\]}+*]\$)|\(\?[:=!<]|\\[dwsbDWSB]|\[\^?[a-zA-Z0-9]-|\w:$|^:\w|^\/\/|^[<>=]|\b\w+\([^)]*\)|=>|&&|\|\||::|->|^--?[a-z]|^[A-Z]{2,}_[A-Z_]+$/;

/** What regular expressions, calls and formats have in them, and passwords hardly ever. */
const PATTERN =
  /\(\?[:=!<]|\\[dwsbDWSB]|\[\^?[a-zA-Z0-9]-[a-zA-Z0-9]|\.[*+]|\{\d+,\d*\}|\w[([][\w.,:'"-]*[)\]]|=> /;

/** Whether this has what makes a password strong, and reads as nothing. */
export function isStrong(value: string): boolean {
  const sets = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].map((set) => set.test(value));
  if (value.length < 10 || sets.filter(Boolean).length < 3 || !/^[\x21-\x7e]+$/.test(value)) return false;
  if (PATTERN.test(value) || /^(?:[a-z]+:[?/]|\.{0,2}\/\w+\/|[A-Za-z]:\\)/i.test(value)) return false;
  const { mean, count } = letterPairs(value);
  if (count >= PAIRS_MIN && mean < WORDS_MEAN) return true;
  return sets.slice(0, 3).every(Boolean) && !isReadable(value.replaceAll(/[^A-Za-z0-9]+/g, "-"));
}

/** A secret told by its name alone must look picked by chance; a password need only look picked. */
export type Role = "password" | "token";

/**
 * How sure it is that the value was written to be one: "certain" where nothing but a secret stands (a URL, a .env line),
 * "quoted" for a literal of code, "bare" for a word without quotes, which may be a variable.
 */
export type Certainty = "certain" | "quoted" | "bare";

/** No one types a longer one. */
const PASSWORD_MAX = 256;

export function isSecret(role: Role, value: string, certainty: Certainty): boolean {
  if (value.length < 4 || isPlaceholder(value)) return false;
  if (certainty !== "bare" && value.length <= PASSWORD_MAX && isStrong(value)) return true;
  return role === "password" ? isPassword(value, certainty) : isToken(value, certainty);
}

function isPassword(value: string, certainty: Certainty): boolean {
  if (value.length > PASSWORD_MAX) return false;
  if (/\s/.test(value)) return certainty !== "bare" && isPassphrase(value, / /);
  if (certainty !== "certain" && isReference(value)) return false;
  if (certainty === "certain" && /^(?:\w+:\/\/|\/[\w./-]+$|\.{1,2}\/)/.test(value) && isReadable(value))
    return false;
  const letters = /\p{L}/u.test(value);
  if (!letters) return /\d/.test(value) && value.length >= 6 && certainty !== "bare";
  const digits = value.replace(/\D/g, "").length;
  if (/^[A-Za-z]+$/.test(value)) return isPickedWord(value, certainty);
  if (/^[A-Za-z]+\d+$/.test(value)) {
    const word = value.replace(/\d+$/, "");
    return (
      value.length >= 6 && !isTechnical(value) && !(isPlainWord(word) && (digits < 2 || certainty === "bare"))
    );
  }
  if (/^[\w.:/+-]*$/.test(value) && isReadable(value)) {
    if (certainty === "certain" && !words(value).every(isPlainWord)) return value.length >= 6;
    if (certainty === "bare") return false;
    return digits >= 2 ? value.length >= 8 && !words(value).some(isPlainWord) : isPassphrase(value, /[-_.]/);
  }
  if (digits > 0) return value.length >= (certainty === "certain" ? 4 : 6);
  const core = value.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9!@$#%^&*]+$/g, "");
  return value.length >= 6 && /[A-Za-z0-9][@$!#%^&*~?+=]/.test(core) && !isPlainWord(core.replace(/\W/g, ""));
}

/** A password of letters alone. */
function isPickedWord(value: string, certainty: Certainty): boolean {
  if (isPlainWord(value) || value.length < (certainty === "certain" ? 4 : 6)) return false;
  if (certainty === "certain") return true;
  if (!isReadable(value)) return value.length >= 8;
  return certainty === "quoted" && /^[a-z]+$/.test(value) && !isCompound(value);
}

/** "mysecretkey", "userpassword": names written without a break. */
function isCompound(value: string): boolean {
  return /passw|secret|token|passwd|login|user|field|input|email|confirm|valid|auth|hash|crypt|param|valu|text|test|^(?:new|old|my|the|get|set|is|has|no)/.test(
    value,
  );
}

/** Four words or more that are no sentence. */
function isPassphrase(value: string, between: RegExp): boolean {
  const parts = value.split(between);
  return (
    parts.length >= 4 &&
    parts.every((part) => /^[a-z]{3,}$/i.test(part)) &&
    parts.filter((part) => !isPlainWord(part)).length >= 3 &&
    (between.source !== " " || parts.every((part) => /^[a-z]{4,}$/.test(part)))
  );
}

const SCHEME = /^(?:Bearer|Basic|Token|ApiKey)\s+/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function isToken(whole: string, certainty: Certainty): boolean {
  const value = whole.replace(SCHEME, "");
  if (/\s/.test(value) || value.length < 8 || !/^[\x21-\x7e]+$/.test(value) || isReference(value))
    return false;
  if (UUID.test(value)) return !/^0+-/.test(value);
  if (/^[0-9a-f]+$/i.test(value) && /\d/.test(value) && /[a-f]/i.test(value)) {
    return value.length >= (certainty === "certain" ? 12 : 16);
  }
  return looksRandom(value, certainty);
}

function looksRandom(value: string, certainty: Certainty): boolean {
  const digits = /\d/.test(value);
  if (!/[A-Za-z]/.test(value)) return false;
  if (isReadable(value)) {
    // A literal that was typed rather than drawn: "supersecret-2024!".
    return (
      certainty === "certain" &&
      value.length >= 10 &&
      /\d{2}|[!@#$%^&*]/.test(value) &&
      !words(value).every(isPlainWord)
    );
  }
  if (digits) return value.length >= (certainty === "bare" ? 12 : 8);
  if (/[!@#$%^&*~?]/.test(value)) return value.length >= 8 && certainty !== "bare";
  return (
    value.length >= 16 ||
    (certainty !== "bare" && value.length >= 10 && /[a-z]/.test(value) && /[A-Z]/.test(value))
  );
}

function isReference(value: string): boolean {
  return (
    value.length < 300 &&
    (REFERENCE.test(value) || (PATH.test(value) && /[#./]/.test(value) && isReadable(value)))
  );
}

/** The runs of letters of a name: camel case, snake case and kebab case taken apart, lower case. */
function words(value: string): string[] {
  return (value.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
}

/** Mean log-odds of letter pairs from which on a text reads as words; of fewer pairs than these the length of the words speaks. */
const WORDS_MEAN = 0.25;
const PAIRS_MIN = 6;
const MEAN_WORD = 2.7;

/** Whether the value reads as words of some language, with a few numbers between them. */
export function isReadable(value: string): boolean {
  const rest = value
    .replaceAll(/%[0-9A-F]{2}/g, "-")
    .replaceAll(TECHNICAL_PART, "-")
    .replaceAll(/^[^\w]+|[^\w]+$/g, "")
    .split(/[-_.:/+= ]/)
    .filter((part) => !isTechnical(part))
    .join("-");
  const parts = words(rest);
  const numbers = rest.match(/\d+/g) ?? [];
  if (parts.length === 0) return numbers.length <= 1 && (numbers[0]?.length ?? 0) <= 4;
  if (/[^\w\-.:/+= ]/.test(rest) || numbers.length > parts.length) return false;
  if (numbers.some((number) => number.length > 4)) return false;
  // Between letters a digit takes a letter's place: "s3cret".
  if (/[A-Za-z]\d{1,2}[a-z]|[A-Z]\d{1,2}[A-Z]/.test(rest)) return false;
  const { mean, count } = letterPairs(rest);
  if (count >= PAIRS_MIN) return mean >= WORDS_MEAN;
  return parts.length === 1 || parts.reduce((sum, part) => sum + part.length, 0) / parts.length >= MEAN_WORD;
}
