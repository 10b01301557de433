/** The CRDs as the API server serves them: the same schema, names that resolve, defaults, bounds, subresources, columns. */
import { isDeepStrictEqual } from "node:util";
import { kubectl, kubectlApply, kubectlOk, type KubectlTarget } from "../../support/kubectl.ts";
import { freshNamespace, type TestNamespace } from "../../support/namespace.ts";
import { sharedControlPlane } from "../../support/shared-control-plane.ts";
import { KIND_DEFINITIONS } from "../../../src/api/definitions.ts";
import { ApiServer, type Answer } from "./api-server.ts";
import { collectionOf, CRD_FILES, schemaOf } from "./crd-files.ts";
import { changed, type Changes, type Manifest } from "./manifest.ts";
import { agent, domain, entraToAD, pool, SPECIMENS } from "./specimens.ts";

let target: KubectlTarget;
let server: ApiServer;
let namespace: TestNamespace;

beforeAll(async () => {
  target = sharedControlPlane();
  server = new ApiServer(target);
  namespace = await freshNamespace(target, "schema");
});
afterAll(async () => {
  await namespace.delete();
  await server.close();
});

test.each(CRD_FILES.map((crd) => ({ crd, name: crd.metadata.name })))(
  "$name is served as the file has it",
  async ({ crd }) => {
    const { body } = await server.send(
      "GET",
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`,
    );
    const served = body as typeof crd;
    expect(schemaOf(served)).toEqual(schemaOf(crd));
    expect(served.spec.versions[0].additionalPrinterColumns).toEqual(crd.spec.versions[0].additionalPrinterColumns);
    expect(served.spec.versions[0].subresources).toEqual(crd.spec.versions[0].subresources);
    expect(served.spec.names).toMatchObject(crd.spec.names);
    expect(served.metadata.annotations).toMatchObject(crd.metadata.annotations);
  },
);

test("each short name means our kind and nothing of a stock API server", async () => {
  const resources = await everyResource();
  for (const { resource, shortNames } of KIND_DEFINITIONS) {
    for (const shortName of shortNames) {
      const holders = resources.filter(({ names }) => names.includes(shortName)).map(({ kind }) => kind);
      expect({ shortName, holders }).toEqual({ shortName, holders: [resource.kind] });
      const answer = await kubectl(target, ["get", shortName, "-n", namespace.name]);
      expect(answer.stderr).toContain("No resources found");
    }
  }
});

test.each(SPECIMENS.map((specimen, index) => ({ specimen, title: `specimen ${index}, a ${specimen.kind}` })))(
  "$title: the parser gives exactly the defaults that the API server gives, and drops nothing",
  async ({ specimen }) => {
    const { body } = await server.tryCreate(collectionOf(specimen.kind, namespace.name), specimen);
    const served = (body as Manifest).spec;
    const schema = KIND_DEFINITIONS.find(({ resource }) => resource.kind === specimen.kind)?.spec;
    expect(schema?.parse(specimen.spec)).toEqual(served);
    expect(schema?.parse(served)).toEqual(served);
  },
);

test("the defaults are those of the documentation", async () => {
  const { body } = await create(pool, {});
  expect(body).toMatchObject({
    spec: {
      mode: "Enforce",
      deletionPolicy: "Delete",
      replicas: 3,
      aws: {
        instanceTypes: ["m6i.large", "m5.large"],
        image: { ssmParameter: "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", policy: "Pin" },
        rootVolume: { sizeGiB: 50 },
      },
      placement: { policy: "Strict" },
      agent: { kind: "Provisioning", registration: { mode: "Manual" } },
      rollout: { maxSurge: 1 },
      remediation: { unhealthyAfter: "10m", upTo: "Replace", maxReplacementsPerDay: 3, correlationWindow: "20m" },
      health: { probeInterval: "5m", evidenceMaxAge: "15m" },
      timeouts: {
        online: "20m",
        preflight: "10m",
        join: "30m",
        install: "20m",
        registration: "24h",
        configure: "20m",
        drain: "10m",
      },
    },
  });
  const { body: stored } = await create(domain, {});
  expect(stored).toMatchObject({
    spec: {
      type: "SelfManaged",
      join: { computerNamePrefix: "CSA" },
      gmsa: { mode: "Existing", permissions: { mode: "Verify", scope: "OrganizationalUnits" } },
      allowedNamespaces: { from: "Same" },
    },
  });
  const { body: configuration } = await create(entraToAD, {});
  expect(configuration).toMatchObject({
    spec: {
      deletionPolicy: "Retain",
      state: "Running",
      change: { maxLeaving: 5, maxMoving: 5 },
      scopePolicy: {
        removalCeiling: { maxCount: 5, maxPercent: 10, window: "24h" },
        additionCeiling: { maxCount: 25, window: "1h" },
      },
      deletionThreshold: { enabled: true, value: 50 },
      quarantine: { restart: "Once" },
      entraToAD: { objects: "Groups", scope: { mode: "Selected" }, membership: { onPremisesUsers: "Expected" } },
    },
  });
});

describe("bad input is refused at apply", () => {
  const rows: readonly (readonly [sentence: string, specimen: Manifest, changes: Changes, says: string])[] = [
    [
      "negative replicas",
      pool,
      { "spec.replicas": -1 },
      "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0",
    ],
    ["too many replicas", pool, { "spec.replicas": 21 }, "should be less than or equal to 20"],
    [
      "a 16-character gMSA name",
      domain,
      { "spec.gmsa.name": "gmsaCloudSync123$" },
      "at most 15 characters that ends with $",
    ],
    [
      "a reserved tag",
      pool,
      { "spec.aws.tags": { "cloudsync.dev/owner-id": "x" } },
      "the operator's ownership tags are reserved",
    ],
    ["an unknown field", pool, { "spec.aws.spot": true }, 'unknown field "spot" in'],
    ["user data", pool, { "spec.aws.userData": "<powershell>" }, 'unknown field "userData" in'],
    ["a missing reference", pool, { "spec.tenantRef": undefined }, 'missing required field "tenantRef"'],
    [
      "a bare number as a duration",
      pool,
      { "spec.timeouts": { join: "30" } },
      "spec.timeouts.join in body should match",
    ],
    ["a surge of none", pool, { "spec.rollout": { maxSurge: 0 } }, "should be greater than or equal to 1"],
    [
      "a quote in an OU",
      domain,
      { "spec.join.organizationalUnit": 'OU=a"b,DC=corp,DC=example,DC=com' },
      "should match",
    ],
  ];
  test.each(rows)("%s", async (_sentence, specimen, changes, says) => {
    const answer = await kubectlApply(
      target,
      [inNamespace(changed(specimen, changes))],
      ["--dry-run=server", "--validate=strict"],
    );
    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toContain(says);
  });
});

test("the scale subresource reads the pool's counts and kubectl scale changes only replicas", async () => {
  const name = "scaled";
  const { body } = await create(pool, { "metadata.name": name });
  const collection = collectionOf(pool.kind, namespace.name);
  const status = { replicas: 3, readyReplicas: 2, selector: "cloudsync.dev/pool-uid=abc" };
  expect(await server.send("PUT", `${collection}/${name}/status`, { ...(body as Manifest), status })).toMatchObject({
    code: 200,
  });
  await kubectlOk(target, ["scale", `csap/${name}`, "-n", namespace.name, "--replicas=2"]);
  expect((await server.send("GET", `${collection}/${name}/scale`)).body).toMatchObject({
    spec: { replicas: 2 },
    status: { replicas: 3, selector: "cloudsync.dev/pool-uid=abc" },
  });
  expect((await server.send("GET", `${collection}/${name}`)).body).toMatchObject({
    metadata: { generation: 2 },
    spec: { replicas: 2 },
  });
});

test("a status write changes no spec and a spec write no status", async () => {
  const { body } = await create(pool, { "metadata.name": "split" });
  const item = `${collectionOf(pool.kind, namespace.name)}/split`;
  const both = changed(body as Manifest, { "spec.replicas": 5, status: { readyReplicas: 1 } });
  await server.send("PUT", `${item}/status`, both);
  expect((await server.send("GET", item)).body).toMatchObject({ spec: { replicas: 3 }, status: { readyReplicas: 1 } });
});

test("kubectl get csap,csa alone says how many of how many, where, and what is wrong first", async () => {
  await withStatus(pool, "column", {
    summary: {
      ready: "2/3",
      zones: "1a:1,1c:1,1d:1",
      version: "1.1.2505.0",
      reason: "column-0-1 EC2 InstanceTerminated",
    },
    conditions: [condition("Available", "True"), condition("Ready", "False")],
  });
  await withStatus(agent, "column-0-1", {
    phase: "Replacing",
    launch: {
      attempt: 1,
      subnetID: "subnet-0a",
      availabilityZone: "ap-northeast-1a",
      instanceType: "m6i.large",
      imageID: "ami-0a1b2c3d",
      token: "t",
      intendedAt: "2026-11-22T00:00:00Z",
    },
    instanceID: "i-0123456789abcdef0",
    agentVersion: "1.1.2505.0",
    firstFailure: {
      view: "EC2",
      reason: "InstanceTerminated",
      since: "2026-11-22T00:00:00Z",
      message: "EC2 ended the host",
    },
  });
  const table = await kubectlOk(target, ["get", "csap,csa", "-n", namespace.name]);
  const lines = table.split("\n").map((line) => line.replaceAll(/ +/g, " ").trim());
  expect(lines).toContainEqual(expect.stringMatching(/^NAME READY AVAILABLE AZS VERSION REASON AGE$/));
  expect(lines).toContainEqual(
    expect.stringMatching(
      /pool\S*\/column 2\/3 True 1a:1,1c:1,1d:1 1\.1\.2505\.0 column-0-1 EC2 InstanceTerminated \d+s$/,
    ),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^NAME PHASE AZ INSTANCE VERSION FIRST-FAILURE AGE$/));
  expect(lines).toContainEqual(
    expect.stringMatching(
      /agent\S*\/column-0-1 Replacing ap-northeast-1a i-0123456789abcdef0 1\.1\.2505\.0 InstanceTerminated \d+s$/,
    ),
  );
});

test("kubectl get cloudsync lists every kind", async () => {
  const verbose = await kubectlOk(target, ["api-resources", "--categories=cloudsync", "-o", "name"]);
  const plurals = KIND_DEFINITIONS.map(({ resource }) => `${resource.plural}.${resource.group}`);
  expect(verbose.trim().split("\n").sort()).toEqual([...plurals].sort());
});

function inNamespace(manifest: Manifest): Manifest {
  return changed(manifest, { "metadata.namespace": namespace.name });
}

async function create(specimen: Manifest, changes: Changes): Promise<Answer> {
  const answer = await server.send("POST", collectionOf(specimen.kind, namespace.name), changed(specimen, changes));
  expect(answer).toMatchObject({ code: 201 });
  return answer;
}

async function withStatus(specimen: Manifest, name: string, status: object): Promise<void> {
  const { body } = await create(specimen, { "metadata.name": name });
  const path = `${collectionOf(specimen.kind, namespace.name)}/${name}/status`;
  const answer = await server.send("PUT", path, { ...(body as Manifest), status });
  expect(answer).toMatchObject({ code: 200 });
  expect(isDeepStrictEqual((answer.body as Manifest).status, status)).toBe(true);
}

function condition(type: string, status: string) {
  const lastTransitionTime = "2026-11-22T00:00:00Z";
  return { type, status, observedGeneration: 1, lastTransitionTime, reason: "Tested", message: "" };
}

interface FoundResource {
  readonly kind: string;
  readonly names: readonly string[];
}

/** Every resource that the server offers, with all names under which kubectl finds it. */
async function everyResource(): Promise<readonly FoundResource[]> {
  const { body } = await server.send("GET", "/apis");
  const { groups } = body as { groups: readonly { preferredVersion: { groupVersion: string } }[] };
  const paths = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(
    paths.map(async (path) => {
      const list = (await server.send("GET", path)).body as {
        resources: readonly { name: string; kind: string; singularName?: string; shortNames?: readonly string[] }[];
      };
      return list.resources
        .filter(({ name }) => !name.includes("/"))
        .map(({ name, kind, singularName = "", shortNames = [] }) => ({
          kind,
          names: [name, singularName, ...shortNames],
        }));
    }),
  );
  return found.flat();
}
