import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";

const execute = promisify(execFile);
const script = resolve(import.meta.dirname, "../../../scripts/eval.ts");
const trained = resolve(import.meta.dirname, "../../../training/data/da.jsonl");
let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "hybrid-eval-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

function file(name: string, ...lines: (string | object)[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  return path;
}

const row = {
  surface: "chat",
  command: null,
  languageId: "go",
  code: "",
  fileLines: 0,
  attachedFiles: 0,
  attachedChars: 0,
  diagnostics: [],
  symbolReferences: null,
  symbolFiles: null,
  historyTurns: 0,
};
const hard = { ...row, id: "a", prompt: "design a sync protocol", label: "HARD", task: "design" };
const easy = { ...row, id: "b", prompt: "rename this variable", label: "EASY", task: "edit" };
const plain = { ...row, id: "c", prompt: "\ud800 hello" };

describe("eval of a local model's router", () => {
  const answer = '{"task":"design","scope":"system","label":"HARD"}';

  it("asks the model for every row, and says how it did", async () => {
    const server = await startOllamaServer({ models: { "llama3.2:3b": { text: answer } } });
    try {
      const path = file("local.jsonl", hard, easy);
      const { stdout } = await execute(process.execPath, [
        script,
        path,
        "--json",
        "--router",
        "ollama",
        "--base-url",
        server.url,
      ]);
      const figures = JSON.parse(stdout) as { accuracy: { hits: number }; fellBack: number };
      expect(figures).toMatchObject({ rows: 2, fellBack: 0, accuracy: { hits: 1, n: 2 } });
    } finally {
      await server.close();
    }
  });

  it("says so when there is no server, and measures nothing", () => {
    const path = file("nobody.jsonl", hard);
    const { status, stdout, stderr } = run(path, "--router", "ollama", "--base-url", "http://127.0.0.1:9");
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/Ollama is not running at/);
  });
});

describe("eval of routes", () => {
  it("holds for the sample workspace", () => {
    const routes = resolve(import.meta.dirname, "../../../sample/.hybrid/routes.yaml");
    const { status, stdout } = run("--routes", routes);
    expect(stdout).toMatch(/^4 of 4 routes as expected/m);
    expect(status).toBe(0);
  });

  it("names what differs and what cannot be read, and fails", () => {
    const path = file("routes.yaml", "- prompt: design a sync protocol", "  tier: local", "- tier: nowhere");
    const { status, stdout, stderr } = run("--routes", path);
    expect(stdout).toMatch(/routes\.yaml:1: expected local, got flagship/);
    expect(stderr).toMatch(/routes\.yaml:3: tier: one of/);
    expect(status).toBe(1);
  });

  it("says so when there is no file", () => {
    const { status, stderr } = run("--routes", join(folder, "none.yaml"));
    expect(status).toBe(1);
    expect(stderr).toMatch(/none\.yaml: ENOENT/);
  });
});

describe("eval of requests", () => {
  it("names bad lines, leaves them out, and measures the rest", () => {
    const path = file("rows.jsonl", hard, "not json", { ...easy, surface: "door" }, "", easy, plain);
    const { status, stdout, stderr } = run(path, "--json");
    expect(status).toBe(0);
    expect(stderr).toMatch(/line 2: not JSON/);
    expect(stderr).toMatch(/line 3: surface/);
    const figures = JSON.parse(stdout) as Record<string, unknown>;
    expect(figures).toMatchObject({ rows: 3, labelled: 2, trainedOn: 0, accuracy: { hits: 2, n: 2 } });
    expect(Object.keys(figures["controls"] as object)).toEqual([
      "always-local",
      "always-flagship",
      "length only",
    ]);
  });

  it("writes a prediction for every row", () => {
    const out = join(folder, "out.jsonl");
    expect(run(file("three.jsonl", hard, easy, plain), "--predictions", out).status).toBe(0);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["a", "b", "c"]);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ tier: "flagship", label: "HARD", task: "design" });
    expect(Object.keys(JSON.parse(lines[0] ?? "") as object)).toEqual([
      "id",
      "tier",
      "label",
      "confidence",
      "task",
      "reasons",
    ]);
  });

  it("says when rows were trained on", () => {
    expect(run(trained).stdout).toMatch(/! 150 of these rows were trained on/);
  });

  it("reads the public format", () => {
    const path = file(
      "public.jsonl",
      { prompt: "Explain TCP", expected_tier: "REASONING" },
      { prompt: "hi", expected_tier: "SIMPLE" },
    );
    expect(JSON.parse(run(path, "--format", "uncommonroute", "--json").stdout)).toMatchObject({
      labelled: 2,
      byTier: { HARD: { n: 1 } },
    });
  });

  it.each([
    [["--router", "ollama", "--deadline-ms", "soon", "x.jsonl"], 2, /--deadline-ms takes milliseconds/],
    [["--router", "dice", "x.jsonl"], 2, /no router “dice”/],
    [["--format", "csv", "x.jsonl"], 2, /no format “csv”/],
    [[], 2, /Usage/],
    [["--wrong"], 2, /Usage/],
    [["missing.jsonl"], 1, /missing\.jsonl/],
  ])("ends %j with %d", (args, status, message) => {
    const result = run(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("eval of TODO comments", () => {
  it("measures category and priority", () => {
    const todo = {
      id: "t",
      languageId: "go",
      comment: "// TODO: add tests",
      context: "",
      category: "test",
      priority: "low",
    };
    const { status, stdout, stderr } = run(
      "--todo",
      file("todo.jsonl", todo, { ...todo, category: "fruit" }),
      "--json",
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/line 2: category/);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1, category: { hits: 1, n: 1 }, priority: { n: 1 } });
  });
});
