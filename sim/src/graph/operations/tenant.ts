/** Users, licences, the organization, administrative units: what a tenant is and has. */
import type { Numbered } from "../../entra/lifetimes.ts";
import type { SubscribedSku } from "../../entra/objects.ts";
import { denied, resourceNotFound } from "../errors.ts";
import type { Entity } from "../odata/filter.ts";
import { countReply, listReply } from "../odata/list.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";
import { memberView, objectView } from "../views.ts";
import { named } from "./lookup.ts";
import { views } from "./views-of.ts";

const BOTH = ["v1.0", "beta"] as const;

export const TENANT_OPERATIONS: readonly GraphOperation[] = [
  { method: "GET", path: "/users", versions: BOTH, handle: (call) => listReply(call, users(call)) },
  { method: "GET", path: "/users/$count", versions: ["v1.0"], handle: (call) => countReply(call, users(call)) },
  { method: "GET", path: "/users/{user-id}", versions: ["v1.0"], handle: readUser },
  {
    method: "GET",
    path: "/subscribedSkus",
    versions: ["v1.0"],
    handle: ({ directory }) => ({
      status: 200,
      body: { value: directory.subscribedSkus.map((sku) => skuView(sku, directory.tenantID)) },
    }),
  },
  {
    method: "GET",
    path: "/organization",
    versions: BOTH,
    handle: (call) => ({ status: 200, body: { value: [organization(call)] } }),
  },
  { method: "GET", path: "/domains", versions: ["v1.0"], handle: (call) => listReply(call, domains(call)) },
  {
    method: "GET",
    path: "/directory/administrativeUnits",
    versions: ["v1.0"],
    handle: (call) =>
      listReply(
        call,
        call.directory
          .list("administrativeUnit", call.asOfMs)
          .map(({ sequence, value }) => ({ sequence, value: objectView(value) })),
      ),
  },
  {
    method: "GET",
    path: "/directory/administrativeUnits/{administrativeUnit-id}/members",
    versions: ["v1.0"],
    handle: unitMembers,
  },
  ...(["GET", "PATCH"] as const).map((method): GraphOperation => {
    const path = "/directory/onPremisesSynchronization/{onPremisesDirectorySynchronization-id}";
    return { method, path, versions: BOTH, handle: delegatedOnly };
  }),
  { method: "GET", path: "/directory/onPremisesSynchronization", versions: BOTH, handle: delegatedOnly },
];

/** Users as this caller sees them: the basic set with User.ReadBasic.All alone. */
function users(call: GraphCall): readonly Numbered<Entity>[] {
  return views(call.directory.list("user", call.asOfMs), (user) => memberView(user, call.caller));
}

function readUser(call: GraphCall): GraphReply {
  const id = call.params["user-id"] ?? "";
  const byName = call.directory
    .list("user", call.asOfMs)
    .find(({ value }) => value.userPrincipalName.toLowerCase() === id.toLowerCase());
  const user = byName?.value ?? call.directory.get("user", id, call.asOfMs);
  if (user === undefined) throw resourceNotFound(id);
  return { status: 200, body: memberView(user, call.caller) };
}

function skuView(sku: SubscribedSku, tenantID: string): Entity {
  const { skuId, skuPartNumber, capabilityStatus, enabledUnits, consumedUnits, servicePlans } = sku;
  return {
    id: `${tenantID}_${skuId}`,
    accountId: tenantID,
    skuId,
    skuPartNumber,
    appliesTo: "User",
    capabilityStatus,
    consumedUnits,
    prepaidUnits: { enabled: enabledUnits, lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans,
  };
}

function organization({ directory, tenant }: GraphCall): Entity {
  return {
    id: directory.tenantID,
    displayName: "Contoso",
    onPremisesSyncEnabled: true,
    verifiedDomains: tenant.domains.map((name, index) => ({ name, isDefault: index === 0, isInitial: false })),
  };
}

function domains({ tenant }: GraphCall): readonly Numbered<Entity>[] {
  return tenant.domains.map((id, index) => ({
    sequence: index + 1,
    value: { id, isDefault: index === 0, isVerified: true, authenticationType: "Managed" },
  }));
}

/** Hidden membership needs Member.Read.Hidden as well (entra-graph reference, 13). */
function unitMembers(call: GraphCall): GraphReply {
  const { memberIds, visibility } = named(call, "administrativeUnit");
  const isHidden = visibility === "HiddenMembership" && !call.caller.roles.includes("Member.Read.Hidden");
  const members = (isHidden ? [] : memberIds).flatMap((id, index) => {
    const object = call.directory.object(id, call.asOfMs);
    return object === undefined ? [] : [{ sequence: index + 1, value: memberView(object, call.caller) }];
  });
  return listReply(call, members);
}

/** Tenant features answer to delegated callers only (entra-graph reference, 7); what they would say is not modelled. */
function delegatedOnly(): GraphReply {
  throw denied();
}
