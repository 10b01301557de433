/**
 * How fast AWS may be called, as data: about half of the published rates, because other tools of the account drain the same buckets.
 * Guarantees: every operation has a bucket. Sources: EC2 Developer Guide, "Request throttling"; SSM publishes no rates (single digits per second
 * assumed, unverified), so all SSM reads share one bucket.
 */
import type { RateLimit } from "./token-bucket.ts";

export type RateLimits = Readonly<Record<string, RateLimit>>;

export const DEFAULT_RATE_LIMITS = {
  "ec2:RunInstances": { burst: 2, perSecond: 1 },
  "ec2:TerminateInstances": { burst: 50, perSecond: 2.5 },
  "ec2:ModifyInstanceAttribute": { burst: 25, perSecond: 2.5 },
  "ec2:DescribeInstances": { burst: 50, perSecond: 10 },
  "ec2:DescribeSubnets": { burst: 50, perSecond: 10 },
  "ec2:DescribeImages": { burst: 50, perSecond: 10 },
  "ssm:SendCommand": { burst: 1, perSecond: 1 },
  "ssm:CancelCommand": { burst: 1, perSecond: 1 },
  "ssm:reads": { burst: 3, perSecond: 3 },
  "sts:AssumeRole": { burst: 5, perSecond: 2 },
  "sts:AssumeRoleWithWebIdentity": { burst: 5, perSecond: 2 },
} as const satisfies RateLimits;

export type BucketName = keyof typeof DEFAULT_RATE_LIMITS;

export type RateLimitsReading =
  | { readonly kind: "read"; readonly limits: RateLimits }
  | { readonly kind: "refused"; readonly sentences: readonly string[] };

/** Reads flags of the form `ec2:RunInstances=2/1` (burst/per second) over the defaults; unknown buckets and odd numbers are refused. */
export function parseRateLimits(texts: readonly string[]): RateLimitsReading {
  const limits: Record<string, RateLimit> = { ...DEFAULT_RATE_LIMITS };
  const sentences: string[] = [];
  for (const text of texts) {
    const match = /^([a-z0-9]+:[A-Za-z]+)=(\d{1,6})\/(\d{1,6}(?:\.\d{1,3})?)$/.exec(text);
    const [, name = "", burst = "", perSecond = ""] = match ?? [];
    if (match === null || !(name in DEFAULT_RATE_LIMITS)) {
      sentences.push(
        `Rate limit "${text}" is not <bucket>=<burst>/<per second> with a bucket of ${Object.keys(DEFAULT_RATE_LIMITS).join(", ")}.`,
      );
    } else if (Number(burst) < 1 || Number(perSecond) <= 0) {
      sentences.push(`Rate limit "${text}" needs a burst of at least 1 and a rate above 0.`);
    } else {
      limits[name] = { burst: Number(burst), perSecond: Number(perSecond) };
    }
  }
  return sentences.length === 0 ? { kind: "read", limits } : { kind: "refused", sentences };
}
