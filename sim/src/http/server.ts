/**
 * Real HTTP on loopback in front of a handler.
 * Guarantees: listens on 127.0.0.1 only; a lost answer is a destroyed socket, or silence until the client gives up (bounded); bodies are bounded.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";

import type { WireOutcome, WireRequest } from "./wire.ts";

/** RunInstances with full user data is far below; SSM documents are at most 64 KB. */
const BODY_BYTES_MAX = 1_048_576;
/** Longer than the default time-outs of the SDKs. */
const SILENCE_MS_MAX = 600_000;

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @param port 0 for a free one */
export async function serve(handle: (request: WireRequest) => Promise<WireOutcome>, port = 0): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    answer(handle, incoming, outgoing).catch(() => incoming.destroy());
  });
  // SDKs pool connections for longer than Node's 5 s: a kept connection closed by us would look like a lost call.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, close: () => closeServer(server) };
}

async function answer(
  handle: (request: WireRequest) => Promise<WireOutcome>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming, BODY_BYTES_MAX);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(",")]),
  );
  const outcome = await handle({ method: incoming.method ?? "GET", path: incoming.url ?? "/", headers, body });
  writeOutcome(outcome, incoming, outgoing);
}

/** Plays an outcome to a socket: the answer, a reset, or silence until the client gives up. */
export function writeOutcome(outcome: WireOutcome, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (outcome.kind === "answered") {
    const { status, headers: own, body: content } = outcome.response;
    outgoing.writeHead(status, { ...own, "content-length": Buffer.byteLength(content) }).end(content);
  } else if (outcome.symptom === "reset") {
    incoming.socket.resetAndDestroy();
  } else {
    const timer = setTimeout(() => incoming.socket.destroy(), SILENCE_MS_MAX);
    timer.unref();
    incoming.socket.once("close", () => clearTimeout(timer));
  }
}

export async function readBody(incoming: IncomingMessage, bytesMax: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming) {
    const buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    bytes += buffer.length;
    if (bytes > bytesMax) throw new RangeError(`a request body is larger than ${bytesMax} bytes`);
    pieces.push(buffer);
  }
  return Buffer.concat(pieces).toString();
}

/** Open connections are cut. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
