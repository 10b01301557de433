import { entraRestOf } from "./entra-rest.ts";
import type { ClusterObject } from "./person.ts";

type Said = readonly [type: string, status: string, reason: string];

function object(kind: string, conditions: readonly Said[], metadata: object = {}): ClusterObject {
  return {
    apiVersion: "cloudsync.dev/v1alpha1",
    kind,
    metadata: { name: "one", uid: kind, generation: 1, ...metadata },
    status: {
      conditions: conditions.map(([type, status, reason]) => ({ type, status, reason, observedGeneration: 1 })),
    },
  } as unknown as ClusterObject;
}

const READY: readonly Said[] = [
  ["Ready", "True", "InSync"],
  ["Reconciling", "False", "AtRest"],
];
const configuration = (conditions = READY, metadata = {}) => object("SyncConfiguration", conditions, metadata);
const scope = (conditions = READY) => object("GroupScope", conditions);
const canary = (conditions = READY) => object("ProvisioningTest", conditions);

const GATE: readonly Said[] = [
  ["Ready", "False", "GateNotPassed"],
  ["Reconciling", "True", "AwaitingPerson"],
];
const RETRIED: readonly Said[] = [
  ["Ready", "False", "AgentNotAssigned"],
  ["Stalled", "False", "NotStalled"],
  ["Reconciling", "False", "AtRest"],
];
const FINAL: readonly Said[] = [
  ["Ready", "False", "MembershipNotWritten"],
  ["Stalled", "True", "MembershipNotWritten"],
];
const WITHOUT_GROUP: readonly Said[] = [
  ["Ready", "Unknown", "SubjectNotFound"],
  ["Reconciling", "True", "SubjectNotFound"],
];
const STALLED: readonly Said[] = [
  ["Ready", "False", "Quarantined"],
  ["Stalled", "True", "Quarantined"],
];
const WAITING_FOR_ROOT: readonly Said[] = [
  ["Ready", "False", "Quarantined"],
  ["Reconciling", "True", "Quarantined"],
];
const ADDING: readonly Said[] = [
  ["Ready", "False", "Adding"],
  ["Reconciling", "True", "Adding"],
];

test.each([
  ["nothing of Entra", [], [], [], undefined],
  ["all Ready", [configuration()], [scope()], [canary()], "ready"],
  ["a generation without a word", [configuration(READY, { generation: 2 })], [], [], "moving"],
  ["a canary that is tried again by itself", [configuration(GATE)], [scope()], [canary(RETRIED)], "moving"],
  ["a canary that waits for a person", [configuration(GATE)], [scope()], [canary(FINAL)], "waits"],
  ["a canary whose group nobody makes", [configuration(GATE)], [scope()], [canary(WITHOUT_GROUP)], "waits"],
  ["a quarantine that nobody lifts", [configuration(STALLED)], [scope(WAITING_FOR_ROOT)], [canary(RETRIED)], "waits"],
  ["groups that come in, whatever the job does", [configuration(STALLED)], [scope(ADDING)], [canary()], "moving"],
  [
    "a configuration that is going",
    [configuration(READY, { deletionTimestamp: "2026-11-01T00:00:00Z" })],
    [],
    [],
    "moving",
  ],
])("%s", (_sentence, configurations, scopes, tests, kind) => {
  expect(entraRestOf({ configurations, scopes, tests }, false)?.kind).toBe(kind);
});

test("without hosts a canary can only wait", () => {
  const objects = { configurations: [configuration(GATE)], scopes: [scope()], tests: [canary(RETRIED)] };
  expect(entraRestOf(objects, true)?.kind).toBe("waits");
});
