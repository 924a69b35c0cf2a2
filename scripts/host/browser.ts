/** Finds a Chromium and launches it for Playwright. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { CACHE_DIR } from "./paths.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Browsers of the system, most likely first. */
const SYSTEM_BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * A headless browser. CHROME_PATH names it; otherwise the one from npm is used where it runs (Linux on x64), so that
 * screenshots look the same on every such machine, and the system's Chromium or Chrome elsewhere.
 */
export async function launchBrowser(): Promise<Browser> {
  const chosen = process.env["CHROME_PATH"];
  if (chosen !== undefined && !existsSync(chosen)) {
    throw new Error(`CHROME_PATH is ${chosen}, and there is no such file.`);
  }
  const bundled = process.platform === "linux" && process.arch === "x64";
  const executablePath =
    chosen ?? (bundled ? await unpackBundled() : SYSTEM_BROWSERS.find((path) => existsSync(path)));
  if (executablePath === undefined) {
    throw new Error("No browser found. Install Chrome or Chromium, or name one in CHROME_PATH.");
  }
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

/** Unpacks the npm package's Chromium once into the cache; renamed when whole, so that a broken one is never used. */
async function unpackBundled(): Promise<string> {
  const packageFile = join(
    dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")),
    "../package.json",
  );
  const { version } = JSON.parse(await readFile(packageFile, "utf8")) as { version: string };
  const target = join(CACHE_DIR, `chromium-${version}`);
  useFontsOf(target);
  const executable = join(target, "chromium");
  if (existsSync(executable)) return executable;
  await mkdir(CACHE_DIR, { recursive: true });
  const staging = await mkdtemp(join(CACHE_DIR, "chromium.tmp-"));
  const before = process.env["TMPDIR"];
  try {
    // The package unpacks into the system's temp folder and takes whatever lies there for its own.
    process.env["TMPDIR"] = staging;
    const { default: bundled } = await import("@sparticuz/chromium");
    await bundled.executablePath();
    await rename(staging, target).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(executable)) throw error;
    });
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rm(staging, { recursive: true, force: true });
  }
  return executable;
}

/** A machine with no fonts at all shows the package's own. */
function useFontsOf(dir: string): void {
  if (!existsSync("/etc/fonts/fonts.conf")) process.env["FONTCONFIG_PATH"] ??= join(dir, "fonts");
}
