/** Fetches the public price list once a day, where `hybrid.refreshPrices` says so: never at activation, nor for a request. */
import * as vscode from "vscode";
import type { RequestLog } from "../core/log/requestLog.ts";

/** How often the list at hand is looked at, and how long after activation first, milliseconds. */
const EVERY_MS = 3_600_000;
const FIRST_MS = 5_000;

/** Registers the timers. */
export function registerPriceRefresh(
  context: vscode.ExtensionContext,
  log: RequestLog,
  output: vscode.LogOutputChannel,
  isOn: () => boolean,
): vscode.Disposable {
  const stop = new AbortController();
  const refresh = async () => {
    if (!isOn()) return;
    const { refreshPrices } = await import("../core/cost/priceList.ts");
    const day = await refreshPrices(
      {
        file: vscode.Uri.joinPath(context.globalStorageUri, "prices.json").fsPath,
        onSent: (sent) =>
          log.egress.append({
            at: Date.now(),
            provider: "genai-prices",
            ...sent,
            requestId: null,
            attempt: null,
            model: null,
            items: [],
            redactions: 0,
            note: "fetched the price list, as hybrid.refreshPrices says",
          }),
      },
      stop.signal,
    );
    output.info(`prices: ${day ? `the list of ${day}` : "the list that came with Hybrid"}`);
  };
  const first = setTimeout(() => void refresh(), FIRST_MS);
  const every = setInterval(() => void refresh(), EVERY_MS);
  return new vscode.Disposable(() => {
    clearTimeout(first);
    clearInterval(every);
    stop.abort();
  });
}
