/**
 * Access tokens: issued by the login endpoint, checked at every Graph call.
 * Guarantees: a token carries what was granted when it was issued, and nothing that was granted or withdrawn later; tenant, audience, validity and
 * signature are checked. Its signature is an HMAC of the world: nobody but the world checks it, clients only read the claims.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

import type { GraphCaller } from "./operation.ts";
import { GraphError } from "./errors.ts";

export interface AccessTokenClaims {
  /** Audience: the Graph root of the cloud, or the origin at which this world is served. */
  readonly aud: string;
  readonly iss: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly appid: string;
  /** Object id of the caller's service principal. */
  readonly oid: string;
  readonly sub: string;
  readonly tid: string;
  readonly ver: "1.0";
  readonly idtyp: "app" | "user";
  /** Application permissions. */
  readonly roles?: readonly string[];
  /** Delegated permissions. */
  readonly scp?: string;
  /** A number of the token itself. */
  readonly uti: string;
}

const HEADER = encoded({ typ: "JWT", alg: "HS256", kid: "simulated" });

export class AccessTokens {
  readonly #key: string;

  constructor(seed: number) {
    this.#key = `world ${seed}`;
  }

  sign(claims: AccessTokenClaims): string {
    const content = `${HEADER}.${encoded(claims)}`;
    return `${content}.${this.#signature(content)}`;
  }

  /** @throws GraphError InvalidAuthenticationToken, as Graph words it [unverified in its details] */
  read(
    authorization: string | undefined,
    { nowMs, audiences }: { readonly nowMs: number; readonly audiences: (tenantID: string) => readonly string[] },
  ): AccessTokenClaims {
    const [, token = ""] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    if (token === "") throw unauthenticated("Access token is empty.");
    const [header = "", payload = "", signature = ""] = token.split(".");
    if (!isSame(this.#signature(`${header}.${payload}`), signature))
      throw unauthenticated("Access token validation failure. Invalid signature.");
    // What this world signed has this form.
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as AccessTokenClaims;
    if (nowMs >= claims.exp * 1_000) throw unauthenticated("Lifetime validation failed, the token is expired.");
    if (!audiences(claims.tid).includes(claims.aud))
      throw unauthenticated("Access token validation failure. Invalid audience.");
    return claims;
  }

  #signature(content: string): string {
    return createHmac("sha256", this.#key).update(content).digest("base64url");
  }
}

export function callerOf({ appid, oid, roles = [], scp, idtyp }: AccessTokenClaims): GraphCaller {
  return {
    appId: appid,
    servicePrincipalId: idtyp === "app" ? oid : "",
    roles,
    scopes: scp === undefined ? [] : scp.split(" "),
    isAppOnly: idtyp === "app",
  };
}

function unauthenticated(message: string): GraphError {
  return new GraphError(401, "InvalidAuthenticationToken", message, { "www-authenticate": "Bearer" });
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function isSame(one: string, two: string): boolean {
  return one.length === two.length && timingSafeEqual(Buffer.from(one), Buffer.from(two));
}
