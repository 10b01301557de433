/**
 * `$select`: only the named properties, annotations kept; without it the properties that the type shows by itself. Pure.
 * Caveat: users show eleven properties by themselves, none of AD's among them (G1:user-get, "Optional query parameters").
 */
import { badRequest } from "../errors.ts";
import type { Entity } from "./filter.ts";

const USER_STANDARD = [
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
];

/** Applied to every 200 of a GET: an entity, or a list of such. */
export function selected(
  body: unknown,
  select: string | undefined,
  { isPolymorphic }: { readonly isPolymorphic: boolean },
): unknown {
  if (!isEntity(body)) return body;
  const shown = (item: unknown): unknown => {
    if (!isEntity(item)) return item;
    const { "@odata.type": type, ...picked } = pick(item, select);
    return isPolymorphic && type !== undefined ? { "@odata.type": type, ...picked } : picked;
  };
  return Array.isArray(body.value) ? { ...body, value: body.value.map(shown) } : shown(body);
}

function pick(entity: Entity, select: string | undefined): Entity {
  const names = select === undefined ? standardNames(entity) : select.split(",").map((name) => name.trim());
  if (names === undefined) return entity;
  if (names.some((name) => !/^[\w.]+$/.test(name))) throw badRequest(`Invalid $select clause: '${select ?? ""}'.`);
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name.includes("@") || names.includes(name)));
}

function standardNames(entity: Entity): readonly string[] | undefined {
  return entity["@odata.type"] === "#microsoft.graph.user" ? USER_STANDARD : undefined;
}

function isEntity(value: unknown): value is Entity {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
