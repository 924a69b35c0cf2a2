/**
 * `node scripts/screenshots.ts [SCENE,…]`: takes the pictures of docs/images in the real workbench, light, dark and high
 * contrast. The models are test servers that speak the providers' protocols, so the answers are made up; tiers,
 * tokens and prices are worked out as always.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openRequestLog } from "../src/core/log/sqlite.ts";
import { startAnthropicServer } from "../test/fixtures/servers/anthropic.ts";
import { startOllamaServer } from "../test/fixtures/servers/ollama.ts";
import { startSession, type Session } from "../test/ui/support.ts";
import { attempt } from "../test/unit/log/support/records.ts";
import { PROJECT_ROOT } from "./host/paths.ts";

const THEMES = ["light", "dark", "hcDark", "hcLight"] as const;
const ITEM = "hybrid.hybrid-router";
const only = process.argv[2];

const EXPLANATION =
  "`parseDuration` turns text such as `1h30m` or `250ms` into milliseconds. It adds up every part it finds, so the " +
  "order of the units does not matter, and fractions work too.\n\nA caller must know that it throws a `RangeError` on " +
  "anything that is not a duration; `0` is a valid answer, not an error.";
const STRATEGY =
  "Each payment method becomes a strategy of its own, and `pay` only looks one up:\n\n```ts\nconst STRATEGIES: " +
  "Record<PaymentMethod, PaymentStrategy> = {\n  card: cardPayment,\n  sepa: sepaPayment,\n  paypal: paypalPayment,\n  " +
  "invoice: invoicePayment,\n  voucher: voucherPayment,\n};\n\nexport function pay(order: Order, method: PaymentMethod, " +
  "token: string): PaymentResult {\n  return STRATEGIES[method].pay(order, token);\n}\n```";
const REVIEW =
  "1. **The token is logged in full** (line 15): whoever reads the log can replay it. Log its last four characters.\n" +
  "2. **Nothing marks a token as used**: the same card token pays twice. Keep the ids of orders already paid.";
const DOCUMENTED =
  "Says how the pause grows and where it ends.\n\n```ts\n  /**\n   * Milliseconds to wait after an attempt, counted " +
  "from 1. The pause doubles with every attempt\n   * and never grows beyond `maxDelay`.\n   */\n  delayAfter(attempt: " +
  "number): number {\n    // FIXME: many clients that fail together also retry together; add jitter before the next release\n    " +
  "return Math.min(this.#firstDelay * 2 ** (attempt - 1), this.#maxDelay);\n  }\n```";

const ollama = await startOllamaServer({
  models: { "llama3.2:3b": { text: EXPLANATION, usage: { input: 684, output: 92 } } },
  loaded: ["llama3.2:3b"],
});
const anthropic = await startAnthropicServer({
  models: {
    "claude-opus-5": { text: STRATEGY, usage: { input: 2140, output: 890 } },
    "claude-haiku-4-5": { text: REVIEW, usage: { input: 1987, output: 143 } },
  },
});

function open(settings: Record<string, unknown> = {}): Promise<Session> {
  return startSession({
    viewport: { width: 1400, height: 900 },
    env: { ANTHROPIC_API_KEY: "sk-ant-screenshots" },
    settings: {
      "hybrid.ollama.baseUrl": ollama.url,
      "hybrid.providers": { anthropic: { baseUrl: anthropic.url } },
      "window.commandCenter": false,
      ...settings,
    },
  });
}

let { workbench, ...session } = await open();
await workbench.statusBarItem(ITEM);

async function picture(name: string): Promise<void> {
  for (const theme of THEMES) {
    await workbench.setTheme(theme);
    await workbench.screenshot(join(PROJECT_ROOT, "docs", "images", `${name}-${theme}.png`));
  }
}

/** A fresh window with other settings. */
async function reopen(settings: Record<string, unknown> = {}): Promise<void> {
  await session.close();
  ({ workbench, ...session } = await open(settings));
  await workbench.statusBarItem(ITEM);
}

const scenes: Record<string, () => Promise<void>> = {
  async chat() {
    await workbench.openFile("src/duration.ts");
    await workbench.placeCursor("parseDuration(text", { offset: 3 });
    await workbench.ask("@hybrid /explain parseDuration", 90_000);
    await picture("chat");
  },
  async flagship() {
    await workbench.newChat();
    await workbench.openFile("src/payments.ts");
    await workbench.placeCursor("switch (method)", { offset: 2 });
    await workbench.ask("@hybrid /refactor refactor this into a strategy pattern across files");
    await picture("flagship");
  },
  async fallback() {
    await workbench.newChat();
    await workbench.openFile("src/payments.ts");
    await workbench.placeCursor("switch (method)", { offset: 2 });
    anthropic.script({ fault: { kind: "status", status: 529 } });
    await workbench.ask("@hybrid /review is this safe against replayed tokens across all the payment flows?");
    await picture("fallback");
  },
  async why() {
    await workbench.runCommand("Hybrid: Why This Tier?");
    await workbench.waitFor("the explanation", async () =>
      (await workbench.page.title()).includes("Why This Tier"),
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await picture("why");
    await workbench.runCommand("View: Close Editor");
  },
  async routes() {
    await workbench.openFile(".hybrid/routes.yaml");
    await workbench.runCommand("Hybrid: Check Routes");
    await workbench.waitFor("the result", async () =>
      (await workbench.page.locator(".notifications-toasts").innerText()).includes("routes as expected"),
    );
    await workbench.runCommand("Problems: Focus on Problems View");
    await picture("routes");
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.runCommand("View: Hide Panel");
  },
  async label() {
    await workbench.runCommand("Hybrid: Label Requests…");
    await workbench.waitFor("the requests", async () =>
      (await workbench.quickPick()).title.startsWith("Label requests"),
    );
    await picture("label");
    await workbench.page.keyboard.press("2");
    await workbench.page.keyboard.press("3");
    await workbench.page.keyboard.press("Escape");
  },
  async learning() {
    await workbench.runCommand("Hybrid: Show Learning Report");
    await workbench.waitFor("the report", async () =>
      (await workbench.page.title()).includes("What Hybrid Learned"),
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await picture("learning");
    await workbench.runCommand("View: Close Editor");
  },
  async redacted() {
    await workbench.newChat();
    anthropic.script({
      text: ({ raw }) => {
        const [placeholder = "the key"] = /\[redacted: [^\]]+\]/.exec(raw) ?? [];
        return `Read it from the environment instead of the source:\n\n\`\`\`ts\n// was ${placeholder}\nconst key = process.env.STRIPE_KEY;\n\`\`\``;
      },
    });
    // Put together here, so that no key stands in a file.
    const key = ["sk", "live", "51Hq7TzKjW3mVxB9dR2nL8pQ"].join("_");
    await workbench.ask(`@hybrid how do I get this out of our checkout service: const key = "${key}";`);
    await picture("redacted");
  },
  async egress() {
    await workbench.runCommand("Hybrid: Show What Left This Machine");
    await workbench.waitFor("the ledger", async () => (await workbench.previewText())?.includes("SHA-256"));
    await picture("egress");
    await workbench.runCommand("View: Close Editor");
  },
  async drill() {
    await workbench.runCommand("Hybrid: Outage Drill…");
    await workbench.quickPick("Outage Drill");
    await workbench.pick("The cloud is down");
    await workbench.pick("5 minutes");
    await workbench.newChat();
    await workbench.openFile("src/payments.ts");
    await workbench.placeCursor("switch (method)", { offset: 2 });
    ollama.script({ text: REVIEW });
    await workbench.ask("@hybrid /review is this safe against replayed tokens across all the payment flows?");
    await picture("drill");
    await workbench.runCommand("Hybrid: Outage Drill…");
    await workbench.clickNotification("outage drill of", "End It Now");
  },
  async lightbulb() {
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.openFile("src/duration.ts");
    await workbench.placeCursor("parseDuration(text", { offset: 3 });
    await workbench.page.keyboard.press("Shift+End");
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.openLightbulb("Hybrid");
      await workbench.screenshot(join(PROJECT_ROOT, "docs", "images", `lightbulb-${theme}.png`));
      await workbench.page.keyboard.press("Escape");
    }
    await workbench.page.keyboard.press("Escape");
  },
  async statusbar() {
    await workbench.statusBarTooltip(ITEM);
    await picture("statusbar");
    await workbench.page.keyboard.press("Escape");
  },
  async models() {
    await workbench.runCommand("Hybrid: Check Models");
    await workbench.waitFor("the models", async () =>
      (await workbench.quickPick()).title.startsWith("Models"),
    );
    await picture("models");
    await workbench.page.keyboard.press("Escape");
  },
  async requests() {
    await workbench.runCommand("Hybrid: Show Recent Requests");
    await workbench.waitFor("the requests", async () =>
      (await workbench.quickPick()).title.startsWith("Recent"),
    );
    await picture("requests");
    await workbench.page.keyboard.press("Escape");
  },
  async diff() {
    await workbench.runCommand("View: Hide Secondary Side Bar");
    ollama.script({ text: DOCUMENTED });
    await workbench.openFile("src/retry.ts");
    await workbench.placeCursor("delayAfter(attempt: number)", { offset: 2 });
    await workbench.openContextMenu();
    await workbench.pickFromMenu("Hybrid", "Document");
    await workbench.waitForDiff("proposed by Hybrid");
    await picture("diff");
    await workbench.runCommand("Hybrid: Discard Proposed Edit");
  },
  async menu() {
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.openFile("src/duration.ts");
      await workbench.placeCursor("parseDuration(text", { offset: 3 });
      await workbench.openContextMenu();
      await workbench.submenu("Hybrid");
      await workbench.screenshot(join(PROJECT_ROOT, "docs", "images", `menu-${theme}.png`));
      await workbench.page.keyboard.press("Escape");
      await workbench.page.keyboard.press("Escape");
    }
  },
  async quote() {
    await reopen({ "hybrid.quotes.above": 0.01 });
    await workbench.openFile("src/payments.ts");
    await workbench.placeCursor("switch (method)", { offset: 2 });
    await workbench.send("@hybrid /refactor refactor this into a strategy pattern across files");
    await workbench.quickPick("on anthropic/claude-opus-5");
    await picture("quote");
    await workbench.page.keyboard.press("Escape");
  },
  async budget() {
    await reopen({ "hybrid.budget.daily": 5, "hybrid.budget.monthly": 60 });
    const files = await readdir(session.server.userDataDir, { recursive: true });
    const file = files.find((name) => name.endsWith("requests.db"));
    if (!file) throw new Error("no request log");
    // What a day's work has cost, written as another window would.
    const log = openRequestLog({ file: join(session.server.userDataDir, file) });
    const costs = [0, 0, 12, 0, 31, 640, 0, 9, 1180, 0, 22, 870, 0, 1390];
    for (const [i, thousandths] of costs.entries()) {
      const tier = thousandths === 0 ? "local" : thousandths < 100 ? "mid" : "flagship";
      const model = {
        local: "ollama/llama3.2:3b",
        mid: "anthropic/claude-haiku-4-5",
        flagship: "anthropic/claude-opus-5",
      }[tier];
      log.append(
        attempt({
          requestId: `day-${i}`,
          startedAt: Date.now() - i * 60_000,
          actualTier: tier,
          actualModel: model as "anthropic/claude-opus-5",
          costNanoDollars: thousandths * 1_000_000,
        }),
      );
    }
    log.close();
    await workbench.waitFor("the budget in the status bar", async () =>
      (await workbench.statusBarItem(ITEM)).text.includes("83 %"),
    );
    await workbench.statusBarTooltip(ITEM);
    await picture("budget");
    await workbench.page.keyboard.press("Escape");
  },
};

try {
  for (const [name, scene] of Object.entries(scenes)) {
    if (only && !only.split(",").includes(name)) continue;
    console.log(name);
    await scene();
  }
} finally {
  await session.close();
  await Promise.all([ollama.close(), anthropic.close()]);
}
process.exit();
