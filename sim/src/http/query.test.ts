import { readQuery } from "./query.ts";

test("flat parameters become the input that the SDK's user wrote", () => {
  const body =
    "Filter.1.Name=tag%3Aa&Filter.1.Value.2=y&Filter.1.Value.1=x&InstanceId.1=i-1&InstanceId.10=i-10&InstanceId.2=i-2" +
    "&NetworkInterface.1.SecurityGroupId.1=sg-1&SecurityGroupId.1=sg-2&DisableApiTermination.Value=false&MinCount=1";
  expect(readQuery(body)).toEqual({
    Filters: [{ Name: "tag:a", Values: ["x", "y"] }],
    InstanceIds: ["i-1", "i-2", "i-10"],
    NetworkInterfaces: [{ Groups: ["sg-1"] }],
    SecurityGroupIds: ["sg-2"],
    DisableApiTermination: { Value: "false" },
    MinCount: "1",
  });
});

test("names that cannot be a tree are refused", () => {
  expect(() => readQuery("A=1&A.B=2")).toThrow("two shapes");
  expect(() => readQuery(`${"A.".repeat(11)}B=1`)).toThrow("nested too deep");
});

test("a name such as __proto__ is a name like any other", () => {
  readQuery("__proto__.polluted=yes");
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});
