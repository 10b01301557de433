/**
 * The Graph side of one world, put together, still without sockets.
 * Guarantees: the same layout, seed, clock and requests give the same answers; the contract is read at the first call, not before.
 */
import type { TokenBuckets } from "../core/buckets.ts";
import type { CallLog } from "../core/call-log.ts";
import type { WorldClock, WorldDice } from "../core/clock.ts";
import { seededDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { FaultTable } from "../core/faults.ts";
import { uuidFrom } from "../entra/ids.ts";
import { permissionID } from "../entra/permissions.ts";
import type { WireOutcome } from "../http/wire.ts";
import type { TenantsLayout } from "../layout/tenants.ts";
import { AccessTokens } from "./access-tokens.ts";
import { BATCH_OPERATIONS } from "./batch.ts";
import { CLOUDS } from "./clouds.ts";
import { GraphContract } from "./contract/contract.ts";
import { graphFront } from "./front.ts";
import { ContractGate } from "./gate.ts";
import { TOKEN_SECONDS } from "./login/tokens.ts";
import type { AgentRecord } from "../core/guests.ts";
import type { GraphOperation } from "./operation.ts";
import { operationTable } from "./operation.ts";
import { AGENT_OPERATIONS } from "./operations/agents.ts";
import { APPLICATION_OPERATIONS } from "./operations/applications.ts";
import { ASSIGNMENT_OPERATIONS } from "./operations/assignments.ts";
import { DELETED_ITEM_OPERATIONS } from "./operations/deleted-items.ts";
import { GROUP_OPERATIONS } from "./operations/groups.ts";
import { TENANT_OPERATIONS } from "./operations/tenant.ts";
import type { WorldTenant } from "./tenant.ts";
import { worldTenant } from "./tenant.ts";
import { GraphThrottle } from "./throttle.ts";
import type { GraphRequest } from "./wire.ts";

export interface GraphParts {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly delays: Delays;
  readonly faults: FaultTable;
  readonly log: CallLog;
  readonly buckets: TokenBuckets;
  readonly agents: (tenantID: string) => readonly AgentRecord[];
  /** Read once for many worlds; each world reads it itself when absent. */
  readonly contract?: GraphContract;
}

export interface GraphWorld {
  readonly tenants: ReadonlyMap<string, WorldTenant>;
  readonly gate: ContractGate;
  /** Origins at which this world is served, beside the vendor's. */
  readonly servedOrigins: Set<string>;
  /** Answers one request to Graph or to a login authority, in process. Never rejects. */
  handle(request: GraphRequest): Promise<WireOutcome>;
  /** A token of a signed-in person, which no endpoint of this world gives. @throws RangeError for an unknown tenant */
  delegatedToken(tenantID: string, scopes: readonly string[]): string;
}

/** What other folders of the world add to Graph, made once the tenants are there. */
export type MoreOperations = (tenants: ReadonlyMap<string, WorldTenant>) => readonly GraphOperation[];

export function graphWorld(
  { tenants: layouts }: TenantsLayout,
  parts: GraphParts,
  more: MoreOperations = () => [],
): GraphWorld {
  const { clock, seed, agents, buckets } = parts;
  const dice = seededDice(seed + 5);
  const tenants = new Map(
    layouts.map((layout, index): readonly [string, WorldTenant] => {
      const own = seededDice(seed + 1_000 * (index + 1));
      return [layout.tenantID, worldTenant(layout, { clock, dice: own, agents })];
    }),
  );
  const gate = new ContractGate();
  const tokens = new AccessTokens(seed);
  const servedOrigins = new Set<string>();
  let contract = parts.contract;
  const handle = graphFront({
    ...parts,
    dice,
    tenants,
    gate,
    tokens,
    servedOrigins,
    contract: () => (contract ??= new GraphContract()),
    throttle: new GraphThrottle(clock),
    isThrottling: () => buckets.isOn,
    newRequestID: requestIDs(seededDice(seed + 6)),
    operations: operationTable(
      BATCH_OPERATIONS,
      APPLICATION_OPERATIONS,
      ASSIGNMENT_OPERATIONS,
      GROUP_OPERATIONS,
      TENANT_OPERATIONS,
      DELETED_ITEM_OPERATIONS,
      AGENT_OPERATIONS,
      more(tenants),
    ),
  });
  return { tenants, gate, servedOrigins, handle, delegatedToken: delegatedTokens(tokens, tenants, clock) };
}

function requestIDs(dice: WorldDice): () => string {
  return () => uuidFrom(dice);
}

function delegatedTokens(
  tokens: AccessTokens,
  tenants: ReadonlyMap<string, WorldTenant>,
  clock: WorldClock,
): GraphWorld["delegatedToken"] {
  return (tenantID, scopes) => {
    const tenant = tenants.get(tenantID);
    if (tenant === undefined) throw new RangeError(`there is no tenant ${tenantID}`);
    const issuedSeconds = Math.floor(clock.nowMs() / 1_000);
    return tokens.sign({
      aud: CLOUDS[tenant.cloud].graph,
      iss: `https://sts.windows.net/${tenantID}/`,
      iat: issuedSeconds,
      nbf: issuedSeconds,
      exp: issuedSeconds + TOKEN_SECONDS,
      appid: permissionID("a person's tool"),
      idtyp: "user",
      oid: "",
      sub: "",
      tid: tenantID,
      ver: "1.0",
      scp: scopes.join(" "),
      uti: "delegated",
    });
  };
}
