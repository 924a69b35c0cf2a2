import { formatDuration, parseDuration } from "./duration.ts";

export interface Job {
  name: string;
  /** How often it runs, for example `"1h30m"`. */
  every: string;
  run(): void | Promise<void>;
}

/** Runs jobs again and again at a fixed distance. */
export class Scheduler {
  readonly #timers = new Map<string, ReturnType<typeof setInterval>>();

  /** Starts a job; a job of the same name is replaced. */
  add(job: Job): void {
    this.remove(job.name);
    const interval = parseDuration(job.every);
    // TODO: add a test for a job that takes longer than its interval
    this.#timers.set(
      job.name,
      setInterval(() => void job.run(), interval),
    );
  }

  remove(name: string): void {
    clearInterval(this.#timers.get(name));
    this.#timers.delete(name);
  }

  /** A line for the log: which job runs how often. */
  describe(job: Job): string {
    return `${job.name} runs every ${formatDuration(parseDuration(job.every))}`;
  }
}
