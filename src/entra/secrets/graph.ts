/**
 * The synchronization secrets through Graph v1.0 (entra-graph reference, 2.5); no v1.0 mark of the removal announced for beta (2.8).
 * Guarantees: a masked value is refused before anything is sent (S7). Never: a value in a failure or a log (S9).
 */
import * as z from "zod";
import type { Operation } from "../call/caller.ts";
import type { GraphCalls } from "../call/graph-calls.ts";
import { readPages } from "../call/read-pages.ts";
import { maybeText, text } from "../call/wire.ts";
import { writtenFrom } from "../call/written.ts";
import { synchronizationPath } from "../jobs/graph.ts";
import type { SecretPort } from "./port.ts";

const READ: Operation = { name: "ReadSynchronizationSecrets", bucket: "reads", isWrite: false };
const REPLACE: Operation = { name: "ReplaceSynchronizationSecrets", bucket: "writes", isWrite: true };

const secret = z.object({ key: text, value: maybeText }).transform(({ key, value }) => ({ key, value: value ?? "" }));

/** Sensitive values come back as nothing but `*` [C]. */
export function isMasked(value: string): boolean {
  return /^\*+$/.test(value);
}

export function graphSecrets({ caller, originOf }: GraphCalls): SecretPort {
  return {
    read(access, servicePrincipalID, signal) {
      const request = { method: "GET", path: `${synchronizationPath(servicePrincipalID)}/secrets` } as const;
      const call = { access, operation: READ, request, signal, subjects: [servicePrincipalID] };
      return readPages(caller, originOf, call, secret);
    },
    async replace(access, servicePrincipalID, secrets, signal) {
      const masked = secrets.find(({ value }) => isMasked(value));
      if (masked !== undefined) return { kind: "refused", failure: maskedValue(masked.key) };
      const body = { value: secrets.map(({ key, value }) => ({ key, value })) };
      const request = { method: "PUT", path: `${synchronizationPath(servicePrincipalID)}/secrets`, body } as const;
      return writtenFrom(
        await caller.call({ access, operation: REPLACE, request, signal, subjects: [servicePrincipalID] }),
      );
    },
  };
}

function maskedValue(key: string) {
  return {
    class: "Permanent",
    reason: "MaskedSecret",
    message: `${REPLACE.name}: not sent, the value of ${key} is masked and would be lost`,
    fix: `Set ${key} anew in the portal after the change, or remove it there first: Graph does not show its value.`,
  } as const;
}
