/** Tells a real secret from what else a telling name is given. */
import { isPassword, PASSWORD_MAX } from "./passwords.ts";
import { isPlaceholder } from "./placeholders.ts";
import { isNoise, isReadable, isStrong, words } from "./readable.ts";
import { isReference } from "./references.ts";
import { isPlainWord } from "./words.ts";

/** A secret told by its name alone must look picked by chance; a password need only look picked. */
export type Role = "password" | "token";

/**
 * How sure it is that the value was written to be one: "certain" where nothing but a secret stands (a URL, a .env line),
 * "quoted" for a literal of code, "bare" for a word without quotes, which may be a variable.
 */
export type Certainty = "certain" | "quoted" | "bare";

export function isSecret(role: Role, value: string, certainty: Certainty): boolean {
  if (certainty !== "bare" && isNoise(value)) return true;
  if (value.length < 4 || isPlaceholder(value)) return false;
  if (certainty !== "bare" && value.length <= PASSWORD_MAX && isStrong(value)) return true;
  return role === "password" ? isPassword(value, certainty) : isToken(value, certainty);
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
