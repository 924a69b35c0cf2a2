/** The palette and the other lists and boxes that open at the top of the window, and the ground the rest stands on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import type { PageElement } from "./chatAnswer.ts";
import { describeFailure, WorkbenchError } from "./screen.ts";

/** A row of a quick pick. */
interface PickRow {
  label: string;
  description: string;
  detail: string;
}

/** How long a step of the interface may take on a loaded machine, ms. */
export const STEP_MS = 20_000;

/** Base of `Workbench`: commands, quick picks, input boxes, and waiting with an error that describes the screen. */
export class CommandPalette {
  readonly page: Page;
  /** Uncaught errors of the page. */
  readonly #faults: string[] = [];

  protected constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(STEP_MS);
    page.on("pageerror", (error) => this.#faults.push(String(error)));
  }

  /** Closes an open context menu with all its submenus. */
  async closeMenu(): Promise<void> {
    const menu = this.page.locator(".monaco-menu").filter({ visible: true });
    if ((await menu.count()) === 0) return;
    await this.step("Closing the context menu", async () => {
      // A submenu opens again under a mouse that stays on its entry.
      await this.page.mouse.move(1, 1);
      await this.until(async () => {
        if ((await menu.count()) === 0) return true;
        await this.page.keyboard.press("Escape");
        return false;
      });
    });
  }

  /** Runs a command by its whole title in the palette, for example "Hybrid: Explain Symbol". */
  async runCommand(title: string): Promise<void> {
    await this.step(`Running the command "${title}"`, async () => {
      const typed = `>${title}`;
      await this.quickInput(typed, () => this.row(title).click({ timeout: 5000 }));
      // The command may show a list or an input box in the palette's place.
      const input = this.quick().locator("input.input").first();
      await this.until(async () => {
        const value = await input.inputValue({ timeout: 200 }).catch(() => "");
        return value !== typed;
      });
    });
  }

  /** Titles that the palette offers for `text`, best match first. */
  async commandsMatching(text: string): Promise<string[]> {
    return this.step(`Listing the commands for "${text}"`, async () => {
      await this.quickInput(`>${text}`, () => this.rows().first().waitFor({ timeout: 5000 }));
      // The list is filled in two goes.
      await sleep(500);
      const rows = await this.rowTexts();
      await this.page.keyboard.press("Escape");
      return rows.map(({ label }) => label);
    });
  }

  /** The quick pick on the screen: title, placeholder, message, rows. Waits for one, whose title holds `title` if given. */
  async quickPick(
    title = "",
  ): Promise<{ title: string; placeholder: string; message: string; rows: PickRow[] }> {
    return this.step(`Waiting for a quick pick "${title}"`, async () => {
      await this.rows().first().waitFor();
      const shown = await this.until(async () => {
        const text = await this.quickText(".quick-input-title");
        return text.includes(title) && { text };
      });
      const input = this.quick().locator("input.input").first();
      return {
        title: shown.text,
        placeholder: (await input.getAttribute("placeholder")) ?? "",
        message: await this.quickText(".quick-input-message"),
        rows: await this.rowTexts(),
      };
    });
  }

  /** Chooses a row of the quick pick by its whole label, and waits until that list is gone. */
  async pick(label: string): Promise<void> {
    await this.step(`Choosing "${label}"`, async () => {
      const look = async () =>
        JSON.stringify([await this.quickText(".quick-input-title"), await this.rowTexts()]);
      await this.row(label).waitFor();
      const before = await look();
      await this.row(label).click();
      // Another list may take its place at once.
      await this.until(async () => (await look()) !== before);
    });
  }

  /** Whether a quick pick, an input box or the palette is on the screen. */
  async isQuickInputOpen(): Promise<boolean> {
    return (await this.quick().count()) > 0;
  }

  /** The input box on the screen: title and the message below it. Waits for one. */
  async inputBox(): Promise<{ title: string; message: string; password: boolean }> {
    return this.step("Waiting for an input box", async () => {
      const input = this.quick().locator("input.input").first();
      await input.waitFor();
      return {
        title: await this.quickText(".quick-input-title"),
        message: await this.quickText(".quick-input-message"),
        password: (await input.getAttribute("type")) === "password",
      };
    });
  }

  /** Types into the input box and, unless `submit` is false, presses Enter. */
  async typeInput(value: string, submit = true): Promise<void> {
    await this.step("Typing into the input box", async () => {
      await this.quick().locator("input.input").first().fill(value);
      if (submit) await this.page.keyboard.press("Enter");
    });
  }

  /** Waits until `probe` gives something other than undefined or false. The error describes the screen. */
  async waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined | false>,
    timeoutMs = STEP_MS,
  ): Promise<T> {
    return this.step(what, () => this.until(probe, timeoutMs));
  }

  protected quick(): Locator {
    return this.page.locator(".quick-input-widget").filter({ visible: true });
  }

  protected rows(): Locator {
    return this.quick().locator(".quick-input-list .monaco-list-row");
  }

  protected async quickText(selector: string): Promise<string> {
    return (await this.quick().locator(selector).allInnerTexts()).join(" ").trim();
  }

  /** The rows in the order on the screen, which is not the order in the page. */
  protected async rowTexts(): Promise<PickRow[]> {
    const rows = await this.rows().evaluateAll((elements: PageElement[]) =>
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

  protected row(label: string): Locator {
    const name = this.page.locator(".quick-input-list-row:first-child .label-name", {
      hasText: exactly(label),
    });
    return this.rows().filter({ has: name }).first();
  }

  /** Opens the palette's input, types `value` and goes on with `then`; again if something takes the focus from it. */
  protected async quickInput(value: string, then: (input: Locator) => Promise<unknown>): Promise<void> {
    await this.closeMenu();
    const input = this.quick().locator("input.input").first();
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

  protected async until<T>(probe: () => Promise<T | undefined | false>, timeoutMs = STEP_MS): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      if (Date.now() > deadline) throw new Error(`nothing in ${Math.round(timeoutMs / 1000)} s`);
      await sleep(100);
    }
  }

  protected async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof WorkbenchError) throw error;
      throw await describeFailure(this.page, what, error, this.#faults);
    }
  }
}

/** Matches a text as a whole, whatever space stands around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}
