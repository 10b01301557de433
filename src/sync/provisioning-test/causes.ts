/**
 * What the vendor's codes of a failed or skipped on-demand run mean here: code to reason, result and fix. One file for all codes.
 * Guarantees: a code that is not listed keeps its own name as evidence and gets a reason from the step that failed; nothing is searched in texts.
 * Marks: [D] vendor documentation, [C] public support material or code, [I] inferred; entra-graph reference, 5.1.
 */
import type { TestResult } from "./snapshot.ts";

export interface Cause {
  readonly result: TestResult;
  readonly reason: string;
  readonly message: string;
  readonly fix: string;
}

const failed = (reason: string, message: string, fix: string): Cause => ({ result: "Failed", reason, message, fix });
const unknown = (reason: string, message: string, fix: string): Cause => ({ result: "Unknown", reason, message, fix });

const NO_ACTIVE_AGENT = failed(
  "NoActiveAgent",
  "No agent of the domain listens.",
  "Look at the CloudSyncAgents of the domain, their services and their way out on 443.",
);
const AGENT_SLOW = failed(
  "AgentNotResponding",
  "The agent did not answer in time.",
  "Look at the load, the firewall and the proxy of the hosts.",
);
const ACCESS_DENIED = failed(
  "DirectoryAccessDenied",
  "AD refused the agent's account.",
  "Give the gMSA its rights on the target container (Set-AADCloudSyncPermissions -PermissionType UserGroupCreateDelete).",
);
const CONTAINER_MISSING = failed(
  "TargetContainerNotFound",
  "AD has no such container or object.",
  "Correct targetContainer of the configuration, or make the container in AD.",
);
const BAD_NAME = failed(
  "DistinguishedNameInvalid",
  "The name that the mapping gives is not one of AD.",
  "Correct targetContainer and the mapping of cn.",
);
const DC_UNREACHABLE = failed(
  "DomainControllerUnreachable",
  "The agent reaches no domain controller.",
  "Open 389 and 3268 from the hosts to the domain controllers.",
);
const NAME_TAKEN = failed(
  "NameTaken",
  "Another object of AD has the name already.",
  "Change the mapping of cn, or remove that object.",
);
const DUPLICATE_ANCHOR = failed(
  "DuplicateAnchor",
  "Two objects of AD carry the anchor of this group.",
  "Clear msDS-ExternalDirectoryObjectId on all but the right one.",
);
const NOT_IN_SCOPE = failed(
  "NotInScope",
  "The group is not in the scope of the configuration.",
  "Name it in a GroupScope; it must be a security group of Entra without mail.",
);
const NOT_SUPPORTED = unknown(
  "NotSupported",
  "On-demand runs do not handle this subject: deleted groups and nested groups that are not in scope themselves.",
  "Name another group.",
);

const CAUSES: ReadonlyMap<string, Cause> = new Map(
  Object.entries<Cause>({
    // [D] cloud-sync/reference-error-codes: "unable to find an active agent for the domain".
    HybridIdentityServiceNoActiveAgents: NO_ACTIVE_AGENT,
    HybridIdentityServiceNoAgentsAssigned: failed(
      "AgentNotAssigned",
      "No agent is assigned to the domain.",
      "Register an agent of the domain.",
    ),
    HybridIdentityServiceAgentSignalingError: AGENT_SLOW, // [D] same page
    TimeOut: AGENT_SLOW, // [D] same page
    HybridIdentityServiceAgentTimeout: AGENT_SLOW, // [C]
    HybridSynchronizationTimeoutError: AGENT_SLOW, // [C]
    HybridIdentityServiceInvalidResource: failed(
      "DomainNotRegistered",
      "Entra does not know the domain of the configuration.",
      "Compare the Domain secret with the domain that the agents are configured for.",
    ), // [D] same page: "the resource name must be set so HIS knows which agent to contact"
    // [D] support articles on provisioning to AD, "The user has insufficient access rights" (problem 4003).
    HybridSynchronizationActiveDirectoryInsufficientAccessRights: ACCESS_DENIED,
    HybridSynchronizationActiveDirectoryDirectoryObjectNotFound: CONTAINER_MISSING, // [C]
    ExternalError: CONTAINER_MISSING, // [C] "ExternalError (NoSuchObject)"
    NoSuchObject: CONTAINER_MISSING, // [I] the LDAP result by itself
    HybridSynchronizationActiveDirectoryObjectNotFound: CONTAINER_MISSING, // [I] in the form of the known ones
    HybridSynchronizationActiveDirectoryInexistentAccount: CONTAINER_MISSING, // [C]
    HybridSynchronizationActiveDirectoryDistinguishedNameBadSyntax: BAD_NAME, // [C]
    SchemaInvalid: BAD_NAME, // [C] "the mapping for parentDistinguishedName is missing"
    HybridSynchronizationActiveDirectoryObjectNameAlreadyExists: NAME_TAKEN, // [C]
    HybridSynchronizationActiveDirectoryObjectAlreadyExists: NAME_TAKEN, // [I]
    HybridSynchronizationActiveDirectoryAttributeValueNotUnique: NAME_TAKEN, // [I]
    DuplicateTargetEntries: DUPLICATE_ANCHOR, // [C]
    HybridSynchronizationActiveDirectoryUnexpectedDuplicateEntriesFound: DUPLICATE_ANCHOR, // [C]
    HybridSynchronizationUnableToFindDomainController: DC_UNREACHABLE, // [C]
    HybridSynchronizationActiveDirectoryUnableToFindGlobalCatalog: DC_UNREACHABLE, // [C]
    HybridSynchronizationActiveDirectoryLdapBindOperationFailed: DC_UNREACHABLE, // [C]
    HybridSynchronizationActiveDirectoryLdapBindToGlobalCatalogFailed: DC_UNREACHABLE, // [C]
    // Skips: NotEffectivelyEntitled is the vendor's word for "not assigned" [D] how-provisioning-works; the others are spellings seen or likely [I].
    NotEffectivelyEntitled: NOT_IN_SCOPE,
    NotInScope: NOT_IN_SCOPE,
    OutOfScope: NOT_IN_SCOPE,
    FilteredByScopingFilter: NOT_IN_SCOPE,
    NotASupportedGroup: NOT_IN_SCOPE,
    SoftDeleted: NOT_SUPPORTED,
    UnsupportedObject: NOT_SUPPORTED,
    NestedGroupNotSupported: NOT_SUPPORTED,
    ObjectDeleted: NOT_SUPPORTED,
  }).map(([code, cause]) => [code.toLowerCase(), cause]),
);

export function causeOf(errorCode: string | undefined): Cause | undefined {
  return errorCode === undefined ? undefined : CAUSES.get(errorCode.toLowerCase());
}

/** What a step that went wrong tells when its code is not known. */
const BY_STEP: ReadonlyMap<string, Cause> = new Map(
  Object.entries<Cause>({
    import: unknown("NotImported", "Entra did not read the group for this run.", "Look at the group in Entra."),
    scoping: NOT_IN_SCOPE,
    matching: failed(
      "MatchingFailed",
      "The group was not matched with AD.",
      "Look for objects of AD that carry its anchor.",
    ),
    export: failed("ExportFailed", "AD did not take the group.", "Look at the steps of the run in status.last.steps."),
  }),
);

export function causeOfStep(type: string): Cause | undefined {
  return BY_STEP.get(type.toLowerCase());
}
