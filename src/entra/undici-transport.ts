/**
 * The transport of production: one small pool of kept connections for each host, over undici.
 * Guarantees: connecting, waiting for the head and reading the body are bounded, and so is the size of an answer; HTTP/1.1 only, because one
 * given-up request then costs one connection (see kube/undici-transport.ts). Never: undici's own retries or redirects.
 */
import { Agent } from "undici";
import { CONNECT_TIMEOUT_MS, CONNECTIONS_MAX, ON_DEMAND_TIMEOUT_MS, RESPONSE_BYTES_MAX } from "./limits.ts";
import type { EntraTransport } from "./transport.ts";

/** Above every deadline of a call: these only end what a caller has long given up. */
const SILENCE_MS = 2 * ON_DEMAND_TIMEOUT_MS;

export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
  readonly code = "AnswerTooLarge";
}

export function undiciEntraTransport(userAgent: string, bytesMax = RESPONSE_BYTES_MAX): EntraTransport {
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    connections: CONNECTIONS_MAX,
    allowH2: false,
    pipelining: 1,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  return {
    async send({ method, url, headers, body }, signal) {
      const { origin, pathname, search } = new URL(url);
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method,
        headers: { ...headers, "user-agent": userAgent },
        body: body ?? null,
        signal,
      });
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]),
        ),
        body: await boundedText(answer.body as AsyncIterable<Uint8Array>, bytesMax),
      };
    },
    close: () => agent.destroy(),
  };
}

/** Leaving the loop early destroys the stream, and with it the connection. */
async function boundedText(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let byteCount = 0;
  for await (const chunk of body) {
    byteCount += chunk.byteLength;
    if (byteCount > bytesMax) throw new AnswerTooLarge(`an answer of more than ${bytesMax} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
