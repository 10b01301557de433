/** What Directory Service answers, over its wire format (aws.md 7, and 12.3 item 7). */
import { DEFAULT_DIRECTORIES } from "../layout/directories.ts";
import { DEFAULT_IAM, DEFAULT_LAYOUT, OPERATOR_KEY } from "../layout/default.ts";
import { Desk, DIRECTORY_ID, FIRST, list, SECOND, type Answer } from "./test-desk.ts";

const [SECTION] = DEFAULT_DIRECTORIES.directories;
const MANY = Array.from({ length: 7 }, (_, index) => ({
  ...SECTION!,
  directoryID: `d-000000000${index}`,
  name: `lab${index}.example.com`,
  controllers: [],
}));

test("a directory is described with its stage, its zones and its addresses (aws.md 12.3 item 7)", async () => {
  const desk = new Desk();
  const { answer } = await desk.call("DescribeDirectories");
  expect(answer).toEqual({
    DirectoryDescriptions: [
      {
        DirectoryId: DIRECTORY_ID,
        Name: "managed.example.com",
        ShortName: "MANAGED",
        Type: "MicrosoftAD",
        Edition: "Standard",
        Alias: DIRECTORY_ID,
        AccessUrl: `${DIRECTORY_ID}.awsapps.com`,
        Stage: "Active",
        StageLastUpdatedDateTime: Date.parse("2026-06-01T08:00:00Z") / 1_000,
        LaunchTime: Date.parse("2026-06-01T08:00:00Z") / 1_000,
        DnsIpAddrs: ["10.0.3.10", "10.0.4.10"],
        VpcSettings: {
          VpcId: "vpc-0cloudsync",
          SubnetIds: ["subnet-0dira", "subnet-0dirc"],
          SecurityGroupId: "sg-0directory",
          AvailabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
        },
        DesiredNumberOfDomainControllers: 2,
        OsVersion: "SERVER_2019",
        SsoEnabled: false,
        NetworkType: "IPv4",
      },
    ],
  });
});

test("two domain controllers stand in two zones, each with its subnet and address (aws.md 12.3 item 7)", async () => {
  const controllers = await new Desk().controllers();
  expect(controllers).toMatchObject([
    {
      DirectoryId: DIRECTORY_ID,
      DomainControllerId: FIRST,
      DnsIpAddr: "10.0.3.10",
      VpcId: "vpc-0cloudsync",
      SubnetId: "subnet-0dira",
      AvailabilityZone: "ap-northeast-1a",
      Status: "Active",
    },
    { DomainControllerId: SECOND, SubnetId: "subnet-0dirc", AvailabilityZone: "ap-northeast-1c", Status: "Active" },
  ]);
  expect(controllers[0]?.["LaunchTime"]).toBe(Date.parse("2026-06-01T08:00:00Z") / 1_000);
});

const refusals: readonly (readonly [sentence: string, action: string, input: object, code: string])[] = [
  ["an empty list of ids", "DescribeDirectories", { DirectoryIds: [] }, "InvalidParameterException"],
  ["an unknown directory", "DescribeDirectories", { DirectoryIds: ["d-0123456789"] }, "EntityDoesNotExistException"],
  [
    "an unknown directory beside a known one",
    "DescribeDirectories",
    { DirectoryIds: [DIRECTORY_ID, "d-0123456789"] },
    "EntityDoesNotExistException",
  ],
  ["a malformed id", "DescribeDirectories", { DirectoryIds: ["corp"] }, "ValidationException"],
  ["a list that is none", "DescribeDirectories", { DirectoryIds: DIRECTORY_ID }, "SerializationException"],
  ["a limit below 0", "DescribeDirectories", { Limit: -1 }, "ValidationException"],
  ["a foreign token", "DescribeDirectories", { NextToken: "nonsense" }, "InvalidNextTokenException"],
  ["controllers of no directory", "DescribeDomainControllers", {}, "ValidationException"],
  [
    "controllers of an unknown directory",
    "DescribeDomainControllers",
    { DirectoryId: "d-0123456789" },
    "EntityDoesNotExistException",
  ],
  [
    "an unknown controller",
    "DescribeDomainControllers",
    { DirectoryId: DIRECTORY_ID, DomainControllerIds: ["dc-0123456789"] },
    "EntityDoesNotExistException",
  ],
  ["an action that is not modelled", "DeleteDirectory", { DirectoryId: DIRECTORY_ID }, "UnknownOperationException"],
];
for (const [sentence, action, input, code] of refusals) {
  test(`${sentence} is refused with ${code} (aws.md 7)`, async () => {
    expect(await new Desk().codeOf(action, input)).toBe(code);
  });
}

test("a refusal has its message and request id in capitals, as this service's exceptions", async () => {
  const { status, answer } = await new Desk().call("DescribeDirectories", { DirectoryIds: ["d-0123456789"] });
  expect(status).toBe(400);
  expect(Object.keys(answer)).toEqual(["__type", "Message", "RequestId"]);
});

test("controllers can be asked for one by one", async () => {
  const input = { DirectoryId: DIRECTORY_ID, DomainControllerIds: [SECOND] };
  const { answer } = await new Desk().call("DescribeDomainControllers", input);
  expect(list(answer, "DomainControllers").map((one) => one["DomainControllerId"])).toEqual([SECOND]);
});

test("only a Managed Microsoft AD shows its controllers", async () => {
  const directories = { directories: [{ ...SECTION!, type: "SimpleAD" as const }] };
  const desk = new Desk({ layout: { ...DEFAULT_LAYOUT, directories } });
  expect(await desk.codeOf("DescribeDomainControllers", { DirectoryId: DIRECTORY_ID })).toBe(
    "UnsupportedOperationException",
  );
});

