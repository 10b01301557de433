/** The provisioning log through Graph v1.0 (entra-graph reference, 5.2): five requests in 10 s for each application and tenant. */
import * as z from "zod";
import type { Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { instant, maybeText, odataLiteral, pathOf, text } from "../call/wire.ts";
import { LOG_PAGE_SIZE, LOG_PAGES_MAX } from "../limits.ts";
import type { ProvisioningLogPort } from "./port.ts";

const READ: Operation = { name: "ListProvisioningLog", bucket: "reports", isWrite: false };

const identity = z.object({ id: maybeText, displayName: maybeText }).partial().catch({});
const statusInfo = z
  .object({
    status: maybeText,
    errorInformation: z.object({ errorCode: maybeText, reason: maybeText }).partial().catch({}),
  })
  .partial()
  .catch({});

const entry = z
  .object({
    id: text,
    activityDateTime: instant,
    jobId: maybeText,
    provisioningAction: maybeText,
    provisioningStatusInfo: statusInfo,
    sourceIdentity: identity,
    targetIdentity: identity,
  })
  .transform((value) => ({
    id: value.id,
    atMs: value.activityDateTime,
    jobID: value.jobId ?? "",
    // Letter case varies in samples.
    action: value.provisioningAction?.toLowerCase() ?? "",
    status: value.provisioningStatusInfo.status?.toLowerCase() ?? "",
    sourceID: value.sourceIdentity.id,
    sourceDisplayName: value.sourceIdentity.displayName,
    targetID: value.targetIdentity.id,
    errorCode: value.provisioningStatusInfo.errorInformation?.errorCode,
    reason: value.provisioningStatusInfo.errorInformation?.reason,
  }))
  .refine((value): value is typeof value & { readonly atMs: number } => value.atMs !== undefined, {
    path: ["activityDateTime"],
  });

export function graphProvisioningLog({ caller, originOf }: GraphCalls): ProvisioningLogPort {
  return {
    entries(access, { jobID, sinceMs }, signal) {
      const since = new Date(sinceMs).toISOString();
      const path = pathOf("/auditLogs/provisioning", {
        $filter: `jobId eq ${odataLiteral(jobID)} and activityDateTime gt ${since}`,
        $orderby: "activityDateTime desc",
        $top: LOG_PAGE_SIZE,
      });
      const request = { method: "GET", path } as const;
      return readPages(caller, originOf, { access, operation: READ, request, signal, pagesMax: LOG_PAGES_MAX }, entry);
    },
  };
}
