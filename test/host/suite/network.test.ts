/**
 * No request leaves that the user cannot see: every connection of the extension host is watched while all doors are
 * used, and held against what the servers received and what Hybrid's own list of what left says.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { get } from "node:http";
import { connect } from "node:net";
import * as vscode from "vscode";
import { startOllamaServer } from "../../fixtures/servers/ollama.ts";
import { startOpenAiServer } from "../../fixtures/servers/openai.ts";
import type { WireServer } from "../../fixtures/servers/wireServer.ts";
import type { Watch } from "./network.ts";
import { watchNetwork } from "./network.ts";
import {
  closeAll,
  configure,
  NOTHING_THERE,
  openAt,
  openDiff,
  resetSettings,
  shownAnswer,
  until,
} from "./support.ts";

const LOCAL = "llama3.2:3b";
/** A vendor of the cloud that no other suite asks for, so that its key is read when this one does. */
process.env["OPENROUTER_API_KEY"] = "sk-or-test-0123456789abcdef";

suite("What leaves the extension host", () => {
  let watch: Watch;
  let ollama: WireServer;
  let cloud: WireServer;

  setup(async () => {
    watch = watchNetwork();
    ollama = await startOllamaServer({ models: { [LOCAL]: { text: "Local says hello." } }, loaded: [LOCAL] });
    cloud = await startOpenAiServer({ models: { large: { text: "Cloud says hello." } } });
    await configure({
      ...NOTHING_THERE,
      "ollama.baseUrl": ollama.url,
      providers: { openrouter: { baseUrl: `${cloud.url}/v1` } },
      "tiers.mid.models": ["openrouter/large"],
      "tiers.flagship.models": ["openrouter/large"],
    });
  });
  teardown(async () => {
    watch.stop();
    await closeAll();
    await resetSettings();
    await Promise.all([ollama.close(), cloud.close()]);
  });

  /** Connections and requests to anywhere but the two servers. */
  const unaccounted = () => {
    const known = [ollama, cloud].map(({ url }) => new URL(url).host);
    return [
      ...watch.connections.filter((to) => !known.includes(to)),
      ...watch.requests.filter((request) => !known.some((host) => request.includes(` ${host}/`))),
      ...watch.unseen,
    ];
  };

  test("would be seen: by fetch, by http and by a bare socket", async () => {
    const rogue = await startOpenAiServer();
    const { host, port } = new URL(rogue.url);
    try {
      assert.deepEqual(unaccounted(), []);
      await (await fetch(`${rogue.url}/v1/models`)).text();
      await new Promise((resolve) =>
        get(`${rogue.url}/v1/models`, (response) => response.resume().on("end", resolve)),
      );
      const socket = connect(Number(port), "127.0.0.1", () => socket.destroy());
      await new Promise((resolve) => socket.on("close", resolve));
      await assert.rejects(fetch("http://nowhere.invalid/"));
      const request = `GET ${host}/v1/models`;
      assert.deepEqual(
        unaccounted().toSorted(),
        ["GET nowhere.invalid/", host, host, host, request, request, "nowhere.invalid:80"].toSorted(),
      );
    } finally {
      await rogue.close();
    }
  });

  test("is what was asked, once each, and every request beyond this machine is on the list", async () => {
    const before = (await listed()).length;
    let asked = 0;
    const ask = async (what: string, work: () => Thenable<unknown>) => {
      asked += 1;
      await work();
      await until(`the answer to ${what}`, () =>
        ollama.chats.length + cloud.chats.length >= asked ? true : undefined,
      );
    };
    const chat = (query: string) =>
      ask(query, () =>
        vscode.commands.executeCommand("workbench.action.chat.open", { query, blockOnResponse: true }),
      );
    const model = (id: string) =>
      ask(`the model ${id}`, async () => {
        const [found] = await vscode.lm.selectChatModels({ vendor: "hybrid", id });
        assert.ok(found);
        const response = await found.sendRequest([vscode.LanguageModelChatMessage.User("hello")]);
        for await (const _ of response.text);
      });

    await openAt("src/payments.ts", "switch (method)");
    await chat("@hybrid /refactor refactor this into a strategy pattern across files");
    await chat("@hybrid and what could that break?");
    await chat("@hybrid /explain parseDuration");
    await chat("@hybrid what does the keyword const mean in typescript?");
    for (const id of ["auto", "local", "mid", "flagship"]) await model(id);
    await openAt("src/retry.ts", "parseDuration(");
    await ask("Explain Symbol", async () => {
      await vscode.commands.executeCommand("hybrid.explainSymbol");
      await shownAnswer("Explain parseDuration");
    });
    const document = await vscode.workspace.openTextDocument({
      language: "typescript",
      content: "let x = 1;\n",
    });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 10);
    ollama.setModel(LOCAL, { text: "```ts\nconst x = 1;\n```" });
    cloud.setModel("large", { text: "```ts\nconst x = 1;\n```" });
    await ask("Document", async () => {
      await vscode.commands.executeCommand("hybrid.document");
      await openDiff();
    });
    await checkModels();
    const rows = await listed();

    assert.deepEqual(unaccounted(), []);
    // One model call for each question: no title, no intent, no second opinion.
    assert.equal(ollama.chats.length + cloud.chats.length, asked);
    assert.ok(ollama.chats.length > 2 && cloud.chats.length > 2, "both sides were asked");
    for (const server of [ollama, cloud]) {
      const { host } = new URL(server.url);
      const seen = watch.requests.filter((request) => request.includes(` ${host}/`));
      // Those of one look go side by side: which the server reads first is chance.
      assert.deepEqual(
        seen.toSorted(),
        server.requests.map(({ method, path }) => `${method} ${host}${path}`).toSorted(),
      );
    }
    // The list is newest first.
    const sent = cloud.requests.map(({ raw }) => createHash("sha256").update(raw).digest("hex"));
    assert.deepEqual(rows.slice(0, rows.length - before), sent.toReversed());
    const looks = new Set(["/api/tags", "/api/ps", "/api/show", "/api/chat"]);
    assert.deepEqual(
      ollama.requests.filter(({ path }) => !looks.has(path)),
      [],
    );
  }).timeout(180_000);

  /** The hashes of what left, newest first, as the user sees them. */
  async function listed(): Promise<string[]> {
    await vscode.commands.executeCommand("hybrid.showEgress");
    const shown = vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === "hybrid-answer" && uri.path.includes("What Left This Machine"))
      .toSorted((a, b) => Number(b.uri.query) - Number(a.uri.query))[0];
    assert.ok(shown, "the list is shown");
    return [...shown.getText().matchAll(/SHA-256 `([0-9a-f]{64})`/g)].map(([, hash]) => hash ?? "");
  }

  /** Looks at the models, and closes the list of them once it is there. */
  async function checkModels(): Promise<void> {
    let isOver = false;
    const looks = ollama.requests.length;
    void vscode.commands.executeCommand("hybrid.checkModels").then(() => (isOver = true));
    await until("the look at the models", () => (ollama.requests.length >= looks + 3 ? true : undefined));
    await until("the end of the list", async () => {
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return isOver || undefined;
    });
  }
});
