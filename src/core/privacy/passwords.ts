/** Tells a password that someone made up from names, labels and messages. */
import { isPlaceholder } from "./placeholders.ts";
import { isReadable, isStrong, words } from "./readable.ts";
import { isReference } from "./references.ts";
import type { Certainty } from "./values.ts";
import { isMessageWord, isPlainWord, isTechnical } from "./words.ts";

/** No one types a longer one. */
export const PASSWORD_MAX = 256;
/** Fewer characters than this are a password only where nothing else can stand. */
const LENGTH_MIN = 6;
/** Letters and digits without signs must be as long as this to be drawn by chance. */
const DRAWN_MIN = 16;
/** Words joined by signs must be as long as this together. */
const JOINED_MIN = 8;

export function isPassword(value: string, certainty: Certainty): boolean {
  if (value.length > PASSWORD_MAX) return false;
  if (/\s/.test(value)) return certainty !== "bare" && (isPassphrase(value, / /) || isSpaced(value));
  if (/^\d{8,12}$/.test(value)) return certainty !== "bare";
  if (certainty !== "certain" && isReference(value) && !isJoined(value)) return false;
  if (certainty === "certain" && /^(?:\w+:\/\/|\/[\w./-]+$|\.{1,2}\/)/.test(value) && isReadable(value))
    return false;
  const digits = value.replace(/\D/g, "").length;
  if (!/\p{L}/u.test(value)) return digits > 0 && value.length >= LENGTH_MIN && certainty !== "bare";
  if (/^[A-Za-z]+$/.test(value)) return isPickedWord(value, certainty);
  if (/^[A-Za-z]+\d+$/.test(value)) {
    const word = value.replace(/\d+$/, "");
    return (
      value.length >= LENGTH_MIN &&
      !isTechnical(value) &&
      !(isPlainWord(word) && (digits < 2 || certainty === "bare"))
    );
  }
  if (/^[\w.:/+-]*$/.test(value) && isReadable(value)) {
    if (certainty === "certain" && !words(value).every(isPlainWord)) return value.length >= LENGTH_MIN;
    if (isJoined(value)) return true;
    return certainty === "quoted" && (isPassphrase(value, /[-_.]/) || isHyphened(value) || isMingled(value));
  }
  if (digits > 0) return value.length >= (certainty === "certain" ? 4 : LENGTH_MIN);
  const core = value.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9!@$#%^&*]+$/g, "");
  return (
    value.length >= LENGTH_MIN &&
    /[A-Za-z0-9][@$!#%^&*~?+=({[][A-Za-z0-9]|[A-Za-z0-9][@$!#%^&*~?+=]/.test(core) &&
    !words(core).every(isPlainWord)
  );
}

/**
 * Words joined by signs that no name is made of: "Otter.im.Fluss4", "wachhund-Bello", "Kellertreppe_21". Names have a
 * word of the trade in them, or neither a digit nor a capital behind the sign.
 */
export function isJoined(whole: string): boolean {
  const value = whole.normalize("NFD").replaceAll(/\p{M}|^[#!@$%&*?]|[#!$%&*?]+$/gu, "");
  if (value.length < JOINED_MIN || !/^\w[\w.+:/-]+$/.test(value)) return false;
  // Paths and pairs of names look like this, but for the digits.
  if (/[:/]/.test(value) && !(/\d$/.test(value) && /[:/][A-Z]/.test(value))) return false;
  const parts = value.split(/[-_.+:/]/).filter(Boolean);
  if (parts.length < 2 || parts.some(isTechnical)) return false;
  const runs = words(value);
  const plain = runs.filter(isPlainWord).length;
  const capital = /[-_.+:/][A-Z]/.test(value);
  const digits = /\d/.test(value);
  if (!(digits || capital) || runs.every((run) => run.length < 3)) return false;
  if (plain === 0) return digits || parts.some((part) => /^[a-z]/.test(part)) || parts.length === 2;
  return digits && capital && plain < runs.length;
}

/** "kellertreppe-hinten" */
function isHyphened(value: string): boolean {
  return (
    /^[a-z]{4,}(?:-[a-z]{4,}){1,3}$/.test(value) &&
    !words(value).some((word) => isPlainWord(word) || isMessageWord(word))
  );
}

/** "Nord9Ost3West", "4711Hagel": letters and digits as no name has them. */
function isMingled(value: string): boolean {
  return (
    value.length >= JOINED_MIN &&
    /^(?:[A-Z][a-z]+\d+[A-Z][a-z]+(?:\d+[A-Z][a-z]+)*\d*|\d{2,}[A-Z]?[a-z]{4,})$/.test(value) &&
    !isTechnical(value) &&
    !words(value).some((word) => isPlainWord(word) || isTechnical(word))
  );
}

/** Whether no word of a sentence, of a line of configuration or of code looks like this: "Regenschirm_44". */
export function isSpoken(value: string): boolean {
  if (value.length < JOINED_MIN || !/\d/.test(value) || !/\p{L}/u.test(value)) return false;
  if (isPlaceholder(value) || value.split(/[-_/.]/).some(isTechnical)) return false;
  if (isStrong(value) && !/\w\(|[=-]>|&&|\|\||^[({[]|[({]$|^--|\w=\w/.test(value)) return true;
  if (/[(<>{}]|=(?!=?$)|^[-/.$%]|:\/\/|['’]s?$/.test(value)) return false;
  if (isReference(value) && !isJoined(value)) return false;
  if (/^\p{L}+\d+$/u.test(value)) {
    return /\d\d$/.test(value) && /^.\p{Ll}{4,}/u.test(value) && !words(value).some(isPlainWord);
  }
  if (value.length >= DRAWN_MIN && /\d.*\d/.test(value) && /^\w+={0,2}$/.test(value) && !isReadable(value))
    return true;
  const sets = [/\p{Ll}/u, /\p{Lu}/u, /[^\p{L}\p{N}]/u].filter((set) => set.test(value)).length;
  return sets >= 2 && (!isReadable(value) || isJoined(value));
}

/** A password of letters alone. */
function isPickedWord(value: string, certainty: Certainty): boolean {
  if (isPlainWord(value) || value.length < (certainty === "certain" ? 4 : LENGTH_MIN)) return false;
  if (certainty === "certain") return true;
  if (!isReadable(value)) return value.length >= JOINED_MIN;
  return certainty === "quoted" && /^[a-z]+$/.test(value) && !isCompound(value);
}

/** "mysecretkey", "userpassword": names written without a break. */
function isCompound(value: string): boolean {
  return /passw|secret|token|passwd|login|user|field|input|email|confirm|valid|auth|hash|crypt|param|valu|text|test|^(?:new|old|my|the|get|set|is|has|no)/.test(
    value,
  );
}

/** Four words or more that are no sentence. */
export function isPassphrase(value: string, between: RegExp): boolean {
  const parts = value.split(between);
  return (
    parts.length >= 4 &&
    parts.every((part) => /^[a-z]{3,}$/i.test(part)) &&
    parts.filter((part) => !isPlainWord(part)).length >= 3 &&
    (between.source !== " " || parts.every((part) => /^[A-Z]?[a-z]{3,}$/.test(part) && !isMessageWord(part)))
  );
}

/** A few words with a digit or a sign among them that tell the reader nothing: "Leinpfad 7 Anker". */
export function isSpaced(value: string): boolean {
  const parts = value.split(" ");
  if (parts.length < 2 || parts.length > 6 || parts.includes("")) return false;
  if (!/\d|[!@#$%^&*+=]\S|\S[!@#$%^&*+=]\S/.test(value) || /[.:;?,]$|[()<>[\]{}"|\\]|: |, /.test(value))
    return false;
  const runs = value.match(/\p{L}+/gu) ?? [];
  return (
    runs.some((run) => run.length > 3) &&
    !runs.some((run) => isPlainWord(run) || isMessageWord(run)) &&
    /\p{Lu}/u.test(value)
  );
}
