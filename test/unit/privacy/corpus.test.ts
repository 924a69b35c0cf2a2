import { describe, expect, it } from "vitest";
import { findSecrets } from "../../../src/core/privacy/secrets.ts";
import { ordinary } from "../../fixtures/secrets/ordinary.ts";
import type { PlantedSecret } from "../../fixtures/secrets/planted.ts";
import { planted } from "../../fixtures/secrets/planted.ts";
import { ROWS_WITH_SECRETS, realCode, trainingRows } from "../../fixtures/secrets/realCode.ts";
import { VENDOR_FORMATS } from "./support/vendorFormats.ts";

const secrets = planted();
const harmless = ordinary();

/** Places at which `part` stands in `text`, overlapping ones too. */
function places(text: string, part: string): number[] {
  const found = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}

describe("the corpus is sound", () => {
  it("has enough entries of every sort, under names of their own", () => {
    const ids = [...secrets, ...harmless].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(secrets.length).toBeGreaterThanOrEqual(330);
    expect(harmless.length).toBeGreaterThanOrEqual(150);
    expect(new Set(secrets.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(120);
    expect(new Set(secrets.map(({ languageId }) => languageId)).size).toBeGreaterThanOrEqual(40);
  });

  it("plants each secret once, in a text of its own with something around it", () => {
    expect(
      secrets.filter(({ text, secret }) => places(text, secret).length !== 1).map(({ id }) => id),
    ).toEqual([]);
    expect(secrets.filter(({ secret }) => secret.length < 8).map(({ id }) => id)).toEqual([]);
    expect(
      secrets.filter(({ text, secret }) => text.length - secret.length < 30).map(({ id }) => id),
    ).toEqual([]);
    const contexts = secrets.map(({ text, secret }) => text.replace(secret, ""));
    expect(new Set(contexts).size).toBe(contexts.length);
  });

  it("keeps texts short: 3 to 25 lines, but for private keys, which are as long as they are", () => {
    const long = secrets.filter(({ text }) => text.split("\n").length < 3 || text.split("\n").length > 25);
    expect(long.filter(({ text }) => !text.includes("PRIVATE KEY")).map(({ id }) => id)).toEqual([]);
    expect(secrets.filter(({ text }) => text.includes("§")).map(({ id }) => id)).toEqual([]);
  });

  it("is the same in every run, and uses no secret twice", () => {
    expect(planted()).toEqual(secrets);
    expect(new Set(secrets.map(({ secret }) => secret)).size).toBe(secrets.length);
  });

  it("makes keys as their vendors do", () => {
    const kinds = Map.groupBy(secrets, ({ kind }) => kind);
    for (const [kind, format] of Object.entries(VENDOR_FORMATS)) {
      const keys = (kinds.get(kind) ?? []).map(({ secret }) => secret);
      expect(keys, kind).not.toEqual([]);
      for (const key of keys) expect(key, kind).toMatch(new RegExp(`^(?:${format.source})$`));
    }
  });

  it("writes JWTs and private keys that a reader takes for whole", () => {
    for (const { id, secret } of secrets.filter(({ kind }) => kind === "jwt")) {
      const [head, payload] = secret.split(".").map((part) => Buffer.from(part, "base64url").toString());
      expect(JSON.parse(head ?? ""), id).toMatchObject({ typ: "JWT" });
      expect(JSON.parse(payload ?? ""), id).toBeTypeOf("object");
    }
    const keys = secrets.filter(({ text }) => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text));
    expect(keys.length).toBeGreaterThanOrEqual(25);
    for (const { id, kind, text, secret } of keys) {
      const [before = "", after = ""] = text.split(secret);
      expect(before, id).toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/);
      if (kind !== "rsa-truncated") expect(after, id).toMatch(/^[\s"+\\n]*-----END [A-Z ]*PRIVATE KEY/);
    }
  });

  it("knows every training row that it leaves out", () => {
    const rows = new Set(trainingRows().map(({ id }) => id));
    expect(Object.keys(ROWS_WITH_SECRETS).filter((id) => !rows.has(id))).toEqual([]);
  });
});

/** Share of a secret's characters that some finding covers, taking the finding that covers most. */
function coverage({ text, secret }: PlantedSecret): number {
  const start = text.indexOf(secret);
  const end = start + secret.length;
  const covered = findSecrets(text).map((found) => Math.min(found.end, end) - Math.max(found.start, start));
  return Math.max(0, ...covered) / secret.length;
}

describe("the exam", () => {
  /** Share of a secret that must be covered for it to count as found. */
  const ENOUGH = 0.8;

  it("finds at least 98 % of the planted secrets", () => {
    const missed = secrets
      .filter((entry) => coverage(entry) < ENOUGH)
      .map(({ id, kind }) => `${kind}: ${id}`);
    expect(1 - missed.length / secrets.length, missed.join("\n")).toBeGreaterThanOrEqual(0.98);
  });

  it("takes less than 2 % of ordinary texts and real code for one that holds a secret", () => {
    const texts = [...harmless, ...realCode()];
    expect(texts.length).toBeGreaterThanOrEqual(750);
    const alarms = texts.flatMap(({ id, text }) => {
      const [first] = findSecrets(text);
      return first ? [`${id}: ${first.kind} ${text.slice(first.start, first.end).slice(0, 60)}`] : [];
    });
    expect(alarms.length / texts.length, alarms.join("\n")).toBeLessThan(0.02);
  });
});
