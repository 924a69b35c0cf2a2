/** Tells words from what was drawn by chance, and strong passwords from both. */
import { letterPairs } from "./bigrams.ts";
import { isTechnical, TECHNICAL_PART } from "./words.ts";

/** What regular expressions, calls and formats have in them, and passwords hardly ever. */
const PATTERN = /\(\?[:=!<P]|\\[dwsbDWSB]|\[\^?[a-zA-Z0-9]-[a-zA-Z0-9]|\.[*+]|\{\d+,\d*\}|=> /;

/** Whether this has what makes a password strong, and reads as nothing. */
export function isStrong(value: string): boolean {
  const sets = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].map((set) => set.test(value));
  if (value.length < 10 || sets.filter(Boolean).length < 3 || !/^[\x21-\x7e]+$/.test(value)) return false;
  if (
    PATTERN.test(value) ||
    /^[A-Za-z_][\w.]*\(.*\)[;,]?$/.test(value) ||
    /^(?:[a-z]+:[?/]|\.{0,2}\/\w+\/|[A-Za-z]:\\)/i.test(value)
  )
    return false;
  const { mean, count } = letterPairs(value);
  if (count >= PAIRS_MIN && mean < WORDS_MEAN) return true;
  return sets.slice(0, 3).every(Boolean) && !isReadable(value.replaceAll(/[^A-Za-z0-9]+/g, "-"));
}

/** The runs of letters of a name: camel case, snake case and kebab case taken apart, lower case. */
export function words(value: string): string[] {
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

/** The salts of WordPress have spaces and signs in them, which are placeholders anywhere else. */
const NOISE_MIN = 32;
const NOISE_MAX = 256;
/** No more letters than this stand in a row, on the average. */
const NOISE_RUN = 3;

/** Whether this was drawn from all the characters of a keyboard. */
export function isNoise(value: string): boolean {
  if (value.length < NOISE_MIN || value.length > NOISE_MAX || !/^[\x20-\x7e]+$/.test(value)) return false;
  const runs = value.match(/[A-Za-z]+/g) ?? [];
  const letters = runs.join("").length;
  const signs = value.replaceAll(/[A-Za-z0-9 ]/g, "").length;
  return (
    letters / runs.length <= NOISE_RUN &&
    signs >= value.length / 6 &&
    new Set(value).size >= value.length / 2.5 &&
    [/[a-z].*[a-z]/, /[A-Z].*[A-Z]/, /\d.*\d/].every((set) => set.test(value))
  );
}
