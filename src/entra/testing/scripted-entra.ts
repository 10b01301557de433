/** The whole Entra side on a manual clock and a scripted transport, as tests use it. */
import { fakeClock } from "../../../test/support/fake-clock.ts";
import type { FakeClock } from "../../../test/support/fake-clock.ts";
import type { SecretReading } from "../access/cluster.ts";
import type { EntraAccess } from "../access/port.ts";
import type { Entra, EntraOptions } from "../adapters.ts";
import { createEntra } from "../adapters.ts";
import { silentLog } from "../../runtime/log.ts";
import type { Answer, Script, ScriptedTransport, SeenRequest } from "./scripted-transport.ts";
import { scriptedTransport } from "./scripted-transport.ts";

export const TENANT_ID = "11111111-1111-4111-8111-111111111111";
export const CLIENT_ID = "22222222-2222-4222-8222-222222222222";
export const ACCESS: EntraAccess = {
  cloud: "Public",
  tenantID: TENANT_ID,
  clientID: CLIENT_ID,
  proof: { kind: "secret", namespace: "team-a", secretNames: ["entra"] },
};
export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

export interface ScriptedEntra {
  readonly entra: Entra;
  readonly clock: FakeClock;
  readonly transport: ScriptedTransport;
}

export function scriptedEntra(
  script: Script | ((request: SeenRequest) => Answer),
  options: Partial<EntraOptions> = {},
): ScriptedEntra {
  const clock = fakeClock();
  const transport = scriptedTransport(typeof script === "function" ? { graph: script } : script);
  const entra = createEntra({
    clock,
    dice: () => 0.5,
    log: silentLog,
    transport,
    endpoints: {},
    grants: [],
    serviceAccounts: { token: () => Promise.resolve({ kind: "issued", token: "cluster-jwt", expiresAtMs: 0 }) },
    secrets: { read: () => Promise.resolve(secretOf({ "client-secret": "s3cr3t" })) },
    mayWrite: () => true,
    ...options,
  });
  return { entra, clock, transport };
}

export function secretOf(values: Readonly<Record<string, string>>): SecretReading {
  return { kind: "found", values };
}
