/** Reading a secret on the host with its role, in the words of a step. Never: a secret's value in a message. */
import type { SecretValue } from "../../layout/secrets.ts";
import { failed, type StepContext, type StepEnd } from "./step.ts";

export type SecretReading<Kind extends SecretValue["kind"]> =
  | { readonly kind: "read"; readonly value: Extract<SecretValue, { kind: Kind }> }
  | { readonly kind: "failed"; readonly end: StepEnd };

export function readSecret<Kind extends SecretValue["kind"]>(
  { host, directory }: StepContext,
  arn: string,
  wanted: Kind,
): SecretReading<Kind> {
  const reading = directory.secret(host.machine, arn);
  if (reading.kind === "notFound") {
    return refusal("Permanent", "SecretNotFound", [`There is no secret ${arn}.`, "Name an existing secret."]);
  }
  if (reading.kind === "denied") {
    const fix = "Allow secretsmanager:GetSecretValue on it to the instance profile's role.";
    return refusal("Person", "SecretAccessDenied", [`The host's role may not read ${arn}.`, fix]);
  }
  const { value } = reading;
  return isKind(value, wanted)
    ? { kind: "read", value }
    : refusal("Permanent", "SecretMalformed", [`${arn} holds no ${wanted}.`, "Store what this step needs."]);
}

function refusal(...words: Parameters<typeof failed>): { readonly kind: "failed"; readonly end: StepEnd } {
  return { kind: "failed", end: failed(...words) };
}

function isKind<Kind extends SecretValue["kind"]>(
  value: SecretValue,
  kind: Kind,
): value is Extract<SecretValue, { kind: Kind }> {
  return value.kind === kind;
}
