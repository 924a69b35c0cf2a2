/** The editors: files, cursor and selection, context menu, diffs. */
import { glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import { CommandPalette, exactly } from "./commandPalette.ts";
import { WorkbenchError } from "./screen.ts";

/** A diff editor: its title and the visible lines of both sides. */
interface Diff {
  title: string;
  original: string;
  modified: string;
}

/** Part of `Workbench`: what is done to files and in their editors. */
export class EditorArea extends CommandPalette {
  readonly #folder: string;
  /** The file opened last, on disk. */
  #file: string | undefined;

  protected constructor(page: Page, folder: string) {
    super(page);
    this.#folder = folder;
  }

  /** Opens a file of the folder by its name or its relative path. */
  async openFile(path: string): Promise<void> {
    const name = basename(path);
    await this.step(`Opening ${path}`, async () => {
      await this.quickInput(path, () => this.row(name).click({ timeout: 5000 }));
      await this.page.locator(".tab.active", { hasText: name }).first().waitFor();
      await this.page.locator(".editor-instance .view-line").first().waitFor();
      this.#file = await this.#find(path);
    });
  }

  /** Puts the cursor at a line and column, counted from 1, of the active editor. */
  async goTo(line: number, column: number): Promise<void> {
    await this.step(`Going to line ${line}, column ${column}`, async () => {
      await this.quickInput(`:${line}:${column}`, async (input) => {
        await this.rows().first().waitFor({ timeout: 5000 });
        await input.press("Enter", { timeout: 2000 });
      });
      await this.until(async () => (await this.#cursor()).startsWith(`Ln ${line},`));
    });
  }

  /**
   * Puts the cursor into the file opened last, `offset` characters into the first `text` found there (or the n-th,
   * `occurrence` counted from 1). The file is read from disk: save changes first.
   */
  async placeCursor(text: string, options: { offset?: number; occurrence?: number } = {}): Promise<void> {
    const start = await this.#indexOf(text, options.occurrence ?? 1);
    const { line, column } = start(options.offset ?? 0);
    await this.goTo(line, column);
  }

  /** Selects the first (or n-th) `text`, of one or more lines, in the file opened last. */
  async selectText(text: string, occurrence = 1): Promise<void> {
    const at = await this.#indexOf(text, occurrence);
    const [from, to] = [at(0), at(text.length)];
    await this.goTo(from.line, from.column);
    await this.runCommand("Set Selection Anchor");
    await this.goTo(to.line, to.column);
    await this.runCommand("Select from Anchor to Cursor");
    await this.step("Selecting text", () =>
      this.until(async () => (await this.#cursor()).includes("selected")),
    );
  }

  /** Text of the hover at the cursor, once the language server has one; undefined when none comes. */
  async hover(timeoutMs = 30_000): Promise<string | undefined> {
    const deadline = Date.now() + timeoutMs;
    const content = this.page
      .locator(".monaco-resizable-hover .monaco-hover-content")
      .filter({ visible: true });
    while (Date.now() < deadline) {
      await this.runCommand("Show or Focus Hover");
      await sleep(500);
      const text = (await content.allInnerTexts()).join("\n").trim();
      await this.page.keyboard.press("Escape");
      if (text !== "" && !text.includes("Loading...") && !text.includes("(loading...)")) return text;
    }
    return undefined;
  }

  /** Opens the editor's context menu at the cursor and returns its entries. */
  async openContextMenu(): Promise<string[]> {
    await this.closeMenu();
    return this.step("Opening the context menu", async () => {
      await this.page.keyboard.press("Shift+F10");
      return this.#menuLabels(this.page.locator(".monaco-menu"));
    });
  }

  /** Chooses an entry of the open context menu; more than one label goes through submenus. */
  async pickFromMenu(...path: string[]): Promise<void> {
    for (const [depth, label] of path.entries()) {
      await this.step(`Choosing "${label}" from the menu`, async () => {
        const item = this.#menuItem(label);
        if (depth < path.length - 1) {
          await item.hover();
          return;
        }
        const menu = this.page.locator(".monaco-menu").filter({ visible: true });
        await item.waitFor();
        await this.until(async () => {
          // A menu that has only just appeared does not take clicks yet.
          if ((await item.count()) > 0) await item.click();
          await sleep(200);
          return (await menu.count()) === 0;
        });
      });
    }
  }

  /** Opens the lightbulb's list at the cursor and returns its entries. Waits for one that holds `text`. */
  async openLightbulb(text: string): Promise<string[]> {
    await this.focusEditor();
    return this.step(`Waiting for "${text}" under the lightbulb`, () =>
      this.until(async () => {
        // The list is made once, by what is known when it opens.
        await this.page.keyboard.press("ControlOrMeta+.");
        const entries = this.#lightbulb().locator(".monaco-list-row.action .title");
        await this.#lightbulb()
          .waitFor({ timeout: 3000 })
          .catch(() => {});
        const titles = (await entries.allInnerTexts()).map((title) => title.trim());
        if (titles.some((title) => title.includes(text))) return titles;
        await this.page.keyboard.press("Escape");
        await sleep(300);
        return undefined;
      }),
    );
  }

  /** Chooses the entry of the open lightbulb that holds `text`. */
  async pickFromLightbulb(text: string): Promise<void> {
    await this.step(`Choosing "${text}" under the lightbulb`, () =>
      this.#lightbulb().locator(".monaco-list-row.action", { hasText: text }).click(),
    );
  }

  /** Entries of a submenu of the open context menu. */
  async submenu(label: string): Promise<string[]> {
    return this.step(`Opening the submenu "${label}"`, async () => {
      await this.#menuItem(label).hover();
      return this.#menuLabels(this.page.locator(".monaco-submenu"));
    });
  }

  /** The diff editor on the screen: title and the visible lines of both sides; undefined when there is none. */
  async diffEditor(): Promise<Diff | undefined> {
    const diff = this.page.locator(".editor-instance .monaco-diff-editor").filter({ visible: true }).first();
    if ((await diff.count()) === 0) return undefined;
    return {
      title: (await this.page.locator(".tab.active .label-name").first().innerText()).trim(),
      original: await linesOf(diff.locator(".editor.original")),
      modified: await linesOf(diff.locator(".editor.modified")),
    };
  }

  /** Waits for a diff editor whose title holds `title`, until both its sides are drawn. */
  async waitForDiff(title: string): Promise<Diff> {
    return this.step(`Waiting for the diff "${title}"`, async () => {
      let before = "";
      return this.until(async () => {
        const diff = await this.diffEditor();
        if (diff?.title.includes(title) !== true || diff.modified === "") return undefined;
        const now = JSON.stringify(diff);
        const settled = now === before;
        before = now;
        await sleep(300);
        return settled && diff;
      });
    });
  }

  /** Puts the focus into the active editor, so that keys go there. */
  async focusEditor(): Promise<void> {
    await this.runCommand("View: Focus Active Editor Group");
  }

  /** Visible lines of the active text editor; empty for a diff, which `diffEditor` reads. */
  async editorText(): Promise<string> {
    if ((await this.diffEditor()) !== undefined) return "";
    return linesOf(this.page.locator(".editor-group-container.active .editor-instance").first());
  }

  /** Titles of the open tabs. */
  async tabs(): Promise<string[]> {
    return (await this.page.locator(".tab .label-name").allInnerTexts()).map((text) => text.trim());
  }

  #lightbulb(): Locator {
    return this.page.locator(".action-widget").filter({ visible: true }).first();
  }

  #menuItem(label: string): Locator {
    const name = this.page.locator(".action-label", { hasText: exactly(label) });
    return this.page.locator(".monaco-menu .action-menu-item").filter({ has: name, visible: true }).last();
  }

  async #menuLabels(menu: Locator): Promise<string[]> {
    const labels = menu.last().locator(".action-menu-item .action-label");
    await labels.first().waitFor();
    return (await labels.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== "");
  }

  async #cursor(): Promise<string> {
    return (await this.page.locator('[id="status.editor.selection"]').allInnerTexts()).join("");
  }

  async #find(path: string): Promise<string | undefined> {
    for await (const match of glob(`**/${path}`, { cwd: this.#folder, exclude: ["**/node_modules"] })) {
      return join(this.#folder, match);
    }
    return undefined;
  }

  /** Finds `text` and returns a function from an offset in it to line and column, counted from 1. */
  async #indexOf(
    text: string,
    occurrence: number,
  ): Promise<(offset: number) => { line: number; column: number }> {
    if (this.#file === undefined) throw new WorkbenchError("Open a file first: openFile().");
    const content = (await readFile(this.#file, "utf8")).replaceAll("\r\n", "\n");
    let index = -1;
    for (let found = 0; found < occurrence; found++) {
      index = content.indexOf(text, index + 1);
      if (index < 0)
        throw new WorkbenchError(`"${text}" does not occur ${occurrence} times in ${this.#file}.`);
    }
    return (offset) => {
      const before = content.slice(0, index + offset).split("\n");
      return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    };
  }
}

/** Visible lines of a text editor, in order. */
export async function linesOf(editor: Locator): Promise<string> {
  const lines = await editor
    .locator(".lines-content > .view-lines > .view-line")
    .evaluateAll((elements: { style: { top: string }; textContent: string }[]) =>
      elements
        .toSorted((a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top))
        .map((element) => element.textContent),
    );
  return lines.map((line) => line.replaceAll("\u00A0", " ")).join("\n");
}
