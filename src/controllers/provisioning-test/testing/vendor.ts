/**
 * A small vendor, a small AD and a host that reads it, for unit tests of the test's loop. Only tests import this file.
 * Guarantees: a call or a read without the intent stored before it fails the test; an answer can be lost after its effect.
 */
import type { EntraPorts } from "../../../entra/entra-port.ts";
import type { Member } from "../../../entra/groups/port.ts";
import type { OnDemandAnswer } from "../../../entra/on-demand/port.ts";
import type { Written } from "../../../entra/outcome.ts";
import type { DirectoryReading } from "../../../host/directory-read/port.ts";
import type { ReconcileResult } from "../../../kube/port.ts";
import { anAgent, INSTANCE_ID } from "../../../fleet/testing/builders.ts";
import type { Failure } from "../../../runtime/failure.ts";
import { memberHash } from "../../../sync/provisioning-test/member-hash.ts";
import type { LastRun } from "../../../sync/provisioning-test/snapshot.ts";
import type { ProvisioningTestStatus } from "../../../api/provisioning-test.ts";
import {
  aCondition,
  aConfiguration,
  aDomain,
  aProvisioningTest,
  aTenant,
  CLIENT_ID,
  GROUP_ID,
  TENANT_ID,
} from "../../../sync/testing.ts";
import { loopBench, settle, type LoopBench } from "../../testing/loop-bench.ts";
import { testReconciler } from "../controller.ts";
import type { TestPorts } from "../ports.ts";

export const KEY = { namespace: "identity", name: "canary" };
export const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";
const ACCESS = {
  cloud: "Public" as const,
  tenantID: TENANT_ID,
  clientID: CLIENT_ID,
  proof: { kind: "operator" as const },
};
export const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const guid = (at: number) => `aaaaaaaa-0000-4000-8000-${String(at).padStart(12, "0")}`;

/** Entra and AD as this test's vendor has them. */
export interface Vendor {
  bench: LoopBench;
  members: number[];
  /** Members of the group in AD; `undefined`: it is not there. */
  inAD: Set<number> | undefined;
  container: string;
  /** Each on-demand call: the members that it named. */
  readonly calls: (readonly string[])[];
  readonly asked: string[];
  /** What the next calls answer instead of provisioning. */
  answers: (Written<OnDemandAnswer> | "lost")[];
  jobCode: string;
  reading: (() => DirectoryReading) | undefined;
  readsSent: number;
  pass(untilMs?: number): Promise<ReconcileResult>;
  status(): ProvisioningTestStatus;
  last(): LastRun;
  condition(type: string): { readonly status: string; readonly reason: string } | undefined;
}

export function success(overrides: Partial<OnDemandAnswer> = {}): Written<OnDemandAnswer> {
  const value: OnDemandAnswer = {
    result: "Success",
    errorCode: undefined,
    errorMessage: undefined,
    action: "Create",
    targetID: undefined,
    reason: undefined,
    steps: [{ type: "Export", status: "Success", name: "EntryExportAdd", description: "created" }],
    modifiedProperties: [],
    ...overrides,
  };
  return { kind: "done", value };
}
export const failed = (errorCode: string): Written<OnDemandAnswer> =>
  success({
    result: "Failure",
    errorCode,
    steps: [{ type: "Export", status: "Failure", name: "n", description: "d" }],
  });
