/**
 * Applications and service principals through Graph v1.0 (entra-graph reference, 2.1, 2.2).
 * Guarantees: a service principal of another template is never part of an answer, whatever Graph's filter did.
 */
import * as z from "zod";
import type { GraphCalls } from "../call/graph-calls.ts";
import type { Operation } from "../call/caller.ts";
import { readPages } from "../call/read-pages.ts";
import { maybeText, odataLiteral, pathOf, segment, text } from "../call/wire.ts";
import { notRead, readingAs, unreadable, writtenAs, writtenFrom } from "../call/written.ts";
import { PAGE_SIZE } from "../limits.ts";
import type { ApplicationPort } from "./port.ts";

const read = (name: string): Operation => ({ name, bucket: "reads", isWrite: false });
const write = (name: string): Operation => ({ name, bucket: "writes", isWrite: true });

const FIND = read("FindServicePrincipals");
const GET = read("GetServicePrincipal");
const TEMPLATE = read("GetApplicationTemplate");
const FIND_APPLICATION = read("FindApplication");
const OWNERS = read("ListApplicationOwners");
const INSTANTIATE = write("InstantiateTemplate");
const DELETE_SERVICE_PRINCIPAL = write("DeleteServicePrincipal");
const DELETE_APPLICATION = write("DeleteApplication");

const SERVICE_PRINCIPAL_FIELDS = "id,appId,displayName,applicationTemplateId,appRoles";

const appRole = z
  .object({ id: text, displayName: maybeText, value: maybeText, isEnabled: z.boolean().catch(false) })
  .transform((role) => ({ ...role, displayName: role.displayName ?? "", value: role.value }));

const servicePrincipal = z
  .object({
    id: text,
    appId: text,
    displayName: maybeText,
    applicationTemplateId: maybeText,
    appRoles: z.array(appRole).catch([]),
  })
  .transform(({ id, appId, displayName, applicationTemplateId, appRoles }) => ({
    id,
    appID: appId,
    displayName: displayName ?? "",
    applicationTemplateID: applicationTemplateId,
    appRoles,
  }));

const template = z
  .object({ id: text, displayName: maybeText })
  .transform(({ id, displayName }) => ({ id, displayName: displayName ?? "" }));

const application = z
  .object({ id: text, appId: text, displayName: maybeText })
  .transform(({ id, appId, displayName }) => ({ id, appID: appId, displayName: displayName ?? "" }));

/** v1.0 calls it `id`, samples of beta `objectId` (entra-graph reference, 2.1). */
const created = z
  .object({ id: maybeText, objectId: maybeText, appId: text })
  .transform(({ id, objectId, appId }) => ({ id: id ?? objectId, appID: appId }))
  .pipe(z.object({ id: text, appID: text }));

const instantiated = z.object({ application: created, servicePrincipal: created }).transform((pair) => ({
  applicationID: pair.application.id,
  servicePrincipalID: pair.servicePrincipal.id,
  appID: pair.servicePrincipal.appID,
}));

export function graphApplications({ caller, creations, originOf }: GraphCalls): ApplicationPort {
  return {
    async template(access, id, signal) {
      const path = pathOf(`/applicationTemplates/${segment(id)}`, { $select: "id,displayName" });
      const request = { method: "GET", path } as const;
      return readingAs(await caller.call({ access, operation: TEMPLATE, request, signal }), TEMPLATE.name, template);
    },
    async findByTemplate(access, templateID, signal) {
      const $filter = `applicationTemplateId eq ${odataLiteral(templateID)}`;
      const path = pathOf("/servicePrincipals", { $filter, $select: SERVICE_PRINCIPAL_FIELDS, $top: PAGE_SIZE });
      const call = { access, operation: FIND, request: { method: "GET", path }, signal } as const;
      const listing = await readPages(caller, originOf, call, servicePrincipal);
      if (listing.kind === "failed") return listing;
      const sought = templateID.toLowerCase();
      const items = listing.items.filter(({ applicationTemplateID: id }) => id?.toLowerCase() === sought);
      return { ...listing, items };
    },
    async servicePrincipal(access, id, signal) {
      const path = pathOf(`/servicePrincipals/${segment(id)}`, { $select: SERVICE_PRINCIPAL_FIELDS });
      const request = { method: "GET", path } as const;
      return readingAs(
        await caller.call({ access, operation: GET, request, signal, subjects: [id] }),
        GET.name,
        servicePrincipal,
      );
    },
    async applicationOf(access, appID, signal) {
      const $filter = `appId eq ${odataLiteral(appID)}`;
      const path = pathOf("/applications", { $filter, $select: "id,appId,displayName" });
      const outcome = await caller.call({
        access,
        operation: FIND_APPLICATION,
        request: { method: "GET", path },
        signal,
        subjects: [appID],
      });
      if (outcome.kind === "failed") return notRead(outcome);
      const parsed = z.object({ value: z.array(application) }).safeParse(outcome.answer.body);
      if (!parsed.success) return { kind: "failed", failure: unreadable(FIND_APPLICATION.name, parsed.error) };
      const value = parsed.data.value.find((found) => found.appID.toLowerCase() === appID.toLowerCase());
      return value === undefined ? { kind: "missing" } : { kind: "found", value };
    },
    async applicationOwners(access, applicationID, signal) {
      const path = pathOf(`/applications/${segment(applicationID)}/owners`, { $select: "id", $top: PAGE_SIZE });
      const call = {
        access,
        operation: OWNERS,
        request: { method: "GET", path },
        signal,
        subjects: [applicationID],
      } as const;
      return readPages(
        caller,
        originOf,
        call,
        z.object({ id: text }).transform(({ id }) => id),
      );
    },
    async instantiate(access, { templateID, displayName }, signal) {
      const path = `/applicationTemplates/${segment(templateID)}/instantiate`;
      const request = { method: "POST", path, body: { displayName } } as const;
      const outcome = await caller.call({ access, operation: INSTANTIATE, request, signal });
      const written = writtenAs(outcome, INSTANTIATE.name, instantiated);
      if (written.kind === "done") {
        const { applicationID, servicePrincipalID, appID } = written.value;
        for (const id of [applicationID, servicePrincipalID, appID]) creations.created(id);
      }
      return written;
    },
    async deleteServicePrincipal(access, id, signal) {
      const request = { method: "DELETE", path: `/servicePrincipals/${segment(id)}` } as const;
      return writtenFrom(
        await caller.call({ access, operation: DELETE_SERVICE_PRINCIPAL, request, signal, subjects: [id] }),
      );
    },
    async deleteApplication(access, id, signal) {
      const request = { method: "DELETE", path: `/applications/${segment(id)}` } as const;
      return writtenFrom(await caller.call({ access, operation: DELETE_APPLICATION, request, signal, subjects: [id] }));
    },
  };
}
