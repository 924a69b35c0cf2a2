/** What must not outlive this process: child processes and temporary folders. */
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const processGroups = new Set<number>();
const folders = new Set<string>();
let armed = false;
let interruptCode = 130;

/** Ctrl+C is how this program is meant to be ended: it exits with 0 then. */
export function interruptIsNormal(): void {
  interruptCode = 0;
}

/** Removes `dir` when this process ends, however it ends short of SIGKILL. */
export function removeOnExit(dir: string): void {
  arm();
  folders.add(dir);
}

/** Kills the whole process group of `child`, which must be spawned `detached`, when this process ends. */
export function killOnExit(child: ChildProcess): void {
  arm();
  const { pid } = child;
  if (pid === undefined) return;
  processGroups.add(pid);
  child.once("exit", () => {
    // The leader is gone; its children may not be.
    signalGroup(pid, "SIGKILL");
    processGroups.delete(pid);
  });
}

/** Ends the process group of `child`: asks first, and after `graceMs` no longer asks. */
export async function stopGroup(child: ChildProcess, graceMs = 2000): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  signalGroup(pid, "SIGTERM");
  await Promise.race([gone, sleep(graceMs, undefined, { ref: false })]);
  signalGroup(pid, "SIGKILL");
  await Promise.race([gone, sleep(graceMs, undefined, { ref: false })]);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

function cleanUp(): void {
  for (const pid of processGroups) signalGroup(pid, "SIGKILL");
  processGroups.clear();
  for (const dir of folders) {
    try {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
    } catch {
      // A process that is just dying may still write there; the system empties its temp folder in time.
    }
  }
  folders.clear();
}

function arm(): void {
  if (armed) return;
  armed = true;
  process.once("exit", cleanUp);
  const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      cleanUp();
      process.exit(signal === "SIGINT" ? interruptCode : code);
    });
  }
}
