/** The chat view: sending, waiting, reading, pressing what an answer offers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { readAnswer, type ChatAnswer, type PageElement } from "./chatAnswer.ts";
import { exactly } from "./commandPalette.ts";
import { EditorArea, linesOf } from "./editorArea.ts";

/** Part of `Workbench`: the chat view. */
export class ChatView extends EditorArea {
  /** Shows the chat view and puts the focus into its input box. */
  async openChat(): Promise<void> {
    await this.runCommand("Chat: Open Chat");
    await this.step("Opening the chat view", async () => {
      await this.#chatInput().waitFor();
      await this.#chatInput().click();
    });
  }

  /** Drags the edge of the side bar that holds the chat until it is `pixels` wide. */
  async setChatWidth(pixels: number): Promise<void> {
    await this.step(`Making the chat ${pixels} pixels wide`, async () => {
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
      await this.until(async () => Math.abs((await width()) - pixels) < 20);
    });
  }

  /** Starts an empty chat. */
  async newChat(): Promise<void> {
    await this.openChat();
    // In an empty one nothing would show when the key has been heard: it might take away the next message.
    if ((await this.#lastRow()) === -1) return;
    await this.page.keyboard.press("ControlOrMeta+N");
    await this.step("Starting a new chat", () => this.until(async () => (await this.#lastRow()) === -1));
  }

  /**
   * Sends a chat message and returns at once. A text that starts with @ replaces what is in the input box; any other
   * goes behind a participant that stayed there.
   */
  async send(text: string): Promise<void> {
    await this.openChat();
    await this.step(`Sending "${text.slice(0, 60)}"`, async () => {
      const before = await this.#lastRow();
      await this.page.keyboard.press(text.startsWith("@") ? "ControlOrMeta+A" : "ControlOrMeta+End");
      await this.page.keyboard.insertText(text);
      const typed = text.replaceAll(/\s+/g, "").slice(-40);
      const input = this.#chatInput();
      await this.until(async () => (await linesOf(input)).replaceAll(/\s+/g, "").includes(typed));
      // Enter would take the suggestion instead of sending the message.
      const suggestions = this.page.locator(".suggest-widget.visible");
      for (let tries = 0; tries < 5 && (await suggestions.count()) > 0; tries++) {
        await this.page.keyboard.press("Escape");
        await sleep(100);
      }
      await this.page.keyboard.press("Enter");
      // One row for the question and one for its answer.
      await this.until(async () => (await this.#lastRow()) >= before + 2);
    });
  }

  /** Waits until the last answer is complete and returns it. */
  async answer(timeoutMs = 60_000): Promise<ChatAnswer> {
    return this.step("Waiting for the answer", async () => {
      let previous: ChatAnswer | undefined;
      return this.until(async () => {
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
    await this.step(`Pressing "${label}" in the chat`, () => {
      const chat = this.#chat();
      const byText = chat.locator(".monaco-button, .rendered-markdown a", { hasText: exactly(label) });
      const byName = chat.locator(`a.action-label[aria-label="${label}"]`);
      return byText.or(byName).last().click();
    });
  }

  /** Stops the running answer, as the user would. */
  async cancelAnswer(): Promise<void> {
    await this.step("Stopping the answer", () =>
      this.#chat().locator(".interactive-input-part a.action-label[aria-label^='Cancel']").first().click(),
    );
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

  /** Index of the last row of the chat's list; -1 in an empty chat. The page holds the visible rows only, in any order. */
  async #lastRow(): Promise<number> {
    const indexes = await this.#chat()
      .locator(".interactive-list .monaco-list-row")
      .evaluateAll((rows: PageElement[]) => rows.map((row) => Number(row.getAttribute("data-index"))));
    return Math.max(-1, ...indexes);
  }
}
