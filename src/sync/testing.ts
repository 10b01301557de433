/** Objects of the Entra side for tests: parsed, complete and at rest unless a test says otherwise. Only tests import this file. */
import type { ADDomain } from "../api/ad-domain.ts";
import type { EntraTenant } from "../api/entra-tenant.ts";
import { parseConfiguration, parseDomain, parseProvisioningTest, parseTenant, type Parsed } from "../api/parse.ts";
import type { ProvisioningTest } from "../api/provisioning-test.ts";
import type { SyncConfiguration } from "../api/sync-configuration.ts";

export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
export const CLIENT_ID = "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10";
export const SERVICE_PRINCIPAL_ID = "5a0e2c9d-7c1e-4f7c-9e53-0d4b7c2f8a11";
export const GROUP_ID = "0f2c7a1e-3d0b-4a53-9d8e-0b6a4c9e1f11";
export const JOB_ID = "AAD2ADGroupProvisioning.6b29fc40ca474067b31d00dd010662da.4a8c5c0e-1111-4a11-8a11-000000000001";
export const SCHEMA_HASH = `sha256:${"a".repeat(64)}`;

export interface Overrides {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

function manifest(kind: string, name: string, spec: object, { metadata, status }: Overrides): unknown {
  const whole = {
    apiVersion: "cloudsync.dev/v1alpha1",
    kind,
    metadata: {
      name,
      namespace: "identity",
      uid: `uid-${name}`,
      resourceVersion: "10",
      generation: 1,
      creationTimestamp: "2026-11-22T06:00:00Z",
      ...metadata,
    },
    spec,
    status: status ?? {},
  };
  // As JSON has it: a member that a test sets to undefined is absent.
  return JSON.parse(JSON.stringify(whole));
}

function parsedOf<T>(parsed: Parsed<T>): T {
  if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
  return parsed.object;
}

export function aTenant(overrides: Overrides = {}): EntraTenant {
  const spec = {
    tenantID: TENANT_ID,
    credential: { type: "WorkloadIdentity", clientID: CLIENT_ID, serviceAccountRef: { name: "entra" } },
    ...overrides.spec,
  };
  return parsedOf(parseTenant(manifest("EntraTenant", "contoso", spec, overrides)));
}

export function aDomain(overrides: Overrides = {}): ADDomain {
  const spec = {
    dnsName: "corp.example.com",
    netBIOSName: "CORP",
    type: "SelfManaged",
    join: {
      credential: {
        secretARN: "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:cloudsync/join-AbCdEf",
      },
      organizationalUnit: "OU=CloudSync,DC=corp,DC=example,DC=com",
      computerNamePrefix: "CSA",
    },
    gmsa: { mode: "Existing", name: "gmsaCloudSync$", hostGroup: "CN=Hosts,DC=corp,DC=example,DC=com" },
    provisioningContainers: ["OU=EntraGroups,DC=corp,DC=example,DC=com"],
    ...overrides.spec,
  };
  return parsedOf(parseDomain(manifest("ADDomain", "corp", spec, overrides)));
}

/** Provisioned, in sync, its job paused before the first start, unless a test says otherwise. */
export function aConfiguration(overrides: Overrides = {}): SyncConfiguration {
  const spec = {
    tenantRef: { name: "contoso" },
    start: { gateRef: { name: "canary" } },
    connector: "EntraToAD",
    entraToAD: {
      domainRef: { name: "corp" },
      targetContainer: { constant: "OU=EntraGroups,DC=corp,DC=example,DC=com" },
    },
    ...overrides.spec,
  };
  const status = {
    observedGeneration: 1,
    servicePrincipalID: SERVICE_PRINCIPAL_ID,
    jobs: [{ id: JOB_ID, templateID: "AAD2ADGroupProvisioning", state: "Paused" }],
    schemaHash: SCHEMA_HASH,
    conditions: ["Provisioned", "SchemaInSync", "SecretsInSync"].map((type) => aCondition(type, "True")),
    ...overrides.status,
  };
  return parsedOf(parseConfiguration(manifest("SyncConfiguration", "corp-groups", spec, { ...overrides, status })));
}

export function aProvisioningTest(overrides: Overrides = {}): ProvisioningTest {
  const spec = {
    configurationRef: { name: "corp-groups" },
    subject: { group: { id: GROUP_ID }, members: { sample: 3 } },
    expect: { verify: "Directory", container: "OU=EntraGroups,DC=corp,DC=example,DC=com", members: "All" },
    ...overrides.spec,
  };
  return parsedOf(parseProvisioningTest(manifest("ProvisioningTest", "canary", spec, overrides)));
}

export function aCondition(type: string, status: "True" | "False" | "Unknown", reason = "Done"): object {
  return {
    type,
    status,
    reason,
    message: "",
    observedGeneration: 1,
    lastTransitionTime: "2026-11-22T07:00:00Z",
  };
}
