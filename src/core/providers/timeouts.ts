/** How long a server is waited for. */
import { isLoopback, isPrivateAddress } from "./address.ts";

/** Limits of a call, milliseconds. */
export interface Timeouts {
  /** To a TCP connection; the network's own if missing: 10 s with Node's fetch. */
  connectMs?: number;
  /** From sending to the first byte of the answer's body; a cold model loads in that time. */
  firstByteMs: number;
  /** Between two chunks; a keep-alive comment or ping counts as one. */
  idleMs: number;
  /** A look at the server: to the first byte, and between chunks. */
  statusMs: number;
}

/** For servers that load models on demand: 300 s is also where Node's own fetch gives up on headers. */
const LOCAL_TIMEOUTS: Timeouts = { firstByteMs: 300_000, idleMs: 60_000, statusMs: 3_000 };
/** For cloud vendors: a reasoning model may be silent for a minute and more. */
const CLOUD_TIMEOUTS: Timeouts = { firstByteMs: 120_000, idleMs: 120_000, statusMs: 10_000 };

/** On a local network a connection takes milliseconds, even by Wi-Fi that just woke up well under a second. */
const LAN_CONNECT_MS = 2_000;

/** The limits of a server at `url`, with `changes`. */
export function timeoutsFor(url: string, local: boolean, changes: Partial<Timeouts> = {}): Timeouts {
  return {
    ...(local ? LOCAL_TIMEOUTS : CLOUD_TIMEOUTS),
    // This very machine refuses at once where nothing listens.
    ...(isPrivateAddress(url) && !isLoopback(url) && { connectMs: LAN_CONNECT_MS }),
    ...changes,
  };
}
