/** The operator's Entra side in front of a world of the same process, on the world's clock. Only tests import this file. */
import type { VirtualClock } from "../../../sim/src/core/clock.ts";
import { OPERATOR, SCOPE, TENANT_ID } from "../../../sim/src/graph/test-desk.ts";
import type { GraphRequest } from "../../../sim/src/graph/wire.ts";
import type { WireOutcome } from "../../../sim/src/http/wire.ts";
import type { SecretReader } from "../../../src/entra/access/cluster.ts";
import type { EntraAccess } from "../../../src/entra/access/port.ts";
import type { Entra } from "../../../src/entra/adapters.ts";
import { createEntra } from "../../../src/entra/adapters.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { worldTransport } from "./world-transport.ts";

/** What the public cloud's Entra-to-AD configurations call the role of a scope assignment (entra-graph reference, 1). */
export const SCOPE_ROLE = "1a0abf4d-b9fa-4512-a3a2-51ee82c6fd9f";

export interface WorldEntraOptions {
  readonly clock: VirtualClock;
  readonly handle: (request: GraphRequest) => Promise<WireOutcome>;
  /** {@link NAMED_SECRETS} when absent. */
  readonly secrets?: SecretReader;
}

/** The Secret's name is what it holds. */
const NAMED_SECRETS: SecretReader = {
  read: ({ name }) => Promise.resolve({ kind: "found", values: { "client-secret": name } }),
};

export function worldEntra({ clock: world, handle, secrets = NAMED_SECRETS }: WorldEntraOptions): {
  readonly entra: Entra;
  readonly clock: Clock;
} {
  const startMs = world.nowMs();
  const clock: Clock = {
    nowMs: () => world.nowMs(),
    monotonicMs: () => world.nowMs() - startMs,
    schedule: (delayMs, callback) => world.schedule(delayMs, callback),
  };
  const entra = createEntra({
    clock,
    dice: () => 0.5,
    log: silentLog,
    transport: worldTransport(handle),
    endpoints: {},
    grants: [],
    serviceAccounts: { token: () => Promise.reject(new Error("no service accounts here")) },
    secrets,
    mayWrite: () => true,
  });
  return { entra, clock };
}

const accessBy = (clientID: string, secretName: string): EntraAccess => ({
  cloud: "Public",
  tenantID: TENANT_ID,
  clientID,
  proof: { kind: "secret", namespace: "identity", secretNames: [secretName] },
});
/** The default layout's two applications, each by its secret. */
export const ACCESS = accessBy(OPERATOR, "world-operator-secret");
export const SCOPE_ACCESS = accessBy(SCOPE, "world-scope-secret");
