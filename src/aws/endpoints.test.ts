import { endpointsFromEnvironment, environmentFaults, isVendorEndpoint, nonstandardEndpoints } from "./endpoints.ts";

const urls: readonly (readonly [url: string, isVendor: boolean])[] = [
  ["https://ec2.ap-northeast-1.amazonaws.com", true],
  ["https://ec2.ap-northeast-1.amazonaws.com/", true],
  ["https://ec2-fips.us-gov-west-1.amazonaws.com", true],
  ["https://ec2.cn-north-1.amazonaws.com.cn", true],
  ["https://ec2.eu-central-1.api.aws", true],
  ["https://vpce-0123-abcd.ec2.eu-central-1.vpce.amazonaws.com", true],
  ["https://ec2.amazonaws.com", true],
  ["http://ec2.ap-northeast-1.amazonaws.com", false],
  ["https://ec2.ap-northeast-1.amazonaws.com:8443", false],
  ["https://user@ec2.ap-northeast-1.amazonaws.com", false],
  ["https://ec2-203-0-113-7.compute.amazonaws.com", false], // any customer's instance
  ["https://ec2.eu-central-1.elb.amazonaws.com", false], // any customer's load balancer
  ["https://ssm.ap-northeast-1.amazonaws.com", false], // another service
  ["https://ec2.ap-northeast-1.amazonaws.com.example.com", false],
  ["https://evilec2.ap-northeast-1.amazonaws.com", false],
  ["http://127.0.0.1:4566", false],
  ["nonsense", false],
];
for (const [url, isVendor] of urls) {
  test(`${url} is ${isVendor ? "" : "not "}the vendor's endpoint of EC2`, () =>
    expect(isVendorEndpoint("ec2", url)).toBe(isVendor));
}

test("endpoints come from the environment, the specific before the shared one", () => {
  const environment = {
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:2",
    AWS_ENDPOINT_URL_S3: "http://127.0.0.1:3",
  };
  expect(endpointsFromEnvironment(environment)).toEqual({
    ec2: "http://127.0.0.1:1",
    ssm: "http://127.0.0.1:2",
    sts: "http://127.0.0.1:1",
  });
  expect(endpointsFromEnvironment({ AWS_ENDPOINT_URL_EC2: " " })).toEqual({});
});

test("a foreign endpoint and static keys are refused, and allowed only together with the flag", () => {
  const environment = {
    AWS_ENDPOINT_URL_EC2: "http://127.0.0.1:1",
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: "x",
  };
  expect(environmentFaults(environment, { nonstandardEndpoints: false })).toEqual([
    expect.stringContaining("ec2=http://127.0.0.1:1"),
    expect.stringContaining("static keys"),
  ]);
  expect(environmentFaults(environment, { nonstandardEndpoints: true })).toEqual([]);
  expect(
    environmentFaults(
      { AWS_ENDPOINT_URL_EC2: "https://ec2.eu-central-1.amazonaws.com" },
      { nonstandardEndpoints: false },
    ),
  ).toEqual([]);
  expect(nonstandardEndpoints(endpointsFromEnvironment(environment))).toEqual(["ec2=http://127.0.0.1:1"]);
});
