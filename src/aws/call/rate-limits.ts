/**
 * How fast AWS may be called, as data: about half of the published rates, because other tools of the account drain the same buckets.
 * Guarantees: every operation has a bucket. Sources: EC2 Developer Guide, "Request throttling"; SSM publishes no rates (single digits per second
 * assumed, unverified), so all its reads share one rate, cut in two: polls of running commands must not starve lists and searches.
 */
import type { RateLimit } from "../../runtime/token-bucket.ts";

/** The rates a process is configured with; EC2 reads and other writes count for each action. */
export interface CallRates {
  readonly runInstances: RateLimit;
  readonly terminateInstances: RateLimit;
  readonly ec2Reads: RateLimit;
  readonly ec2Writes: RateLimit;
  readonly ssmSend: RateLimit;
  readonly ssmReads: RateLimit;
}

export const DEFAULT_CALL_RATES: CallRates = {
  runInstances: { burst: 2, perSecond: 1 },
  terminateInstances: { burst: 50, perSecond: 2.5 },
  ec2Reads: { burst: 50, perSecond: 10 },
  ec2Writes: { burst: 25, perSecond: 2.5 },
  ssmSend: { burst: 1, perSecond: 1 },
  ssmReads: { burst: 3, perSecond: 3 },
};

export type BucketName =
  | "ec2:RunInstances"
  | "ec2:TerminateInstances"
  | "ec2:ModifyInstanceAttribute"
  | "ec2:DescribeInstances"
  | "ec2:DescribeSubnets"
  | "ec2:DescribeImages"
  | "ec2:DescribeIamInstanceProfileAssociations"
  | "ec2:ReplaceIamInstanceProfileAssociation"
  | "ssm:SendCommand"
  | "ssm:CancelCommand"
  | "ssm:polls"
  | "ssm:reads"
  | "sts:AssumeRole"
  | "sts:AssumeRoleWithWebIdentity";
export type RateLimits = Readonly<Record<BucketName, RateLimit>>;

/** STS publishes no rate (unverified); sessions are cached for most of an hour. */
const STS_RATE: RateLimit = { burst: 5, perSecond: 2 };
/** The part of the SSM reads that polls may use. */
const POLL_RATIO = 2 / 3;

export function rateLimits(rates: CallRates): RateLimits {
  return {
    "ec2:RunInstances": rates.runInstances,
    "ec2:TerminateInstances": rates.terminateInstances,
    "ec2:ModifyInstanceAttribute": rates.ec2Writes,
    "ec2:DescribeInstances": rates.ec2Reads,
    "ec2:DescribeSubnets": rates.ec2Reads,
    "ec2:DescribeImages": rates.ec2Reads,
    "ec2:DescribeIamInstanceProfileAssociations": rates.ec2Reads,
    "ec2:ReplaceIamInstanceProfileAssociation": rates.ec2Writes,
    "ssm:SendCommand": rates.ssmSend,
    "ssm:CancelCommand": rates.ssmSend,
    "ssm:polls": share(rates.ssmReads, POLL_RATIO),
    "ssm:reads": share(rates.ssmReads, 1 - POLL_RATIO),
    "sts:AssumeRole": STS_RATE,
    "sts:AssumeRoleWithWebIdentity": STS_RATE,
  };
}

function share({ burst, perSecond }: RateLimit, ratio: number): RateLimit {
  return { burst: Math.max(1, Math.round(burst * ratio)), perSecond: perSecond * ratio };
}
