/** What a token says of its holder. Pure. Source: Entra documentation, "Access token claims reference" (application tokens: roles, oid). */
import { bodyOf, fieldOf } from "../call/answer.ts";

export interface TokenClaims {
  readonly roles: readonly string[];
  readonly servicePrincipalID: string;
}

/** `undefined` where the token is not a readable JWT: the vendor does not promise the form of tokens for its own resources. */
export function claimsOf(token: string): TokenClaims | undefined {
  const [, payload] = token.split(".");
  if (payload === undefined) return undefined;
  const claims = bodyOf(Buffer.from(payload, "base64url").toString("utf8"));
  const objectID = fieldOf(claims, "oid");
  if (typeof objectID !== "string") return undefined;
  const roles = fieldOf(claims, "roles");
  return {
    roles: Array.isArray(roles) ? roles.filter((role): role is string => typeof role === "string") : [],
    servicePrincipalID: objectID,
  };
}
