import { fakeAws, NEVER_ABORTED, SCOPE } from "./testing/fake-aws.ts";
import { ec2Answer } from "./testing/fake-transport.ts";
import type { InstanceId } from "./instances/port.ts";

const ID = "i-0123456789abcdef0" as InstanceId;
const VARIABLE = "AWS_ENDPOINT_URL_EC2";

async function hostOf(endpoint: string | undefined): Promise<string | undefined> {
  const { aws, transport } = fakeAws(({ operation }) => ec2Answer(operation, "<reservationSet/>"), {
    endpoints: endpoint === undefined ? {} : { ec2: endpoint },
  });
  await aws.instances.confirm(SCOPE, ID, NEVER_ABORTED);
  return transport.seen[0]?.host;
}

test("clients use the endpoint they are given, and never one that the SDK finds by itself", async () => {
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = "http://sneaked.example.com";
  try {
    expect(await hostOf(undefined)).toBe("ec2.ap-northeast-1.amazonaws.com");
    expect(await hostOf("http://127.0.0.1:4566")).toBe("127.0.0.1");
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, VARIABLE);
    else process.env[VARIABLE] = before;
  }
});
