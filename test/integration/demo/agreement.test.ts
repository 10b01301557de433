import { compareRecords, type WorldRecord } from "../../demo/agreement.ts";
import { firstFailingLink, fleetLines, fleetTable } from "../../demo/fleet-view.ts";
import type { Agent, Condition, Fleet } from "../../demo/fleet.ts";
import { journal } from "../../demo/journal.ts";
import { narrator } from "../../demo/narrator.ts";
import { costLines, kubeWrites, lengths } from "../../demo/story.ts";

const DECLARED = { dnsName: "corp.example.com", gmsaName: "gmsaCloudSync$", tenantID: "6b29fc40" };
const ID = "i-0123456789abcdef0";
const CREATED = "2026-01-01T00:00:00Z";

const condition = (type: string, status: string, reason: string, message = ""): Condition => ({
  type,
  status,
  reason,
  message,
});
const anAgent = (ready: "True" | "False", status: Partial<NonNullable<Agent["status"]>> = {}): Agent => ({
  metadata: { name: "tokyo-0-1", uid: "u1", creationTimestamp: CREATED },
  spec: { slot: 0 },
  status: {
    phase: ready === "True" ? "Ready" : "Joining",
    launch: { availabilityZone: "ap-northeast-1a" },
    instanceID: ID,
    agentVersion: "1.1.2505.0",
    conditions: [condition("Ready", ready, ready === "True" ? "Ready" : "Joining", "what is missing")],
    ...status,
  },
});
const aFleet = (agents: readonly Agent[], conditions: readonly Condition[] = []): Fleet => ({
  pool: {
    metadata: { name: "tokyo", creationTimestamp: CREATED },
    spec: { replicas: 1 },
    status: { summary: { ready: "1/1", zones: "1a:1", reason: "Ready" }, conditions },
  },
  agents,
});
type Host = WorldRecord["hosts"][number];
type Truth = NonNullable<Host["truth"]>;
const aHost = (host: Partial<Host> = {}, truth: Partial<Truth> = {}): Host =>
  ({
    instanceID: ID,
    name: "tokyo-0-1",
    state: "running",
    availabilityZone: "ap-northeast-1a",
    ...host,
    truth: {
      joinedDomain: "corp.example.com",
      registeredTenantID: "6b29fc40",
      configuredDomains: ["corp.example.com"],
      installedVersion: "1.1.2505.0",
      serviceState: "Running",
      serviceAccount: "CORP\\gmsaCloudSync$",
      frozen: false,
      ...truth,
    },
  }) as Host;
const aWorld = (...hosts: readonly Host[]): WorldRecord =>
  ({ hosts, domain: { registrationOverlaps: [] } }) as unknown as WorldRecord;

test("a Ready agent whose host the world calls running, joined, registered and configured agrees", () => {
  const { lines, disagreements } = compareRecords(aFleet([anAgent("True")]), aWorld(aHost()), DECLARED);
  expect(disagreements).toEqual([]);
  expect(lines[1]).toContain(`| ${ID}`);
});

const differing: readonly (readonly [sentence: string, host: Partial<Host>, truth: Partial<Truth>, says: string])[] = [
  ["is gone", { state: "terminated" }, {}, "state is terminated in the world"],
  ["stands in another zone", { availabilityZone: "ap-northeast-1c" }, {}, "zone is ap-northeast-1c in the world"],
  ["carries another agent's tag", { name: "tokyo-1-1" }, {}, "agent's tag is tokyo-1-1"],
  ["joined nothing", {}, { joinedDomain: null }, "joined domain is null"],
  ["is registered to another tenant", {}, { registeredTenantID: "other" }, "registered tenant is other"],
  ["is configured for nothing", {}, { configuredDomains: [] }, "configured domains is  in the world"],
  ["runs another version", {}, { installedVersion: "1.0.0.0" }, "agent version is 1.0.0.0"],
  ["has its service stopped", {}, { serviceState: "Stopped" }, "service is Stopped"],
  ["runs its service as another account", {}, { serviceAccount: "CORP\\someone" }, "service account is someone"],
  ["hangs", {}, { frozen: true }, "frozen is true"],
];
for (const [sentence, host, truth, says] of differing) {
  test(`a Ready agent whose host ${sentence} is a disagreement`, () => {
    const { disagreements } = compareRecords(aFleet([anAgent("True")]), aWorld(aHost(host, truth)), DECLARED);
    expect(disagreements).toEqual([expect.stringContaining(says)]);
  });
}

