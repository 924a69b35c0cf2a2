/** Builds the suites of the extension host into out/host, the form in which the editor loads them. */
import { cp, glob, rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { PROJECT_ROOT } from "../../scripts/host/paths.ts";

/** Builds and returns the path of the entry point. */
export async function buildHostSuites(): Promise<string> {
  const source = join(PROJECT_ROOT, "test/host");
  const outdir = join(PROJECT_ROOT, "out/host");
  await rm(outdir, { recursive: true, force: true });
  // The core's classifiers, where a suite has them in itself, read their n-grams from beside themselves.
  await cp(join(PROJECT_ROOT, "src/core/router/weights"), join(outdir, "weights"), { recursive: true });
  const suites: string[] = [];
  for await (const file of glob("suite/*.test.ts", { cwd: source })) suites.push(join(source, file));
  const common: BuildOptions = {
    outbase: source,
    outdir,
    bundle: true,
    platform: "node",
    target: "node22",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
  };
  // The editor loads its entry point with require, and everything else is a module.
  await build({
    ...common,
    entryPoints: [join(source, "index.ts")],
    format: "cjs",
    outExtension: { ".js": ".cjs" },
  });
  await build({
    ...common,
    entryPoints: suites,
    format: "esm",
    splitting: true,
    outExtension: { ".js": ".mjs" },
    // CommonJS inside libraries may call require for Node's own modules.
    banner: {
      js: 'import { createRequire as hostCreateRequire } from "node:module"; const require = hostCreateRequire(import.meta.url);',
    },
  });
  return join(outdir, "index.cjs");
}
