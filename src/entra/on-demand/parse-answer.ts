/**
 * The answer to provisionOnDemand: two texts that hold JSON (entra-graph reference, 5.1).
 * Guarantees: total: whatever came back, the run was made, so what can be read is told and the rest is left out. `value` may be `{}`.
 */
import * as z from "zod";
import { bodyOf } from "../call/answer.ts";
import { maybeText } from "../call/wire.ts";
import type { OnDemandAnswer } from "./port.ts";

const inner = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" ? bodyOf(value) : value));
const pair = z.object({ key: inner, value: inner }).catch({ key: undefined, value: undefined });

const keyForm = z
  .object({
    result: maybeText,
    details: z.object({ errorCode: maybeText, errorMessage: maybeText }).partial().catch({}),
  })
  .partial()
  .catch({});

const property = z.object({ displayName: z.string(), newValue: z.unknown().optional() });
const step = z.object({ name: maybeText, type: maybeText, status: maybeText, description: maybeText });

const valueForm = z
  .object({
    action: maybeText,
    targetIdentity: z.object({ id: maybeText }).partial().catch({}),
    statusInfo: z.object({ status: maybeText, errorCode: maybeText, reason: maybeText }).partial().catch({}),
    modifiedProperties: z.array(property).catch([]),
    provisioningSteps: z.array(step).catch([]),
  })
  .partial()
  .catch({});

export function onDemandAnswer(body: unknown): OnDemandAnswer {
  const { key, value } = pair.parse(body);
  const { result, details } = keyForm.parse(key);
  const {
    action,
    targetIdentity,
    statusInfo,
    modifiedProperties = [],
    provisioningSteps = [],
  } = valueForm.parse(value);
  return {
    result: result ?? statusInfo?.status ?? "Unknown",
    errorCode: details?.errorCode ?? statusInfo?.errorCode,
    errorMessage: details?.errorMessage,
    action,
    targetID: targetIdentity?.id,
    reason: statusInfo?.reason,
    steps: provisioningSteps.map(({ name, type, status, description }) => ({
      name: name ?? "",
      type: type ?? "",
      status: status ?? "",
      description: description ?? "",
    })),
    modifiedProperties: modifiedProperties.map(({ displayName, newValue }) => ({
      name: displayName,
      newValue: newValue === undefined || newValue === null ? undefined : textOfValue(newValue),
    })),
  };
}

function textOfValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
