/**
 * The Entra side's transport into a world of the same process.
 * Guarantees: a lost message is what a socket would say of it; the time of an answer is the world's. Never: a retry, a socket.
 */
import type { GraphRequest } from "../../../sim/src/graph/wire.ts";
import type { WireOutcome } from "../../../sim/src/http/wire.ts";
import type { EntraTransport } from "../../../src/entra/transport.ts";

export function worldTransport(handle: (request: GraphRequest) => Promise<WireOutcome>): EntraTransport {
  return {
    async send({ method, url, headers, body = "" }, signal) {
      signal.throwIfAborted();
      const outcome = await handle({ method, url, headers, body });
      if (outcome.kind === "answered") return { ...outcome.response };
      if (outcome.symptom === "reset") throw Object.assign(new Error("connection reset"), { code: "ECONNRESET" });
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    },
    close: () => Promise.resolve(),
  };
}
