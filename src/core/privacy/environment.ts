/** The secret values of a .env file. */
import { isPlaceholder } from "./placeholders.ts";
import { isReadable } from "./readable.ts";
import { isPlainWord } from "./words.ts";

const ENTRY =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\s#][^\n]*?)?)[ \t]*(?:[ \t]#.*)?\r?$/gm;
/** Shorter values stand in too many texts for another reason. */
const VALUE_MIN = 8;
/** A value whose name says nothing must be this long. */
const DRAWN_MIN = 16;
const TELLING = /pass|pwd|secret|token|key|cred|auth|private|salt|dsn/i;

/**
 * The values that are worth hiding wherever they occur: those of a telling name, and those that look drawn by chance.
 * Left out are words, numbers, addresses without a password, and placeholders.
 */
export function envValues(dotenv: string): string[] {
  const values = [...dotenv.matchAll(ENTRY)].flatMap(([, name = "", double, single, back, plain]) => {
    const value = (double ?? single ?? back ?? plain ?? "").trim();
    return isWorthHiding(name, value) ? [value] : [];
  });
  return [...new Set(values)];
}

function isWorthHiding(name: string, value: string): boolean {
  if (value.length < VALUE_MIN || isPlaceholder(value) || isPlainWord(value)) return false;
  if (/^[\d.,:_-]+$/.test(value) || /^(?:\/|\.{1,2}\/|~\/|[A-Za-z]:\\)/.test(value)) return false;
  if (/^[\w.+-]+:\/\//.test(value)) return /:\/\/[^/\s]*:[^/\s]+@/.test(value);
  if (/^[\w.+-]+@[\w.-]+$|^[\w-]+(?:\.[\w-]+)+(?::\d+)?$|^localhost/.test(value) && isReadable(value))
    return false;
  if (TELLING.test(name))
    return !/^[a-z]+(?:[-_ ][a-z]+)*$/.test(value) || !isReadable(value) || value.length >= 12;
  return value.length >= DRAWN_MIN && /\d/.test(value) && !/\s/.test(value) && !isReadable(value);
}
