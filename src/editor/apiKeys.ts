/** "Set API Key…" and "Remove API Key…". */
import * as vscode from "vscode";
import { VENDORS } from "../core/providers/vendors.ts";
import type { Settings } from "../core/settings.ts";
import type { Keys } from "./keys.ts";

interface ProviderItem extends vscode.QuickPickItem {
  provider: string;
  keyUrl?: string | undefined;
}

/** Asks for a provider (unless given) and its key, and stores it. An empty answer or Escape changes nothing. */
export async function setApiKey(keys: Keys, settings: Settings, provider?: string): Promise<void> {
  const items = await providerItems(keys, settings);
  const item =
    items.find((entry) => entry.provider === provider) ??
    (await vscode.window.showQuickPick(items, { title: "Hybrid: whose API key?", ignoreFocusOut: true }));
  if (!item) return;
  const key = await vscode.window.showInputBox({
    title: `API key for ${item.label}`,
    prompt: `Kept in VS Code's secret storage on this machine${item.keyUrl ? `. Get one at ${item.keyUrl}` : ""}`,
    password: true,
    ignoreFocusOut: true,
    validateInput: keyProblem,
  });
  if (!key?.trim()) return;
  await keys.store(item.provider, key.trim());
  void vscode.window.showInformationMessage(`The key for ${item.label} is stored.`);
}

/** Removes a stored key; keys from environment variables are not ours to remove, and are said so. */
export async function removeApiKey(keys: Keys, settings: Settings): Promise<void> {
  const all = await providerItems(keys, settings);
  const sources = await Promise.all(all.map(({ provider }) => keys.source(provider)));
  const stored = all.filter((_, index) => sources[index] === "stored");
  if (stored.length === 0) {
    void vscode.window.showInformationMessage(
      "Hybrid has no stored key. Keys from environment variables are removed there.",
    );
    return;
  }
  const item = await vscode.window.showQuickPick(stored, { title: "Hybrid: remove whose API key?" });
  if (!item) return;
  await keys.remove(item.provider);
  void vscode.window.showInformationMessage(`The key for ${item.label} is removed.`);
}

async function providerItems(keys: Keys, settings: Settings): Promise<ProviderItem[]> {
  const vendors = VENDORS.filter(({ keyVariables }) => keyVariables.length > 0);
  const own = Object.keys(settings.providers).filter(
    (name) => !VENDORS.some((vendor) => vendor.name === name),
  );
  const items: ProviderItem[] = [
    ...vendors.map(({ name, label, url }) => ({ label, provider: name, keyUrl: url })),
    ...own.map((name) => ({ label: name, provider: name })),
  ];
  return Promise.all(
    items.map(async (item) => {
      const source = await keys.source(item.provider);
      return source
        ? { ...item, description: source === "stored" ? "$(check) stored" : `$(check) from ${source}` }
        : item;
    }),
  );
}

function keyProblem(text: string): string | undefined {
  const key = text.trim();
  if (key === "") return undefined;
  if (/\s/.test(key)) return "A key has no spaces or line breaks.";
  return key.length < 8 ? "That is too short to be a key." : undefined;
}
