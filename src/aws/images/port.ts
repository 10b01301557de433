/** Resolves the image of a rollout: once, then it is recorded (images behind the public parameters change every month). */
import type { Failure } from "../../runtime/failure.ts";
import type { AwsScope } from "../scope/port.ts";

/** `ownerAlias` is EC2's ImageOwnerAlias ("amazon") or undefined; `ownerID` the account. */
export type ImageReading =
  | {
      readonly kind: "read";
      readonly imageID: string;
      readonly ownerID: string;
      readonly ownerAlias: string | undefined;
    }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface ImagePort {
  /** By public SSM parameter (GetParameter, then DescribeImages) or by id (DescribeImages). Cached 24 h by query. */
  resolve(
    scope: AwsScope,
    query: { readonly ssmParameter: string } | { readonly imageID: string },
    signal: AbortSignal,
  ): Promise<ImageReading>;
}
