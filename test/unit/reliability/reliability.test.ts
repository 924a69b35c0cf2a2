/**
 * Every fault on every provider, through the whole core and into a real log, and what was observed as the table of
 * docs/reliability.md. The test fails when the page says otherwise; HYBRID_WRITE_DOCS=1 writes it anew.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestLog } from "../../../src/core/log/requestLog.ts";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { selfSigned } from "../../fixtures/servers/certificate.ts";
import { startRecorder } from "../providers/harness.ts";
import { FAULTS } from "./faults.ts";
import { PARTIES } from "./parties.ts";
import type { Places } from "./stage.ts";
import { play } from "./stage.ts";
import type { Cell } from "./table.ts";
import { tableOf } from "./table.ts";

const PAGE = join(import.meta.dirname, "../../../docs/reliability.md");
const [BEGIN, END] = ["<!-- observed: begin -->", "<!-- observed: end -->"];

let folder: string;
let log: RequestLog;
let secure: Server;
let noHttp: Server;
let elsewhere: Awaited<ReturnType<typeof startRecorder>>;
let places: Places;
const observed = new Map<string, Cell[]>(FAULTS.map(({ what }) => [what, []]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-faults-"));
  log = openRequestLog({ file: join(folder, "requests.db") });
  secure = createServer(selfSigned("localhost"), (_, response) => response.end());
  noHttp = createTcpServer((socket) => {
    socket.on("error", () => undefined).end("220 mail.example.com ESMTP\r\n");
  });
  elsewhere = await startRecorder({});
  places = {
    selfSigned: `https://${await listening(secure)}`,
    noHttp: `http://${await listening(noHttp)}`,
    elsewhere: elsewhere.url,
  };
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(async () => {
  log.close();
  secure.close();
  noHttp.close();
  await elsewhere.close();
  await rm(folder, { recursive: true });
});

const cells = FAULTS.flatMap((fault) =>
  PARTIES.filter((party) => fault.only?.(party) ?? true).map((party) => ({ fault, party })),
);

describe("whatever goes wrong, it ends, is told, and is booked once", () => {
  const watch = async ({ fault, party }: (typeof cells)[number]) => {
    const result = await play(party, fault, log, places);
    observed.get(fault.what)?.push({ ...result, party });
  };
  // Where time is made to pass there is one clock for all; the others need not wait for each other.
  const [timed, others] = [true, false].map((is) => cells.filter(({ fault }) => !!fault.during === is));
  it.each(timed ?? [])("$fault.what: $party.name", watch);
  it.concurrent.each(others ?? [])("$fault.what: $party.name", watch);
});

it("nothing went to where a redirect pointed", () => expect(elsewhere.requests).toEqual([]));

it("the sum of all rows is what the log says was spent", () => {
  const rows = [...observed.values()].flat().flatMap(({ rows }) => rows);
  const sum = rows.reduce((total, { costNanoDollars }) => total + costNanoDollars, 0);
  expect(log.spend(0).nanoDollars).toBe(sum);
});

it("docs/reliability.md says what was observed", async ({ skip }) => {
  // Only a part of the cells ran, with -t for example.
  if ([...observed.values()].flat().length < cells.length) skip();
  const page = await readFile(PAGE, "utf8");
  const [before = "", rest = ""] = page.split(BEGIN);
  const [committed = "", after = ""] = rest.split(END);
  const table = `\n${tableOf(observed)}\n`;
  if (process.env["HYBRID_WRITE_DOCS"]) await writeFile(PAGE, before + BEGIN + table + END + after);
  else expect(committed).toBe(table);
});
