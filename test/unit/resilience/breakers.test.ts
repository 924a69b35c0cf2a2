import { beforeEach, describe, expect, it } from "vitest";
import type { ErrorKind } from "../../../src/core/errors.ts";
import type { Ticket } from "../../../src/core/resilience/breakers.ts";
import { Breakers } from "../../../src/core/resilience/breakers.ts";
import type { ModelId } from "../../../src/core/request.ts";
import { fault, START, TestClock } from "./support.ts";

const MINI = "openai/mini";
let clock: TestClock;
let breakers: Breakers;
beforeEach(() => {
  clock = new TestClock();
  breakers = new Breakers(clock);
});

function begin(model: ModelId = MINI): Ticket {
  const ticket = breakers.begin(model);
  if (!ticket) throw new Error(`${model} is held back: ${breakers.check(model).reason}`);
  return ticket;
}
const fail = (kind: ErrorKind, times = 1, model: ModelId = MINI) => {
  for (let i = 0; i < times; i++) begin(model).failed(fault(kind));
};
const stateOf = (model: ModelId = MINI) => breakers.check(model).state;

describe("what opens a breaker", () => {
  it("three failures in a row do; two with an answer between do not", () => {
    fail("serverError", 2);
    begin().succeeded();
    fail("serverError", 2);
    expect(stateOf()).toBe("closed");
    fail("serverError");
    expect(breakers.check(MINI)).toEqual({
      state: "open",
      reason: "paused after 3 failures, tried again in 10 s",
      retryAt: START + 10_000,
    });
    expect(breakers.begin(MINI)).toBeUndefined();
  });

  it.each(["serverError", "timeout", "badAnswer", "interrupted"] as const)(
    "%s is the model's, and leaves the provider's others alone",
    (kind) => {
      fail(kind, 3);
      expect(stateOf()).toBe("open");
      expect(stateOf("openai/other")).toBe("closed");
    },
  );

  it("no connection is the provider's, whichever of its models was called", () => {
    for (const model of ["openai/a", "openai/b", "openai/c"] as const) fail("unreachable", 1, model);
    expect(breakers.check("openai/d").reason).toBe("openai is paused after 3 failures, tried again in 10 s");
    expect(stateOf("groq/d")).toBe("closed");
  });

  it("no credit holds the provider back at once, for 15 minutes", () => {
    fail("noCredit");
    expect(breakers.check("openai/other")).toEqual({
      state: "open",
      reason: "openai is paused for lack of credit, tried again in 15 min",
      retryAt: START + 900_000,
    });
  });

  it.each([
    "badKey",
    "badRequest",
    "contextTooLong",
    "modelMissing",
    "emptyAnswer",
    "cancelled",
    "badInput",
    "noKey",
    "noModel",
  ] as const)("%s never does", (kind) => {
    fail(kind, 10);
    expect(breakers.states()).toEqual([]);
  });
});

describe("a rate limit", () => {
  it("pauses the model for as long as Retry-After says", () => {
    begin().failed(fault("rateLimited", 42_000));
    expect(breakers.check(MINI)).toEqual({
      state: "open",
      reason: "paused at the rate limit, tried again in 42 s",
      retryAt: START + 42_000,
    });
    clock.pass(41_999);
    expect(breakers.begin(MINI)).toBeUndefined();
    clock.pass(1);
    expect(breakers.begin(MINI)).toBeDefined();
  });

  it("without Retry-After pauses for 5 s, 15 s, 60 s …", () => {
    const pauses = Array.from({ length: 6 }, () => {
      begin().failed(fault("rateLimited"));
      const { retryAt = 0 } = breakers.check(MINI);
      const pause = retryAt - clock.now();
      clock.pass(pause);
      return pause;
    });
    expect(pauses).toEqual([5_000, 15_000, 60_000, 120_000, 300_000, 300_000]);
  });

  it("obeys the longest of several that come at once", () => {
    const tickets = [3_000, 30_000, 10_000].map((wait) => ({ ticket: begin(), wait }));
    for (const { ticket, wait } of tickets) ticket.failed(fault("rateLimited", wait));
    expect(breakers.check(MINI).retryAt).toBe(START + 30_000);
  });

  it.each([
    ["a year", 31_536_000_000, 3_600_000],
    ["for ever", Number.POSITIVE_INFINITY, 3_600_000],
    ["no time", 0, 5_000],
    ["a time gone by", -7_000, 5_000],
    ["nonsense", Number.NaN, 5_000],
  ])("that asks for %s is not taken at its word", (_, asked, pause) => {
    begin().failed(fault("rateLimited", asked));
    expect(breakers.check(MINI).retryAt).toBe(START + pause);
  });

  it("an overloaded server that says for how long is believed, too", () => {
    begin().failed(fault("serverError", 20_000));
    expect(breakers.check(MINI).retryAt).toBe(START + 20_000);
  });
});

