/** The real workbench as a user handles it: keyboard, palette, menus, chat. Every wait ends, and says what it saw. */
import { glob, mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { readAnswer, type ChatAnswer, type PageElement } from "./chatAnswer.ts";
import { describeFailure, WorkbenchError } from "./screen.ts";
import type { RunningServer } from "./server.ts";

export interface WorkbenchOptions {
  /** Pixels; 1400 × 900 by default. */
  viewport?: { width: number; height: number };
}

export type Theme = "light" | "dark" | "hcLight" | "hcDark";

/** A row of a quick pick. */
export interface PickRow {
  label: string;
  description: string;
  detail: string;
}

/** How long a step of the interface may take on a loaded machine, ms. */
const STEP_MS = 20_000;
const THEME_CLASS = { light: "vs", dark: "vs-dark", hcLight: "hc-light", hcDark: "hc-black" } as const;
/** The editors' own default themes; they were renamed in between. */
const THEMES = {
  floor: { light: "Default Light Modern", dark: "Default Dark Modern" },
  newest: { light: "Light 2026", dark: "Dark 2026" },
};
const HIGH_CONTRAST = { hcLight: "Default High Contrast Light", hcDark: "Default High Contrast" };

export class Workbench {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: RunningServer;
  readonly #folder: string;
  /** Uncaught errors of the page. */
  readonly #faults: string[] = [];
  #file: string | undefined;

  private constructor(browser: Browser, page: Page, server: RunningServer, folder: string) {
    this.#browser = browser;
    this.page = page;
    this.#server = server;
    this.#folder = folder;
    page.setDefaultTimeout(STEP_MS);
    page.on("pageerror", (error) => this.#faults.push(String(error)));
  }

  /** Opens `folder` (absolute path) in a fresh browser window and waits until the window is drawn. */
  static async open(
    server: RunningServer,
    folder: string,
    options: WorkbenchOptions = {},
  ): Promise<Workbench> {
    const browser = await launchBrowser();
    const viewport = options.viewport ?? { width: 1400, height: 900 };
    const page = await browser.newPage({ viewport });
    const workbench = new Workbench(browser, page, server, folder);
    try {
      await workbench.#step("Opening the workbench", async () => {
        const url = `${server.url}/?folder=${encodeURIComponent(folder)}`;
        await page.goto(url, { waitUntil: "domcontentloaded", timeout: 60_000 });
        await page.locator(".monaco-workbench .statusbar-item").first().waitFor({ timeout: 60_000 });
      });
    } catch (error) {
      await browser.close();
      throw error;
    }
    return workbench;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Runs a command by its whole title in the palette, for example "Hybrid: Explain Symbol". */
  async runCommand(title: string): Promise<void> {
    await this.#step(`Running the command "${title}"`, async () => {
      const typed = `>${title}`;
      await this.#quickInput(typed, () => this.#row(title).click({ timeout: 5000 }));
      // The command may show a list or an input box in the palette's place.
      const input = this.#quick().locator("input.input").first();
      await this.#until(async () => {
        const value = await input.inputValue({ timeout: 200 }).catch(() => "");
        return value !== typed;
      });
    });
  }

  /** Titles that the palette offers for `text`, best match first. */
  async commandsMatching(text: string): Promise<string[]> {
    return this.#step(`Listing the commands for "${text}"`, async () => {
      await this.#quickInput(`>${text}`, () => this.#rows().first().waitFor({ timeout: 5000 }));
      // The list is filled in two goes.
      await sleep(500);
      const rows = await this.#rowTexts();
      await this.page.keyboard.press("Escape");
      return rows.map(({ label }) => label);
    });
  }

  /** Opens a file of the folder by its name or its relative path. */
  async openFile(path: string): Promise<void> {
    const name = basename(path);
    await this.#step(`Opening ${path}`, async () => {
      await this.#quickInput(path, () => this.#row(name).click({ timeout: 5000 }));
      await this.page.locator(".tab.active", { hasText: name }).first().waitFor();
      await this.page.locator(".editor-instance .view-line").first().waitFor();
      this.#file = await this.#find(path);
    });
  }

  /** Puts the cursor at a line and column, counted from 1, of the active editor. */
  async goTo(line: number, column: number): Promise<void> {
    await this.#step(`Going to line ${line}, column ${column}`, async () => {
      await this.#quickInput(`:${line}:${column}`, async (input) => {
        await this.#rows().first().waitFor({ timeout: 5000 });
        await input.press("Enter", { timeout: 2000 });
      });
      await this.#until(async () => (await this.#cursor()).startsWith(`Ln ${line},`));
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
    await this.#step("Selecting text", () =>
      this.#until(async () => (await this.#cursor()).includes("selected")),
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

  /** Closes an open context menu with all its submenus. */
  async closeMenu(): Promise<void> {
    const menu = this.page.locator(".monaco-menu").filter({ visible: true });
    if ((await menu.count()) === 0) return;
    await this.#step("Closing the context menu", async () => {
      // A submenu opens again under a mouse that stays on its entry.
      await this.page.mouse.move(1, 1);
      await this.#until(async () => {
        if ((await menu.count()) === 0) return true;
        await this.page.keyboard.press("Escape");
        return false;
      });
    });
  }

  /** Opens the editor's context menu at the cursor and returns its entries. */
  async openContextMenu(): Promise<string[]> {
    await this.closeMenu();
    return this.#step("Opening the context menu", async () => {
      await this.page.keyboard.press("Shift+F10");
      return this.#menuLabels(this.page.locator(".monaco-menu"));
    });
  }

  /** Chooses an entry of the open context menu; more than one label goes through submenus. */
  async pickFromMenu(...path: string[]): Promise<void> {
    for (const [depth, label] of path.entries()) {
      await this.#step(`Choosing "${label}" from the menu`, async () => {
        const item = this.#menuItem(label);
        if (depth < path.length - 1) {
          await item.hover();
          return;
        }
        const menu = this.page.locator(".monaco-menu").filter({ visible: true });
        await item.waitFor();
        await this.#until(async () => {
          // A menu that has only just appeared does not take clicks yet.
          if ((await item.count()) > 0) await item.click();
          await sleep(200);
          return (await menu.count()) === 0;
        });
      });
    }
  }

  /** Entries of a submenu of the open context menu. */
  async submenu(label: string): Promise<string[]> {
    return this.#step(`Opening the submenu "${label}"`, async () => {
      await this.#menuItem(label).hover();
      return this.#menuLabels(this.page.locator(".monaco-submenu"));
    });
  }

  /** Text and spoken label of the status bar item whose id holds `id`; waits for it. */
  async statusBarItem(id: string, timeoutMs = STEP_MS): Promise<{ text: string; label: string }> {
    return this.#step(`Reading the status bar item "${id}"`, async () => {
      const item = this.#statusItem(id);
      await item.waitFor({ timeout: timeoutMs });
      const text = await this.#until(async () => (await item.innerText()).trim() || undefined);
      return { text, label: (await item.getAttribute("aria-label")) ?? "" };
    });
  }

  /** What hovering over the status bar item shows, as text. */
  async statusBarTooltip(id: string): Promise<string> {
    await this.closeMenu();
    return this.#step(`Hovering over the status bar item "${id}"`, async () => {
      await this.#statusItem(id).hover();
      const tooltip = this.page.locator(".workbench-hover").filter({ visible: true });
      await tooltip.first().waitFor();
      return (await tooltip.first().innerText()).trim();
    });
  }

  async clickStatusBarItem(id: string): Promise<void> {
    await this.closeMenu();
    await this.#step(`Clicking the status bar item "${id}"`, () => this.#statusItem(id).click());
  }

  /** Messages of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    const texts = await this.#toasts().locator(".notification-list-item-message").allInnerTexts();
    return texts.map((text) => text.trim());
  }

  /** Waits for a notification that holds `text` and returns its message. */
  async waitForNotification(text: string, timeoutMs = STEP_MS): Promise<string> {
    return this.#step(`Waiting for the notification "${text}"`, async () => {
      const message = this.#toasts().locator(".notification-list-item-message", { hasText: text }).first();
      await message.waitFor({ timeout: timeoutMs });
      return (await message.innerText()).trim();
    });
  }

  /** Presses a button of the notification that holds `text`. */
  async clickNotification(text: string, button: string): Promise<void> {
    await this.#step(`Pressing "${button}" on the notification "${text}"`, () =>
      this.#toasts()
        .filter({ hasText: text })
        .locator(".monaco-button", { hasText: exactly(button) })
        .first()
        .click(),
    );
  }

  /** The quick pick on the screen: title, placeholder, message, rows. Waits for one, whose title holds `title` if given. */
  async quickPick(
    title = "",
  ): Promise<{ title: string; placeholder: string; message: string; rows: PickRow[] }> {
    return this.#step(`Waiting for a quick pick "${title}"`, async () => {
      await this.#rows().first().waitFor();
      const shown = await this.#until(async () => {
        const text = await this.#quickText(".quick-input-title");
        return text.includes(title) && { text };
      });
      const input = this.#quick().locator("input.input").first();
      return {
        title: shown.text,
        placeholder: (await input.getAttribute("placeholder")) ?? "",
        message: await this.#quickText(".quick-input-message"),
        rows: await this.#rowTexts(),
      };
    });
  }

  /** Chooses a row of the quick pick by its whole label, and waits until that list is gone. */
  async pick(label: string): Promise<void> {
    await this.#step(`Choosing "${label}"`, async () => {
      const look = async () =>
        JSON.stringify([await this.#quickText(".quick-input-title"), await this.#rowTexts()]);
      await this.#row(label).waitFor();
      const before = await look();
      await this.#row(label).click();
      // Another list may take its place at once.
      await this.#until(async () => (await look()) !== before);
    });
  }

  /** The input box on the screen: title and the message below it. Waits for one. */
  async inputBox(): Promise<{ title: string; message: string; password: boolean }> {
    return this.#step("Waiting for an input box", async () => {
      const input = this.#quick().locator("input.input").first();
      await input.waitFor();
      return {
        title: await this.#quickText(".quick-input-title"),
        message: await this.#quickText(".quick-input-message"),
        password: (await input.getAttribute("type")) === "password",
      };
    });
  }

  /** Types into the input box and, unless `submit` is false, presses Enter. */
  async typeInput(value: string, submit = true): Promise<void> {
    await this.#step("Typing into the input box", async () => {
      await this.#quick().locator("input.input").first().fill(value);
      if (submit) await this.page.keyboard.press("Enter");
    });
  }

  /** The modal dialog on the screen: message and buttons; undefined when there is none. */
  async dialog(): Promise<{ message: string; buttons: string[] } | undefined> {
    const box = this.page.locator(".monaco-dialog-box").filter({ visible: true }).first();
    if ((await box.count()) === 0) return undefined;
    return {
      message: (await box.locator(".dialog-message-container").innerText()).trim(),
      buttons: await box.locator(".monaco-button").allInnerTexts(),
    };
  }

  async clickDialog(button: string): Promise<void> {
    await this.#step(`Pressing "${button}" in the dialog`, () =>
      this.page.locator(".monaco-dialog-box .monaco-button", { hasText: exactly(button) }).click(),
    );
  }

  /** The diff editor on the screen: title and the visible lines of both sides; undefined when there is none. */
  async diffEditor(): Promise<{ title: string; original: string; modified: string } | undefined> {
    const diff = this.page.locator(".editor-instance .monaco-diff-editor").filter({ visible: true }).first();
    if ((await diff.count()) === 0) return undefined;
    return {
      title: (await this.page.locator(".tab.active .label-name").first().innerText()).trim(),
      original: await linesOf(diff.locator(".editor.original")),
      modified: await linesOf(diff.locator(".editor.modified")),
    };
  }

  /** Waits for a diff editor whose title holds `title`, until both its sides are drawn. */
  async waitForDiff(title: string): Promise<{ title: string; original: string; modified: string }> {
    return this.#step(`Waiting for the diff "${title}"`, async () => {
      let before = "";
      return this.#until(async () => {
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

  /** Shows the chat view and puts the focus into its input box. */
  async openChat(): Promise<void> {
    await this.runCommand("Chat: Open Chat");
    await this.#step("Opening the chat view", async () => {
      await this.#chatInput().waitFor();
      await this.#chatInput().click();
    });
  }

  /** Drags the edge of the side bar that holds the chat until it is `pixels` wide. */
  async setChatWidth(pixels: number): Promise<void> {
    await this.#step(`Making the chat ${pixels} pixels wide`, async () => {
      const bar = this.page.locator(".part.auxiliarybar").filter({ visible: true });
      const width = async () => (await bar.boundingBox())?.width ?? 0;
      const box = await bar.boundingBox();
      if (box === null) throw new Error("the side bar has no place on the screen");
      const edges = await this.page.locator(".monaco-sash.vertical:not(.disabled)").all();
      const places = await Promise.all(edges.map((edge) => edge.boundingBox()));
      const centres = places.filter((place) => place !== null).map((place) => place.x + place.width / 2);
      const x = centres.toSorted((a, b) => Math.abs(a - box.x) - Math.abs(b - box.x))[0] ?? box.x;
      const y = box.y + box.height / 2;
      await this.page.mouse.move(x, y);
      await this.page.mouse.down();
      await this.page.mouse.move(x + box.width - pixels, y, { steps: 5 });
      await this.page.mouse.up();
      await this.#until(async () => Math.abs((await width()) - pixels) < 20);
    });
  }

  /** Starts an empty chat. */
  async newChat(): Promise<void> {
    await this.openChat();
    await this.page.keyboard.press("ControlOrMeta+N");
    await this.#step("Starting a new chat", () => this.#until(async () => (await this.#lastRow()) === -1));
  }

  /**
   * Sends a chat message and returns at once. A text that starts with @ replaces what is in the input box; any other
   * goes behind a participant that stayed there.
   */
  async send(text: string): Promise<void> {
    await this.openChat();
    await this.#step(`Sending "${text.slice(0, 60)}"`, async () => {
      const before = await this.#lastRow();
      await this.page.keyboard.press(text.startsWith("@") ? "ControlOrMeta+A" : "ControlOrMeta+End");
      await this.page.keyboard.insertText(text);
      const typed = text.replaceAll(/\s+/g, "").slice(-40);
      const input = this.#chatInput();
      await this.#until(async () => (await linesOf(input)).replaceAll(/\s+/g, "").includes(typed));
      // Enter would take the suggestion instead of sending the message.
      const suggestions = this.page.locator(".suggest-widget.visible");
      for (let tries = 0; tries < 5 && (await suggestions.count()) > 0; tries++) {
        await this.page.keyboard.press("Escape");
        await sleep(100);
      }
      await this.page.keyboard.press("Enter");
      // One row for the question and one for its answer.
      await this.#until(async () => (await this.#lastRow()) >= before + 2);
    });
  }

  /** Waits until the last answer is complete and returns it. */
  async answer(timeoutMs = 60_000): Promise<ChatAnswer> {
    return this.#step("Waiting for the answer", async () => {
      let previous: ChatAnswer | undefined;
      return this.#until(async () => {
        const answer = await this.partialAnswer();
        const settled =
          answer !== undefined &&
          (answer.text !== "" || answer.error !== undefined) &&
          !(await this.answering()) &&
          answer.html === previous?.html;
        previous = answer;
        return settled ? answer : undefined;
      }, timeoutMs);
    });
  }

  /** The last answer as it is now, complete or not; undefined before anything came. */
  async partialAnswer(): Promise<ChatAnswer | undefined> {
    const last = this.#lastAnswer();
    return (await last.count()) === 0 ? undefined : last.evaluate(readAnswer);
  }

  /** Whether an answer is being received. */
  async answering(): Promise<boolean> {
    return (await this.#chat().locator(".interactive-response.chat-response-loading").count()) > 0;
  }

  /** Sends a message and waits for its complete answer. */
  async ask(text: string, timeoutMs = 60_000): Promise<ChatAnswer> {
    await this.send(text);
    return this.answer(timeoutMs);
  }

  /** Presses a button, link or follow-up question of the chat view by its whole label; the last of that name. */
  async clickInChat(label: string): Promise<void> {
    await this.#step(`Pressing "${label}" in the chat`, () => {
      const chat = this.#chat();
      const byText = chat.locator(".monaco-button, .rendered-markdown a", { hasText: exactly(label) });
      const byName = chat.locator(`a.action-label[aria-label="${label}"]`);
      return byText.or(byName).last().click();
    });
  }

  /** Stops the running answer, as the user would. */
  async cancelAnswer(): Promise<void> {
    await this.#step("Stopping the answer", () =>
      this.#chat().locator(".interactive-input-part a.action-label[aria-label^='Cancel']").first().click(),
    );
  }

  /** Changes the colour theme and waits until it shows. */
  async setTheme(theme: Theme): Promise<void> {
    const names = { ...HIGH_CONTRAST, ...THEMES[this.#server.host.version.name] };
    await this.#server.writeSettings({ "workbench.colorTheme": names[theme] });
    await this.#step(`Changing to the theme "${names[theme]}"`, async () => {
      await this.page.locator(`.monaco-workbench.${THEME_CLASS[theme]}`).waitFor();
      // Colours fade in.
      await sleep(500);
    });
  }

  /** Saves a picture of the window. */
  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /** Waits until `probe` gives something other than undefined or false. The error describes the screen. */
  async waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined | false>,
    timeoutMs = STEP_MS,
  ): Promise<T> {
    return this.#step(what, () => this.#until(probe, timeoutMs));
  }

  // --- parts of the page ---

  #quick(): Locator {
    return this.page.locator(".quick-input-widget").filter({ visible: true });
  }

  #rows(): Locator {
    return this.#quick().locator(".quick-input-list .monaco-list-row");
  }

  async #quickText(selector: string): Promise<string> {
    return (await this.#quick().locator(selector).allInnerTexts()).join(" ").trim();
  }

  /** The rows in the order on the screen, which is not the order in the page. */
  async #rowTexts(): Promise<PickRow[]> {
    const rows = await this.#rows().evaluateAll((elements: PageElement[]) =>
      elements
        .toSorted((a, b) => Number(a.getAttribute("data-index")) - Number(b.getAttribute("data-index")))
        .map((row) => {
          const part = (selector: string) =>
            [...row.querySelectorAll(selector)]
              .map((element) => element.innerText)
              .join(" ")
              .trim();
          return {
            label: part(".quick-input-list-row:first-child .label-name"),
            description: part(".label-description"),
            detail: part(".quick-input-list-label-meta"),
          };
        }),
    );
    return rows;
  }

  #row(label: string): Locator {
    const name = this.page.locator(".quick-input-list-row:first-child .label-name", {
      hasText: exactly(label),
    });
    return this.#rows().filter({ has: name }).first();
  }

  #statusItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id*="${id}"]`).first();
  }

  #toasts(): Locator {
    return this.page.locator(".notification-toast").filter({ visible: true });
  }

  #chat(): Locator {
    return this.page.locator(".interactive-session").filter({ visible: true }).first();
  }

  #chatInput(): Locator {
    return this.#chat().locator(".interactive-input-part .monaco-editor").first();
  }

  #lastAnswer(): Locator {
    return this.#chat().locator(".interactive-response.chat-most-recent-response");
  }

  #menuItem(label: string): Locator {
    const name = this.page.locator(".action-label", { hasText: exactly(label) });
    return this.page.locator(".monaco-menu .action-menu-item").filter({ has: name, visible: true }).last();
  }

  // --- how ---

  async #menuLabels(menu: Locator): Promise<string[]> {
    const labels = menu.last().locator(".action-menu-item .action-label");
    await labels.first().waitFor();
    return (await labels.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== "");
  }

  /** Index of the last row of the chat's list; -1 in an empty chat. The page holds the visible rows only, in any order. */
  async #lastRow(): Promise<number> {
    const indexes = await this.#chat()
      .locator(".interactive-list .monaco-list-row")
      .evaluateAll((rows: PageElement[]) => rows.map((row) => Number(row.getAttribute("data-index"))));
    return Math.max(-1, ...indexes);
  }

  async #cursor(): Promise<string> {
    return (await this.page.locator('[id="status.editor.selection"]').allInnerTexts()).join("");
  }

  /** Opens the palette's input, types `value` and goes on with `then`; again if something takes the focus from it. */
  async #quickInput(value: string, then: (input: Locator) => Promise<unknown>): Promise<void> {
    await this.closeMenu();
    const input = this.#quick().locator("input.input").first();
    const deadline = Date.now() + STEP_MS;
    for (;;) {
      try {
        await this.page.keyboard.press("F1");
        await input.waitFor({ timeout: 3000 });
        await input.fill(value, { timeout: 2000 });
        await then(input);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await this.page.keyboard.press("Escape");
        await sleep(200);
      }
    }
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

  async #until<T>(probe: () => Promise<T | undefined | false>, timeoutMs = STEP_MS): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      if (Date.now() > deadline) throw new Error(`nothing in ${Math.round(timeoutMs / 1000)} s`);
      await sleep(100);
    }
  }

  async #step<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof WorkbenchError) throw error;
      throw await describeFailure(this.page, what, error, this.#faults);
    }
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}

/** Visible lines of a text editor, in order. */
async function linesOf(editor: Locator): Promise<string> {
  const lines = await editor
    .locator(".lines-content > .view-lines > .view-line")
    .evaluateAll((elements: { style: { top: string }; textContent: string }[]) =>
      elements
        .toSorted((a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top))
        .map((element) => element.textContent),
    );
  return lines.map((line) => line.replaceAll("\u00A0", " ")).join("\n");
}
