/** How the runner inside the extension host tells the one outside what came of it. */

/** Stands before each line of the suites' output. */
export const OUTPUT_MARK = "HOST-SUITES ";

/** The last line of the output, as JSON behind `RESULT_MARK`. */
export interface HostResult {
  passed: number;
  failed: number;
  skipped: number;
  /** Full titles. */
  failures: string[];
}

export const RESULT_MARK = "HOST-SUITES-RESULT ";
