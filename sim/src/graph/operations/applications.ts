/** The gallery, applications and service principals (entra-graph reference, 2.1, 2.2). Instantiating is not idempotent: each call makes a new pair. */
import type { DirectoryApplication, DirectoryServicePrincipal } from "../../entra/objects.ts";
import { badRequest, resourceNotFound } from "../errors.ts";
import type { Entity } from "../odata/filter.ts";
import { listReply } from "../odata/list.ts";
import type { GraphCall, GraphOperation, GraphReply } from "../operation.ts";
import type { ApplicationTemplate } from "../templates.ts";
import { APPLICATION_TEMPLATES, templateRoles } from "../templates.ts";
import { applicationView, dateTime, objectView, servicePrincipalView } from "../views.ts";
import { named } from "./lookup.ts";
import { views } from "./views-of.ts";

const BOTH = ["v1.0", "beta"] as const;

export const APPLICATION_OPERATIONS: readonly GraphOperation[] = [
  { method: "GET", path: "/applicationTemplates", versions: BOTH, handle: listTemplates },
  { method: "GET", path: "/applicationTemplates/{applicationTemplate-id}", versions: BOTH, handle: readTemplate },
  {
    method: "POST",
    path: "/applicationTemplates/{applicationTemplate-id}/instantiate",
    versions: BOTH,
    handle: instantiate,
  },
  {
    method: "GET",
    path: "/applications",
    versions: ["v1.0"],
    handle: (call) => listReply(call, views(call.directory.list("application", call.asOfMs), applicationView)),
  },
  {
    method: "GET",
    path: "/applications/{application-id}",
    versions: ["v1.0"],
    handle: (call) => ({ status: 200, body: applicationView(named(call, "application")) }),
  },
  {
    method: "DELETE",
    path: "/applications/{application-id}",
    versions: ["v1.0"],
    handle: removeApplication,
  },
  {
    method: "GET",
    path: "/applications/{application-id}/owners",
    versions: ["v1.0"],
    handle: (call) => ownersReply(call, named(call, "application").ownerIds),
  },
  {
    method: "POST",
    path: "/applications/{application-id}/owners/$ref",
    versions: ["v1.0"],
    handle: (call) => addOwner(call, named(call, "application")),
  },
  {
    method: "GET",
    path: "/applications/{application-id}/federatedIdentityCredentials",
    versions: ["v1.0"],
    handle: (call) =>
      listReply(
        call,
        named(call, "application").federatedCredentials.map((value, index) => ({
          sequence: index + 1,
          value: { ...value },
        })),
      ),
  },
  {
    method: "GET",
    path: "/servicePrincipals",
    versions: BOTH,
    handle: (call) =>
      listReply(call, views(call.directory.list("servicePrincipal", call.asOfMs), servicePrincipalView)),
  },
  {
    method: "GET",
    path: "/servicePrincipals/{servicePrincipal-id}",
    versions: BOTH,
    handle: (call) => ({ status: 200, body: servicePrincipalView(named(call, "servicePrincipal")) }),
  },
  {
    method: "GET",
    path: "/servicePrincipals(appId='{appId}')",
    versions: BOTH,
    handle: (call) => {
      const found = call.directory.servicePrincipalOfApp(call.params.appId ?? "", call.asOfMs);
      if (found === undefined) throw resourceNotFound(call.params.appId ?? "");
      return { status: 200, body: servicePrincipalView(found) };
    },
  },
  {
    method: "DELETE",
    path: "/servicePrincipals/{servicePrincipal-id}",
    versions: BOTH,
    handle: (call) => {
      call.directory.remove(named(call, "servicePrincipal").id, { isSoft: true });
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/servicePrincipals/{servicePrincipal-id}/owners",
    versions: ["v1.0"],
    handle: (call) => ownersReply(call, named(call, "servicePrincipal").ownerIds),
  },
  {
    method: "POST",
    path: "/servicePrincipals/{servicePrincipal-id}/owners/$ref",
    versions: ["v1.0"],
    handle: (call) => addOwner(call, named(call, "servicePrincipal")),
  },
];

function listTemplates(call: GraphCall): GraphReply {
  const listed = APPLICATION_TEMPLATES.filter(({ isListed }) => isListed);
  const items = listed.map((template, index) => ({ sequence: index + 1, value: templateView(template) }));
  return listReply(call, items, { hasAdvancedQueries: false });
}

function readTemplate(call: GraphCall): GraphReply {
  return { status: 200, body: templateView(namedTemplate(call)) };
}

function templateView({ id, displayName }: ApplicationTemplate): Entity {
  return { id, displayName, publisher: "Microsoft Corporation", supportedProvisioningTypes: ["sync"], categories: [] };
}

function namedTemplate({ params }: GraphCall): ApplicationTemplate {
  const id = (params["applicationTemplate-id"] ?? "").toLowerCase();
  const template = APPLICATION_TEMPLATES.find((one) => one.id === id);
  if (template === undefined) throw resourceNotFound(id);
  return template;
}

/** The caller owns what it makes [I]: otherwise `OwnedBy` could not go on with it. */
function instantiate(call: GraphCall): GraphReply {
  const { directory, tenant, caller, nowMs, body, version } = call;
  const { id: applicationTemplateId } = namedTemplate(call);
  const { displayName } = body as { readonly displayName: string };
  if (displayName.trim() === "") throw badRequest("The displayName must not be empty.");
  const shared = {
    appId: directory.newID(),
    displayName,
    applicationTemplateId,
    appRoles: templateRoles(applicationTemplateId, tenant.cloud, () => directory.newID()),
    ownerIds: caller.servicePrincipalId === "" ? [] : [caller.servicePrincipalId],
    createdMs: nowMs,
  };
  const application: DirectoryApplication = {
    kind: "application",
    id: directory.newID(),
    ...shared,
    identifierUris: [],
    secrets: [],
    certificates: [],
    federatedCredentials: [],
    extensionProperties: [],
  };
  const servicePrincipal: DirectoryServicePrincipal = {
    kind: "servicePrincipal",
    id: directory.newID(),
    ...shared,
    accountEnabled: true,
    tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
  };
  directory.create(application);
  directory.create(servicePrincipal);
  return {
    status: 201,
    body: {
      application: withID(instantiatedApplication(application), version),
      servicePrincipal: withID(servicePrincipalView(servicePrincipal), version),
    },
  };
}

function instantiatedApplication({
  id,
  appId,
  displayName,
  applicationTemplateId,
  createdMs,
}: DirectoryApplication): Entity {
  return { id, appId, displayName, applicationTemplateId, createdDateTime: dateTime(createdMs) };
}

/** v1.0 carries `id`, the beta samples `objectId` in both inner objects (entra-graph reference, 2.1). */
function withID(view: Entity, version: GraphCall["version"]): Entity {
  const { "@odata.type": _type, id, ...rest } = view;
  return version === "beta" ? { objectId: id, ...rest } : { id, ...rest };
}

/** Deleting an application deletes its service principal in the same tenant (Graph, application delete). */
function removeApplication(call: GraphCall): GraphReply {
  const { id, appId } = named(call, "application");
  const servicePrincipal = call.directory.servicePrincipalOfApp(appId);
  if (servicePrincipal !== undefined) call.directory.remove(servicePrincipal.id, { isSoft: true });
  call.directory.remove(id, { isSoft: true });
  return { status: 204 };
}

function ownersReply(call: GraphCall, ownerIds: readonly string[]): GraphReply {
  const owners = ownerIds.flatMap((id, index) => {
    const object = call.directory.object(id, call.asOfMs);
    return object === undefined ? [] : [{ sequence: index + 1, value: objectView(object) }];
  });
  return listReply(call, owners);
}

function addOwner(call: GraphCall, owned: DirectoryApplication | DirectoryServicePrincipal): GraphReply {
  const reference = (call.body as Readonly<Record<string, unknown>>)["@odata.id"];
  const ownerID = typeof reference === "string" ? (reference.split("/").at(-1) ?? "") : "";
  if (call.directory.object(ownerID) === undefined) throw resourceNotFound(ownerID);
  if (owned.ownerIds.includes(ownerID))
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  call.directory.update(owned.kind, owned.id, { ownerIds: [...owned.ownerIds, ownerID] });
  return { status: 204 };
}
