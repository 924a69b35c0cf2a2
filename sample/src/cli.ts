import { formatDuration, parseDuration } from "./duration.ts";
import { Scheduler, type Job } from "./scheduler.ts";

const HELP = `orderly <command>
  wait <duration>          say how long a duration is, in milliseconds
  jobs <name> <duration>   describe a job`;

/**
 * Runs one command line and returns the exit code.
 *
 * @param args The arguments, without the program's name.
 * @param print Gets each line of output.
 */
export function runCommand(args: readonly string[], print: (line: string) => void): number {
  const [command, ...rest] = args;
  // TODO: document the exit codes in the help text
  try {
    if (command === "wait" && rest[0] !== undefined) {
      const milliseconds = parseDuration(rest[0]);
      print(`${formatDuration(milliseconds)} is ${milliseconds} ms`);
      return 0;
    }
    if (command === "jobs" && rest.length === 2) {
      const job: Job = { name: rest[0] ?? "", every: rest[1] ?? "", run: () => undefined };
      print(new Scheduler().describe(job));
      return 0;
    }
    print(HELP);
    return 2;
  } catch (error) {
    print(String(error));
    return 1;
  }
}
