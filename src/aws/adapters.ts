/**
 * Builds the AWS side of the operator from its options: every port, one caller, one set of buckets, one set of clients.
 * Guarantees: nothing is called before a port is asked; `close` ends every wait and timer. Never: reads the environment.
 */
import type { Clock, Dice } from "../runtime/clock.ts";
import { awsCaller } from "./call/caller.ts";
import type { AwsMetrics } from "./call/metrics.ts";
import { NO_AWS_METRICS } from "./call/metrics.ts";
import { rateLimiter } from "./call/rate-limiter.ts";
import type { CallRates } from "./call/rate-limits.ts";
import { DEFAULT_CALL_RATES, rateLimits } from "./call/rate-limits.ts";
import type { CommandPort } from "./commands/port.ts";
import { ssmCommands } from "./commands/ssm.ts";
import { ec2Images } from "./images/ec2.ts";
import type { ImagePort } from "./images/port.ts";
import { ec2Instances } from "./instances/ec2.ts";
import type { InstancePort } from "./instances/port.ts";
import type { InventoryPort } from "./inventory/port.ts";
import { sharedInventory } from "./inventory/shared-inventory.ts";
import * as limits from "./limits.ts";
import { ec2Network } from "./network/ec2.ts";
import type { NetworkPort } from "./network/port.ts";
import type { Credentials } from "./scope/credentials.ts";
import { credentialSource } from "./scope/credentials.ts";
import { ec2Profiles } from "./profiles/ec2.ts";
import type { ProfilePort } from "./profiles/port.ts";
import type { ScopePort } from "./scope/port.ts";
import type { IdentityGrant } from "./scope/scopes.ts";
import { identityScopes } from "./scope/scopes.ts";
import type { ServiceAccountReader, ServiceAccountTokenSource } from "./scope/service-accounts.ts";
import type { ClientOptions } from "./sessions.ts";
import { awsSessions, stsClients } from "./sessions.ts";

export interface AwsOptions extends ClientOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly ownerID: string;
  readonly grants: readonly IdentityGrant[];
  readonly serviceAccounts: ServiceAccountReader;
  readonly tokens: ServiceAccountTokenSource;
  /** Where the SDK looks for the operator's own identity; any Region with an STS endpoint does. */
  readonly homeRegion: string;
  /** Whether a write may leave now: only the leader's. */
  readonly mayWrite: () => boolean;
  /** The operator's own credentials; absent = the SDK's default chain. */
  readonly operatorCredentials?: () => Promise<Credentials>;
  readonly metrics?: AwsMetrics;
  readonly rates?: CallRates;
  readonly inventoryIntervalMs?: number;
  readonly inventoryFloorMs?: number;
  readonly commandPoll?: { readonly minMs: number; readonly maxMs: number };
  readonly subnetCacheMs?: number;
}

export interface Aws {
  readonly instances: InstancePort;
  readonly inventory: InventoryPort;
  readonly commands: CommandPort;
  readonly network: NetworkPort;
  readonly images: ImagePort;
  readonly profiles: ProfilePort;
  readonly scopes: ScopePort;
  close(): void;
}

export function createAws(options: AwsOptions): Aws {
  const { clock, dice, metrics = NO_AWS_METRICS } = options;
  const closing = new AbortController();
  const limiter = rateLimiter(clock, dice, rateLimits(options.rates ?? DEFAULT_CALL_RATES));
  const caller = awsCaller({ clock, limiter, metrics, mayWrite: options.mayWrite });
  const sts = stsClients(options, options.homeRegion);
  const credentials = credentialSource({
    clock,
    caller,
    ownerID: options.ownerID,
    tokens: options.tokens,
    operator: options.operatorCredentials ?? sts.defaultChain,
    sts: sts.of,
    signal: closing.signal,
  });
  const sessions = awsSessions(options, credentials);
  const shared = {
    clock,
    dice,
    caller,
    ec2: sessions.ec2,
    ssm: sessions.ssm,
    ownerID: options.ownerID,
    closed: closing.signal,
  };
  const intervalMs = options.inventoryIntervalMs ?? limits.INVENTORY_INTERVAL_MS;
  const inventory = sharedInventory({
    ...shared,
    intervalMs,
    floorMs: options.inventoryFloorMs ?? Math.min(limits.INVENTORY_FLOOR_MS, intervalMs),
  });
  const commands = ssmCommands({
    ...shared,
    poll: options.commandPoll ?? limits.COMMAND_POLL_MS,
  });
  return {
    instances: ec2Instances(shared),
    inventory,
    commands,
    network: ec2Network({ ...shared, keepMs: options.subnetCacheMs ?? limits.NETWORK_CACHE_MS }),
    images: ec2Images(shared),
    profiles: ec2Profiles(shared),
    scopes: identityScopes({ ...shared, ...options }),
    close() {
      closing.abort();
      inventory.close();
      commands.close();
      limiter.close();
      sessions.close();
      sts.close();
    },
  };
}
