/**
 * A person's hands on the Entra side: kubectl on its objects, and the portal.
 * Guarantees: as person.ts: every deed is carried out at once and in full; one about something that is not there is nothing.
 */
import { handInPortal } from "../../../sim/src/control/synchronization.ts";
import type { EntraDirectory } from "../../../sim/src/entra/directory.ts";
import type { DirectoryGroup } from "../../../sim/src/entra/objects.ts";
import { GRAPH_APP_ID, permissionID } from "../../../sim/src/entra/permissions.ts";
import type { World } from "../../../sim/src/world.ts";
import type { ClusterObject } from "./person.ts";

/** The objects of `examples/` by what they are in a plan. */
export const ENTRA_OBJECTS = {
  configuration: { plural: "syncconfigurations", namespace: "identity", name: "corp-groups" },
  canaryScope: { plural: "groupscopes", namespace: "identity", name: "canary" },
  canary: { plural: "provisioningtests", namespace: "identity", name: "canary" },
  sales: { plural: "groupscopes", namespace: "team-sales", name: "sales" },
} as const;
export type EntraObject = keyof typeof ENTRA_OBJECTS;

export type EntraDeed =
  /** The configuration, the canary and the team's scope, each changed by what the plan says of it. */
  | { readonly kind: "applyEntra"; readonly changes?: Partial<Readonly<Record<EntraObject, object>>> }
  | { readonly kind: "editEntra"; readonly on: EntraObject; readonly change: Readonly<Record<string, unknown>> }
  | { readonly kind: "deleteEntra"; readonly on: EntraObject }
  /** Reads the plan that an object shows and approves it. */
  | { readonly kind: "approve"; readonly on: EntraObject }
  | { readonly kind: "group"; readonly name: string; readonly action: GroupAction }
  /** By hand in the portal: a group is put in scope, or taken out. */
  | { readonly kind: "assign" | "unassign"; readonly group: string }
  /** By hand in the portal, on the configuration's job: start, pause, mapping, filters, settings, quarantine. */
  | { readonly kind: "portal"; readonly action: string; readonly body: Readonly<Record<string, unknown>> }
  /** An administrator consents to a permission of Graph for the identity that reads and configures, or takes it away: tokens tell it within the hour. */
  | { readonly kind: "consent"; readonly action: "grant" | "withdraw"; readonly permission: string }
  /** How the directory grows: so many groups `<prefix>0001`, ... with one member each. */
  | { readonly kind: "manyGroups"; readonly prefix: string; readonly count: number };

export type GroupAction =
  | { readonly kind: "create"; readonly members: readonly string[] }
  | { readonly kind: "delete" }
  | { readonly kind: "rename"; readonly to: string }
  | { readonly kind: "addMember" | "removeMember"; readonly user: string }
  | { readonly kind: "mailEnable" };

export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";

export function directoryOf(world: World): EntraDirectory {
  const tenant = world.graph.tenants.get(TENANT_ID);
  if (tenant === undefined) throw new Error(`the world has no tenant ${TENANT_ID}`);
  return tenant.directory;
}

/** The first group of that name. */
export function groupNamed(world: World, name: string): DirectoryGroup | undefined {
  return directoryOf(world)
    .list("group")
    .find(({ value }) => value.displayName === name)?.value;
}

/** The service principal that the configuration's status names. */
export function servicePrincipalID(configuration: ClusterObject | undefined): string | undefined {
  const id = configuration?.status?.["servicePrincipalID"];
  return typeof id === "string" ? id : undefined;
}

export function actOnGroup(world: World, name: string, action: GroupAction): void {
  const directory = directoryOf(world);
  const group = groupNamed(world, name);
  if (action.kind === "create") {
    createGroup(world, name, action.members);
    return;
  }
  if (group === undefined) return;
  switch (action.kind) {
    case "delete":
      directory.remove(group.id, { isSoft: false });
      return;
    case "rename":
      directory.update("group", group.id, { displayName: action.to });
      return;
    case "mailEnable":
      directory.update("group", group.id, { mailEnabled: true });
      return;
    case "addMember":
    case "removeMember": {
      const user = directory.list("user").find(({ value }) => value.displayName === action.user)?.value;
      if (user === undefined) throw new Error(`there is no user ${action.user}`);
      if (action.kind === "addMember") directory.addMember(group.id, user.id);
      else directory.removeMember(group.id, user.id);
    }
  }
}

export function createGroup(world: World, displayName: string, members: readonly string[]): void {
  const directory = directoryOf(world);
  const group: DirectoryGroup = {
    kind: "group",
    id: directory.newID(),
    displayName,
    description: null,
    securityEnabled: true,
    mailEnabled: false,
    mail: null,
    mailNickname: displayName,
    groupTypes: [],
    onPremisesSyncEnabled: null,
    isCloudManaged: false,
    visibility: null,
    isAssignableToRole: null,
    extensions: {},
    createdMs: world.clock.nowMs(),
  };
  directory.create(group);
  const users = directory.list("user");
  for (const name of members) {
    const user = users.find(({ value }) => value.displayName === name)?.value;
    if (user !== undefined) directory.addMember(group.id, user.id);
  }
}

export function assignByHand(
  world: World,
  { kind, group: name }: Extract<EntraDeed, { kind: "assign" | "unassign" }>,
  resourceId: string | undefined,
): void {
  const directory = directoryOf(world);
  const group = groupNamed(world, name);
  const principal = resourceId === undefined ? undefined : directory.get("servicePrincipal", resourceId);
  if (group === undefined || principal === undefined) return;
  const held = directory.assignedTo(principal.id).find(({ principalId }) => principalId === group.id);
  if (kind === "unassign") {
    if (held !== undefined) directory.unassign(held.id);
    return;
  }
  const role = principal.appRoles.find(({ allowedMemberTypes }) => allowedMemberTypes.includes("User"));
  if (held === undefined && role !== undefined)
    directory.assign({ principalId: group.id, resourceId: principal.id, appRoleId: role.id });
}

/** The layout's application for the configuration. */
const READER = "cloudsync-operator";

export function setConsent(
  world: World,
  { action, permission }: Extract<EntraDeed, { readonly kind: "consent" }>,
): void {
  const directory = directoryOf(world);
  const reader = directory.list("servicePrincipal").find(({ value }) => value.displayName === READER)?.value;
  const graph = directory.servicePrincipalOfApp(GRAPH_APP_ID);
  if (reader === undefined || graph === undefined) throw new Error(`the directory has no ${READER}`);
  const appRoleId = permissionID(permission);
  const held = directory
    .assignmentsOf(reader.id)
    .find((one) => one.resourceId === graph.id && one.appRoleId === appRoleId);
  if (action === "withdraw" && held !== undefined) directory.unassign(held.id);
  if (action === "grant" && held === undefined)
    directory.assign({ principalId: reader.id, resourceId: graph.id, appRoleId });
}

export function actInPortal(world: World, servicePrincipal: string | undefined, action: string, body: object): void {
  if (servicePrincipal === undefined) return;
  try {
    handInPortal(world, { tenantID: TENANT_ID, servicePrincipalID: servicePrincipal, action }, body);
  } catch (error) {
    // A job that is not there yet: the person sees a sentence, nothing happens.
    if (!(error instanceof Error) || error.name !== "ControlRefusal") throw error;
  }
}
