/**
 * A limit for the connection alone, where Node's fetch has none to set: a server on the local network that does not
 * answer at all must be told from one that loads a model, whose headers may take minutes.
 */
import { connect } from "node:net";

/** A server that answered is not probed again so soon, milliseconds. */
const FRESH_MS = 60_000;

/** When each host last answered, by the process's own clock; at most one entry for each server of the settings. */
const answered = new Map<string, number>();

/** Remembers that a host answered a request, or that it did not. */
export function noteAnswer(host: string, did: boolean): void {
  if (did) answered.set(host, performance.now());
  else answered.delete(host);
}

/**
 * Opens a TCP connection beside the request and closes it at once; nothing is sent over it. Calls `late` when none
 * comes about within `limitMs`; that it is refused is the request's own to find. Returns what ends the probe.
 */
export function probe(
  { protocol, host, hostname, port }: URL,
  limitMs: number,
  late: () => void,
): () => void {
  const last = answered.get(host);
  if (last !== undefined && performance.now() - last < FRESH_MS) return () => undefined;
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
  });
  const timer = setTimeout(() => {
    socket.destroy();
    late();
  }, limitMs);
  const end = (): void => {
    clearTimeout(timer);
    socket.destroy();
  };
  socket.on("connect", end).on("error", end);
  return end;
}
