/** Every cloud of entra-graph reference, 10.6: where requests and proofs go, what a token is asked for, and the audience of federated tokens. */
import { ENTRA_CLOUDS } from "../../runtime/entra-clouds.ts";
import { TENANT_CLOUDS } from "../../api/entra-tenant.ts";
import { ACCESS, NEVER_ABORTED, scriptedEntra } from "../testing/scripted-entra.ts";
import type { EntraAccess } from "./port.ts";

const rows: readonly (readonly [cloud: EntraAccess["cloud"], graph: string, authority: string, audience: string])[] = [
  ["Public", "graph.microsoft.com", "login.microsoftonline.com", "api://AzureADTokenExchange"],
  ["USGovernment", "graph.microsoft.us", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
  ["USGovernmentDoD", "dod-graph.microsoft.us", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
  ["China", "microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn", "api://AzureADTokenExchangeChina"],
];

test.each(rows)("%s", async (cloud, graph, authority, audience) => {
  const audiences: string[] = [];
  const { entra, transport } = scriptedEntra(() => ({ status: 200, body: { value: [] } }), {
    serviceAccounts: {
      token: (_serviceAccount, wanted) => {
        audiences.push(wanted);
        return Promise.resolve({ kind: "issued", token: "cluster-jwt", expiresAtMs: 0 });
      },
    },
  });
  const proof = { kind: "serviceAccount", namespace: "team-a", name: "entra" } as const;
  const listing = await entra.jobs.list({ ...ACCESS, cloud, proof }, "sp", NEVER_ABORTED);
  expect(listing.kind).toBe("complete");
  expect(audiences).toEqual([audience]);
  const [token] = transport.tokenRequests;
  expect(token?.url).toMatch(new RegExp(`^https://${authority}/`));
  expect(token?.body).toMatchObject({ scope: `https://${graph}/.default`, client_assertion: "cluster-jwt" });
  expect(transport.seen[0]?.url).toMatch(new RegExp(`^https://${graph}/v1\\.0/`));
});

test("no cloud is without a row, and the field of the EntraTenant has the same words", () => {
  expect(rows.map(([cloud]) => cloud)).toEqual(Object.keys(ENTRA_CLOUDS));
  expect([...TENANT_CLOUDS]).toEqual(Object.keys(ENTRA_CLOUDS));
});
