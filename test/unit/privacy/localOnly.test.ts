import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LocalOnly } from "../../../src/core/privacy/localOnly.ts";
import type { SymbolFacts } from "../../../src/core/request.ts";
import { requestWith } from "../requests.ts";

const guard = new LocalOnly(["vault/**", "*.pem", "services/*/secrets.ts"]);
const attachment = (path: string, uri = "") => ({ path, uri, languageId: "typescript", text: "x" });
const place = (path: string) => ({ path, uri: `file:///w/${path}`, line: 1, column: 1, text: "use" });
const symbol: SymbolFacts = {
  name: "sign",
  kind: "function",
  languageId: "typescript",
  signature: "",
  documentation: "",
  source: "",
  definition: place("src/sign.ts"),
  references: [place("src/a.ts"), place("vault/b.ts")],
  referenceCount: 2,
  referenceFiles: 2,
  callers: [{ name: "open", location: place("vault/b.ts") }, { name: "close" }],
  callees: [],
  relatedTypes: [],
  members: [],
};

describe("globs of local-only files", () => {
  it.each([
    ["vault/key.ts", "vault/**"],
    ["vault/deep/er/key.ts", "vault/**"],
    ["Vault\\Key.ts", "vault/**"],
    ["/home/me/project/vault/key.ts", "vault/**"],
    ["app/vault/key.ts", "vault/**"],
    ["certs/server.pem", "*.pem"],
    ["server.PEM", "*.pem"],
    ["services/pay/secrets.ts", "services/*/secrets.ts"],
    [".env/vault/x", "vault/**"],
  ])("hold %s", (path, glob) => {
    expect(guard.globOf(path)).toBe(glob);
  });

  it.each(["vaults/key.ts", "src/vault.ts", "server.pem.md", "services/pay/api/secrets.ts", ""])(
    "let %j go",
    (path) => {
      expect(guard.globOf(path)).toBeUndefined();
    },
  );
});

describe("a glob", () => {
  it.each([
    ["vault", "vault/deep/key.ts"],
    ["vault/", "app/vault/key.ts"],
    ["./vault", "vault/key.ts"],
    ["#notes.md", "doc/#notes.md"],
  ])("%s holds %s", (glob, path) => {
    expect(new LocalOnly([glob]).globOf(path)).toBe(glob);
  });

  it("takes nothing out and guards nothing else when it begins with an exclamation mark", () => {
    const guard = new LocalOnly(["src/**", "!src/public/**"]);
    expect(guard.globOf("src/public/a.ts")).toBe("src/**");
    expect(guard.globOf("test/a.ts")).toBeUndefined();
  });

  it("of any shape throws at nothing", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        (glob, path) => {
          new LocalOnly([glob]).globOf(path);
        },
      ),
    );
  });
});

describe("a request", () => {
  it("stays for its own file, an attachment, a symbol's definition, and an earlier turn", () => {
    expect(guard.reasonFor(requestWith({ path: "vault/key.ts" }))).toBe(
      "vault/key.ts is local-only (vault/**)",
    );
    expect(guard.reasonFor(requestWith({ attachments: [attachment("a.ts"), attachment("b.pem")] }))).toBe(
      "b.pem is local-only (*.pem)",
    );
    // Two folders of one name: the URI tells where the file really is.
    const linked = attachment("key.ts", "file:///w/vault/key%20one.ts");
    expect(guard.reasonFor(requestWith({ attachments: [linked] }))).toContain("/w/vault/key one.ts");
    const inVault = { ...symbol, definition: place("vault/sign.ts") };
    expect(guard.reasonFor(requestWith({ symbol: inVault }))).toContain("vault/sign.ts is local-only");
    const history = [{ role: "assistant" as const, text: "It holds the key.", localOnly: true }];
    expect(guard.reasonFor(requestWith({ history }))).toBe("an earlier turn of this chat was local-only");
  });

  it("may go otherwise, and without globs always", () => {
    expect(guard.reasonFor(requestWith({ path: "src/a.ts", symbol }))).toBeUndefined();
    expect(new LocalOnly([]).reasonFor(requestWith({ path: "vault/key.ts" }))).toBeUndefined();
  });

  it("loses what the language server told of local-only files", () => {
    const facts = guard.without(requestWith({ symbol })).symbol;
    expect(facts?.references.map(({ path }) => path)).toEqual(["src/a.ts"]);
    expect(facts?.callers).toEqual([{ name: "close" }]);
    expect(facts?.referenceCount).toBe(2);
  });

  it("of another extension stays when its messages name such a file, however they write it", () => {
    const of = (text: string) => guard.reasonFor(requestWith(), [{ role: "user", text }]);
    for (const text of [
      'read <attachment filePath="/w/vault/key.ts">',
      "see `vault/key.ts:12`, please",
      "C:\\w\\vault\\key.ts",
      "diff --git a/vault/key.ts b/vault/key.ts",
      "is server.pem valid?",
      "(vault/key.ts).",
    ])
      expect(of(text), text).toMatch(/^it mentions .* local-only/);
    expect(of("what is a vault, and what is PEM?")).toBeUndefined();
    expect(of(Array.from({ length: 20_001 }, (_, i) => `src/f${i}.ts`).join("\n"))).toMatch(/more files/);
  });

  it("of any text, of any length, is decided", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        guard.reasonFor(requestWith({ path: text, attachments: [attachment(text, text)] }), [
          { role: "user", text },
        ]);
      }),
    );
    for (const unit of ["a", "/", ".", "\\", "a/", "a.", "*", "("])
      guard.reasonFor(requestWith(), [{ role: "user", text: unit.repeat(500_000) }]);
  });
});
