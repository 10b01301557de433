import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import type { Answer } from "../testing/fake-transport.ts";
import { ec2Answer, ec2Error } from "../testing/fake-transport.ts";

function subnets(...ids: readonly string[]): Answer {
  const items = ids.map(
    (id) =>
      `<item><subnetId>${id}</subnetId><vpcId>vpc-1</vpcId><availabilityZone>ap-northeast-1a</availabilityZone><availableIpAddressCount>17</availableIpAddressCount></item>`,
  );
  return ec2Answer("DescribeSubnets", `<subnetSet>${items.join("")}</subnetSet>`);
}

test("subnets are read by id, sorted, and kept for five minutes", async () => {
  const { aws, clock, transport } = fakeAws(() => subnets("subnet-b", "subnet-a"));
  const ask = () => aws.network.subnets(SCOPE, { subnetIDs: ["subnet-a", "subnet-b"] }, NEVER_ABORTED);
  expect(await ask()).toMatchObject({
    kind: "read",
    subnets: [{ subnetID: "subnet-a", vpcID: "vpc-1", availableIPAddressCount: 17 }, { subnetID: "subnet-b" }],
  });
  await clock.advance(299_000);
  await ask();
  expect(transport.seen).toHaveLength(1);
  await clock.advance(2_000);
  await ask();
  expect(transport.seen).toHaveLength(2);
});

test("one unknown id fails the reading and is named", async () => {
  const { aws } = fakeAws(() => subnets("subnet-a"));
  const reading = await aws.network.subnets(SCOPE, { subnetIDs: ["subnet-a", "subnet-z"] }, NEVER_ABORTED);
  expect(reading).toMatchObject({
    kind: "failed",
    failure: { class: "Permanent", reason: "SubnetNotFound", message: expect.stringContaining("subnet-z") as unknown },
  });
});

test("tags select by every tag; no tag selects nothing and calls nothing", async () => {
  const { aws, transport } = fakeAws(() => subnets("subnet-a"));
  await aws.network.subnets(SCOPE, { tags: { tier: "private", team: "identity" } }, NEVER_ABORTED);
  expect(transport.seen[0]?.parameters).toMatchObject({
    "Filter.1.Name": "tag:team",
    "Filter.1.Value.1": "identity",
    "Filter.2.Name": "tag:tier",
  });
  expect(await aws.network.subnets(SCOPE, { tags: {} }, NEVER_ABORTED)).toEqual({ kind: "read", subnets: [] });
  expect(transport.seen).toHaveLength(1);
});

test("a failure is kept for thirty seconds only, and one caller leaving does not end the reading of the others", async () => {
  let answer: Answer = ec2Error("InternalError", "", 500);
  const { aws, clock, transport } = fakeAws(() => answer);
  const ask = (signal: AbortSignal) => aws.network.subnets(SCOPE, { subnetIDs: ["subnet-a"] }, signal);
  const leaving = new AbortController();
  const left = ask(leaving.signal);
  const stayed = ask(NEVER_ABORTED);
  leaving.abort();
  expect(await left).toMatchObject({ kind: "failed", failure: { reason: "Cancelled" } });
  expect(await stayed).toMatchObject({ kind: "failed", failure: { reason: "ServiceUnavailable" } });
  expect(transport.seen).toHaveLength(1);
  answer = subnets("subnet-a");
  await clock.advance(30_000);
  expect(await ask(NEVER_ABORTED)).toMatchObject({ kind: "read" });
});
