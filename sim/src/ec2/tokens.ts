/**
 * Client tokens of RunInstances (EC2 Developer Guide, "Ensuring idempotency").
 * Guarantees: same token and parameters in the same scope: the original reservation, even when terminated; other parameters: refused.
 * Scope: account and Region, and the zone when the request names a subnet or a zone: re-used with another zone a token launches anew.
 */
import { createHash } from "node:crypto";

import { ApiError } from "../core/call.ts";
import type { Input } from "../core/input.ts";
import type { Instance } from "./instance.ts";

export interface TokenScope {
  readonly accountID: string;
  readonly region: string;
  /** `undefined`: a regional token. */
  readonly availabilityZone: string | undefined;
}

export class LaunchTokens {
  readonly #launches = new Map<string, { readonly parametersHash: string; readonly instances: readonly Instance[] }>();

  /** @throws ApiError IdempotentParameterMismatch */
  original(scope: TokenScope, token: string, input: Input): readonly Instance[] | undefined {
    const launch = this.#launches.get(keyOf(scope, token));
    if (launch === undefined) return undefined;
    if (launch.parametersHash === hashOf(input)) return launch.instances;
    throw new ApiError(
      "IdempotentParameterMismatch",
      "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
    );
  }

  remember(scope: TokenScope, token: string, input: Input, instances: readonly Instance[]): void {
    this.#launches.set(keyOf(scope, token), { parametersHash: hashOf(input), instances });
  }

  /** Drops tokens all of whose instances ended so long ago. */
  forget(endedBeforeMs: number): void {
    for (const [key, { instances }] of this.#launches) {
      if (instances.every(({ terminatedAtMs }) => terminatedAtMs !== undefined && terminatedAtMs < endedBeforeMs)) {
        this.#launches.delete(key);
      }
    }
  }
}

function keyOf({ accountID, region, availabilityZone }: TokenScope, token: string): string {
  return [accountID, region, availabilityZone ?? "regional", token].join("|");
}

/** Everything but the token counts, the order of lists included. */
function hashOf(input: Input): string {
  return createHash("sha256")
    .update(canonical({ ...input, ClientToken: undefined }))
    .digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = members.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
