/** Synchronization templates and jobs through Graph v1.0 (entra-graph reference, 2.3). Guarantees: a restart sends exactly the flags that it is given. */
import * as z from "zod";
import type { EntraAccess } from "../access/port.ts";
import type { Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import type { GraphRequest } from "../call/graph-client.ts";
import { readPages } from "../call/read-pages.ts";
import { maybeText, segment, text } from "../call/wire.ts";
import { readingAs, writtenAs, writtenFrom } from "../call/written.ts";
import type { Written } from "../outcome.ts";
import { synchronizationJob } from "./parse-job.ts";
import type { JobAddress, JobPort } from "./port.ts";

const TEMPLATES: Operation = { name: "ListSynchronizationTemplates", bucket: "reads", isWrite: false };
const LIST: Operation = { name: "ListSynchronizationJobs", bucket: "reads", isWrite: false };
const GET: Operation = { name: "GetSynchronizationJob", bucket: "reads", isWrite: false };
const CREATE: Operation = { name: "CreateSynchronizationJob", bucket: "writes", isWrite: true };
const START: Operation = { name: "StartSynchronizationJob", bucket: "writes", isWrite: true };
const PAUSE: Operation = { name: "PauseSynchronizationJob", bucket: "writes", isWrite: true };
const RESTART: Operation = { name: "RestartSynchronizationJob", bucket: "writes", isWrite: true };
const REMOVE: Operation = { name: "DeleteSynchronizationJob", bucket: "writes", isWrite: true };

const template = z.object({ id: text, factoryTag: maybeText }).transform(({ id, factoryTag }) => ({ id, factoryTag }));

export function synchronizationPath(servicePrincipalID: string): string {
  return `/servicePrincipals/${segment(servicePrincipalID)}/synchronization`;
}

export function jobPath({ servicePrincipalID, jobID }: JobAddress): string {
  return `${synchronizationPath(servicePrincipalID)}/jobs/${segment(jobID)}`;
}

export function graphJobs({ caller, creations, originOf }: GraphCalls): JobPort {
  const act = async (
    access: EntraAccess,
    operation: Operation,
    { address, ...request }: GraphRequest & { readonly address: JobAddress },
    signal: AbortSignal,
  ): Promise<Written> => {
    const subjects = [address.servicePrincipalID, address.jobID];
    return writtenFrom(await caller.call({ access, operation, request, signal, subjects }));
  };
  return {
    templates(access, servicePrincipalID, signal) {
      const request = { method: "GET", path: `${synchronizationPath(servicePrincipalID)}/templates` } as const;
      const call = { access, operation: TEMPLATES, request, signal, subjects: [servicePrincipalID] };
      return readPages(caller, originOf, call, template);
    },
    list(access, servicePrincipalID, signal) {
      const request = { method: "GET", path: `${synchronizationPath(servicePrincipalID)}/jobs` } as const;
      const call = { access, operation: LIST, request, signal, subjects: [servicePrincipalID] };
      return readPages(caller, originOf, call, synchronizationJob);
    },
    async job(access, address, signal) {
      const request = { method: "GET", path: jobPath(address) } as const;
      const subjects = [address.servicePrincipalID, address.jobID];
      return readingAs(
        await caller.call({ access, operation: GET, request, signal, subjects }),
        GET.name,
        synchronizationJob,
      );
    },
    async create(access, { servicePrincipalID, templateID }, signal) {
      const path = `${synchronizationPath(servicePrincipalID)}/jobs`;
      const request = { method: "POST", path, body: { templateId: templateID } } as const;
      const outcome = await caller.call({ access, operation: CREATE, request, signal, subjects: [servicePrincipalID] });
      const written = writtenAs(outcome, CREATE.name, synchronizationJob);
      if (written.kind === "done") creations.created(written.value.id);
      return written;
    },
    start: (access, address, signal) =>
      act(access, START, { address, method: "POST", path: `${jobPath(address)}/start` }, signal),
    pause: (access, address, signal) =>
      act(access, PAUSE, { address, method: "POST", path: `${jobPath(address)}/pause` }, signal),
    restart(access, address, flags, signal) {
      // One comma-separated text; empty is the portal's restart (synchronizationJobRestartCriteria).
      const body = { criteria: { resetScope: flags.join(", ") } };
      return act(access, RESTART, { address, method: "POST", path: `${jobPath(address)}/restart`, body }, signal);
    },
    remove: (access, address, signal) =>
      act(access, REMOVE, { address, method: "DELETE", path: jobPath(address) }, signal),
  };
}
