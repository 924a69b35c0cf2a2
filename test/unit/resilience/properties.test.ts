/** The breakers against a plain account of the same rules, over random calls, ends, waits, clock jumps and sleeps. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ErrorKind } from "../../../src/core/errors.ts";
import type { ModelId } from "../../../src/core/request.ts";
import type { Ticket } from "../../../src/core/resilience/breakers.ts";
import { Breakers } from "../../../src/core/resilience/breakers.ts";
import { fault, TestClock } from "./support.ts";

const MODELS = ["openai/a", "openai/b", "groq/c"] as const;
const ENDS = [
  "succeeded",
  "cancelled",
  "serverError",
  "unreachable",
  "rateLimited",
  "noCredit",
  "badKey",
  "timeout",
] as const;
type End = (typeof ENDS)[number];

type Step =
  | { do: "begin"; model: ModelId; forced: boolean }
  | { do: "end"; which: number; end: End; retryAfter: number | undefined }
  | { do: "pass" | "sleep" | "set"; ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("begin" as const),
        model: fc.constantFrom(...MODELS),
        forced: fc.oneof(
          { weight: 5, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("end" as const),
        which: fc.nat(20),
        end: fc.constantFrom(...ENDS),
        retryAfter: fc.option(fc.constantFrom(1_000, 20_000, 7_200_000), { nil: undefined }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("pass" as const),
        ms: fc.constantFrom(1, 999, 4_000, 10_000, 60_000, 400_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("sleep" as const), ms: fc.constantFrom(5_000, 28_800_000) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("set" as const),
        ms: fc.constantFrom(-28_800_000, -3_000, 3_000, 28_800_000),
      }),
    },
  ),
  { maxLength: 120, size: "max" },
);

/** One breaker as an account: what is due when, by either clock. */
interface Account {
  failures: number;
  era: number;
  levels: Record<string, number>;
  due: { wall: number; steady: number } | undefined;
  /** The call that probes, and until when it keeps others out. */
  probe: { id: number; wall: number; steady: number } | undefined;
}

const OUTAGE = [10, 30, 60, 120, 300];
const LIMIT = [5, 15, 60, 120, 300];

class Reference {
  readonly #clock: TestClock;
  readonly #accounts = new Map<string, Account>();
  #calls = 0;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  #account(name: string): Account {
    const fresh = { failures: 0, era: 0, levels: {}, due: undefined, probe: undefined };
    return this.#accounts.get(name) ?? (this.#accounts.set(name, fresh).get(name) as Account);
  }

  #over(point: { wall: number; steady: number }): boolean {
    return this.#clock.wall >= point.wall || this.#clock.steady >= point.steady;
  }

  #in(seconds: number) {
    return { wall: this.#clock.wall + seconds * 1000, steady: this.#clock.steady + seconds * 1000 };
  }

  #mayGo({ due, probe }: Account): boolean {
    return !due || (this.#over(due) && (!probe || this.#over(probe)));
  }

  mayBegin(model: string): boolean {
    return [model.split("/")[0] as string, model].every((name) => this.#mayGo(this.#account(name)));
  }

  begin(model: string): { id: number; eras: number[] } {
    const id = this.#calls++;
    const eras = [model.split("/")[0] as string, model].map((name) => {
      const account = this.#account(name);
      const probing = account.due && this.#over(account.due) && account.probe && !this.#over(account.probe);
      if (account.due && !probing) account.probe = { id, ...this.#in(310) };
      return account.era;
    });
    return { id, eras };
  }

  end(model: string, call: { id: number; eras: number[] }, end: End, retryAfter: number | undefined): void {
    const [provider, own] = [model.split("/")[0] as string, model].map((name) => this.#account(name)) as [
      Account,
      Account,
    ];
    const ofProvider = end === "unreachable" || end === "noCredit";
    const ofModel = end === "serverError" || end === "rateLimited" || end === "timeout";
    const silent = end === "cancelled";
    this.#hear(
      provider,
      call.id,
      call.eras[0] as number,
      ofProvider ? "bad" : silent || end === "timeout" ? "none" : "good",
      end,
      retryAfter,
    );
    this.#hear(
      own,
      call.id,
      call.eras[1] as number,
      ofModel ? "bad" : silent || ofProvider ? "none" : "good",
      end,
      retryAfter,
    );
  }

  #hear(
    account: Account,
    id: number,
    era: number,
    word: "good" | "bad" | "none",
    end: End,
    retryAfter: number | undefined,
  ): void {
    const current = era === account.era;
    if (word === "none" && account.probe?.id === id) account.probe = undefined;
    if (word === "good" && current) {
      if (account.due) account.era++;
      Object.assign(account, { failures: 0, levels: {}, due: undefined, probe: undefined });
    }
    if (word !== "bad") return;
    const asked = retryAfter === undefined ? undefined : this.#in(Math.min(retryAfter, 3_600_000) / 1000);
    if (!current) {
      const longer =
        asked &&
        account.due &&
        Math.min(asked.wall - this.#clock.wall, asked.steady - this.#clock.steady) > this.#left(account.due);
      if (longer) account.due = asked;
      return;
    }
    account.failures++;
    const atOnce = end === "rateLimited" || end === "noCredit" || asked !== undefined;
    if (!account.due && !atOnce && account.failures < 3) return;
    const cause = end === "rateLimited" || end === "noCredit" ? end : "outage";
    const level = (account.levels[cause] = (account.levels[cause] ?? -1) + 1);
    const pauses = { rateLimited: LIMIT, noCredit: [900], outage: OUTAGE }[cause];
    account.due = asked ?? this.#in(pauses[Math.min(level, pauses.length - 1)] as number);
    account.probe = undefined;
    account.era++;
  }

  #left(due: { wall: number; steady: number }): number {
    return Math.max(0, Math.min(due.wall - this.#clock.wall, due.steady - this.#clock.steady));
  }
}

it("lets the same calls through as the account does, whatever happens when", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const clock = new TestClock();
      const breakers = new Breakers(clock);
      const reference = new Reference(clock);
      const running: { model: ModelId; ticket: Ticket; call: { id: number; eras: number[] } }[] = [];
      for (const step of steps) {
        if (step.do === "begin") {
          const may = reference.mayBegin(step.model);
          expect(breakers.check(step.model).reason === undefined).toBe(may);
          const ticket = breakers.begin(step.model, { forced: step.forced });
          expect(ticket !== undefined).toBe(may || step.forced);
          if (ticket) running.push({ model: step.model, ticket, call: reference.begin(step.model) });
        } else if (step.do === "end") {
          const [ended] = running.splice(step.which % Math.max(1, running.length), 1);
          if (!ended) continue;
          const { end, retryAfter } = step;
          if (end === "succeeded" || end === "cancelled") ended.ticket[end]();
          else ended.ticket.failed(fault(end satisfies ErrorKind, retryAfter));
          reference.end(ended.model, ended.call, end, retryAfter);
        } else if (step.do === "pass") clock.pass(step.ms);
        else clock.wall += step.ms;
      }
      for (const { name, state, retryAt = 0 } of breakers.states()) {
        if (state === "open") expect(retryAt - clock.now(), name).toBeLessThanOrEqual(3_600_000);
      }
      // No state is a dead end: an hour later everyone may be tried, and a success closes.
      clock.pass(3_600_000);
      for (const model of MODELS) {
        const ticket = breakers.begin(model);
        expect(ticket, model).toBeDefined();
        ticket?.succeeded();
        expect(breakers.check(model)).toEqual({ state: "closed" });
      }
    }),
    { numRuns: 2_000 },
  );
});
