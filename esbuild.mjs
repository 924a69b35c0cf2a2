/**
 * Builds the extension into dist/: ESM with splitting, so that the vendors' SDKs and the price table are chunks
 * of their own, loaded when first used. `--watch` rebuilds on change; `--meta` writes dist/meta.json for the bench.
 */
import { cp, rm } from "node:fs/promises";
import { context } from "esbuild";

const watch = process.argv.includes("--watch");
await rm("dist", { recursive: true, force: true });
// The chunks of the classifiers read their n-grams from beside themselves.
for (const folder of ["src/core/router/weights", "src/core/tasks/weights"]) {
  await cp(folder, "dist/chunks/weights", { recursive: true, filter: (path) => !path.endsWith(".json") });
}

const build = await context({
  entryPoints: { extension: "src/extension.ts" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node22",
  format: "esm",
  splitting: true,
  minify: !watch,
  sourcemap: watch,
  external: ["vscode"],
  // Its build for Node is CommonJS and asks for "process", which a module of the extension host cannot require.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  chunkNames: "chunks/[name]-[hash]",
  metafile: true,
  logLevel: "warning",
});

if (watch) {
  await build.watch();
} else {
  const { metafile } = await build.rebuild();
  await build.dispose();
  const eager = eagerBytes(metafile);
  console.log(`dist/extension.js: ${(eager / 1000).toFixed(1)} kB loaded at activation`);
}

/** Bytes of the entry and of all chunks that it imports statically. */
function eagerBytes(metafile) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return 0;
    seen.add(file);
    const output = metafile.outputs[file];
    const imports = output.imports.filter((entry) => entry.kind === "import-statement" && !entry.external);
    return output.bytes + imports.reduce((sum, entry) => sum + visit(entry.path), 0);
  };
  return visit("dist/extension.js");
}
