/** Starts `writer.ts` in processes of its own, and folders for them to work in. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const WRITER = fileURLToPath(new URL("./writer.ts", import.meta.url));

/** A new empty folder, removed when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hybrid-log-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface Window {
  process: ChildProcess;
  /** Ends its stdin: it lets go of its lock. */
  release: () => void;
  /** Lines said so far. */
  lines: () => string[];
  /** Resolves with all lines when the process has ended by itself; throws when it failed. */
  done: Promise<string[]>;
}

/** Starts a window; it is killed when the test ends. */
export function startWindow(...args: string[]): Window {
  return startProcess(WRITER, args);
}

/** Runs a script in a process of its own, killed when the test ends; `env` over this one's environment. */
export function startProcess(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Window {
  const child = spawn(process.execPath, ["--no-warnings", script, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const lines = () => out.split("\n").slice(0, -1);
  const done = new Promise<string[]>((resolve, reject) => {
    child.once("close", (code, signal) => {
      if (code === 0 || signal === "SIGKILL") resolve(lines());
      else reject(new Error(`${basename(script)} ended with ${code ?? signal}: ${errors}`));
    });
  });
  return { process: child, release: () => void child.stdin.end(), lines, done };
}

/** Waits until `condition` holds; throws after `ms`. */
export async function until(condition: () => boolean, ms = 8000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
    await sleep(10);
  }
}

/** Runs `work` without root's right to write everywhere, where the tests run as root. */
export async function asNobody(work: () => void | Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
