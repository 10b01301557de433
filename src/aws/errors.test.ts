import { FAILURE_MESSAGE_LENGTH_MAX } from "../runtime/failure.ts";
import type { FailureClass } from "../runtime/failure.ts";
import type { AwsFailure } from "./classify.ts";
import { classifyAws } from "./classify.ts";
import { AWS_ERRORS } from "./errors.ts";

/** EC2 Developer Guide, "Error codes", with the SSM and STS words of their API references: the class each one must have. */
const EXPECTED: Readonly<Record<string, FailureClass>> = {
  InsufficientInstanceCapacity: "Capacity",
  InsufficientCapacity: "Capacity",
  InsufficientHostCapacity: "Capacity",
  UnfulfillableCapacity: "Capacity",
  InsufficientVolumeCapacity: "Capacity",
  Unsupported: "Capacity",
  InsufficientFreeAddressesInSubnet: "Capacity",
  PrivateIpAddressLimitExceeded: "Capacity",
  NetworkInterfaceLimitExceeded: "Capacity",
  VcpuLimitExceeded: "Quota",
  InstanceLimitExceeded: "Quota",
  VolumeLimitExceeded: "Quota",
  MaxIOPSLimitExceeded: "Quota",
  MaxSpotInstanceCountExceeded: "Quota",
  MaxFleetCountExceeded: "Quota",
  ReservationCapacityExceeded: "Quota",
  RequestLimitExceeded: "Throttled",
  Throttling: "Throttled",
  ThrottlingException: "Throttled",
  UnauthorizedOperation: "Denied",
  AccessDenied: "Denied",
  AccessDeniedException: "Denied",
  "AuthFailure.ServiceLinkedRoleCreationNotPermitted": "Denied",
  OptInRequired: "Denied",
  "InvalidAMIID.NotFound": "Permanent",
  "InvalidSubnetID.NotFound": "Permanent",
  "InvalidGroup.NotFound": "Permanent",
  InvalidParameterValue: "Permanent",
  InvalidParameterCombination: "Permanent",
  "InvalidUserData.Malformed": "Permanent",
  TagLimitExceeded: "Permanent",
  InternalError: "Transient",
  Unavailable: "Transient",
  ServiceUnavailable: "Transient",
  "InvalidInstanceID.NotFound": "NotFound",
  OperationNotPermitted: "Wait",
  DryRunOperation: "Permanent",
  IdempotentParameterMismatch: "UnknownOutcome",
  InvalidInstanceId: "Wait",
  InvocationDoesNotExist: "NotFound",
  InvalidDocument: "Permanent",
  InvalidDocumentVersion: "Permanent",
  InvalidParameters: "Permanent",
  UnsupportedPlatformType: "Permanent",
  ParameterNotFound: "Permanent",
  ExpiredTokenException: "Transient",
  InvalidIdentityToken: "Denied",
  IDPCommunicationErrorException: "Transient",
  RegionDisabledException: "Denied",
  InvalidCommandId: "NotFound",
  InvalidFilterKey: "Permanent",
  InvalidOutputFolder: "Permanent",
  DuplicateInstanceId: "Permanent",
  InternalServerError: "Transient",
};

for (const [code, failureClass] of Object.entries(EXPECTED)) {
  test(`${code} is ${failureClass}, with a reason and a fix`, () => {
    const failure = classifyAws(aFailure({ code, isWrite: false }));
    expect(failure.class).toBe(failureClass);
    expect(failure.reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(failure.fix).toMatch(/\.$/);
  });
}

test("every entry has a CamelCase reason and a fix that is a sentence", () => {
  const odd = [...AWS_ERRORS].filter(([, { reason, fix }]) => !/^[A-Z][A-Za-z]+$/.test(reason) || !/\.$/.test(fix));
  expect(odd).toEqual([]);
});

const writes: readonly (readonly [sentence: string, failure: Partial<AwsFailure>, failureClass: FailureClass])[] = [
  ["an unlisted 5xx of a write may have taken effect", { code: "Strange", httpStatus: 503 }, "UnknownOutcome"],
  [
    "no status at all means that a write may have taken effect",
    { code: "ECONNRESET", httpStatus: undefined },
    "UnknownOutcome",
  ],
  [
    "a listed server trouble of a write may have taken effect",
    { code: "InternalError", httpStatus: 500 },
    "UnknownOutcome",
  ],
  ["an unlisted 4xx refuses a write", { code: "Strange", httpStatus: 400 }, "Permanent"],
  ["an unlisted 403 is a permission", { code: "Strange", httpStatus: 403 }, "Denied"],
  ["an unlisted 429 is a throttle", { code: "Strange", httpStatus: 429 }, "Throttled"],
  ["a throttle with 503 refuses a write", { code: "RequestLimitExceeded", httpStatus: 503 }, "Throttled"],
  [
    "a name that does not resolve means that nothing was sent",
    { code: "ENOTFOUND", httpStatus: undefined },
    "Transient",
  ],
];
for (const [sentence, failure, failureClass] of writes) {
  test(sentence, () => expect(classifyAws(aFailure({ isWrite: true, ...failure })).class).toBe(failureClass));
}
test("the same silence on a read is only trouble on the way", () => {
  expect(classifyAws(aFailure({ code: "ECONNRESET", httpStatus: undefined, isWrite: false })).class).toBe("Transient");
});

test("messages are bounded and stay equal while the cause stays equal", () => {
  const message = (session: string, id: string): string =>
    classifyAws(
      aFailure({
        message: `User: arn:aws:sts::111122223333:assumed-role/op/${session} is not authorized (Service: Ssm, Status Code: 400, Request ID: ${id})`,
      }),
    ).message;
  const one = message("session-1", "a0b1c2d3-0000-4000-8000-000000000001");
  expect(one).toBe(message("session-2", "a0b1c2d3-0000-4000-8000-000000000002"));
  expect(one).toContain("assumed-role/op is not authorized");
  expect(classifyAws(aFailure({ message: "x".repeat(2_000) })).message).toHaveLength(FAILURE_MESSAGE_LENGTH_MAX);
});

function aFailure(failure: Partial<AwsFailure>): AwsFailure {
  return {
    service: "ec2",
    operation: "RunInstances",
    isWrite: false,
    code: "AccessDenied",
    message: "",
    httpStatus: 400,
    requestID: undefined,
    retryAfterMs: undefined,
    ...failure,
  };
}
