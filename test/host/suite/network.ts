/**
 * Watches what this process opens to others. It sees every TCP and pipe connection that JavaScript of the extension
 * host makes, whoever makes it: `net.Socket.prototype.connect` is what `net`, `tls`, `http`, Node's own fetch and the
 * one that VS Code puts in its place come to in the end. HTTP requests are told by their diagnostics channels, so that
 * several over one connection are counted apart. It does not see other processes (language servers, git), the
 * window's own renderer, native code, or name look-ups.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { Socket } from "node:net";

export interface Watch {
  /** "127.0.0.1:8080", or a pipe's path, for each connection that was begun. */
  readonly connections: readonly string[];
  /** "GET 127.0.0.1:8080/v1/models" for each HTTP request. */
  readonly requests: readonly string[];
  /** What the channels tell of and the wrapper did not see: must stay empty, or the wrapper is blind. */
  readonly unseen: readonly string[];
  stop(): void;
}

/** Starts to watch. */
export function watchNetwork(): Watch {
  const connections: string[] = [];
  const requests: string[] = [];
  const told = new Set<Socket>();
  const seen = new WeakSet<Socket>();
  let udpSockets = 0;

  const connect = Object.getOwnPropertyDescriptor(Socket.prototype, "connect")?.value as Socket["connect"];
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    connections.push(addressOf(args));
    seen.add(this);
    return Reflect.apply(connect, this, args) as Socket;
  };

  const listeners: Record<string, (message: unknown) => void> = {
    "net.client.socket": (message) => told.add((message as { socket: Socket }).socket),
    "udp.socket": () => (udpSockets += 1),
    "undici:request:create": (message) => {
      const { request } = message as { request: { method: string; origin: string; path: string } };
      requests.push(`${request.method} ${new URL(request.origin).host}${request.path}`);
    },
    "http.client.request.start": (message) => {
      const { request } = message as { request: ClientRequest };
      requests.push(`${request.method} ${String(request.getHeader("host"))}${request.path}`);
    },
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);

  return {
    connections,
    requests,
    get unseen() {
      const missed = [...told].filter((socket) => !seen.has(socket)).map(() => "a TCP socket");
      return [...missed, ...Array.from({ length: udpSockets }, () => "a UDP socket")];
    },
    stop() {
      Socket.prototype.connect = connect;
      for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
    },
  };
}

/** `connect(options)`, `connect(port, host)`, `connect(path)`, and the form that `net.connect` has made of any of them. */
function addressOf(args: readonly unknown[]): string {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { path?: string; host?: string; port?: number | string };
    return path ?? `${host ?? "localhost"}:${port}`;
  }
  if (typeof first === "number") return `${typeof second === "string" ? second : "localhost"}:${first}`;
  return String(first);
}
