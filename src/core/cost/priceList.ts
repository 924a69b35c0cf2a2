/** The public price list, fetched anew in the background where the user wants that; never while a request waits. */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { quickJson } from "../providers/look.ts";
import type { Sent } from "../providers/provider.ts";
import { adoptPrices } from "./prices.ts";

/** A list is fetched anew when the one at hand is older, milliseconds. */
const DAY_MS = 86_400_000;
/** The list has some megabytes. */
const FETCH_MS = 60_000;
/** Where genai-prices publishes it: `REMOTE_DATA_JSON_URL` of the package, written out since it is loaded lazily. */
const PUBLISHED = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

export interface PriceListOptions {
  /** Where the last list is kept. */
  file: string;
  /** Told of the request before it leaves. */
  onSent: (sent: Sent) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** In place of where it is published: a mirror, or a server to test with. */
  url?: string;
}

/**
 * Brings the price list up to date: takes the one in the file, and fetches a new one when that is older than a day.
 * Never throws; gives the day of the list that is used now, ISO 8601, or undefined for the one that came along.
 */
export async function refreshPrices(
  { file, onSent, now = Date.now, url = PUBLISHED }: PriceListOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  let used = await adopt(file);
  if (used !== undefined && now() - used.at < DAY_MS) return dayOf(used.at);
  try {
    const list = await quickJson(url, {}, { statusMs: FETCH_MS, signal, onSent });
    const text = JSON.stringify(list);
    if (!(await adoptPrices(list, dayOf(now())))) return used && dayOf(used.at);
    await mkdir(dirname(file), { recursive: true });
    // Another window may read meanwhile: it finds the old list or the new one, whole.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    used = { at: now() };
  } catch {
    // Offline, or the address gives something else: the list at hand serves on.
  }
  return used && dayOf(used.at);
}

async function adopt(file: string): Promise<{ at: number } | undefined> {
  try {
    const [text, { mtimeMs: at }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return (await adoptPrices(JSON.parse(text), dayOf(at))) ? { at } : undefined;
  } catch {
    return undefined;
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
