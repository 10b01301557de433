/**
 * The one table of what AWS answers: each code of EC2, SSM and STS to a class, a condition reason and the reader's next step.
 * Guarantees: each code once; every entry has a next step. Never: an SDK class, a message text, a second table elsewhere.
 * Sources: EC2 Developer Guide, "Error codes"; SSM API Reference, errors of each action; STS API Reference; Karpenter's pkg/errors for the set of
 * codes that mean "try another zone".
 */
import type { FailureClass } from "../runtime/failure.ts";

export interface ErrorEntry {
  readonly class: FailureClass;
  readonly reason: string;
  readonly fix: string;
}

type Row = readonly [codes: readonly string[], failureClass: FailureClass, reason: string, fix: string];

const WAITS_FOR_ZONE =
  "None: tried again in a few minutes. If it lasts, add an instance type or a subnet in another zone.";
export const RETRIED = "None: tried again after a pause.";

const ROWS: readonly Row[] = [
  // Room in one zone.
  [
    ["InsufficientInstanceCapacity", "InsufficientCapacity", "InsufficientHostCapacity", "UnfulfillableCapacity"],
    "Capacity",
    "InsufficientCapacity",
    WAITS_FOR_ZONE,
  ],
  [["InsufficientVolumeCapacity"], "Capacity", "InsufficientVolumeCapacity", WAITS_FOR_ZONE],
  [
    ["Unsupported"],
    "Capacity",
    "UnsupportedInZone",
    "List an instance type that this zone offers, or a subnet of another zone.",
  ],
  // Room in one subnet.
  [
    ["InsufficientFreeAddressesInSubnet", "PrivateIpAddressLimitExceeded"],
    "Capacity",
    "SubnetFull",
    "Free addresses in the named subnet, or list another subnet of the zone.",
  ],
  [
    ["NetworkInterfaceLimitExceeded"],
    "Capacity",
    "NetworkInterfaceLimit",
    "Raise the quota of network interfaces of the Region, or delete unused ones.",
  ],
  // Regional quotas: another zone does not help.
  [
    ["VcpuLimitExceeded"],
    "Quota",
    "VcpuQuotaExceeded",
    "Raise the vCPU quota of the instance family in Service Quotas, or list another family.",
  ],
  [
    ["InstanceLimitExceeded"],
    "Quota",
    "InstanceQuotaExceeded",
    "Raise the instance quota of the Region in Service Quotas.",
  ],
  [
    ["VolumeLimitExceeded", "MaxIOPSLimitExceeded"],
    "Quota",
    "VolumeQuotaExceeded",
    "Raise the EBS quota of the Region in Service Quotas.",
  ],
  [
    ["MaxSpotInstanceCountExceeded", "MaxFleetCountExceeded"],
    "Quota",
    "FleetQuotaExceeded",
    "Raise the named quota of the Region in Service Quotas.",
  ],
  [
    ["ReservationCapacityExceeded"],
    "Quota",
    "ReservationExhausted",
    "Raise the capacity of the reservation, or launch outside it.",
  ],
  // Rates. SSM and STS use other words than EC2 for the same answer.
  [
    [
      "RequestLimitExceeded",
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "TooManyRequestsException",
      "RequestThrottled",
      "RequestThrottledException",
      "RateExceeded",
      "EC2ThrottledException",
      "SlowDown",
    ],
    "Throttled",
    "Throttled",
    RETRIED,
  ],
  // Permission and identity.
  [
    ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedAccess", "NotAuthorized"],
    "Denied",
    "ActionDenied",
    "Allow the named action to the role; a condition on tags or Region may exclude it (docs: IAM policy).",
  ],
  [
    ["AuthFailure.ServiceLinkedRoleCreationNotPermitted"],
    "Denied",
    "ServiceLinkedRoleMissing",
    "Create the EC2 service-linked role once in the account, or allow iam:CreateServiceLinkedRole.",
  ],
  [
    ["OptInRequired", "SubscriptionRequiredException", "RegionDisabledException"],
    "Denied",
    "OptInRequired",
    "Enable the service, image subscription or Region for the account.",
  ],
  [
    [
      "AuthFailure",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "InvalidAccessKeyId",
      "SignatureDoesNotMatch",
      "IncompleteSignature",
      "MissingAuthenticationToken",
    ],
    "Denied",
    "CredentialsRejected",
    "Check the identity of the operator or of the named service account: AWS does not accept its credentials.",
  ],
  [
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired"],
    "Transient",
    "CredentialsExpired",
    "None: credentials are fetched anew. If it lasts, check the clock of the node.",
  ],
  [
    ["InvalidIdentityToken", "InvalidIdentityTokenException", "IDPRejectedClaim", "IDPRejectedClaimException"],
    "Denied",
    "IdentityTokenRejected",
    "Register the cluster's OIDC issuer in the account, with audience sts.amazonaws.com, and check the trust policy of the role.",
  ],
  [
    ["IDPCommunicationError", "IDPCommunicationErrorException"],
    "Transient",
    "IssuerUnreachable",
    "None: tried again. If it lasts, make the cluster's OIDC issuer reachable from AWS.",
  ],
  [
    [
      "PackedPolicyTooLarge",
      "PackedPolicyTooLargeException",
      "MalformedPolicyDocument",
      "MalformedPolicyDocumentException",
    ],
    "Permanent",
    "SessionPolicyRefused",
    "Report this: the operator sends no session policy.",
  ],
  // Input.
  [
    ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"],
    "Permanent",
    "ImageNotFound",
    "Name an image that exists in the Region and is shared with the account.",
  ],
  [
    ["InvalidSubnetID.NotFound", "InvalidSubnetId.NotFound", "InvalidSubnet"],
    "Permanent",
    "SubnetNotFound",
    "Name subnets that exist in the Region and account.",
  ],
  [
    ["InvalidGroup.NotFound", "InvalidGroupId.Malformed", "InvalidSecurityGroupID.NotFound"],
    "Permanent",
    "SecurityGroupNotFound",
    "Name security groups of the subnets' VPC.",
  ],
  [
    [
      "InvalidParameterValue",
      "InvalidParameterCombination",
      "InvalidParameter",
      "MissingParameter",
      "ValidationError",
      "ValidationException",
    ],
    "Permanent",
    "InvalidParameter",
    "Correct the named value. An instance profile that was just created is accepted after about a minute.",
  ],
  [["InvalidUserData.Malformed"], "Permanent", "UserDataRefused", "Report this: the operator sends no user data."],
  [["TagLimitExceeded", "InvalidTagKey.Malformed"], "Permanent", "TagsRefused", "Reduce or correct spec.aws.tags."],
  [
    ["InvalidKMSKey.InvalidState", "InvalidKMSKey.NotFound", "KMSKeyNotAccessibleFault"],
    "Permanent",
    "KMSKeyUnusable",
    "Enable the KMS key and allow the role to use it for EBS.",
  ],
  [
    [
      "UnknownParameter",
      "InvalidAction",
      "UnknownOperationException",
      "UnsupportedOperation",
      "InvalidRequest",
      "MalformedQueryString",
    ],
    "Permanent",
    "RequestRefused",
    "Report this: the endpoint does not know the request.",
  ],
  // EC2 answers of a different kind.
  [
    ["InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"],
    "NotFound",
    "InstanceNotVisible",
    "None: looked for again; one such answer proves nothing.",
  ],
  [
    ["OperationNotPermitted"],
    "Wait",
    "TerminationProtected",
    "None: protection is lifted and the call repeated. If it lasts, a person or policy sets it again.",
  ],
  [
    ["IncorrectInstanceState", "IncorrectState", "InvalidAssociationID.NotFound"],
    "Wait",
    "InstanceStateChanging",
    "None: tried again when the instance has settled.",
  ],
  [
    ["IdempotentParameterMismatch"],
    "UnknownOutcome",
    "EarlierAttempt",
    "None: an earlier attempt reached AWS; it is found by its tags.",
  ],
  [["DryRunOperation"], "Permanent", "DryRun", "None: the permission check passed; nothing was done."],
  // SSM Run Command.
  [["InvalidInstanceId"], "Wait", "NodeNotManaged", "None: sent again once the host reports to Systems Manager."],
  [
    ["InvalidInstanceInformationFilterValue", "InvalidFilterKey", "InvalidFilterValue", "InvalidNextToken"],
    "Permanent",
    "FilterRefused",
    "Report this: Systems Manager refuses the operator's list filter.",
  ],
  [
    ["InvocationDoesNotExist"],
    "NotFound",
    "InvocationNotVisible",
    "None: read again; SSM shows an invocation some seconds after it accepts the command.",
  ],
  [["InvalidCommandId"], "NotFound", "CommandNotVisible", "None: looked for by its comment."],
  [
    ["InvalidDocument", "InvalidDocumentVersion", "InvalidDocumentContent", "InvalidDocumentSchemaVersion"],
    "Permanent",
    "HostDocumentRefused",
    "Deploy the template of deploy/aws of this release in the account and Region: its documents are missing, or not what the operator was built with.",
  ],
  [
    ["DocumentHashMismatch", "InvalidDocumentHash"],
    "Permanent",
    "HostDocumentDiffers",
    "Somebody changed the document: deploy the template of deploy/aws of this release again.",
  ],
  [
    ["InvalidParameters", "DuplicateInstanceId", "InvalidOutputFolder", "InvalidPluginName"],
    "Permanent",
    "CommandRefused",
    "Report this: the parameters do not fit the document.",
  ],
  [
    ["UnsupportedPlatformType"],
    "Permanent",
    "PlatformUnsupported",
    "Use a Windows Server image: the document runs on Windows only.",
  ],
  [
    ["MaxDocumentSizeExceeded", "InvalidRole", "InvalidNotificationConfig"],
    "Permanent",
    "CommandRefused",
    "Report this: the operator sends neither of these.",
  ],
  [
    ["ParameterNotFound", "ParameterVersionNotFound", "InvalidKeyId"],
    "Permanent",
    "ImageParameterNotFound",
    "Name a public image parameter that exists in the Region.",
  ],
  // Server side.
  [
    [
      "InternalError",
      "Unavailable",
      "ServiceUnavailable",
      "InternalServerError",
      "InternalFailure",
      "ServiceUnavailableException",
      "RequestTimeout",
      "InternalServerException",
    ],
    "Transient",
    "ServiceUnavailable",
    RETRIED,
  ],
  [
    ["RequestTimeTooSkewed"],
    "Transient",
    "ClockSkewed",
    "None: corrected and tried again. If it lasts, set the clock of the node.",
  ],
];

export const AWS_ERRORS: ReadonlyMap<string, ErrorEntry> = new Map(
  ROWS.flatMap(([codes, failureClass, reason, fix]) =>
    codes.map((code) => [code, { class: failureClass, reason, fix }] as const),
  ),
);
