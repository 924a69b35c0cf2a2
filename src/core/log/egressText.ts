/** The egress ledger as Markdown. */
import type { EgressItem, EgressRow } from "./egress.ts";

/** Rows as a table, newest first, with what each held; `rows` come in that order. */
export function egressText(rows: readonly EgressRow[]): string {
  if (rows.length === 0) {
    return [
      "Nothing has left this machine.\n",
      "Every request that goes beyond it is listed here: when, to whom, which lines of which files, how many bytes, and",
      "the SHA-256 of exactly what was sent. Answers of local models and built-in answers never leave it.\n",
    ].join("\n");
  }
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const hosts = new Set(rows.map(({ host }) => host));
  return [
    `The last ${rows.length} requests that went beyond this machine: ${sizeText(bytes)} to ${[...hosts].join(", ")}. Newest first.\n`,
    "| when | to | sent | what | SHA-256 |",
    "| --- | --- | --: | --- | --- |",
    ...rows.map(lineOf),
    "",
  ].join("\n");
}

function lineOf({
  at,
  provider,
  model,
  host,
  path,
  bytes,
  sha256,
  items,
  redactions,
  note,
}: EgressRow): string {
  const to = `${model ? `${provider}/${model}` : provider}<br>${host}${path}`;
  const secrets =
    redactions > 0 ? [`${redactions} ${redactions === 1 ? "secret" : "secrets"} taken out`] : [];
  const what = [...items.map(itemText), ...secrets, note].filter(Boolean).join("<br>");
  const cells = [new Date(at).toLocaleString(), to, sizeText(bytes), what, `\`${sha256.slice(0, 12)}…\``];
  return `| ${cells.map(inCell).join(" | ")} |`;
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

/** A path or a note must not end its cell. */
function inCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** "812 B", "4.1 kB", "1.2 MB". */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
