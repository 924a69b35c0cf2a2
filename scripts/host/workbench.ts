/** The real workbench as a user handles it: keyboard, palette, menus, chat. Every wait ends, and says what it saw. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { ChatView } from "./chatView.ts";
import { exactly, STEP_MS } from "./commandPalette.ts";
import type { RunningServer } from "./server.ts";

export interface WorkbenchOptions {
  /** Pixels; 1400 × 900 by default. */
  viewport?: { width: number; height: number };
}

export type Theme = "light" | "dark" | "hcLight" | "hcDark";

const THEME_CLASS = { light: "vs", dark: "vs-dark", hcLight: "hc-light", hcDark: "hc-black" } as const;
/** The editors' own default themes; they were renamed in between. */
const THEMES = {
  floor: { light: "Default Light Modern", dark: "Default Dark Modern" },
  newest: { light: "Light 2026", dark: "Dark 2026" },
};
const HIGH_CONTRAST = { hcLight: "Default High Contrast Light", hcDark: "Default High Contrast" };

/** One window: what the palette, the editors and the chat view can do, and the frame around them. */
export class Workbench extends ChatView {
  readonly #browser: Browser;
  readonly #server: RunningServer;
  #applied = 0;

  private constructor(browser: Browser, page: Page, server: RunningServer, folder: string) {
    super(page, folder);
    this.#browser = browser;
    this.#server = server;
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
      await workbench.step("Opening the workbench", async () => {
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

  /** What the status bar item shows and says whose id holds `id`; waits for it. */
  async statusBarItem(
    id: string,
    timeoutMs = STEP_MS,
  ): Promise<{ text: string; label: string; background: "warning" | "error" | undefined }> {
    return this.step(`Reading the status bar item "${id}"`, async () => {
      const item = this.#statusItem(id);
      await item.waitFor({ timeout: timeoutMs });
      const text = await this.until(async () => (await item.innerText()).trim() || undefined);
      const classes = (await item.getAttribute("class")) ?? "";
      const background = (["warning", "error"] as const).find((kind) => classes.includes(`${kind}-kind`));
      return { text, label: (await item.getAttribute("aria-label")) ?? "", background };
    });
  }

  /** What hovering over the status bar item shows, as text. */
  async statusBarTooltip(id: string): Promise<string> {
    await this.closeMenu();
    return this.step(`Hovering over the status bar item "${id}"`, async () => {
      await this.#statusItem(id).hover();
      const tooltip = this.page.locator(".workbench-hover").filter({ visible: true });
      await tooltip.first().waitFor();
      return (await tooltip.first().innerText()).replaceAll("\u00A0", " ").trim();
    });
  }

  /** Whether a hover is on the screen. */
  async isTooltipOpen(): Promise<boolean> {
    return (await this.page.locator(".workbench-hover").filter({ visible: true }).count()) > 0;
  }

  /** Presses a link in what hovering over the status bar item shows. */
  async clickStatusBarTooltip(id: string, link: string): Promise<void> {
    await this.statusBarTooltip(id);
    await this.step(`Pressing "${link}" in the tooltip of "${id}"`, () =>
      this.page
        .locator(".workbench-hover a", { hasText: exactly(link) })
        .filter({ visible: true })
        .first()
        .click(),
    );
  }

  async clickStatusBarItem(id: string): Promise<void> {
    await this.closeMenu();
    await this.step(`Clicking the status bar item "${id}"`, () => this.#statusItem(id).click());
  }

  /** Messages of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    const texts = await this.#toasts().locator(".notification-list-item-message").allInnerTexts();
    return texts.map((text) => text.trim());
  }

  /** Waits for a notification that holds `text` and returns its message. */
  async waitForNotification(text: string, timeoutMs = STEP_MS): Promise<string> {
    return this.step(`Waiting for the notification "${text}"`, async () => {
      const message = this.#toasts().locator(".notification-list-item-message", { hasText: text }).first();
      await message.waitFor({ timeout: timeoutMs });
      return (await message.innerText()).trim();
    });
  }

  /** Presses a button of the notification that holds `text`. */
  async clickNotification(text: string, button: string): Promise<void> {
    await this.step(`Pressing "${button}" on the notification "${text}"`, () =>
      this.#toasts()
        .filter({ hasText: text })
        .locator(".monaco-button", { hasText: exactly(button) })
        .first()
        .click(),
    );
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
    await this.step(`Pressing "${button}" in the dialog`, () =>
      this.page.locator(".monaco-dialog-box .monaco-button", { hasText: exactly(button) }).click(),
    );
  }

  /** Text of the Markdown preview on the screen; undefined while there is none. */
  async previewText(): Promise<string | undefined> {
    for (const frame of this.page.frames()) {
      const body = frame.locator("body.vscode-body .markdown-body, .markdown-body");
      const text = await body
        .first()
        .innerText({ timeout: 300 })
        .catch(() => "");
      if (text !== "") return text;
    }
    return undefined;
  }

  /** Changes the colour theme and waits until it shows. */
  async setTheme(theme: Theme): Promise<void> {
    const names = { ...HIGH_CONTRAST, ...THEMES[this.#server.host.version.name] };
    await this.#server.writeSettings({ "workbench.colorTheme": names[theme] });
    await this.step(`Changing to the theme "${names[theme]}"`, async () => {
      await this.page.locator(`.monaco-workbench.${THEME_CLASS[theme]}`).waitFor();
      // Colours fade in.
      await sleep(500);
    });
  }

  /**
   * Changes user settings and waits until the window has read them. Settings of application scope it reads from the
   * user's own file alone, which nothing watches while it is open: it is made to write that file itself.
   */
  async applySettings(settings: Record<string, unknown>): Promise<void> {
    const title = `settings ${++this.#applied}`;
    await this.#server.writeSettings(settings);
    await this.#server.writeUserSettings({ "window.title": title });
    await this.runCommand("View: Toggle Control Characters");
    await this.step("Waiting for the settings", () =>
      this.until(async () => (await this.page.title()) === title),
    );
  }

  /** Saves a picture of the window. */
  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  #statusItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id*="${id}"]`).first();
  }

  #toasts(): Locator {
    return this.page.locator(".notification-toast").filter({ visible: true });
  }
}
