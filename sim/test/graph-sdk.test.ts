/** Graph over real HTTPS with the vendor's unmodified SDKs: @azure/identity takes the token, @microsoft/microsoft-graph-client calls. */
import { request as httpsRequest } from "node:https";

import { ClientSecretCredential } from "@azure/identity";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { Client } from "@microsoft/microsoft-graph-client";

import { NO_GUESTS } from "../src/core/guests.ts";
import type { RunningGraph } from "../src/graph/serve.ts";
import { serveGraph } from "../src/graph/serve.ts";
import { OPERATOR, TENANT_ID } from "../src/graph/test-desk.ts";
import { createWorldOf } from "../src/world.ts";
import type { World } from "../src/world.ts";
import type { GuestControl } from "../src/core/machine.ts";

let world: World<GuestControl>;
let server: RunningGraph;
beforeEach(async () => {
  world = createWorldOf(NO_GUESTS, { delays: { preset: "zero" } });
  server = await serveGraph(world.graph);
});
afterEach(() => server.close());

/** What NODE_EXTRA_CA_CERTS does for a whole process: fetch that trusts the world's certificate. */
function trusting(ca: string): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = await asked.text();
    return new Promise<Response>((resolve, reject) => {
      const outgoing = httpsRequest(
        asked.url,
        { method: asked.method, headers: Object.fromEntries(asked.headers), ca },
        (incoming) => {
          const pieces: Buffer[] = [];
          incoming.on("data", (piece: Buffer) => pieces.push(piece));
          incoming.on("end", () => {
            const status = incoming.statusCode ?? 500;
            const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
              name,
              String(value),
            ]);
            resolve(new Response(status === 204 ? null : Buffer.concat(pieces), { status, headers }));
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  };
}

function credential(secret = "world-operator-secret"): ClientSecretCredential {
  const http = createDefaultHttpClient();
  return new ClientSecretCredential(TENANT_ID, OPERATOR, secret, {
    authorityHost: server.url,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    httpClient: {
      sendRequest: (request) => http.sendRequest({ ...request, tlsSettings: { ca: server.caCertificate } }),
    },
  });
}

function client(from: ClientSecretCredential): Client {
  return Client.init({
    baseUrl: `${server.url}/`,
    defaultVersion: "v1.0",
    customHosts: new Set(["localhost"]),
    fetchOptions: {},
    authProvider: (done) => {
      from.getToken(`${server.url}/.default`).then(
        ({ token }) => done(null, token),
        (error: unknown) => done(error, null),
      );
    },
  });
}

test("the SDKs take a token, read, write, page and batch over HTTPS", async () => {
  const realFetch = globalThis.fetch;
  globalThis.fetch = trusting(server.caCertificate);
  try {
    const graph = client(credential());
    const names: string[] = [];
    for (let link: string | undefined = "/groups?$top=3&$select=displayName"; link !== undefined;) {
      const page = (await graph.api(link).get()) as { value: { displayName: string }[]; "@odata.nextLink"?: string };
      names.push(...page.value.map(({ displayName }) => displayName));
      link = page["@odata.nextLink"];
    }
    expect(names).toHaveLength(11);
    const made = (await graph
      .api("/applicationTemplates/fb81332f-3eca-4ecf-a939-4278e501d330/instantiate")
      .post({ displayName: "corp.example.com" })) as { servicePrincipal: { id: string } };
    const read = (await graph.api(`/servicePrincipals/${made.servicePrincipal.id}`).get()) as { displayName: string };
    expect(read.displayName).toBe("corp.example.com");
    const batch = (await graph.api("/$batch").post({
      requests: [{ id: "1", method: "GET", url: "/groups?$top=1&$select=id" }],
    })) as { responses: { status: number }[] };
    expect(batch.responses.map(({ status }) => status)).toEqual([200]);
    const count: unknown = await graph.api("/users/$count").header("ConsistencyLevel", "eventual").get();
    expect(String(count)).toBe("5");
    await expect(graph.api("/groups/96009000-0000-4000-8000-00000000ffff").get()).rejects.toMatchObject({
      statusCode: 404,
      code: "Request_ResourceNotFound",
    });
    await expect(graph.api(`/servicePrincipals/${made.servicePrincipal.id}`).delete()).resolves.toBeFalsy();
    world.graph.gate.demandNone();
  } finally {
    globalThis.fetch = realFetch;
  }
}, 60_000);

test("a wrong secret fails with the vendor's number", async () => {
  await expect(credential("typo").getToken(`${server.url}/.default`)).rejects.toThrow("AADSTS7000215");
});
