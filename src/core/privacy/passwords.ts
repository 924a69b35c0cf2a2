/** Tells a password that someone made up from names, labels and messages. */
import { isReadable, words } from "./readable.ts";
import { isReference } from "./references.ts";
import type { Certainty } from "./values.ts";
import { isPlainWord, isTechnical } from "./words.ts";

/** No one types a longer one. */
export const PASSWORD_MAX = 256;

export function isPassword(value: string, certainty: Certainty): boolean {
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
