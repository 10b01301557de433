import { siteOfGraph } from "./graph-sites.ts";

const SP = "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";
const JOB = `AAD2ADGroupProvisioning.${SP.replaceAll("-", "")}.${SP}`;
const root = "https://graph.microsoft.com/v1.0";

const rows: readonly (readonly [
  sentence: string,
  request: { method: string; url: string; body?: string },
  site: object,
])[] = [
  [
    "ids and job ids are left out of the site and named beside it",
    { method: "PUT", url: `${root}/servicePrincipals/${SP}/synchronization/jobs/${JOB}/schema` },
    {
      site: "graph:PUT /servicePrincipals/{id}/synchronization/jobs/{id}/schema",
      about: `${SP},${JOB}`,
      isWrite: true,
    },
  ],
  [
    "a POST that only asks is a read",
    { method: "POST", url: `${root}/servicePrincipals/${SP}/synchronization/jobs/${JOB}/schema/parseExpression` },
    { isWrite: false },
  ],
  [
    "a token is a read",
    { method: "POST", url: `https://login.microsoftonline.com/${SP}/oauth2/v2.0/token` },
    { site: "graph:POST /{id}/oauth2/v2.0/token", isWrite: false },
  ],
  [
    "a batch is what its parts are",
    {
      method: "POST",
      url: `${root}/$batch`,
      body: JSON.stringify({ requests: [{ method: "GET", url: `/groups/${SP}/members/$count` }] }),
    },
    { site: "graph:batch GET /groups/{id}/members/$count", isWrite: false },
  ],
  [
    "a batch with one write is a write",
    {
      method: "POST",
      url: `${root}/$batch`,
      body: JSON.stringify({
        requests: [
          { method: "GET", url: `/groups/${SP}` },
          { method: "POST", url: `/servicePrincipals/${SP}/appRoleAssignedTo` },
        ],
      }),
    },
    { site: "graph:batch GET /groups/{id} + POST /servicePrincipals/{id}/appRoleAssignedTo", about: SP, isWrite: true },
  ],
];

test.each(rows)("%s", (_sentence, request, site) => expect(siteOfGraph(request)).toMatchObject(site));
