/**
 * What is not there any more in Git: everything pruned while Graph is down, applied again, deleted for good, and let go by the annotation.
 * And a tenant whose application lacks a role says so before anything depends on it. One story on one stack, in this order.
 */
import { DEFAULT_TENANTS } from "../../../sim/src/layout/tenants.ts";
import { conditionOf, isReady } from "../../support/stack-api.ts";
import {
  CANARY_SCOPE,
  changed,
  CONFIGURATION,
  entraExamples,
  examples,
  FILE_MS,
  NAMESPACE,
  startEntraStack,
  TEAM,
  TEAM_SCOPE,
  type EntraStack,
} from "./entra-stack.ts";

const POOR_CLIENT = "b1c3b1f0-2f0b-4f0e-8f5b-0a7c1f2e3d4c";
const GROUPS = ["sg-canary", "sg-sales-emea", "sg-sales-japan"];
const CREATES = [
  "POST /applicationTemplates/{applicationTemplate-id}/instantiate",
  "POST /servicePrincipals/{servicePrincipal-id}/synchronization/jobs",
  "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo",
];

/** The tenant of the examples with one more application, which may read groups and nothing else. */
const LAYOUT = {
  tenants: {
    tenants: DEFAULT_TENANTS.tenants.map((tenant) => ({
      ...tenant,
      directory: {
        ...tenant.directory,
        applications: [
          ...(tenant.directory?.applications ?? []),
          {
            displayName: "cloudsync-poor",
            appID: POOR_CLIENT,
            applicationID: "a9900000-0000-4000-8000-000000000003",
            servicePrincipalID: "5e900000-0000-4000-8000-000000000003",
            roles: ["Application.Read.All", "GroupMember.Read.All"],
            federated: [
              {
                issuer: "https://kubernetes.default.svc",
                subject: `system:serviceaccount:${NAMESPACE}:entra-poor`,
                audience: "api://AzureADTokenExchange",
              },
            ],
          },
        ],
      },
    })),
  },
};

let stack: EntraStack;

beforeAll(async () => {
  stack = await startEntraStack({ layout: LAYOUT, identities: ["entra-poor"] });
  stack.startOperator();
  await stack.apply(examples({ hasFleet: false }));
  for (const where of [CANARY_SCOPE, TEAM_SCOPE]) await stack.until(where, `${where.name} is in scope`, isReady);
  await stack.until(CONFIGURATION, "it is made", (object) => object?.status?.["schemaHash"] !== undefined);
}, FILE_MS);

afterAll(() => stack.stop(), FILE_MS);

const created = (): Promise<readonly number[]> => Promise.all(CREATES.map((operation) => stack.calls(operation)));
const isGone = (object: unknown): boolean => object === undefined;

async function graphAnswers503(): Promise<void> {
  const effect = { kind: "error", code: "serviceUnavailable", message: "down", httpStatus: 503 };
  await stack.world.control.ask("POST", "/faults", { service: "graph", effect });
}

test(
  "a tenant whose application lacks roles names them, and what stops without them, on its first pass",
  async () => {
    const made = { apiVersion: "cloudsync.dev/v1alpha1", metadata: { name: "poor", namespace: NAMESPACE } };
    const [configuration] = entraExamples();
    if (configuration === undefined) throw new Error("the examples have no configuration");
    await stack.apply([
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "entra-poor", namespace: NAMESPACE } },
      {
        ...configuration,
        metadata: { name: "poor", namespace: NAMESPACE },
        spec: { ...configuration.spec, mode: "Observe", tenantRef: { name: "poor" } },
      },
      {
        ...made,
        kind: "EntraTenant",
        spec: {
          tenantID: "6b29fc40-ca47-4067-b31d-00dd010662da",
          credential: { type: "WorkloadIdentity", clientID: POOR_CLIENT, serviceAccountRef: { name: "entra-poor" } },
        },
      },
    ]);
    const tenant = await stack.until(
      { kind: "tenants", namespace: NAMESPACE, name: "poor" },
      "the missing permissions are named",
      (object) => conditionOf(object, "PermissionsGranted")?.status === "False",
    );
    const missing = conditionOf(tenant, "PermissionsGranted");
    expect(missing?.reason).toBe("PermissionsMissing");
    expect(missing?.message).toContain("Synchronization.ReadWrite.All");
    await stack.kubectl(["-n", NAMESPACE, "delete", "synccfg/poor", "entratenant/poor", "--wait=false"]);
    await stack.until({ ...CONFIGURATION, name: "poor" }, "it is gone", isGone);
  },
  FILE_MS,
);

test(
  "everything is pruned while Graph answers 503: it all ends, and assignments and job stay",
  async () => {
    const before = await stack.record();
    await graphAnswers503();
    const kinds = "groupscopes,provisioningtests,syncconfigurations";
    for (const namespace of [TEAM, NAMESPACE])
      expect((await stack.kubectl(["-n", namespace, "delete", kinds, "--all", "--wait=false"])).code).toBe(0);
    await stack.kubectl(["-n", NAMESPACE, "delete", "entratenant/contoso", "--wait=false"]);
    for (const where of [TEAM_SCOPE, CANARY_SCOPE, CONFIGURATION])
      await stack.until(where, `${where.name} is gone`, isGone);
    await stack.until({ kind: "tenants", namespace: NAMESPACE, name: "contoso" }, "the tenant is gone", isGone);
    expect((await stack.record()).configurations).toEqual(before.configurations);
    expect(before.configurations[0]?.assigned).toEqual(GROUPS);
  },
  FILE_MS,
);

test(
  "the pruned manifests applied again take over what is there without making anything",
  async () => {
    await stack.world.control.ask("DELETE", "/faults");
    const before = await created();
    await stack.apply(examples({ hasFleet: false }));
    for (const where of [CANARY_SCOPE, TEAM_SCOPE]) await stack.until(where, `${where.name} is in scope`, isReady);
    await stack.until(CONFIGURATION, "its schema is known", (object) => object?.status?.["schemaHash"] !== undefined);
    expect(await created()).toEqual(before);
    expect((await stack.record()).configurations).toHaveLength(1);
  },
  FILE_MS,
);

test(
  "a deletion that takes the configuration along waits and says why; the release annotation lets go without a call",
  async () => {
    await stack.apply(changed(entraExamples(), "SyncConfiguration", { spec: { deletionPolicy: "Delete" } }));
    await graphAnswers503();
    await stack.api.delete("configurations", NAMESPACE, CONFIGURATION.name);
    const waiting = await stack.until(
      CONFIGURATION,
      "it says what it waits for",
      (object) => object?.metadata.deletionTimestamp !== undefined && conditionOf(object, "Ready")?.status !== "True",
    );
    expect(conditionOf(waiting, "Ready")?.message).not.toBe("");
    await stack.api.patch("configurations", NAMESPACE, CONFIGURATION.name, {
      metadata: { annotations: { "cloudsync.dev/release": "true" } },
    });
    await stack.until(CONFIGURATION, "it is let go", isGone);
    const { configurations } = await stack.record();
    expect(configurations).toHaveLength(1);
    expect(configurations[0]?.assigned).toEqual(GROUPS);
  },
  FILE_MS,
);
