import { isVendorEndpoint } from "./vendor-endpoint.ts";

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
];
for (const [url, isVendor] of urls) {
  test(`${url} is ${isVendor ? "" : "not "}the vendor's endpoint of EC2`, () =>
    expect(isVendorEndpoint("ec2", new URL(url))).toBe(isVendor));
}
