/** The two editors that everything is proven on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "./paths.ts";

export interface HostVersion {
  name: "floor" | "newest";
  /** Version of the npm package `code-server`, which carries a whole VS Code. */
  codeServer: string;
  /** The VS Code inside it. */
  vscode: string;
  /** Major version of Node it runs on: what this VS Code's own extension host has. */
  node: number;
}

/** The oldest editor that `engines.vscode` promises. */
export const FLOOR: HostVersion = { name: "floor", codeServer: "4.110.0", vscode: "1.110.0", node: 22 };
const NEWEST: HostVersion = { name: "newest", codeServer: "4.139.1", vscode: "1.139.1", node: 24 };

/**
 * The editor to use by name. Throws when the manifest promises another floor than the one that is tested,
 * because then the promise is unproven.
 */
export function hostVersion(name: string): HostVersion {
  const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")) as {
    engines: { vscode: string };
  };
  const minor = (version: string) => version.replace(/^\D*/, "").split(".").slice(0, 2).join(".");
  if (minor(manifest.engines.vscode) !== minor(FLOOR.vscode)) {
    throw new Error(
      `package.json promises VS Code ${manifest.engines.vscode}, but the oldest one tested is ${FLOOR.vscode}. ` +
        "Change engines.vscode, or FLOOR in scripts/host/versions.ts, so that both name the same.",
    );
  }
  if (name === FLOOR.name) return FLOOR;
  if (name === NEWEST.name) return NEWEST;
  throw new Error(`"${name}" is not an editor to test on: use "floor" or "newest".`);
}
