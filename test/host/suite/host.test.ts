/** Facts about the editor that the extension stands on, proven on every editor it promises. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import * as vscode from "vscode";
import { closeAll, EXTENSION_ID, openAt, until } from "./support.ts";

suite("The editor under the extension", () => {
  teardown(closeAll);

  test("is at least the version that the manifest promises", () => {
    const manifest = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as {
      engines: { vscode: string };
    };
    const [floorMajor = 0, floorMinor = 0] = manifest.engines.vscode.replace("^", "").split(".").map(Number);
    const [major = 0, minor = 0] = vscode.version.split(".").map(Number);
    assert.equal(major, floorMajor);
    assert.ok(minor >= floorMinor, `${vscode.version} is older than ${manifest.engines.vscode}`);
  });

  test("has node:sqlite with a write-ahead log", () => {
    const file = join(tmpdir(), `hybrid-probe-${process.pid}.db`);
    const database = new DatabaseSync(file);
    try {
      const mode = database.prepare("PRAGMA journal_mode = WAL").get();
      assert.equal(mode?.["journal_mode"], "wal");
      database.exec("CREATE TABLE t (a TEXT) STRICT");
      database.prepare("INSERT INTO t VALUES (?)").run("kept");
      assert.deepEqual({ ...database.prepare("SELECT a FROM t").get() }, { a: "kept" });
    } finally {
      database.close();
      for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
    }
  });

  test("finds files of the workspace", async () => {
    const found = await vscode.workspace.findFiles("src/*.ts");
    const names = found.map((uri) => vscode.workspace.asRelativePath(uri)).toSorted();
    assert.ok(names.includes("src/duration.ts"), names.join());
  });

  test("answers hovers and references from TypeScript's language server", async () => {
    const editor = await openAt("src/scheduler.ts", "parseDuration(job.every)");
    const { uri } = editor.document;
    const { active } = editor.selection;
    const text = await until(
      "a hover of parseDuration",
      async () => {
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          "vscode.executeHoverProvider",
          uri,
          active,
        );
        const found = hovers
          .flatMap(({ contents }) => contents)
          .map((part) => (typeof part === "string" ? part : part.value))
          .join("\n");
        return found.includes("parseDuration") && !found.includes("(loading...)") ? found : undefined;
      },
      60_000,
    );
    assert.match(text, /parseDuration\(text: string\): number/);
    assert.match(text, /Reads a duration as people write it/);

    const references = await until(
      "references of parseDuration in several files",
      async () => {
        const found = await vscode.commands.executeCommand<vscode.Location[]>(
          "vscode.executeReferenceProvider",
          uri,
          active,
        );
        return new Set(found.map((location) => location.uri.path)).size >= 5 ? found : undefined;
      },
      60_000,
    );
    const files = new Set(references.map((location) => vscode.workspace.asRelativePath(location.uri)));
    for (const file of ["duration", "scheduler", "retry", "ttlCache", "cli"]) {
      assert.ok(files.has(`src/${file}.ts`), `no reference in src/${file}.ts: ${[...files].join()}`);
    }
  }).timeout(150_000);

  test("reports the type error of the sample workspace", async () => {
    const editor = await openAt("src/report.ts", "totalOf(order)");
    const errors = await until(
      "the type error in src/report.ts",
      () => {
        const found = vscode.languages
          .getDiagnostics(editor.document.uri)
          .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
        return found.length > 0 ? found : undefined;
      },
      60_000,
    );
    assert.equal(errors.length, 1);
    assert.match(errors[0]?.message ?? "", /'Order' is missing the following properties/);
  }).timeout(90_000);
});
