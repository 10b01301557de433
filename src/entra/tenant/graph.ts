/** What a tenant has, through Graph v1.0. A denied read is `failed` with what to grant: the loop takes it for unknown, not for no. */
import * as z from "zod";
import type { Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { countOf, instant, maybeText, odataLiteral, pathOf } from "../call/wire.ts";
import { notRead, unreadable } from "../call/written.ts";
import { incomplete } from "../call/read-pages.ts";
import type { TenantPort } from "./port.ts";

const SKUS: Operation = { name: "ListSubscribedSkus", bucket: "reads", isWrite: false };
const OWN: Operation = { name: "GetOwnApplication", bucket: "reads", isWrite: false };
const COUNTS = {
  users: { name: "CountUsers", bucket: "reads", isWrite: false },
  groups: { name: "CountGroups", bucket: "reads", isWrite: false },
} as const satisfies Readonly<Record<string, Operation>>;

const plan = z.object({ servicePlanName: maybeText, provisioningStatus: maybeText });
const sku = z
  .object({ skuPartNumber: maybeText, capabilityStatus: maybeText, servicePlans: z.array(plan).catch([]) })
  .transform(({ skuPartNumber, capabilityStatus, servicePlans }) => ({
    skuPartNumber: skuPartNumber ?? "",
    servicePlanNames: servicePlans
      .filter(({ provisioningStatus }) => provisioningStatus === "Success")
      .flatMap(({ servicePlanName }) => servicePlanName ?? []),
    // A subscription in its grace period still works (Graph documentation, subscribedSku: Enabled, Warning, Suspended, Deleted, LockedOut).
    isEnabled: capabilityStatus === "Enabled" || capabilityStatus === "Warning",
  }));

const credentials = z.array(z.object({ endDateTime: instant })).catch([]);
const ownApplication = z.object({ keyCredentials: credentials, passwordCredentials: credentials });

export function graphTenant({ caller, originOf }: GraphCalls): TenantPort {
  return {
    subscribedSkus(access, signal) {
      const request = { method: "GET", path: "/subscribedSkus" } as const;
      return readPages(caller, originOf, { access, operation: SKUS, request, signal }, sku);
    },
    async ownCredentials(access, signal) {
      const path = pathOf("/applications", {
        $filter: `appId eq ${odataLiteral(access.clientID)}`,
        $select: "id,appId,keyCredentials,passwordCredentials",
      });
      const outcome = await caller.call({ access, operation: OWN, request: { method: "GET", path }, signal });
      if (outcome.kind === "failed") return notRead(outcome);
      const parsed = z.object({ value: z.array(ownApplication) }).safeParse(outcome.answer.body);
      if (!parsed.success) return { kind: "failed", failure: unreadable(OWN.name, parsed.error) };
      const [own] = parsed.data.value;
      // A multi-tenant application lives in another tenant: its credentials cannot be read here.
      if (own === undefined) return { kind: "missing" };
      const ends = [...own.keyCredentials, ...own.passwordCredentials];
      return { kind: "found", value: { endsMs: ends.flatMap(({ endDateTime }) => endDateTime ?? []) } };
    },
    async count(access, of, signal) {
      const operation = COUNTS[of];
      const request = { method: "GET", path: `/${of}/$count`, headers: { ConsistencyLevel: "eventual" } } as const;
      const outcome = await caller.call({ access, operation, request, signal });
      if (outcome.kind === "failed") return notRead(outcome);
      const value = countOf(outcome.answer.body);
      return value === undefined
        ? { kind: "failed", failure: incomplete(operation.name, "something that is no number") }
        : { kind: "found", value };
    },
  };
}
