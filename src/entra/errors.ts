/**
 * The one table of what Graph and the login authority answer: each code to a class, a condition reason and the reader's next step.
 * Guarantees: each code once; every entry has a next step. Never: a message text, an SDK class, a second table elsewhere.
 * Sources: Graph documentation, "Microsoft Graph error responses and resource types" and the throttling and delta pages (entra-graph reference, 10);
 * Entra documentation, "Microsoft Entra authentication and authorization error codes" (AADSTS); codes marked [C] are seen in public code only.
 */
import type { FailureClass } from "../runtime/failure.ts";

export interface ErrorEntry {
  readonly class: FailureClass;
  readonly reason: string;
  readonly fix: string;
}

type Row = readonly [codes: readonly string[], failureClass: FailureClass, reason: string, fix: string];

export const RETRIED = "None: tried again after a pause.";
const GRANT =
  "Grant the application the permission that the named call needs and give admin consent; a new role counts with the next token.";

const GRAPH_ROWS: readonly Row[] = [
  // Who calls.
  [
    ["InvalidAuthenticationToken", "unauthenticated", "Authentication_ExpiredToken", "AuthenticationError"],
    "Transient",
    "TokenRefused",
    "None: a new token is taken. If it lasts, check that cloud and tenantID of the EntraTenant belong together.",
  ],
  [["Authorization_RequestDenied", "accessDenied", "Forbidden", "AccessDenied"], "Denied", "PermissionMissing", GRANT],
  [["Unauthorized", "UnauthorizedAccess"], "Denied", "CallerNotAuthorized", GRANT],
  [
    ["Authorization_IdentityNotFound", "Authorization_IdentityDisabled"],
    "Denied",
    "CallerUnknown",
    "Make sure that the application has an enabled service principal in the tenant.",
  ],
  [
    ["Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Authentication_RequestFromUnsupportedUserRole"],
    "Denied",
    "LicenceMissing",
    "The tenant lacks the licence that the named call needs (Entra ID P1 or more).",
  ],
  // What is named.
  [
    ["Request_ResourceNotFound", "Directory_ObjectNotFound", "itemNotFound", "ResourceNotFound", "NotFound"],
    "NotFound",
    "NotVisible",
    "None: looked for again. If it was deleted, correct the reference.",
  ],
  // How it is asked.
  [
    [
      "Request_BadRequest",
      "BadRequest",
      "invalidRequest",
      "InvalidRequest",
      "Request_InvalidRequestUrl",
      "Request_DataContractVersionMissing",
      "Request_InvalidDataContractVersion",
      "Property_Required",
      "Property_InvalidValue",
      "InvalidValue",
      "invalidRange",
    ],
    "Permanent",
    "RequestRefused",
    "Correct what the message names in the object's spec; report the code if the spec is right.",
  ],
  [
    ["Request_UnsupportedQuery", "notSupported", "UnsupportedQuery"],
    "Permanent",
    "QueryUnsupported",
    "Use a simpler filter or selector: Graph does not answer this one.",
  ],
  [
    ["notAllowed", "MethodNotAllowed"],
    "Permanent",
    "NotAllowed",
    "Report this: the operator sent what is not allowed.",
  ],
  [["malwareDetected"], "Permanent", "RequestRefused", "Report this: the operator sends no files."],
  // What is there already.
  [
    [
      "Request_MultipleObjectsWithSameKeyValue",
      "nameAlreadyExists",
      "ResourceAlreadyExists",
      "ObjectConflict",
      "Conflict",
    ],
    "Conflict",
    "ExistsAlready",
    "None: what is there is read before anything else is sent.",
  ],
  [
    ["resourceModified", "Directory_ConcurrencyViolation", "PreconditionFailed"],
    "Conflict",
    "ChangedMeanwhile",
    "None: read again, then decided again.",
  ],
  // How often.
  [
    ["TooManyRequests", "activityLimitReached", "Request_ThrottledTemporarily", "Directory_Throttled"],
    "Throttled",
    "GraphThrottled",
    "None: sent when Graph allows it again.",
  ],
  [
    ["quotaLimitReached", "Directory_QuotaExceeded"],
    "Quota",
    "DirectoryQuotaExceeded",
    "Raise the directory quota of the tenant, or delete objects that the named identity owns.",
  ],
  // Following changes.
  [
    ["syncStateNotFound", "resyncRequired", "SyncStateInvalid", "Directory_ExpiredPageToken"],
    "Transient",
    "DeltaTokenExpired",
    "None: everything is read anew.",
  ],
  // A part of a batch whose predecessor failed.
  [["FailedDependency"], "Transient", "BatchPartSkipped", RETRIED],
  // Server side.
  [
    [
      "generalException",
      "serviceNotAvailable",
      "ServiceUnavailable",
      "InternalServerError",
      "Service_InternalServerError",
      "UnknownError",
      "timeout",
      "GatewayTimeout",
      "BadGateway",
    ],
    "Transient",
    "ServiceUnavailable",
    RETRIED,
  ],
];

