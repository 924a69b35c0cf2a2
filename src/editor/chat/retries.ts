/** "Try again", "Try a stronger model", "Try locally": asks the same again, with the same code. */
import * as vscode from "vscode";
import { TIER_NAMES } from "../../core/present.ts";
import type { Tier } from "../../core/request.ts";
import type { Gathered } from "../context/gather.ts";
import { Recent } from "../recent.ts";
import { newId } from "../requests.ts";

export class Retries {
  readonly #gathered = new Recent<Gathered>();
  /** Asked again by a button, and not yet come back through the chat view. */
  #pending: Gathered | undefined;

  /** Keeps a request, so that it can be asked again as it was. */
  remember(gathered: Gathered): void {
    this.#gathered.set(gathered.request.id, gathered);
  }

  /** The code that a remembered request was about. */
  codeOf(requestId: string): string | undefined {
    return this.#gathered.get(requestId)?.request.code;
  }

  /** Sends a remembered request through the chat view again, on another tier if one is given. */
  async retry(requestId: string, tier?: Tier): Promise<void> {
    const gathered = this.#gathered.get(requestId);
    if (!gathered) {
      void vscode.window.showInformationMessage("Hybrid no longer has this request: ask it again, please.");
      return;
    }
    const { request } = gathered;
    const override = tier && { tier, reason: `you asked for the ${TIER_NAMES[tier]} tier` };
    this.#pending = {
      ...gathered,
      request: {
        ...request,
        id: newId(),
        retryOf: request.retryOf ?? request.id,
        ...(override && { override }),
      },
    };
    const query = ["@hybrid", request.command ? `/${request.command}` : "", request.prompt]
      .filter(Boolean)
      .join(" ");
    await vscode.commands.executeCommand("workbench.action.chat.open", { query });
  }

  /** The pending request, when it is the one that now comes through the chat view. */
  take(prompt: string, command: string | undefined): Gathered | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    const same =
      pending?.request.prompt.trim() === prompt.trim() && (pending.request.command ?? undefined) === command;
    if (!pending || !same) return undefined;
    this.remember(pending);
    return pending;
  }
}
