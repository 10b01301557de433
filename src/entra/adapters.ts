/**
 * Builds the Entra side of the operator from its options: every port, one caller, one set of buckets and tokens.
 * Guarantees: nothing is called, and no vendor package loaded, before a port is asked; `close` ends every wait. Never: reads the environment.
 */
import type { Clock, Dice } from "../runtime/clock.ts";
import type { EntraEndpointSettings } from "../runtime/entra-clouds.ts";
import { entraEndpoints } from "../runtime/entra-clouds.ts";
import type { Log } from "../runtime/log.ts";
import type { SecretReader, ServiceAccountTokens } from "./access/cluster.ts";
import type { EntraCloud } from "./access/port.ts";
import type { EntraIdentityGrant } from "./access/resolve.ts";
import { accessResolver } from "./access/resolve.ts";
import { accessTokens } from "./access/tokens.ts";
import { graphApplications } from "./applications/graph.ts";
import { graphAssignments } from "./assignments/graph.ts";
import { graphCaller } from "./call/caller.ts";
import { recentCreations } from "./call/creations.ts";
import type { GraphClient } from "./call/graph-client.ts";
import { graphClient } from "./call/graph-client.ts";
import type { GraphMetrics } from "./call/metrics.ts";
import { NO_GRAPH_METRICS } from "./call/metrics.ts";
import { rateLimiter } from "./call/rate-limiter.ts";
import type { GraphRates } from "./call/rate-limits.ts";
import { DEFAULT_GRAPH_RATES, rateLimits } from "./call/rate-limits.ts";
import type { EntraPorts } from "./entra-port.ts";
import { graphGroups } from "./groups/graph.ts";
import { graphJobs } from "./jobs/graph.ts";
import { graphOnDemand } from "./on-demand/graph.ts";
import { graphProvisioningLog } from "./provisioning-log/graph.ts";
import { graphSchema } from "./schema/graph.ts";
import type { LoadEntraSDKs } from "./sdks.ts";
import { loadEntraSDKs } from "./sdks.ts";
import { graphSecrets } from "./secrets/graph.ts";
import { graphTenant } from "./tenant/graph.ts";
import type { EntraTransport } from "./transport.ts";

export interface EntraOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly log: Log;
  /** Belongs to whoever gave it: `close` leaves it open. */
  readonly transport: EntraTransport;
  /** Endpoints of the process; absent = the vendor's. */
  readonly endpoints: EntraEndpointSettings;
  readonly grants: readonly EntraIdentityGrant[];
  readonly serviceAccounts: ServiceAccountTokens;
  readonly secrets: SecretReader;
  /** The operator's own federated token, read anew for each use; absent = it has none. */
  readonly operatorAssertion?: (() => Promise<string>) | undefined;
  /** Whether a write may leave now: only the leader's. */
  readonly mayWrite: () => boolean;
  readonly metrics?: GraphMetrics;
  readonly rates?: GraphRates;
  /** Default: loaded when first needed. */
  readonly loadSDKs?: LoadEntraSDKs;
}

export interface Entra extends EntraPorts {
  close(): void;
}

export function createEntra(options: EntraOptions): Entra {
  const { clock, dice, transport, loadSDKs = loadEntraSDKs, metrics = NO_GRAPH_METRICS } = options;
  const closing = new AbortController();
  const endpointsOf = (cloud: EntraCloud) => entraEndpoints(cloud, options.endpoints);
  const tokens = accessTokens({ ...options, loadSDKs, endpointsOf, closed: closing.signal });
  const limiter = rateLimiter(clock, dice, rateLimits(options.rates ?? DEFAULT_GRAPH_RATES));
  const creations = recentCreations(clock);
  const clients = new Map<string, GraphClient>();
  const clientOf = (cloud: EntraCloud): GraphClient => {
    const origin = endpointsOf(cloud).graph;
    const client = clients.get(origin) ?? graphClient(origin, transport, loadSDKs);
    clients.set(origin, client);
    return client;
  };
  const caller = graphCaller({ ...options, metrics, limiter, tokens, creations, graph: clientOf });
  const calls = {
    caller,
    creations,
    originOf: ({ access }: { readonly access: { readonly cloud: EntraCloud } }) => endpointsOf(access.cloud).graph,
  };
  return {
    access: {
      resolve: accessResolver(options.grants),
      token: (access, freshness, signal) => tokens.token(access, freshness, signal),
    },
    applications: graphApplications(calls),
    jobs: graphJobs(calls),
    secrets: graphSecrets(calls),
    schema: graphSchema(calls),
    assignments: graphAssignments(calls),
    groups: graphGroups(calls),
    onDemand: graphOnDemand(calls),
    provisioningLog: graphProvisioningLog(calls),
    tenant: graphTenant(calls),
    close() {
      closing.abort();
      limiter.close();
    },
  };
}
