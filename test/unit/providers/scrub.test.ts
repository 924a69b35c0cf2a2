/** Keys stay out of errors, in depth and whatever they look like. */
import { describe, expect, it } from "vitest";
import { inspect } from "node:util";
import { safeCause, scrub, showable } from "../../../src/core/providers/scrub.ts";
import { retryAfter } from "../../../src/core/providers/wireError.ts";
import { createOpenAiCompatibleProvider } from "../../../src/core/providers/openaiCompatible.ts";
import { call, collect, KEY } from "./harness.ts";

describe("scrub", () => {
  it("removes the key itself, and what looks like one", () => {
    const text = `key ${KEY}, sk-proj-abcDEF123456, gsk_abcdefgh12345, AIzaSyA1234567890abc, Bearer abc.def, sk-ab****wxyz`;
    const clean = scrub(text, [KEY, ""]);
    expect(clean).toBe("key …, …, …, …, …, …");
  });

  it("leaves plain words alone", () => {
    const text = "The model task-runner-large asks for a risk-free key of the map.";
    expect(scrub(text, [])).toBe(text);
  });
});

describe("showable", () => {
  it("is one short line without its last full stop", () => {
    expect(showable("Too\n  many   tokens.", [], [])).toBe("Too many tokens");
    expect(showable("word ".repeat(200), [], []).length).toBeLessThanOrEqual(301);
  });

  it("is empty for markup and for quotes of the prompt", () => {
    expect(showable("<html><body>no</body></html>", [], [])).toBe("");
    expect(
      showable(
        "invalid value: const password = 'hunter2hunter2';",
        [],
        ["const password = 'hunter2hunter2';"],
      ),
    ).toBe("");
  });
});

describe("safeCause", () => {
  it("keeps names and codes down the chain, and nothing that hangs on the errors", () => {
    const root = Object.assign(new Error(`connect with ${KEY}`), {
      code: "ECONNRESET",
      headers: { authorization: KEY },
    });
    const cause = safeCause(
      Object.assign(new Error("fetch failed", { cause: root }), { request: { key: KEY } }),
      [KEY],
    );
    const printed = inspect(cause, { depth: null, showHidden: true });
    expect(printed).not.toContain(KEY);
    expect(printed).toContain("ECONNRESET");
    expect(printed).toContain("fetch failed");
  });

  it("ends on a chain without end", () => {
    const loop = new Error("loop");
    loop.cause = loop;
    expect(inspect(safeCause(loop, []), { depth: null })).toContain("loop");
  });
});

it("keeps the key out when fetch itself quotes it", async () => {
  const provider = createOpenAiCompatibleProvider({
    name: "vendor",
    baseUrl: "http://127.0.0.1:9/v1",
    headers: { "x-secret": "another-hidden-value" },
    apiKey: () => Promise.resolve(KEY),
    keyRequired: true,
    keyHint: "",
    fetch: (_input, init) => {
      const headers = new Headers(init?.headers);
      const sent = `${headers.get("authorization")} ${headers.get("x-secret")}`;
      throw Object.assign(new TypeError(`Headers.append: ${sent} is an invalid header value`), { init });
    },
  });
  const { error } = await collect(provider, call());
  const printed = inspect(error, { depth: null, showHidden: true, getters: true });
  expect(error?.kind).toBe("badAnswer");
  expect(printed).toContain("invalid header value");
  expect(printed).not.toContain(KEY);
  expect(printed).not.toContain("another-hidden-value");
});

describe("retryAfter", () => {
  const now = Date.parse("2026-11-01T12:00:00Z");
  it.each([
    ["7", 7000],
    ["0.5", 500],
    ["Sun, 01 Nov 2026 12:00:30 GMT", 30_000],
    ["Sun, 01 Nov 2026 11:59:00 GMT", 0],
    ["soon", undefined],
    // Longer than any limit lasts, or than any number.
    ["31536000", undefined],
    ["9".repeat(400), undefined],
    ["Fri, 01 Jan 2100 00:00:00 GMT", undefined],
    ["", undefined],
  ])("reads %s as %s ms", (value, expected) => {
    expect(retryAfter(new Headers({ "retry-after": value }), now)).toBe(expected);
  });

  it("counts a date from the response's own, since the clock here may be wrong", () => {
    const headers = { "retry-after": "Mon, 02 Nov 2026 12:00:30 GMT", date: "Mon, 02 Nov 2026 12:00:00 GMT" };
    expect(retryAfter(new Headers(headers), now)).toBe(30_000);
  });
});