describe("after the pause", () => {
  beforeEach(() => {
    fail("serverError", 3);
    clock.pass(10_000);
  });

  it("one call is let through, all others are held back meanwhile", () => {
    expect(stateOf()).toBe("due");
    const tickets = Array.from({ length: 10 }, () => breakers.begin(MINI));
    expect(tickets.filter(Boolean)).toHaveLength(1);
    expect(breakers.check(MINI)).toMatchObject({
      state: "probing",
      reason: "paused after 3 failures, being tried again now",
    });
  });

  it("a success closes, and the next outage starts with the shortest pause", () => {
    begin().succeeded();
    expect(breakers.states()).toEqual([]);
    fail("serverError", 3);
    expect(breakers.check(MINI).retryAt).toBe(clock.now() + 10_000);
  });

  it("each failed probe makes the pause longer, up to five minutes", () => {
    const pauses = Array.from({ length: 6 }, () => {
      fail("timeout");
      const pause = (breakers.check(MINI).retryAt ?? 0) - clock.now();
      clock.pass(pause);
      return pause;
    });
    expect(pauses).toEqual([30_000, 60_000, 120_000, 300_000, 300_000, 300_000]);
  });

  it("a cancelled probe leaves it as it was: neither closed nor paused anew", () => {
    const before = breakers.states();
    begin().cancelled();
    expect(breakers.states()).toEqual(before);
    expect(breakers.begin(MINI)).toBeDefined();
  });

  it("a refusal of the request is an answer, and closes", () => {
    begin().failed(fault("badRequest"));
    expect(stateOf()).toBe("closed");
  });

  it("calls of before the outage say nothing of now", () => {
    breakers.reset();
    const [early, ...three] = Array.from({ length: 4 }, () => begin());
    for (const ticket of three) ticket.failed(fault("serverError"));
    early?.succeeded();
    expect(stateOf()).toBe("open");
    clock.pass(10_000);
    const probe = begin();
    early?.failed(fault("serverError"));
    expect(stateOf()).toBe("probing");
    probe.succeeded();
    expect(stateOf()).toBe("closed");
  });

  it("a probe that is never heard of again does not hold the place for ever", () => {
    begin();
    clock.pass(309_000);
    expect(breakers.begin(MINI)).toBeUndefined();
    clock.pass(2_000);
    expect(breakers.begin(MINI)).toBeDefined();
  });

  it("a call that its model's breaker refuses takes no place at the provider's", () => {
    fail("unreachable", 3, "openai/other");
    clock.pass(10_000);
    begin("openai/other").failed(fault("rateLimited", 60_000));
    expect(breakers.begin("openai/other")).toBeUndefined();
    // The provider's breaker heard an answer with that refusal, and is closed.
    expect(stateOf("openai/third")).toBe("closed");
  });

  it("a forced call tells as much as a probe", () => {
    fail("serverError");
    expect(breakers.begin(MINI)).toBeUndefined();
    breakers.begin(MINI, { forced: true })?.succeeded();
    expect(stateOf()).toBe("closed");
  });
});

describe("clocks", () => {
  beforeEach(() => fail("serverError", 3));

  it("a wall clock set back by hours keeps nothing open longer", () => {
    clock.wall -= 5 * 3_600_000;
    expect(breakers.check(MINI).retryAt).toBe(clock.wall + 10_000);
    clock.pass(10_000);
    expect(stateOf()).toBe("due");
  });

  it("eight hours of sleep, in which the steady clock stood still, make the probe due and close nothing", () => {
    clock.wall += 8 * 3_600_000;
    expect(stateOf()).toBe("due");
    expect(breakers.begin(MINI)).toBeDefined();
    expect(breakers.begin(MINI)).toBeUndefined();
  });
});

describe("what is shown", () => {
  it("names each breaker with its countdown, failures and last error", () => {
    fail("serverError", 3);
    fail("unreachable", 1, "groq/llama");
    expect(breakers.states()).toEqual([
      {
        scope: "model",
        name: MINI,
        state: "open",
        reason: "paused after 3 failures, tried again in 10 s",
        openedAt: START,
        retryAt: START + 10_000,
        failures: 3,
        lastError: "serverError.",
      },
      { scope: "provider", name: "groq", state: "closed", failures: 1, lastError: "unreachable." },
    ]);
    clock.pass(10_000);
    expect(breakers.states()[0]?.reason).toBe("paused after 3 failures, tried again with the next request");
  });

  it("changes are told, quiet calls are not, and a listener that throws harms nobody", async () => {
    const warned = new Promise((resolve) => process.once("warning", resolve));
    const told: string[] = [];
    breakers.onDidChange(() => {
      throw new Error("broken view");
    });
    const stop = breakers.onDidChange(() => told.push(stateOf()));
    begin().succeeded();
    expect(told).toEqual([]);
    fail("serverError", 3);
    clock.pass(10_000);
    begin().succeeded();
    expect(told).toEqual(["closed", "closed", "open", "probing", "closed"]);
    stop();
    fail("serverError");
    expect(told).toHaveLength(5);
    expect(String(await warned)).toContain("broken view");
  });

  it("a reset closes one, one provider's, or all", () => {
    for (const model of ["openai/a", "openai/b", "groq/c", "groq/d"] as const) fail("serverError", 3, model);
    breakers.reset("openai/a");
    expect(breakers.states().map(({ name }) => name)).toEqual(["openai/b", "groq/c", "groq/d"]);
    breakers.reset("groq");
    expect(breakers.states().map(({ name }) => name)).toEqual(["openai/b"]);
    breakers.reset();
    expect(breakers.states()).toEqual([]);
  });

  it("a model is released with its provider, and the provider's other models stay paused", () => {
    for (const model of ["openai/a", "openai/b"] as const) fail("serverError", 3, model);
    for (let i = 0; i < 3; i++) breakers.begin("openai/a", { forced: true })?.failed(fault("unreachable"));
    expect(breakers.states().map(({ name }) => name)).toEqual(["openai", "openai/a", "openai/b"]);
    breakers.release("openai/a");
    expect(breakers.check("openai/a")).toEqual({ state: "closed" });
    expect(breakers.states().map(({ name }) => name)).toEqual(["openai/b"]);
  });

  it("a ticket is heard once", () => {
    const ticket = begin();
    for (let i = 0; i < 5; i++) ticket.failed(fault("serverError"));
    expect(breakers.states()[0]?.failures).toBe(1);
  });
});
