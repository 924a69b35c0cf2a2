/** What a server's address tells: whether requests stay at home, and how to show it. */
import { isIP } from "node:net";

/** Private ranges: RFC 1122 loopback, RFC 1918, RFC 3927 and RFC 6598 (which Tailscale uses). */
const PRIVATE_V4 =
  /^(0\.0\.0\.0$|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
/** Loopback, RFC 4193 and link-local. */
const PRIVATE_V6 = /^(::1$|f[cd]|fe[89ab])/i;
/** Names that no public DNS serves: RFC 6761, RFC 6762, RFC 8375, and the `.internal` that ICANN reserved. */
const PRIVATE_NAME = /(^|\.)(localhost|local|lan|home\.arpa|internal)$/i;

/** True when what is sent to this URL stays on the user's machine or network. A name without a dot is such a one. */
export function isPrivateAddress(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version === 4) return PRIVATE_V4.test(host);
  if (version === 6) return PRIVATE_V6.test(host);
  return PRIVATE_NAME.test(host) || !host.includes(".");
}

/** True when this URL leads to this very machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return /^(127\.|0\.0\.0\.0$|\[::1?\]$)/.test(host) || /(^|\.)localhost$/i.test(host);
}

/** A URL as it may be shown: without user, password, query and trailing slash. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, "");
}
