import type { InstanceId } from "../instances/port.ts";
import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { Answer } from "../testing/fake-transport.ts";
import { ec2Answer, ec2Error } from "../testing/fake-transport.ts";
import type { AwsMetrics } from "./metrics.ts";
import { DEFAULT_CALL_RATES } from "./rate-limits.ts";

const ID = "i-0123456789abcdef0" as InstanceId;
const OK = ec2Answer("TerminateInstances", "<instancesSet/>");
const NO_INSTANCE = ec2Answer("DescribeInstances", "<reservationSet/>");
const ONE_IN_20_S = { ...DEFAULT_CALL_RATES, terminateInstances: { burst: 1, perSecond: 0.05 } };

function recorder(): { readonly lines: string[]; readonly metrics: AwsMetrics } {
  const lines: string[] = [];
  return {
    lines,
    metrics: {
      requestEnded: ({ service, op }, code, seconds) => lines.push(`${service} ${op} ${code} ${seconds}`),
      throttled: ({ op }) => lines.push(`throttled ${op}`),
      bucketWaited: ({ op }, seconds) => lines.push(`waited ${op} ${seconds}`),
    },
  };
}

test("a call beyond the own rate limit is not sent, and says when there is room", async () => {
  const { aws, transport } = fakeAws(() => OK, { rates: ONE_IN_20_S });
  expect(await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "done" });
  expect(await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED)).toMatchObject({
    kind: "refused",
    failure: { class: "Throttled", reason: "OwnRateLimit", retryAfterMs: 20_000 },
  });
  expect(transport.seen).toHaveLength(1);
});

test("buckets are shared by identities of one account and Region, and apart for another Region", async () => {
  const { aws } = fakeAws(() => OK, { rates: ONE_IN_20_S });
  await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  const elsewhere = { ...SCOPE, region: "eu-central-1" };
  expect(await aws.instances.terminate(elsewhere, ID, NEVER_ABORTED)).toEqual({ kind: "done" });
});

test("a pass that ends while it waits for a permit has sent nothing", async () => {
  const rates = { ...DEFAULT_CALL_RATES, terminateInstances: { burst: 1, perSecond: 0.2 } };
  const { aws, transport } = fakeAws(() => OK, { rates });
  await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  const pass = new AbortController();
  const waiting = aws.instances.terminate(SCOPE, ID, pass.signal);
  pass.abort();
  expect(await waiting).toMatchObject({ kind: "refused", failure: { class: "Transient", reason: "Cancelled" } });
  expect(transport.seen).toHaveLength(1);
});

test("a process that lost the lead while it waited for a permit sends no write; reads go on", async () => {
  const rates = { ...DEFAULT_CALL_RATES, terminateInstances: { burst: 1, perSecond: 0.2 } };
  let isLeading = true;
  const { aws, clock, transport } = fakeAws(
    ({ operation }) => (operation === "TerminateInstances" ? OK : NO_INSTANCE),
    {
      rates,
      mayWrite: () => isLeading,
    },
  );
  await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  const waiting = aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  isLeading = false;
  await clock.advance(5_000);
  expect(await waiting).toMatchObject({ kind: "refused", failure: { class: "Transient", reason: "NotLeading" } });
  expect(transport.seen).toHaveLength(1);
  expect(await aws.instances.confirm(SCOPE, ID, NEVER_ABORTED)).toEqual({ kind: "missing" });
});

test("a pass that ends after the request left does not know what became of it", async () => {
  const { aws, clock } = fakeAws(() => "never");
  const pass = new AbortController();
  const pending = aws.instances.terminate(SCOPE, ID, pass.signal);
  await clock.settle();
  pass.abort();
  expect(await pending).toMatchObject({ kind: "unknown", failure: { class: "UnknownOutcome" } });
});

test("throttles in a row pause longer and longer, and the count starts anew after an answer", async () => {
  const answers: Answer[] = [
    ec2Error("RequestLimitExceeded", "", 503),
    ec2Error("RequestLimitExceeded", "", 503),
    OK,
    ec2Error("RequestLimitExceeded", "", 503),
  ];
  const { aws, clock } = fakeAws(() => answers.shift() ?? OK);
  const pausesMs: (number | undefined)[] = [];
  for (let count = 0; count < 4; count += 1) {
    const outcome = await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
    pausesMs.push(outcome.kind === "refused" ? outcome.failure.retryAfterMs : undefined);
    await clock.advance(10_000);
  }
  expect(pausesMs).toEqual([750, 1_500, undefined, 750]);
});

test("requests, throttles and waits are counted by operation and code", async () => {
  const answers: Answer[] = [
    OK,
    ec2Error("RequestLimitExceeded", "", 503, { "retry-after": "2" }),
    ec2Error("Made.Up"),
  ];
  const { lines, metrics } = recorder();
  const { aws, clock } = fakeAws(() => answers.shift() ?? OK, { metrics });
  await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  await aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  const waiting = aws.instances.terminate(SCOPE, ID, NEVER_ABORTED);
  await clock.advance(2_000);
  await waiting;
  expect(lines).toEqual([
    "ec2 TerminateInstances OK 0",
    "ec2 TerminateInstances RequestLimitExceeded 0",
    "throttled TerminateInstances",
    "waited TerminateInstances 2",
    "ec2 TerminateInstances Unlisted 0",
  ]);
});
