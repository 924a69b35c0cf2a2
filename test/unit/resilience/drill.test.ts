import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import type { Provider, ProviderEvent } from "../../../src/core/providers/provider.ts";
import { Drill, isDrill } from "../../../src/core/resilience/drill.ts";
import { START, TestClock } from "./support.ts";

let clock: TestClock;
let drill: Drill;
beforeEach(() => {
  clock = new TestClock();
  drill = new Drill(clock);
});

async function refusedBy(
  fetching: Promise<unknown>,
): Promise<{ error: TypeError; cause: Record<string, unknown> }> {
  const error: unknown = await fetching.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TypeError)) throw new Error("it was not refused");
  return { error, cause: { ...(error.cause as object) } };
}

describe("Drill", () => {
  it("refuses as Node's own fetch does, but for its mark", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = `http://127.0.0.1:${port}/v1/chat`;
    const real = await refusedBy(fetch(url));
    drill.start("cloud", 1);
    const drilled = await refusedBy(drill.fetchFor(false)(url));
    expect(drilled.error.message).toBe(real.error.message);
    expect(drilled.cause).toEqual({ ...real.cause, name: "OutageDrill" });
    expect((drilled.error.cause as Error).message).toBe((real.error.cause as Error).message);
    expect([isDrill(drilled.error), isDrill(real.error), isDrill(undefined), isDrill("x")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("concerns one side, whatever form the address has", async () => {
    const server = createServer((_, response) => response.end("through"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    drill.start("local", 1);
    for (const input of [url, new URL(url), new Request(url)]) {
      expect(isDrill((await refusedBy(drill.fetchFor(true)(input))).error)).toBe(true);
      expect(await (await drill.fetchFor(false)(input)).text()).toBe("through");
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it("a cancelled call is cancelled, not refused", async () => {
    drill.start("cloud", 1);
    const signal = AbortSignal.abort();
    await expect(drill.fetchFor(false)("http://a.b/", { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  it("refuses for a provider that takes no fetch, too, and hands the rest through", async () => {
    const provider: Provider = {
      name: "plan",
      local: false,
      async *chat() {
        yield { type: "text", text: "hello" };
      },
      status: () => Promise.resolve({ state: "ready", models: ["m"] }),
    };
    const guarded = drill.providerFor(provider);
    const call = { model: "m", messages: [], maxOutputTokens: 1 };
    const { signal } = new AbortController();
    const chat = async () => {
      const events: ProviderEvent[] = [];
      for await (const event of guarded.chat(call, signal)) events.push(event);
      return events;
    };
    drill.start("local", 5);
    expect(await chat()).toEqual([{ type: "text", text: "hello" }]);
    expect(await guarded.status(signal)).toMatchObject({ state: "ready" });
    drill.start("cloud", 5);
    const error = await chat().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "unreachable", message: expect.stringContaining("plan") });
    expect(isDrill(error)).toBe(true);
    const status = await guarded.status(signal);
    expect(isDrill(status.state === "unavailable" && status.error)).toBe(true);
    drill.stop();
  });

  it("ends by itself, also when the clock is set back or the machine slept", () => {
    drill.start("cloud", 5);
    expect(drill.active()).toEqual({ kind: "cloud", until: START + 300_000 });
    clock.wall -= 3_600_000;
    clock.pass(300_000);
    expect(drill.active()).toBeUndefined();
    drill.start("cloud", 5);
    clock.wall += 300_000;
    expect(drill.active()).toBeUndefined();
  });

  it("tells of its start and of each end once", async () => {
    const told: (string | undefined)[] = [];
    const over = new Promise<void>((resolve) => {
      drill.onDidChange(() => {
        told.push(drill.active()?.kind);
        if (told.length === 4) resolve();
      });
    });
    drill.start("cloud", 5);
    drill.stop();
    drill.stop();
    drill.start("local", 0.001);
    // Its own timer ends it: nobody has to look.
    await over;
    expect(told).toEqual(["cloud", undefined, "local", undefined]);
  });

  it.each([
    [Number.NaN, 5],
    [-1, 5],
    [0, 5],
    [Number.POSITIVE_INFINITY, 60],
    [90, 60],
  ])("takes %d minutes for %d", (minutes, taken) => {
    drill.start("cloud", minutes);
    expect(drill.active()?.until).toBe(START + taken * 60_000);
    drill.stop();
  });
});
