/**
 * Graph and the login authority over real HTTPS on loopback, on one port by path.
 * Guarantees: listens on 127.0.0.1 only; a lost answer is a destroyed socket, or silence until the client gives up (bounded); bodies are bounded.
 */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";

import type { RunningServer } from "../http/server.ts";
import { closeServer, readBody, writeOutcome } from "../http/server.ts";
import type { ServerCertificate } from "./certificate.ts";
import { makeCertificate } from "./certificate.ts";
import type { GraphWorld } from "./graph.ts";

/** Schemas of jobs are far larger than anything that AWS takes (entra-graph reference, 8.2: scoping alone may be 4 MB). */
const BODY_BYTES_MAX = 8 * 1_048_576;

export interface RunningGraph extends RunningServer {
  /** PEM of what clients have to trust. */
  readonly caCertificate: string;
}

/** @param port 0 for a free one */
export async function serveGraph(
  graph: GraphWorld,
  port = 0,
  certificate: ServerCertificate = makeCertificate(),
): Promise<RunningGraph> {
  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const body = await readBody(incoming, BODY_BYTES_MAX);
      const url = `https://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`;
      const request = { method: incoming.method ?? "GET", url, headers: headersOf(incoming), body };
      writeOutcome(await graph.handle(request), incoming, outgoing);
    };
    answer().catch(() => incoming.destroy());
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const origins = ["127.0.0.1", "localhost"].map((host) => `https://${host}:${address.port}`);
  for (const origin of origins) graph.servedOrigins.add(origin);
  return {
    url: `https://localhost:${address.port}`,
    port: address.port,
    caCertificate: certificate.certificate,
    close: async () => {
      for (const origin of origins) graph.servedOrigins.delete(origin);
      await closeServer(server);
    },
  };
}

function headersOf(incoming: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(",")]));
}
