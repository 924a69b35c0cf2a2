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
  const read = () => listener(readSettings(log));
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("hybrid")) read();
    }),
    // A folder brings its own guarded files along.
    vscode.workspace.onDidChangeWorkspaceFolders(read),
  );
}

/** The lists of all scopes as one: a workspace and its folders can guard more than the user does, and never less. */
function everyValue(configuration: vscode.WorkspaceConfiguration, key: string): unknown {
  const found = configuration.inspect<unknown>(key);
  const ofFolders = (vscode.workspace.workspaceFolders ?? []).map(
    ({ uri }) => vscode.workspace.getConfiguration("hybrid", uri).inspect<unknown>(key)?.workspaceFolderValue,
  );
  const lists = [found?.globalValue, found?.workspaceValue, ...ofFolders];
  return lists.filter((list) => list !== undefined).flat();
}
