/** The egress ledger as Markdown: lists, since a table has no room beside the code. */
import type { EgressItem, EgressRow } from "./egress.ts";

/** Rows by day, newest first, with what each held; `rows` come in that order. */
export function egressText(rows: readonly EgressRow[]): string {
  if (rows.length === 0) {
    return [
      "Nothing has left this machine.\n",
      "Every request that goes beyond it is listed here: when, to whom, which lines of which files, how many bytes, and",
      "the SHA-256 of exactly what was sent. Answers of local models and built-in answers never leave it.\n",
    ].join("\n");
  }
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const hosts = [...new Set(rows.map(({ host }) => host))].map(escape).join(", ");
  const what =
    rows.length === 1
      ? "One request went beyond this machine"
      : `The last ${rows.length} requests that went beyond this machine, newest first`;
  const days = Map.groupBy(rows, ({ at }) =>
    new Date(at).toLocaleDateString(undefined, { dateStyle: "full" }),
  );
  return [
    `${what}: ${sizeText(bytes)} to ${hosts}.\n`,
    ...[...days].flatMap(([day, ofDay]) => [`## ${day}\n`, ...ofDay.map(entryOf)]),
  ].join("\n");
}

function entryOf(row: EgressRow): string {
  const { at, provider, model, host, path, bytes, sha256, items, redactions, note } = row;
  const time = new Date(at).toLocaleTimeString();
  const to = escape(model === null ? provider : `${provider}/${model}`);
  const secrets = redactions === 1 ? "one secret taken out" : `${redactions} secrets taken out`;
  const held = [...items.map(itemText), note, redactions > 0 ? secrets : ""].filter(Boolean);
  return [
    `**${time}** · **${to}** · ${sizeText(bytes)} to ${escape(host + path)}\n`,
    ...held.map((one) => `- ${escape(one)}`),
    `- SHA-256 \`${sha256}\`\n`,
  ].join("\n");
}

function itemText({ path, startLine, endLine, bytes }: EgressItem): string {
  const lines =
    startLine === null
      ? ""
      : startLine === endLine
        ? `, line ${startLine}`
        : `, lines ${startLine}–${endLine}`;
  return `${path}${lines} (${sizeText(bytes)})`;
}

/** A path may hold what Markdown would read as a link, and a line break would end its entry. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>&|~#]/g, String.raw`\$&`).replaceAll(/[\r\n]+/g, " ");
}

/** "812 B", "4.1 kB", "1.2 MB"; no line breaks between number and unit. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes}\u00A0B`;
  return bytes < 1_000_000
    ? `${(bytes / 1000).toFixed(1)}\u00A0kB`
    : `${(bytes / 1_000_000).toFixed(1)}\u00A0MB`;
}
