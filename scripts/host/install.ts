/** Puts the built extension where a server loads extensions from. */
import { existsSync } from "node:fs";
import { cp, glob, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "./paths.ts";

/**
 * The files that ship, relative to `root`, by the allow-list of `.vscodeignore` (`**` first, then `!` patterns), which
 * is also what the packager reads: a file that is missing from the package is missing from every test too.
 */
async function shippedFiles(root: string): Promise<string[]> {
  const lines = (await readFile(join(root, ".vscodeignore"), "utf8")).split("\n").map((line) => line.trim());
  const patterns = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const rest = lines.filter((line) => line !== "" && !line.startsWith("!") && !line.startsWith("#"));
  if (rest.join() !== "**") {
    throw new Error(".vscodeignore must be an allow-list: one line ** and then only ! patterns.");
  }
  const files: string[] = [];
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length + 1));
  }
  return files;
}

/**
 * Copies the extension of `root` (this project by default) unpacked into `extensionsDir` as `publisher.name-version`
 * and returns that folder. Throws when its entry point is not built.
 */
export async function installExtension(extensionsDir: string, root = PROJECT_ROOT): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, string>;
  const entry = manifest["main"] ?? "";
  if (!existsSync(join(root, entry))) {
    throw new Error(`The extension is not built: ${entry} is missing. Run "npm run build".`);
  }
  const target = join(extensionsDir, `${manifest["publisher"]}.${manifest["name"]}-${manifest["version"]}`);
  await rm(target, { recursive: true, force: true });
  for (const file of await shippedFiles(root)) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(root, file), join(target, file));
  }
  return target;
}
