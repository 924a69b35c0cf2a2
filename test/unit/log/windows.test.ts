import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { openRequestLog } from "../../../src/core/log/sqlite.ts";
import { folder, startWindow, until } from "./support/processes.ts";

/** Ids in the file, read by a connection of its own, after a full check of the file. */
function idsIn(file: string): string[] {
  const db = new DatabaseSync(file);
  try {
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    return db
      .prepare("SELECT request_id AS id FROM attempts")
      .all()
      .map(({ id }) => String(id));
  } finally {
    db.close();
  }
}

describe("several windows on one file", () => {
  it("lose no row when four begin a new file and write at once", async () => {
    const file = join(folder(), "requests.db");
    const windows = ["a", "b", "c", "d"].map((name) => startWindow("append", file, name, "250"));
    const said = (await Promise.all(windows.map(({ done }) => done))).flat();
    expect(said).toHaveLength(1000);
    expect(idsIn(file).toSorted()).toEqual(said.toSorted());
  }, 30_000);

  it("lose no row that was in when one is killed in mid-write", async () => {
    const file = join(folder(), "requests.db");
    const said: string[] = [];
    for (let round = 0; round < 5; round++) {
      const windows = ["a", "b"].map((name) => startWindow("forever", file, `${name}${round}`));
      await until(() => windows.every(({ lines }) => lines().length > 100));
      for (const { process } of windows) process.kill("SIGKILL");
      const lines = await Promise.all(windows.map(({ done }) => done));
      said.push(...lines.flat());
    }
    const ids = new Set(idsIn(file));
    expect(said.filter((id) => !ids.has(id))).toEqual([]);
    expect(said.length).toBeGreaterThan(1000);
  }, 60_000);

  it("set a damaged file aside once when all find it at once", async () => {
    const dir = folder();
    const file = join(dir, "requests.db");
    writeFileSync(file, "this is no database ".repeat(1000));
    const windows = Array.from({ length: 4 }, () => startWindow("open", file));
    const said = (await Promise.all(windows.map(({ done }) => done))).flat();
    const ids = said.filter((line) => !line.startsWith("warning"));
    expect(idsIn(file).toSorted()).toEqual(ids.toSorted());
    expect(readdirSync(dir).filter((name) => name.includes(".corrupt-"))).toHaveLength(1);
    expect(said.filter((line) => line.includes("set aside"))).toHaveLength(1);
  }, 30_000);

  it("see each other's changes", async () => {
    const file = join(folder(), "requests.db");
    const log = openRequestLog({ file });
    onTestFinished(() => log.close());
    let calls = 0;
    log.onDidChange(() => calls++);
    await startWindow("append", file, "other", "1").done;
    await until(() => calls > 0);
    expect(log.recent(1)[0]?.requestId).toBe("other-0");
  }, 20_000);
});