async function walk(desk: Desk, limit: number): Promise<readonly (readonly unknown[])[]> {
  const pages: unknown[][] = [];
  let token: Answer | undefined;
  do {
    const { answer } = await desk.call("DescribeDirectories", { Limit: limit, ...(token && { NextToken: token }) });
    pages.push(list(answer, "DirectoryDescriptions").map((one) => one["DirectoryId"]));
    token = answer["NextToken"];
  } while (token !== undefined && pages.length < 20);
  return pages;
}

test("pages hold Limit items and together everything once; a Limit of 0 is the operation's own", async () => {
  const desk = new Desk({ layout: { ...DEFAULT_LAYOUT, directories: { directories: MANY } } });
  const ids = MANY.map(({ directoryID }) => directoryID);
  expect(await walk(desk, 3)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  expect(await walk(desk, 0)).toEqual([ids]);
});

test("controllers come in pages, and the token of one directory is not good for another list", async () => {
  const desk = new Desk();
  const first = await desk.call("DescribeDomainControllers", { DirectoryId: DIRECTORY_ID, Limit: 1 });
  const token = { NextToken: first.answer["NextToken"] };
  const second = await desk.call("DescribeDomainControllers", { DirectoryId: DIRECTORY_ID, Limit: 1, ...token });
  const ids = [first, second].flatMap(({ answer }) => list(answer, "DomainControllers"));
  expect(ids.map((one) => one["DomainControllerId"])).toEqual([FIRST, SECOND]);
  expect(second.answer["NextToken"]).toBeUndefined();
  expect(await desk.codeOf("DescribeDirectories", token)).toBe("InvalidNextTokenException");
});

test("a directory of another account or Region does not exist for the caller", async () => {
  const directories = { directories: [{ ...SECTION!, accountID: "444455556666" }] };
  const foreign = new Desk({ layout: { ...DEFAULT_LAYOUT, directories } });
  expect((await foreign.call("DescribeDirectories")).answer).toEqual({ DirectoryDescriptions: [] });
  expect(await foreign.codeOf("DescribeDomainControllers", { DirectoryId: DIRECTORY_ID })).toBe(
    "EntityDoesNotExistException",
  );
  const elsewhere = await new Desk().call("DescribeDirectories", {}, { region: "eu-west-1" });
  expect(elsewhere.answer).toEqual({ DirectoryDescriptions: [] });
});

test("a key that may read directories reads them; the operator, which reads none, may not (aws.md 12.3 item 8)", async () => {
  const principalARN = "arn:aws:iam::111122223333:user/reader";
  const statement = { Effect: "Allow", Action: "ds:Describe*", Resource: "*" };
  const reader = {
    accessKeyID: "AKIAREADER",
    principalARN,
    policies: [{ Version: "2012-10-17", Statement: statement }],
  };
  const accessKeys = [...DEFAULT_IAM.accessKeys, reader];
  const desk = new Desk({ layout: { ...DEFAULT_LAYOUT, iam: { ...DEFAULT_IAM, accessKeys } } });
  expect(await desk.codeOf("DescribeDirectories", {}, { key: "AKIAREADER" })).toBe("ok");
  const { status, answer } = await desk.call("DescribeDirectories", {}, { key: OPERATOR_KEY });
  expect([status, answer["__type"]]).toEqual([400, "AccessDeniedException"]);
  expect(answer["Message"]).toContain("ds:DescribeDirectories");
  expect(await desk.codeOf("DescribeDirectories", {}, { key: "AKIANOBODY" })).toBe("UnrecognizedClientException");
});

test("faults strike by service and directory: throttle, error, partial page, empty list, lost answer", async () => {
  const desk = new Desk({ layout: { ...DEFAULT_LAYOUT, directories: { directories: MANY } } });
  const { faults, log } = desk.world;
  faults.add({ service: "ds", times: 1, effect: { kind: "throttle" } });
  expect(await desk.codeOf("DescribeDirectories")).toBe("ThrottlingException");
  const match = { directoryID: "d-0000000003" };
  faults.add({ service: "ds", match, effect: { kind: "error", code: "ServiceException", httpStatus: 500 } });
  expect(await desk.codeOf("DescribeDirectories", { DirectoryIds: ["d-0000000002"] })).toBe("ok");
  expect(await desk.codeOf("DescribeDirectories", { DirectoryIds: ["d-0000000003"] })).toBe("ServiceException");
  faults.add({ service: "ds", times: 1, effect: { kind: "partialPage", itemsMax: 2 } });
  const partial = (await desk.call("DescribeDirectories")).answer;
  expect([list(partial, "DirectoryDescriptions").length, typeof partial["NextToken"]]).toEqual([2, "string"]);
  faults.add({ service: "ds", times: 1, effect: { kind: "emptyList" } });
  expect((await desk.call("DescribeDirectories")).answer).toEqual({ DirectoryDescriptions: [] });
  faults.add({ service: "ds", times: 1, effect: { kind: "lostResponse" } });
  await expect(desk.call("DescribeDirectories")).rejects.toThrow("lost: reset");
  expect(log.counts().total).toEqual({ "ds:DescribeDirectories": 6 });
  expect(log.read().at(2)?.facts.directoryID).toEqual(["d-0000000003"]);
});

test("calls pay a token bucket of their own", async () => {
  const desk = new Desk();
  const codes: unknown[] = [];
  for (let count = 0; count < 21; count += 1) codes.push(await desk.codeOf("DescribeDirectories"));
  expect(codes.slice(0, 20).every((code) => code === "ok")).toBe(true);
  expect(codes[20]).toBe("ThrottlingException");
  expect(await desk.codeOf("DescribeDomainControllers", { DirectoryId: DIRECTORY_ID })).toBe("ok");
});
