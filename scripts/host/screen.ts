/** What stands on the screen when a wait fails, in words and as a picture. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { RESULTS_DIR } from "./paths.ts";

/** A step that did not happen in time. The message says what was on the screen instead. */
export class WorkbenchError extends Error {
  override name = "WorkbenchError";
}

/** The parts of the window worth naming in an error. */
const PARTS = {
  dialog: ".monaco-dialog-box",
  notification: ".notification-list-item-message",
  "quick input": ".quick-input-widget:not([style*='display: none'])",
  menu: ".monaco-menu .action-item .action-label",
  "open editor": ".tab.active .label-name",
  "last chat answer": ".interactive-response.chat-most-recent-response .value",
  "chat input": ".interactive-input-part .view-lines",
  "status bar": ".statusbar-item",
};

let pictures = 0;

/** An error for `what` that describes the screen and names a screenshot of it. */
export async function describeFailure(
  page: Page,
  what: string,
  cause: unknown,
  faults: readonly string[],
): Promise<WorkbenchError> {
  const lines: string[] = [];
  for (const [name, selector] of Object.entries(PARTS)) {
    const texts = await page
      .locator(selector)
      .filter({ visible: true })
      .allInnerTexts()
      .catch(() => []);
    const text = texts.map((part) => part.replaceAll(/\s+/g, " ").trim()).filter((part) => part !== "");
    if (text.length > 0) lines.push(`  ${name}: ${text.join(" · ").slice(0, 400)}`);
  }
  lines.push(...faults.slice(-3).map((fault) => `  page error: ${fault.slice(0, 300)}`));
  const file = join(RESULTS_DIR, `failure-${process.pid}-${++pictures}.png`);
  const saved = await mkdir(RESULTS_DIR, { recursive: true })
    .then(() => page.screenshot({ path: file }))
    .then(
      () => `  screenshot: ${file}`,
      () => "  no screenshot: the page is gone",
    );
  const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return new WorkbenchError(`${what}: ${reason}\nOn the screen:\n${[...lines, saved].join("\n")}`, { cause });
}
