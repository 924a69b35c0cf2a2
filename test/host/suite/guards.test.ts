/** `hybrid.privacy.localOnly` of user and workspace: a workspace adds guarded files, and takes none of the user's away. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import { configure, NOTHING_THERE, resetSettings, until } from "./support.ts";

const LOCAL = "llama3.2:3b";
const KEY = "privacy.localOnly";
/** A vendor of the cloud, wherever its server is; its key is for this run alone. */
process.env["OPENROUTER_API_KEY"] = "sk-or-test-0123456789abcdef";

suite("Guarded files", () => {
  let ollama: WireServer;
  let cloud: WireServer;
  const folder = () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first);
    return first.uri;
  };

  setup(async () => {
    ollama = await startOllamaServer({ models: { [LOCAL]: { text: "Local says hello." } }, loaded: [LOCAL] });
    cloud = await startOpenAiServer({ models: { large: { text: "Cloud says hello." } } });
    await configure({
      ...NOTHING_THERE,
      "ollama.baseUrl": ollama.url,
      providers: { openrouter: { baseUrl: `${cloud.url}/v1` } },
      "tiers.mid.models": [],
      "tiers.flagship.models": ["openrouter/large"],
      [KEY]: ["src/payments.ts"],
    });
  });
  teardown(async () => {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), ".vscode"), {
      recursive: true,
      useTrash: false,
    });
    await until("the workspace's settings to be gone", () =>
      inspect()?.workspaceValue === undefined ? true : undefined,
    );
    await configure({ [KEY]: undefined });
    await resetSettings();
    await Promise.all([ollama.close(), cloud.close()]);
  });

  const inspect = () => vscode.workspace.getConfiguration("hybrid").inspect<unknown>(KEY);
  /** Writes the workspace's own settings file, as a repository brings it along, and waits until VS Code has read it. */
  const writeWorkspace = async (globs: unknown) => {
    const file = vscode.Uri.joinPath(folder(), ".vscode", "settings.json");
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify({ [`hybrid.${KEY}`]: globs })));
    await until("the workspace's settings", () =>
      JSON.stringify(inspect()?.workspaceValue) === JSON.stringify(globs) ? true : undefined,
    );
  };
  /** Who answers a question of the flagship that names a file. */
  const answeredBy = async (path: string) => {
    const [model] = await vscode.lm.selectChatModels({ vendor: "hybrid", id: "flagship" });
    assert.ok(model);
    const response = await model.sendRequest([vscode.LanguageModelChatMessage.User(`what is in ${path}?`)]);
    let text = "";
    for await (const piece of response.text) text += piece;
    return text.split(" ", 1)[0];
  };
  const guardedOf = async (...paths: string[]) => {
    const guarded: string[] = [];
    for (const path of paths) if ((await answeredBy(path)) === "Local") guarded.push(path);
    return guarded;
  };

  for (const [what, globs, guarded] of [
    ["adds", ["src/orders.ts"], ["src/payments.ts", "src/orders.ts"]],
    ["cannot empty the user's list", [], ["src/payments.ts"]],
    ["cannot spoil it with what is no glob", ["", 7, "src/orders.ts"], ["src/payments.ts", "src/orders.ts"]],
    ["cannot spoil it with what is no list", 7, ["src/payments.ts"]],
    ["cannot take a file out again", ["!src/payments.ts"], ["src/payments.ts"]],
  ] as const) {
    test(`of a workspace: it ${what}`, async () => {
      await writeWorkspace(globs);
      assert.deepEqual(await guardedOf("src/payments.ts", "src/orders.ts", "src/retry.ts"), guarded);
      for (const { raw } of cloud.chats) for (const path of guarded) assert.ok(!raw.includes(path), path);
    });
  }
});
