import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NEVER_ABORTED } from "./testing/scripted-entra.ts";
import { undiciEntraTransport } from "./undici-transport.ts";

/** Plain HTTP on loopback: schemes are judged by those who send (call/graph-client.ts, access/azure-http.ts). */
async function served<Result>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  use: (origin: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a request arrives as it was given, and any status is an answer; redirects are not followed", async () => {
  const transport = undiciEntraTransport("cloudsync-operator/0.0.0");
  const seen: unknown[] = [];
  const answer = await served(
    (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen.push({ method, url, body, agent: headers["user-agent"], own: headers["x-own"] });
        response.writeHead(302, { Location: "/elsewhere", "Retry-After": "7" }).end("moved");
      });
    },
    (origin) =>
      transport.send(
        { method: "POST", url: `${origin}/v1.0/groups?$top=1&a=%26`, headers: { "x-own": "1" }, body: "{}" },
        NEVER_ABORTED,
      ),
  );
  expect(answer).toMatchObject({ status: 302, body: "moved", headers: { "retry-after": "7" } });
  expect(seen).toEqual([
    { method: "POST", url: "/v1.0/groups?$top=1&a=%26", body: "{}", agent: "cloudsync-operator/0.0.0", own: "1" },
  ]);
  await transport.close();
});

test("an answer above the bound is no answer, and says why", async () => {
  const transport = undiciEntraTransport("test", 1_000);
  await served(
    (_request, response) => response.end("x".repeat(5_000)),
    (origin) =>
      expect(transport.send({ method: "GET", url: `${origin}/`, headers: {} }, NEVER_ABORTED)).rejects.toMatchObject({
        code: "AnswerTooLarge",
      }),
  );
  await transport.close();
});

test("a refused connection and a broken one carry the system's word", async () => {
  const transport = undiciEntraTransport("test");
  await expect(
    transport.send({ method: "GET", url: "http://127.0.0.1:1/", headers: {} }, NEVER_ABORTED),
  ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await served(
    (request) => request.socket.destroy(),
    (origin) =>
      expect(
        transport.send({ method: "POST", url: `${origin}/`, headers: {}, body: "{}" }, NEVER_ABORTED),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET)$/) as unknown }),
  );
  await transport.close();
});

test("a call that is given up ends at once", async () => {
  const transport = undiciEntraTransport("test");
  const pass = new AbortController();
  await served(
    () => pass.abort(new Error("the pass ended")),
    (origin) =>
      expect(transport.send({ method: "GET", url: `${origin}/`, headers: {} }, pass.signal)).rejects.toThrow(
        "the pass ended",
      ),
  );
  await transport.close();
});
