import { parseConfig } from "./config.ts";
import type { ConfigReading, EntraSettings } from "./config.ts";
import { entraEndpoints } from "./entra-clouds.ts";

const noFile = (path: string): string => {
  throw new Error(`ENOENT: no such file or directory, open '${path}'`);
};
const reading = (
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  readFile = noFile,
): ConfigReading => parseConfig(["--owner-id", "corp", ...argv], environment, readFile);

function entraOf(result: ConfigReading): EntraSettings {
  if (result.kind !== "config") throw new Error(JSON.stringify(result));
  return result.config.entra;
}
const sentences = (result: ConfigReading): string => (result.kind === "refused" ? result.sentences.join("\n") : "");

test("by default nothing of Entra is lent, allowed or redirected", () => {
  expect(entraOf(reading([]))).toEqual({
    endpoints: { nonstandard: [] },
    identityGrants: [],
    rates: { writes: { perSecond: 10, burst: 30 }, reads: { perSecond: 100, burst: 200 } },
    allowedUnverified: [],
    isSelfApprovalAllowed: false,
    directoryLookDelayMs: 30_000,
  });
});

test.each(["all-scopes", "membership-switch"])(
  "names of what is unverified are known words; %s, for which nothing could be written, ends the process",
  (name) => {
    expect(entraOf(reading(["--allow-unverified", "all-scope,all-scope"])).allowedUnverified).toEqual(["all-scope"]);
    expect(sentences(reading(["--allow-unverified", name]))).toContain("give names out of all-scope");
  },
);

const endpointRows: readonly (readonly [
  sentence: string,
  environment: Readonly<Record<string, string>>,
  says: string,
])[] = [
  ["a foreign Graph endpoint", { CLOUDSYNC_GRAPH_ENDPOINT: "https://127.0.0.1:9443" }, "which is not Microsoft's"],
  [
    "Graph under a name that only looks like the vendor's",
    { CLOUDSYNC_GRAPH_ENDPOINT: "https://graph.microsoft.com.example.com" },
    "which is not Microsoft's",
  ],
  [
    "a port of the vendor's host",
    { AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com:8443" },
    "not Microsoft's",
  ],
  ["an authority without TLS", { AZURE_AUTHORITY_HOST: "http://login.microsoftonline.com" }, "give https://<host>"],
  [
    "an authority with a tenant",
    { AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/x" },
    "give https://<host>",
  ],
  [
    "an authority with a user",
    { AZURE_AUTHORITY_HOST: "https://a:b@login.microsoftonline.com" },
    "give https://<host>",
  ],
];
for (const [sentence, environment, says] of endpointRows) {
  test(`${sentence} is refused`, () => expect(sentences(reading([], environment))).toContain(says));
}

test("foreign endpoints are taken when the process is told to, and plain HTTP never", () => {
  const environment = {
    CLOUDSYNC_GRAPH_ENDPOINT: "https://127.0.0.1:9443",
    AZURE_AUTHORITY_HOST: "https://127.0.0.1:9444/",
  };
  expect(entraOf(reading(["--allow-nonstandard-endpoints"], environment)).endpoints).toEqual({
    graph: "https://127.0.0.1:9443",
    authority: "https://127.0.0.1:9444",
    nonstandard: ["CLOUDSYNC_GRAPH_ENDPOINT=https://127.0.0.1:9443", "AZURE_AUTHORITY_HOST=https://127.0.0.1:9444"],
  });
  const plain = reading(["--allow-nonstandard-endpoints"], { CLOUDSYNC_GRAPH_ENDPOINT: "http://127.0.0.1:9443" });
  expect(sentences(plain)).toContain("give https://<host>");
});

test("a vendor's authority in the environment counts for its own cloud only", () => {
  const settings = { authority: "https://login.microsoftonline.com" };
  expect(entraEndpoints("Public", settings).authority).toBe("https://login.microsoftonline.com");
  expect(entraEndpoints("China", settings).authority).toBe("https://login.chinacloudapi.cn");
  const china = { authority: "https://login.partner.microsoftonline.cn" };
  expect(entraEndpoints("China", china).authority).toBe(china.authority);
  expect(entraEndpoints("USGovernmentDoD", china)).toMatchObject({
    graph: "https://dod-graph.microsoft.us",
    authority: "https://login.microsoftonline.us",
    scope: "https://dod-graph.microsoft.us/.default",
  });
  expect(entraEndpoints("Public", { graph: "https://127.0.0.1:9443" })).toMatchObject({
    graph: "https://127.0.0.1:9443",
    scope: "https://graph.microsoft.com/.default",
  });
});

test("grants name one namespace, one tenant and one client each", () => {
  const grant = {
    namespace: "identity",
    tenantID: "11111111-1111-4111-8111-111111111111",
    clientID: "22222222-2222-4222-8222-222222222222",
  };
  const given = (content: unknown): ConfigReading =>
    reading(["--entra-identity-grants-file", "/g"], {}, () => JSON.stringify(content));
  expect(entraOf(given([grant])).identityGrants).toEqual([grant]);
  expect(sentences(given([{ ...grant, namespace: "*" }]))).toContain("entry 1, namespace: give one namespace's name");
  expect(sentences(given([{ ...grant, tenantID: "contoso.com" }]))).toContain("give the tenant's id, a UUID");
  expect(sentences(given([{ ...grant, role: "x" }]))).toContain("entry 1");
  expect(sentences(reading(["--entra-identity-grants-file", "/none"]))).toContain("cannot be read");
});
