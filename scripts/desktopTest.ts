/** `npm run test:desktop`: the extension host's suites in a desktop VS Code that @vscode/test-electron downloads. */
import { spawnSync } from "node:child_process";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { buildHostSuites } from "../test/host/build.ts";
import { installExtension } from "./host/install.ts";
import { CACHE_DIR, copySample, PROJECT_ROOT, temporaryDir } from "./host/paths.ts";

async function main(): Promise<number> {
  const version = process.argv[2] ?? "stable";
  const { status } = spawnSync(process.execPath, ["esbuild.mjs"], { cwd: PROJECT_ROOT, stdio: "inherit" });
  if (status !== 0) return 1;
  let vscodeExecutablePath: string;
  try {
    vscodeExecutablePath = await downloadAndUnzipVSCode({ version, cachePath: CACHE_DIR });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(
      `Desktop VS Code (${version}) could not be downloaded: ${reason}\n` +
        'The same suites run in a VS Code from the npm registry: "npm test -- --only host".',
    );
    return 1;
  }
  if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) {
    console.error(
      'Desktop VS Code needs a display: run this under "xvfb-run -a", or use "npm test -- --only host".',
    );
    return 1;
  }
  return runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: await installExtension(await temporaryDir("extension")),
    extensionTestsPath: await buildHostSuites(),
    launchArgs: [
      await copySample(),
      "--disable-workspace-trust",
      "--skip-welcome",
      `--user-data-dir=${await temporaryDir("user")}`,
      `--extensions-dir=${await temporaryDir("extensions")}`,
    ],
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
