import { marked } from "marked";
import { describe, expect, it } from "vitest";
import type { EgressRow } from "../../../src/core/log/egress.ts";
import { egressText } from "../../../src/core/log/egressText.ts";

const NOON = new Date(2026, 10, 25, 12).getTime();

const shown = (rows: EgressRow[]) => egressText(rows).replaceAll("\u00A0", " ");

const row = (changes: Partial<EgressRow> = {}): EgressRow => ({
  at: NOON,
  requestId: "request-1",
  attempt: 1,
  provider: "openai",
  host: "api.openai.com",
  path: "/v1/chat/completions",
  bytes: 4096,
  sha256: "ab".repeat(32),
  model: "gpt-4o-mini",
  items: [{ path: "src/shop.ts", startLine: 3, endLine: 40, bytes: 900 }],
  redactions: 0,
  note: "what was asked",
  ...changes,
});

describe("the egress ledger as text", () => {
  it("says that nothing has left, and what would be listed", () => {
    expect(egressText([])).toMatch(/^Nothing has left this machine\.\n[\s\S]*SHA-256/);
  });

  it("has of each request time, model, size, address, lines, secrets and hash", () => {
    const text = shown([row({ redactions: 2 })]);
    expect(text).toContain("One request went beyond this machine: 4.1 kB to api.openai.com.");
    expect(text).toContain("· **openai/gpt-4o-mini** · 4.1 kB to api.openai.com/v1/chat/completions");
    expect(text).toContain("- src/shop.ts, lines 3–40 (900 B)\n- what was asked\n- 2 secrets taken out\n");
    expect(text).toContain(`- SHA-256 \`${"ab".repeat(32)}\``);
  });

  it("groups by day, and sums up all of them", () => {
    const rows = [row(), row({ host: "api.anthropic.com" }), row({ at: NOON - 86_400_000, model: null })];
    const text = shown(rows);
    expect(text).toContain(
      "The last 3 requests that went beyond this machine, newest first: 12.3 kB to api.openai.com, api.anthropic.com.",
    );
    expect(text.match(/^## .+$/gm)).toHaveLength(2);
    expect(text).toContain("· **openai** ·");
  });

  it("shows a path as it is, whatever Markdown would make of it", async () => {
    const path = "src/[a](command:x)<img src=x>*b*_c_`d`&amp;|\\e.ts";
    const items = [
      { path, startLine: 7, endLine: 7, bytes: 10 },
      { path: "two\nlines.ts", startLine: null, endLine: null, bytes: 1_500_000 },
    ];
    const html = await marked.parse(shown([row({ items })]));
    expect(html).not.toMatch(/<a|<img|<em>|<table/);
    const plain = html
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
    expect(plain).toContain(`${path}, line 7 (10 B)`);
    expect(plain).toContain("two lines.ts (1.5 MB)");
  });
});
