/** Tells what leads elsewhere or is a part of code: addresses, paths, selectors, patterns. */
import { isReadable } from "./readable.ts";

/** Paths, dotted names and selectors, if they can be read. */
const PATH = /^[#.~@]?[\w.+-]*(?:\/[\w.+@-]*)+$|^[#.]?(?:[A-Za-z_][\w-]*\.)*[a-z_][\w-]*$/i;
/** Addresses, selectors, media types, colours, dates, versions, patterns, markup: never a secret as a whole. */
const REFERENCE =
  /^(?:~\/|[A-Za-z]:\\|\\\\)|^[a-z][\w+.-]*:\/\/|^(?:magnet|urn|mailto|data|tel|blob|npm|workspace|link|github|patch|git):|^(?:[a-z_]{2,}\.){2,}|^\d{1,3}(?:\.\d{1,3}){3}|^\[[\w-]+|^#[0-9a-f]{3,8}$|^\d{4}-\d\d-\d\d|^v?\d+(?:\.\d+)+$|^[-+]?[\d.]+(?:[eE][-+]?\d+)?$|^0x[\da-fA-F_]{1,16}$|\\x[\da-f]{2}|^[\w.+-]+@[\w-]+\.[\w.-]+$|\.(?:json|ya?ml|txt|pem|key|crt|pub|env|ini|cfg|conf|toml|tsx?|jsx?|mjs|py|go|rb|php|java|cs|html?|css|scss|svg|png|md|sh|xml|sql|vue|asc|gpg|p12|pfx|jks)$|^\^|\$$(?<=[)\]}+*]\$)|\(\?[:=!<P]|^\w[\w ]{0,40}(?:\\\\?[\w.{} ]{1,60}){2,}$|\\[dwsbDWSB]|\[\^?[a-zA-Z0-9]-|\w:$|^:\w|^\/\/|^[<>=]|\b\w+\([^)]*\)|=>|&&|\|\||::|->|^--?[a-z]|^[A-Z]{2,}_[A-Z_]+$/;

export function isReference(value: string): boolean {
  return (
    value.length < 300 &&
    (REFERENCE.test(value) || (PATH.test(value) && /[#./]/.test(value) && isReadable(value)))
  );
}