/**
 * Numbers of `error_codes` in an answer of the token endpoint. The vendor may change them at any time and asks clients not to depend on them:
 * they choose the sentence that a person reads, and OAuth's own word stands in where a number is new.
 */
const TOKEN_ROWS: readonly Row[] = [
  [
    ["7000215"],
    "Denied",
    "ClientSecretInvalid",
    "Put the secret's value (not its id) into the key client-secret of the Secret, or name a second one in nextSecretRef.",
  ],
  [
    ["7000222"],
    "Denied",
    "ClientSecretExpired",
    "Create a new client secret for the application and put it into the Secret, or name it in nextSecretRef.",
  ],
  [
    ["7000112", "7000218", "7000229"],
    "Denied",
    "ApplicationUnusable",
    "Enable the application, and make sure that it has a service principal in the tenant (admin consent makes one).",
  ],
  [
    ["700016"],
    "Denied",
    "ApplicationNotFound",
    "Correct clientID and tenantID: the application must exist in that tenant or be consented to there.",
  ],
  [
    ["90002", "900023", "90013"],
    "Denied",
    "TenantNotFound",
    "Correct tenantID and cloud of the EntraTenant: this authority does not know the tenant.",
  ],
  [
    ["700027", "700030"],
    "Denied",
    "CertificateRefused",
    "Upload the certificate in tls.crt to the application's credentials; it must be valid and match tls.key.",
  ],
  [
    ["70021", "700211", "700212", "700213"],
    "Denied",
    "FederationMismatch",
    "Add a federated credential to the application: this cluster's issuer, subject system:serviceaccount:<namespace>:<name>, the cloud's audience.",
  ],
  [
    ["53003"],
    "Denied",
    "ConditionalAccess",
    "A Conditional Access policy for workload identities refuses the operator: allow its egress addresses there.",
  ],
  [
    ["65001", "650052", "650057", "500011"],
    "Denied",
    "ConsentMissing",
    "Give admin consent for Microsoft Graph to the application.",
  ],
  [["700024"], "Transient", "AssertionExpired", "None: a new proof is made. If it lasts, set the clock of the node."],
  [["90033", "90055", "90025"], "Transient", "AuthorityBusy", RETRIED],
];

function tableOf(rows: readonly Row[], keyOf: (code: string) => string): ReadonlyMap<string, ErrorEntry> {
  return new Map(
    rows.flatMap(([codes, failureClass, reason, fix]) =>
      codes.map((code) => [keyOf(code), { class: failureClass, reason, fix }] as const),
    ),
  );
}

/** Letter case of codes differs between Graph's services. */
export const codeKey = (code: string): string => code.toLowerCase();

export const GRAPH_ERRORS: ReadonlyMap<string, ErrorEntry> = tableOf(GRAPH_ROWS, codeKey);
export const TOKEN_ERRORS: ReadonlyMap<string, ErrorEntry> = tableOf(TOKEN_ROWS, (code) => code);

const OAUTH_ROWS: readonly Row[] = [
  [
    ["invalid_client"],
    "Denied",
    "CredentialRefused",
    "Check the credential of the EntraTenant and the application's own credentials: the authority refuses it.",
  ],
  [["unauthorized_client"], "Denied", "ApplicationNotFound", "Correct clientID and tenantID of the EntraTenant."],
  [
    ["invalid_request", "invalid_scope"],
    "Denied",
    "TokenRequestRefused",
    "Check tenantID, clientID and cloud of the EntraTenant.",
  ],
  [["invalid_resource"], "Denied", "ConsentMissing", "Give admin consent for Microsoft Graph to the application."],
  [
    ["access_denied", "interaction_required"],
    "Denied",
    "ConditionalAccess",
    "A policy of the tenant refuses the application: see its sign-in log.",
  ],
  [["temporarily_unavailable", "server_error"], "Transient", "AuthorityBusy", RETRIED],
];

/** OAuth's own words (RFC 6749, 5.2), where no number is known. */
export const OAUTH_ERRORS: ReadonlyMap<string, ErrorEntry> = tableOf(OAUTH_ROWS, (code) => code);
