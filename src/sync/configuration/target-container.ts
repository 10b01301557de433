/**
 * Where groups are created in AD: what is declared, what a schema says, and which group goes where.
 * Guarantees: nothing outside the domain's provisioningContainers is ever written; a container that cannot be worked out is `undefined`, never guessed.
 */
import type { JsonObject } from "../../entra/schema/port.ts";
import type { EntraToADDeclaration } from "./connector.ts";
import { canonicalDN, isInside } from "../distinguished-name.ts";
import { literal, parseSwitch, switchExpression, unquoted } from "./expression.ts";
import { isJsonObject } from "./json.ts";

export type WantedContainer =
  | { readonly kind: "constant"; readonly distinguishedName: string }
  /** `fallback` also becomes the mapping's defaultValue (entra-graph reference, section 4). */
  | { readonly kind: "expression"; readonly expression: string; readonly fallback: string };

export type ContainerVerdict =
  | { readonly kind: "allowed"; readonly container: WantedContainer }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

export function wantedContainer(
  { targetContainer }: EntraToADDeclaration,
  allowed: readonly string[] | undefined,
): ContainerVerdict {
  const [first] = allowed ?? [];
  if (allowed === undefined || first === undefined) {
    const message =
      "The ADDomain names no spec.provisioningContainers: its owner lists the containers in which Entra may create groups.";
    return { kind: "refused", reason: "NoProvisioningContainers", message };
  }
  const { constant, switch: choice, attribute } = targetContainer;
  const named = [
    ...(constant === undefined ? [] : [constant]),
    ...(choice === undefined ? [] : [choice.default, ...choice.cases.map(({ container }) => container)]),
  ];
  const outside = named.find((name) => !isInside(name, allowed));
  if (outside !== undefined) {
    const message = `targetContainer ${outside} lies outside the ADDomain's spec.provisioningContainers: choose one inside, or its owner adds it there.`;
    return { kind: "refused", reason: "ContainerNotAllowed", message };
  }
  if (constant !== undefined) return { kind: "allowed", container: { kind: "constant", distinguishedName: constant } };
  if (choice !== undefined) {
    const cases = choice.cases.map(({ value, container }) => [value, container] as const);
    return expressionOf(choice.attribute, choice.default, cases);
  }
  // A bare attribute would let whoever may edit it choose any container: only allowed ones pass, the rest falls back.
  return expressionOf(
    attribute ?? "",
    first,
    allowed.map((name) => [name, name] as const),
  );
}

function expressionOf(
  attribute: string,
  fallback: string,
  cases: readonly (readonly [string, string])[],
): ContainerVerdict {
  const expression = switchExpression(attribute, fallback, cases);
  return { kind: "allowed", container: { kind: "expression", expression, fallback } };
}

/** What parseExpression is asked for a container; a constant needs it only where a schema has no constant to copy the form of. */
export function containerExpression(container: WantedContainer): string {
  return container.kind === "constant" ? literal(container.distinguishedName) : container.expression;
}

/** The container of one group, or `undefined` where it cannot be worked out here. */
export type ContainerOf = (group: { readonly displayName: string | undefined }) => string | undefined;

/** Both shapes of constants in vendor samples: no source but a defaultValue, or a source of type Constant (entra-graph reference, 2.7). */
export function constantOf(mapping: JsonObject): string | undefined {
  const { source, defaultValue } = mapping;
  if (source === null || source === undefined) return typeof defaultValue === "string" ? defaultValue : undefined;
  if (!isJsonObject(source) || source["type"] !== "Constant") return undefined;
  const text = source["expression"] ?? source["name"];
  return typeof text === "string" ? unquoted(text) : undefined;
}

export function containerOfMapping(mapping: JsonObject | undefined): ContainerOf {
  if (mapping === undefined) return () => undefined;
  const constant = constantOf(mapping);
  if (constant !== undefined) return () => canonicalDN(constant);
  const { source } = mapping;
  const expression = isJsonObject(source) ? source["expression"] : undefined;
  return typeof expression === "string" ? containerOfExpression(expression) : () => undefined;
}

export function containerOfWanted(container: WantedContainer): ContainerOf {
  if (container.kind === "expression") return containerOfExpression(container.expression);
  const path = canonicalDN(container.distinguishedName);
  return () => path;
}

function containerOfExpression(expression: string): ContainerOf {
  const parsed = parseSwitch(expression);
  if (parsed?.attribute !== "displayName") return () => undefined;
  return ({ displayName }) => {
    if (displayName === undefined) return undefined;
    const [, container] = parsed.cases.find(([value]) => value === displayName) ?? [];
    return canonicalDN(container ?? parsed.fallback);
  };
}
