/**
 * Whether a caller's token is enough for an operation: any of the permissions that the extract lists, in the forms in which it lists them.
 * Guarantees: `Application.ReadWrite.OwnedBy` counts for one application or service principal only when its owners contain the caller; app-only callers
 * are refused where only delegated permissions are listed. Pure.
 */
import type { EntraDirectory } from "../entra/directory.ts";
import type { ContractOperation } from "./contract/contract.ts";
import type { GraphCaller } from "./operation.ts";

export interface PermissionQuestion {
  readonly operation: ContractOperation;
  readonly caller: GraphCaller;
  readonly params: Readonly<Record<string, string>>;
  readonly directory: EntraDirectory;
}

const OWNED_BY = "Application.ReadWrite.OwnedBy";

export function isPermitted({ operation, caller, params, directory }: PermissionQuestion): boolean {
  const listed = caller.isAppOnly ? applicationPermissions(operation) : operation.delegated;
  if (listed === "anyToken") return true;
  const held = new Set(caller.isAppOnly ? caller.roles : caller.scopes);
  const alternatives = conditional(listed);
  return alternatives.some(({ name, beside }) => {
    if (!held.has(name) || !(beside.length === 0 || beside.some((other) => held.has(other)))) return false;
    return name !== OWNED_BY || !isAboutOne(operation) || isOwner(directory, caller, params);
  });
}

interface Alternative {
  readonly name: string;
  /** One of these must be held as well. */
  readonly beside: readonly string[];
}

/**
 * `A (with B or C)` needs both; where an operation has such entries the bare ones beside them are halves, not alternatives (entra-graph reference, 3.1).
 * `A (groups)` names the types that it opens: the handler looks at those.
 */
function conditional(listed: readonly string[]): readonly Alternative[] {
  const read = listed.map((entry): Alternative => {
    const [, name = entry, condition = ""] = /^(\S+)(?: \((.*)\))?$/.exec(entry) ?? [];
    return { name, beside: condition.startsWith("with ") ? condition.slice("with ".length).split(" or ") : [] };
  });
  return read.some(({ beside }) => beside.length > 0) ? read.filter(({ beside }) => beside.length > 0) : read;
}

const GROUP_READ = [
  "Directory.Read.All",
  "Directory.ReadWrite.All",
  "Group.Read.All",
  "Group.ReadBasic.All",
  "Group.ReadWrite.All",
  "GroupMember.Read.All",
];
const MEMBER_READ = [...GROUP_READ, "GroupMember.ReadBasic.All", "GroupMember.ReadWrite.All"];
const USER_READ = [
  "User.ReadBasic.All",
  "User.Read.All",
  "User.ReadWrite.All",
  "Directory.Read.All",
  "Directory.ReadWrite.All",
];
const SYNCHRONIZATION_READ = [OWNED_BY, "Synchronization.Read.All", "Synchronization.ReadWrite.All"];
const SYNCHRONIZATION_WRITE = [OWNED_BY, "Synchronization.ReadWrite.All"];
const ASSIGNMENT_READ = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  OWNED_BY,
  "Directory.Read.All",
  "Directory.ReadWrite.All",
];

/** Where the permission data has no entry: those of the nearest operation that has one [I]. */
const UNLISTED: Readonly<Record<string, readonly string[]>> = {
  "GET /groups/$count": GROUP_READ,
  "GET /groups/{group-id}/members/$count": MEMBER_READ,
  "GET /groups/{group-id}/members/graph.user": MEMBER_READ,
  "GET /groups/{group-id}/members/graph.group": MEMBER_READ,
  "GET /groups/{group-id}/transitiveMembers/$count": MEMBER_READ,
  "GET /users/$count": USER_READ,
  "GET /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/{appRoleAssignment-id}": ASSIGNMENT_READ,
  "GET /servicePrincipals/{servicePrincipal-id}/synchronization/secrets": SYNCHRONIZATION_READ,
  "GET /servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}/schema/directories":
    SYNCHRONIZATION_READ,
  "GET /servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}/schema/directories/{directoryDefinition-id}":
    SYNCHRONIZATION_READ,
  "POST /servicePrincipals/{servicePrincipal-id}/synchronization/jobs/validateCredentials": SYNCHRONIZATION_WRITE,
};

/** The gallery and batches ask for no permission of their own. */
function applicationPermissions({ method, path, permissions }: ContractOperation): readonly string[] | "anyToken" {
  if (permissions !== undefined) return permissions;
  return UNLISTED[`${method} ${path}`] ?? "anyToken";
}

/** `OwnedBy` lists and reads every application and service principal; what is below one, and every write, asks for ownership [I]. */
function isAboutOne({ method, path }: ContractOperation): boolean {
  const isRead =
    method === "GET" && /^\/(applications|servicePrincipals)(\/\{[^}]+\}|\(appId='\{appId\}'\))?$/.test(path);
  return !isRead && path.includes("{") && !path.startsWith("/applicationTemplates/");
}

/** Owners of the service principal, or of its application in the same tenant. */
function isOwner(
  directory: EntraDirectory,
  { servicePrincipalId }: GraphCaller,
  params: Readonly<Record<string, string>>,
): boolean {
  const servicePrincipal = directory.get("servicePrincipal", params["servicePrincipal-id"] ?? "");
  const application =
    servicePrincipal === undefined
      ? directory.get("application", params["application-id"] ?? "")
      : directory.applicationOfApp(servicePrincipal.appId);
  const owners = [...(servicePrincipal?.ownerIds ?? []), ...(application?.ownerIds ?? [])];
  return owners.includes(servicePrincipalId);
}
