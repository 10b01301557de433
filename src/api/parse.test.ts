/** The edge: typed values out, or sentences that name the field. */
import { parseAgent, parsePool, parseTenant } from "./parse.ts";

const POOL = {
  apiVersion: "cloudsync.dev/v1alpha1",
  kind: "CloudSyncAgentPool",
  metadata: {
    name: "tokyo",
    namespace: "identity",
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2026-11-22T00:00:00Z",
  },
  spec: {
    tenantRef: { name: "contoso" },
    domainRef: { name: "corp" },
    aws: { region: "ap-northeast-1", subnetIDs: ["subnet-0a"], securityGroupIDs: ["sg-0"], instanceProfile: "p" },
    agent: { installer: { name: "provisioning-1.1.2505" } },
  },
};
const disruption = { agentUID: "a", agentName: "tokyo-0-1", kind: "Replace", since: "2026-11-22T00:00:00Z" };

test("a pool has its defaults, its metadata as it was, and an empty status before the first write", () => {
  const parsed = parsePool(POOL);
  expect(parsed).toMatchObject({
    kind: "parsed",
    object: { spec: { replicas: 3, rollout: { maxSurge: 1 } }, status: {} },
  });
  if (parsed.kind === "parsed") expect(parsed.object.metadata).toBe(POOL.metadata);
});

test("a member of a newer schema is dropped, the rest is kept", () => {
  const parsed = parsePool({ ...POOL, spec: { ...POOL.spec, fromTheFuture: { x: 1 } } });
  expect(parsed).toMatchObject({ kind: "parsed" });
  if (parsed.kind === "parsed") expect(parsed.object.spec).not.toHaveProperty("fromTheFuture");
});

test("an unknown word becomes Unknown where the type allows it, and the argument stays as it was", () => {
  const status = Object.freeze({ disruption: Object.freeze({ ...disruption, kind: "Teleport" }) });
  expect(parsePool({ ...POOL, status })).toMatchObject({
    kind: "parsed",
    object: { status: { disruption: { kind: "Unknown" } } },
  });
  expect(status.disruption.kind).toBe("Teleport");
});

test("an unknown word where the type has no Unknown is a sentence", () => {
  const parsed = parsePool({ ...POOL, spec: { ...POOL.spec, mode: "Sometimes" } });
  expect(parsed).toMatchObject({ kind: "invalid" });
  if (parsed.kind === "invalid") expect(parsed.problems).toEqual([expect.stringMatching(/^spec\.mode: /)]);
});

test("a number where a word belongs is not taken for an unknown word", () => {
  expect(parsePool({ ...POOL, status: { disruption: { ...disruption, kind: 7 } } })).toMatchObject({ kind: "invalid" });
});

test("problems are named by field and bounded", () => {
  const parsed = parsePool({ ...POOL, spec: { aws: { subnetIDs: Array.from({ length: 16 }, () => "nonsense") } } });
  expect(parsed.kind).toBe("invalid");
  if (parsed.kind !== "invalid") return;
  expect(parsed.problems.length).toBeLessThanOrEqual(10);
  expect(parsed.problems[0]).toMatch(/^spec\.tenantRef: /);
});

const strangers: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["a text", "pool"],
  ["an object without metadata", { apiVersion: "v1", kind: "CloudSyncAgentPool" }],
  ["another kind", { ...POOL, kind: "CloudSyncAgent" }],
];
test.each(strangers)("%s is invalid, never an exception", (_sentence, object) => {
  for (const parse of [parseTenant, parsePool]) {
    if (object !== POOL) expect(parse(object).kind).toBe("invalid");
  }
});

test("an agent without a template names the field", () => {
  const parsed = parseAgent({ ...POOL, kind: "CloudSyncAgent", spec: {} });
  if (parsed.kind === "invalid") expect(parsed.problems.join("\n")).toMatch(/spec\.template: /);
  expect(parsed.kind).toBe("invalid");
});