export const failure = (failureClass: Failure["class"], reason: string, retryAfterMs?: number): Failure => ({
  class: failureClass,
  reason,
  message: "m",
  fix: "f",
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

export const readyAgent = (metadata: object = {}) =>
  anAgent({
    metadata,
    status: {
      instanceID: INSTANCE_ID,
      conditions: [{ ...aCondition("Ready", "True"), lastTransitionTime: "2026-11-22T07:00:00Z" }],
    },
  });

export function aVendor(spec: object = {}): Vendor {
  const bench = loopBench();
  const vendor = {
    bench,
    members: [...Array(12).keys()],
    inAD: undefined,
    container: OU,
    calls: [],
    asked: [],
    answers: [],
    jobCode: "Paused",
    reading: undefined,
    readsSent: 0,
    pass: (untilMs = 60_000) => settle(testReconciler(ports), KEY, bench, untilMs),
    status: () => bench.at("ProvisioningTest", KEY).status as ProvisioningTestStatus,
    last() {
      const { last } = vendor.status();
      if (last === undefined) throw new Error("there is no run");
      return last;
    },
    condition: (type: string) => vendor.status().conditions?.find((one) => one.type === type),
  } as Vendor;

  function provision(memberIDs: readonly string[]): Written<OnDemandAnswer> {
    const added = vendor.members.filter((at) => memberIDs.includes(id(at)));
    const before = vendor.inAD;
    vendor.inAD = new Set([...(before ?? []), ...added]);
    const isSame = before !== undefined && vendor.inAD.size === before.size;
    return isSame ? success({ result: "Skipped", errorCode: "RedundantExport" }) : success();
  }
  const entra = {
    access: { resolve: () => ({ kind: "granted", access: ACCESS }) },
    jobs: {
      job: () => {
        vendor.asked.push("job");
        return Promise.resolve({ kind: "found", value: { status: { code: vendor.jobCode } } });
      },
    },
    schema: {
      read: () => Promise.resolve({ kind: "found", value: { synchronizationRules: [{ id: "rule-1" }] } }),
    },
    groups: {
      group: () => Promise.resolve({ kind: "found", value: { id: GROUP_ID, displayName: "sg-canary" } }),
      members: () => {
        const items: Member[] = vendor.members.map((at) => ({
          id: id(at),
          kind: "user",
          displayName: `u${at}`,
          isSyncedFromAD: true,
          onPremisesObjectIdentifier: guid(at),
          onPremisesDomainName: "corp.example.com",
        }));
        return Promise.resolve({ kind: "complete", items });
      },
    },
    onDemand: {
      provision: (_access: unknown, request: { memberIDs: readonly string[]; ruleID: string; groupID: string }) => {
        // Intent first: whatever is called stands in status already.
        const { run } = vendor.status();
        if (run?.phase !== "Provision" || run.ruleID !== request.ruleID || run.groupID !== request.groupID)
          throw new Error("called without a stored intent");
        vendor.calls.push(request.memberIDs);
        const told = vendor.answers.shift();
        if (told === undefined) return Promise.resolve(provision(request.memberIDs));
        if (told !== "lost") return Promise.resolve(told);
        provision(request.memberIDs);
        return Promise.resolve({ kind: "unknown", failure: failure("UnknownOutcome", "AnswerLost") });
      },
    },
  } as unknown as EntraPorts;
  const ports: TestPorts = {
    ...bench.ports,
    entra,
    entraSettings: { allowedUnverified: new Set(), isSelfApprovalAllowed: false },
    directoryLookDelayMs: 30_000,
    scopes: { resolve: () => Promise.resolve({ kind: "granted", scope: {} }) } as unknown as TestPorts["scopes"],
    directory: {
      onChange: () => undefined,
      readGroup: ({ operationID }) => {
        if (vendor.status().run?.reader?.operationID !== operationID) throw new Error("read without a stored intent");
        vendor.readsSent += 1;
        return Promise.resolve(vendor.reading?.() ?? readOf(vendor));
      },
    },
  };
  bench.put(aTenant());
  bench.put(aDomain());
  bench.put(aConfiguration());
  bench.put(aProvisioningTest({ spec }));
  bench.put(readyAgent());
  return vendor;
}

export function readOf({ inAD, container }: Vendor): DirectoryReading {
  const isFound = inAD !== undefined;
  return {
    kind: "read",
    facts: {
      domainController: "dc1.corp.example.com",
      isFound,
      anchor: `Group_${GROUP_ID}`,
      distinguishedName: isFound ? `CN=sg-canary_0b6a4c9e1f11,${container}` : null,
      memberCount: inAD?.size ?? null,
      memberHash: inAD === undefined ? null : memberHash([...inAD].map(guid)),
    },
  };
}
