/** Reads the settings under `hybrid.` and tells when they change. */
import * as vscode from "vscode";
import type { Settings } from "../core/settings.ts";
import { parseSettings } from "../core/settings.ts";

/** The current settings; what is wrong in them is written to `log` and falls back to its default. */
export function readSettings(log: vscode.LogOutputChannel): Settings {
  const configuration = vscode.workspace.getConfiguration("hybrid");
  const { settings, problems } = parseSettings((key) =>
    key === "privacy.localOnly" ? everyValue(configuration, key) : configuration.get(key),
  );
  for (const problem of problems) log.warn(problem);
  return settings;
}

/** Calls `listener` with the new settings whenever one of ours changes. */
export function onSettingsChange(
  log: vscode.LogOutputChannel,
  listener: (settings: Settings) => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration("hybrid")) listener(readSettings(log));
  });
}

/** The lists of all scopes as one: a workspace can guard more than its user does, and never less. */
function everyValue(configuration: vscode.WorkspaceConfiguration, key: string): unknown {
  const found = configuration.inspect<unknown>(key);
  const lists = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  const given = lists.filter((list) => list !== undefined);
  return given.every((list) => Array.isArray(list)) ? [...new Set(given.flat())] : given[0];
}
