/**
 * The lives in which each action of the operator policy is needed, to see what a fleet says when it is missing. Data only.
 * A row that the policy has no action for, and an action without a row, fail the campaign.
 */
import { created } from "../draw/lives.ts";
import type { Act, Deed, Fault, Plan } from "../run/plan.ts";

const ONE = { replicas: 1, registration: "Credential" } as const;
const DAY_MS = 24 * 3_600_000;
const FLEET_ROLE = "arn:aws:iam::111122223333:role/cloudsync-fleet";

/** A fleet of one host is created: what is needed for that is missed at once. */
const CREATED = life({});

/** Its host is set up under a profile that is then replaced. */
const BOOTSTRAPPED = life({
  pool: { spec: { aws: { instanceProfile: "cloudsync-runtime", bootstrapInstanceProfile: "cloudsync-agent" } } },
});

export const LIVES_BY_ACTION: Readonly<Record<string, Plan>> = {
  "ec2:DescribeInstances": CREATED,
  "ec2:DescribeSubnets": CREATED,
  "ec2:DescribeImages": CREATED,
  "ec2:RunInstances": CREATED,
  "ec2:CreateTags": CREATED,
  "iam:PassRole": CREATED,
  "ssm:GetParameter": CREATED,
  "ssm:DescribeInstanceInformation": CREATED,
  "ssm:SendCommand": CREATED,
  "ssm:ListCommandInvocations": CREATED,
  // The answer to the first command is lost: it is looked for before it is sent again.
  "ssm:ListCommands": life({
    faults: [onCloud({ action: "SendCommand", times: 1, effect: { kind: "lostResponse" } })],
  }),
  // A step prints errors: the list shows them mixed with its result.
  "ssm:GetCommandInvocation": life({
    faults: [onCloud({ service: "host", action: "Preflight", effect: { kind: "hostExit", exitCode: 1 } })],
  }),
  // A step goes on beyond its deadline.
  "ssm:CancelCommand": life({
    faults: [onCloud({ service: "host", action: "Preflight", effect: { kind: "hostSlow", delayMs: DAY_MS } })],
  }),
  "ec2:ModifyInstanceAttribute": life({ deed: { kind: "deletePool", propagation: "Background" } }),
  "ec2:TerminateInstances": life({ deed: { kind: "deletePool", propagation: "Background" } }),
  "ec2:DescribeIamInstanceProfileAssociations": BOOTSTRAPPED,
  "ec2:ReplaceIamInstanceProfileAssociation": BOOTSTRAPPED,
  // A document was changed by hand: what is served is looked at, to say so.
  "ssm:DescribeDocument": life({ before: { kind: "document", step: "Preflight", action: "change" } }),
  "sts:AssumeRole": life({ pool: { spec: { aws: { assumeRole: { roleARN: FLEET_ROLE } } } } }),
};

/** `before`: what happened before the fleet is asked for; `deed`: what a person does once it is there. */
function life({
  before,
  deed,
  faults = [],
  pool = {},
}: Partial<Pick<Plan, "faults" | "pool">> & { readonly before?: Deed; readonly deed?: Deed }): Plan {
  const acts: readonly Act[] = [
    ...(before === undefined ? [] : [{ afterMs: 0, isSettledFirst: false, deed: before }]),
    ...created(ONE),
    ...(deed === undefined ? [] : [{ afterMs: 60_000, isSettledFirst: true, deed }]),
  ];
  const spec = { replicas: 1, ...(pool["spec"] as object | undefined) };
  return { seed: 1, pool: { spec }, flags: [], delays: "real", operators: 1, acts, faults, strikes: [] };
}

function onCloud(rule: Extract<Fault, { on: "cloud" }>["rule"]): Fault {
  return { on: "cloud", fromMs: 0, forMs: DAY_MS, rule };
}
