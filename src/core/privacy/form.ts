/** A form in which a secret stands without a telling name, and what makes a secret of a word there. */
import { isPlaceholder } from "./placeholders.ts";
import { isReadable } from "./readable.ts";
import { isSecret } from "./values.ts";
import { isPlainWord } from "./words.ts";

export interface Form {
  kind: string;
  /** What is quickly looked for; a text without it is not searched. */
  near: RegExp;
  /** Its first group is the secret, and ends the match. */
  pattern: RegExp;
  /** What else must hold of the secret. */
  accepts: (secret: string, match: string) => boolean;
}

/** What is written out, and no word such as "password". */
export const given = (secret: string) =>
  !isPlaceholder(secret) &&
  !isPlainWord(secret) &&
  !/^(?:some|my|the|user|db)[-_]?pass(?:word|wd)?\d?$/i.test(secret);
export const drawn = (secret: string) => given(secret) && !isReadable(secret);

/** A literal that someone made up to be a password, and no word. */
export const typed = (secret: string) =>
  /[^A-Za-z_ -]/.test(secret) && isSecret("password", secret, "quoted");
