import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmbeddedClassifier } from "../../../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../../../src/core/router/router.ts";
import { checkRoutes, parseRoutes } from "../../../src/core/router/routes.ts";

const ROUTES = `# what we expect
- prompt: what does this regex match?
  language: typescript
  tier: local
- command: tests
  language: python
  code: |
    def slug(title):
        return title
  tier: mid

- prompt: "design the sync protocol of an offline app"
  tier: local
  task: design
`;

const classifier = createEmbeddedClassifier();

describe("routes", () => {
  it("are read with the line they begin on", () => {
    const { routes, problems } = parseRoutes(ROUTES);
    expect(problems).toEqual([]);
    expect(routes.map(({ line, command, language, tier }) => [line, command, language, tier])).toEqual([
      [2, null, "typescript", "local"],
      [5, "tests", "python", "mid"],
      [12, null, "plaintext", "local"],
    ]);
  });

  it("are compared with what the router decides, which says why it differs", async () => {
    const { routes } = parseRoutes(ROUTES);
    const checked = await checkRoutes(
      routes,
      (request) => route(request, classifier, DEFAULT_POLICY),
      new AbortController().signal,
    );
    expect(checked[0]?.difference).toBeUndefined();
    expect(checked[2]?.difference).toMatch(/^expected local, got flagship \(HARD, \d+ % sure\): .*design/);
  });

  it("stop being checked when it is cancelled", async () => {
    const { routes } = parseRoutes(ROUTES);
    const stop = new AbortController();
    const checked = await checkRoutes(
      routes,
      async (request) => {
        stop.abort();
        return route(request, classifier, DEFAULT_POLICY);
      },
      stop.signal,
    );
    expect(checked).toHaveLength(1);
  });
});

describe("a file with mistakes", () => {
  it.each([
    ["no YAML", "- prompt: [\n", 2, /./],
    ["no list", "prompt: x\ntier: mid\n", 1, /routes are a list/],
    [
      "another tier",
      "- prompt: a\n  tier: mid\n- prompt: b\n  tier: top\n",
      3,
      /tier: one of local, mid, flagship/,
    ],
    ["no tier", "- prompt: a\n", 1, /tier/],
    ["a misspelt key", "- promt: a\n  tier: mid\n", 1, /promt/],
  ])("has them named with their line: %s", (_, text, line, message) => {
    const { problems } = parseRoutes(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBe(line);
    expect(problems[0]?.text).toMatch(message);
  });

  it("keeps the routes that can be read", () => {
    expect(parseRoutes("- prompt: a\n  tier: mid\n- 7\n").routes).toHaveLength(1);
    expect(parseRoutes("").routes).toEqual([]);
    expect(parseRoutes("# nothing\n")).toEqual({ routes: [], problems: [] });
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseRoutes(text)));
    fc.assert(fc.property(fc.array(fc.anything()), (value) => void parseRoutes(JSON.stringify(value))));
  });
});
