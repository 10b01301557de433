/** Reads of the network that launches stand on; cached for minutes, never written. */
import type { Failure } from "../../runtime/failure.ts";
import type { AwsScope } from "../scope/port.ts";

export interface Subnet {
  readonly subnetID: string;
  readonly vpcID: string;
  readonly availabilityZone: string;
  readonly availableIPAddressCount: number;
}

export type SubnetReading =
  | { readonly kind: "read"; readonly subnets: readonly Subnet[] }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface NetworkPort {
  /** All subnets of `subnetIDs`, or all that carry every tag of `tags`; failed when one of the ids is unknown. Cached 5 min by query. */
  subnets(
    scope: AwsScope,
    query: { readonly subnetIDs: readonly string[] } | { readonly tags: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<SubnetReading>;
}
