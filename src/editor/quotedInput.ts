/** An input box whose title says, as the user types, which tier the request would take and about what it would cost. */
import * as vscode from "vscode";

/** How long typing must pause before the title is worked out anew, milliseconds. */
const PAUSE_MS = 250;

export interface QuotedInput {
  title: string;
  prompt: string;
  placeholder: string;
  /** "Flagship, about $0.03–0.06" for what is typed; empty where nothing can be said. */
  about: (typed: string) => Promise<string>;
}

/** Asks; undefined when the user walks away. */
export async function quotedInput({
  title,
  prompt,
  placeholder,
  about,
}: QuotedInput): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  Object.assign(box, { title, prompt, placeholder, ignoreFocusOut: true });
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  const show = async () => {
    const turn = ++asked;
    const text = await about(box.value).catch(() => "");
    // A slow answer must not replace that of a later text.
    if (turn === asked) box.title = text ? `${title} · ${text}` : title;
  };
  try {
    return await new Promise<string | undefined>((resolve) => {
      box.onDidChangeValue(() => {
        clearTimeout(timer);
        timer = setTimeout(() => void show(), PAUSE_MS);
      });
      box.onDidAccept(() => resolve(box.value));
      box.onDidHide(() => resolve(undefined));
      box.show();
      void show();
    });
  } finally {
    clearTimeout(timer);
    asked = Number.POSITIVE_INFINITY;
    box.dispose();
  }
}
