/**
 * Whose identity reaches AWS: a namespace's own service account, or a role that was granted to it; and what a stopped host costs.
 * Guarantees: the principal of each call is read in the world's log; the world's STS reads the token and compares the external id.
 */
import type { CallLogEntry } from "../../../sim/src/core/call-log.ts";
import { identitiesFor } from "../../../sim/src/layout/identities.ts";
import { EXAMPLE_ACCOUNT_ID } from "../../support/operator.ts";
import { conditionOf, isReady } from "../../support/stack-api.ts";
import { FLEET_SERVICE_ACCOUNT } from "../../support/stack-cluster.ts";
import type { Stack } from "../../support/stack.ts";
import { assertTruth } from "../../support/truth.ts";
import * as fleets from "./fleets.ts";
import { recordHistory } from "./history.ts";

const OWN_ACCOUNT = 0;
const ASSUMED = 1;
const NOT_TRUSTED = 2;
const STOPPED = 3;

const ROLE = `arn:aws:iam::${EXAMPLE_ACCOUNT_ID}:role/cloudsync-fleet`;
/** The role trusts one namespace of the stack: external ids are `<owner-id>/<namespace>`. */
const TRUSTED = `*/fleet-*-${ASSUMED}`;
const OWNER_ID = "identity-test";

let stack: Stack;
let since: number;
const namespaceAt = (index: number): string => stack.namespaces[index] ?? "";

beforeAll(async () => {
  const iam = identitiesFor(OWNER_ID);
  const roles = iam.roles.map((role) =>
    role.arn === ROLE ? { ...role, trust: { ...role.trust, externalID: TRUSTED } } : role,
  );
  stack = await fleets.startFleets({ namespaces: 4, ownerID: OWNER_ID, layout: { iam: { ...iam, roles } } });
  since = await fleets.mark(stack);
  stack.startOperator({
    grants: [
      { namespace: namespaceAt(ASSUMED), accountID: EXAMPLE_ACCOUNT_ID, roleARN: ROLE },
      { namespace: namespaceAt(NOT_TRUSTED), accountID: EXAMPLE_ACCOUNT_ID, roleARN: ROLE },
      { namespace: namespaceAt(STOPPED), accountID: EXAMPLE_ACCOUNT_ID },
    ],
  });
  const own = { spec: { aws: { serviceAccountRef: { name: FLEET_SERVICE_ACCOUNT } } } };
  const assumed = { spec: { aws: { assumeRole: { roleARN: ROLE } } } };
  await stack.apply([
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        name: FLEET_SERVICE_ACCOUNT,
        namespace: namespaceAt(OWN_ACCOUNT),
        annotations: { "eks.amazonaws.com/role-arn": `arn:aws:iam::${EXAMPLE_ACCOUNT_ID}:role/aws-fleet` },
      },
    },
    ...fleets.fleetOf(stack, OWN_ACCOUNT, { pool: own }),
    ...fleets.fleetOf(stack, ASSUMED, { pool: assumed }),
    ...fleets.fleetOf(stack, NOT_TRUSTED, { pool: assumed }),
    ...fleets.fleetOf(stack, STOPPED),
  ]);
}, fleets.TEST_MS);

afterEach(() => assertTruth(stack));

afterAll(async () => {
  await stack.stop();
}, fleets.TEST_MS);

/** The launch of the host that serves a namespace's pool. */
async function launchOf(index: number): Promise<CallLogEntry | undefined> {
  const [host] = await fleets.liveHostsOf(stack, namespaceAt(index));
  const launches = await fleets.callsSince(stack, since, "RunInstances");
  return launches.find(({ facts }) => facts.clientToken?.[0] === host?.clientToken);
}

test(
  "a pool acts as its namespace's own service account, whose token STS takes",
  async () => {
    await stack.untilReady(1, { namespace: namespaceAt(OWN_ACCOUNT), timeoutMs: fleets.SETUP_MS });
    expect((await launchOf(OWN_ACCOUNT))?.principalARN).toMatch(/:assumed-role\/aws-fleet\//);
    const signIns = await fleets.callsSince(stack, since, "AssumeRoleWithWebIdentity");
    expect(signIns.map(({ outcome }) => outcome)).toEqual(["ok"]);
  },
  fleets.TEST_MS,
);

test(
  "a granted role is assumed under the namespace's external id; one that trusts another namespace refuses it",
  async () => {
    await stack.untilReady(1, { namespace: namespaceAt(ASSUMED), timeoutMs: fleets.SETUP_MS });
    expect((await launchOf(ASSUMED))?.principalARN).toMatch(/:assumed-role\/cloudsync-fleet\//);
    const pool = await fleets.until(stack, ["pools", namespaceAt(NOT_TRUSTED)], { Stalled: "True/AssumeRoleDenied" });
    expect(conditionOf(pool, "Stalled")?.message).toContain(`"${stack.ownerID}/${namespaceAt(NOT_TRUSTED)}"`);
    expect(await fleets.hostsOf(stack, namespaceAt(NOT_TRUSTED))).toEqual([]);
  },
  fleets.TEST_MS,
);

test(
  "a stopped host is replaced by surge: it goes only after its successor is Ready",
  async () => {
    const namespace = namespaceAt(STOPPED);
    const [stopped] = await stack.untilReady(1, { namespace, timeoutMs: fleets.SETUP_MS });
    const { name = "" } = stopped?.metadata ?? {};
    const history = await recordHistory(stack, "agents", namespace);
    await fleets.hostAction(stack, fleets.instanceOf(stopped), "stop");
    await fleets.untilGone(stack, ["agents", namespace, name]);
    await history.stop();

    const at = (matches: (change: (typeof history.changes)[number]) => boolean): number =>
      history.changes.findIndex(matches);
    const successorReady = at(({ object }) => object.metadata.name !== name && isReady(object));
    const permitted = at(({ object }) => object.metadata.name === name && object.status?.["retirement"] !== undefined);
    expect(successorReady).toBeGreaterThan(-1);
    expect(permitted).toBeGreaterThan(successorReady);
    expect(await fleets.hostState(stack, fleets.instanceOf(stopped))).toBe("terminated");
    await stack.untilReady(1, { namespace });
  },
  fleets.TEST_MS,
);