test("a live host without an agent, and an agent that is not Ready, are disagreements; a terminated host is not", () => {
  const stray = aHost({ instanceID: "i-0ffffffffffffffff", name: "tokyo-0-1" });
  const gone = aHost({ instanceID: "i-0eeeeeeeeeeeeeeee", state: "terminated" });
  const compared = (agent: Agent, ...hosts: readonly Host[]) =>
    compareRecords(aFleet([agent]), aWorld(aHost(), ...hosts), DECLARED).disagreements;
  expect(compared(anAgent("True"), stray)).toEqual([
    "i-0ffffffffffffffff (tokyo-0-1) is live in the world, and no agent has it",
  ]);
  expect(compared(anAgent("False"))).toEqual(["tokyo-0-1: is not Ready (Joining)"]);
  expect(compared(anAgent("True"), gone)).toEqual([]);
});

const failing: readonly (readonly [sentence: string, fleet: Fleet, says: string])[] = [
  [
    "a stalled pool comes before its agents",
    aFleet([anAgent("False")], [condition("Stalled", "True", "IdentityNotGranted", "grant it")]),
    "pool tokyo: IdentityNotGranted: grant it",
  ],
  [
    "an agent's first failure comes before what the pool says",
    aFleet([anAgent("False", { firstFailure: { view: "EC2", reason: "Gone", message: "replaced" } })]),
    "agent tokyo-0-1: EC2/Gone: replaced",
  ],
  [
    "an agent on its way says what it waits for",
    aFleet([anAgent("False")]),
    "agent tokyo-0-1: Joining: what is missing",
  ],
  [
    "a pool without agents says why",
    aFleet([], [condition("Ready", "False", "InventoryUnread", "not listed yet")]),
    "pool tokyo: InventoryUnread: not listed yet",
  ],
];
for (const [sentence, fleet, says] of failing) {
  test(`first failing link: ${sentence}`, () => expect(firstFailingLink(fleet)).toBe(says));
}

test("the fleet is a table with ages on a terminal and lines without ages elsewhere", () => {
  const fleet = aFleet([anAgent("True")]);
  expect(fleetTable(fleet, Date.parse(CREATED) + 7_000).at(-1)).toMatch(/tokyo-0-1 .* 7s$/);
  expect(fleetLines(fleet)).toEqual([
    "pool tokyo  1/1  1a:1  Ready",
    `agent tokyo-0-1  Ready  ap-northeast-1a  ${ID}  1.1.2505.0  -`,
  ]);
});

function shownOn(isTTY: boolean): string {
  let text = "";
  const narrated = narrator({ isTTY, columns: 80, write: (part) => (text += part) }, () => 0);
  narrated.show(["pool 0/1", "agent Joining"]);
  narrated.show(["pool 0/1", "agent Ready"]);
  narrated.leave();
  return text;
}

test("without a terminal only changed lines are written, and no control sequence", () => {
  expect(shownOn(false)).toBe("   0.0 s  pool 0/1\n   0.0 s  agent Joining\n   0.0 s  agent Ready\n");
});

test("on a terminal the table is redrawn over itself", () => {
  expect(shownOn(true)).toBe("pool 0/1\nagent Joining\n\x1b[2A\x1b[0Jpool 0/1\nagent Ready\n");
});

test("the story counts writes by verb and kind, and names how long both recoveries took", () => {
  const metrics = [
    "# HELP cloudsync_kube_writes_total writes",
    'cloudsync_kube_writes_total{verb="apply",kind="CloudSyncAgent",subresource="status",result="ok"} 7',
    'cloudsync_kube_writes_total{verb="apply",kind="CloudSyncAgent",subresource="status",result="conflict"} 1',
    'cloudsync_kube_writes_total{verb="create",kind="Event",subresource="",result="ok"} 2',
  ].join("\n");
  expect(kubeWrites(metrics)).toEqual([
    ["apply CloudSyncAgent/status", 7],
    ["apply CloudSyncAgent/status (conflict)", 1],
    ["create Event", 2],
  ]);
  const lines = costLines({
    instancesLaunched: 4,
    calls: { "ec2:RunInstances": 4, "ssm:CreateDocument": 0 },
    metrics,
  });
  expect(lines).toEqual(expect.arrayContaining(["instances launched: 4", "AWS calls: 4", "Kubernetes writes: 10"]));
  const seen = journal();
  seen.note("kubectl apply", 0);
  seen.observe(aFleet([anAgent("True")]), 30_000);
  seen.note("the world kills it", 31_000);
  seen.observe(aFleet([anAgent("False")]), 32_000);
  seen.observe(aFleet([anAgent("True")]), 50_000);
  expect(lengths(seen.moments)).toEqual(["apply to all Ready: 30.0 s", "host's death to all Ready again: 19.0 s"]);
});
