/** Checks a file of routes (`.hybrid/routes.yaml`) with the embedded router and the default settings. */
import { readFileSync } from "node:fs";
import { createEmbeddedClassifier } from "../src/core/router/embedded.ts";
import { DEFAULT_POLICY, route } from "../src/core/router/router.ts";
import { checkRoutes, parseRoutes } from "../src/core/router/routes.ts";

/** Prints what differs and how many are as expected. The exit code: 0 all are, 1 some differ or cannot be read. */
export async function evaluateRoutes(file: string): Promise<number> {
  const { routes, problems } = parseRoutes(readFileSync(file, "utf8"));
  for (const { line, text } of problems) console.error(`${file}:${line}: ${text}`);
  const classifier = createEmbeddedClassifier();
  const checked = await checkRoutes(
    routes,
    (request) => route(request, classifier, DEFAULT_POLICY),
    new AbortController().signal,
  );
  const different = checked.filter(({ difference }) => difference !== undefined);
  for (const { route: one, difference } of different) console.log(`${file}:${one.line}: ${difference}`);
  console.log(`${checked.length - different.length} of ${checked.length} routes as expected`);
  return problems.length + different.length > 0 || checked.length === 0 ? 1 : 0;
}
