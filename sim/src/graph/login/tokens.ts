/**
 * Tokens for client credentials.
 * Guarantees: a token holds the roles that are granted at this moment; a resource of another cloud is refused (entra-graph reference, 10.6, 13).
 * Never: a delegated flow; delegated tokens of a test come from the world's control desk.
 */
import { GRAPH_APP_ID } from "../../entra/permissions.ts";
import type { AccessTokens } from "../access-tokens.ts";
import { CLOUDS } from "../clouds.ts";
import type { WorldTenant } from "../tenant.ts";
import { proveAssertion, proveSecret } from "./proofs.ts";
import { disabledClient, unknownClient, unknownResource, unknownTenant, wrongScope } from "./refusal.ts";

export interface LoginQuestion {
  /** Of the path: an id or a verified domain. */
  readonly tenant: string;
  /** Origin at which the call arrived. */
  readonly origin: string;
  readonly form: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly tokenID: string;
  /** Origins at which this world is served: resources beside the cloud's own Graph. */
  readonly servedOrigins: ReadonlySet<string>;
}

/** Entra draws 60 to 90 minutes; here always 3,599 s, as most answers say. */
export const TOKEN_SECONDS = 3_599;

export interface TokenAnswer {
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

/** @throws LoginRefusal */
export function issueToken(question: LoginQuestion, found: WorldTenant | undefined, tokens: AccessTokens): TokenAnswer {
  const { form, origin, nowMs, tenant } = question;
  if (found === undefined) throw unknownTenant(tenant);
  const clientID = (form.client_id ?? "").toLowerCase();
  const application = found.directory.applicationOfApp(clientID);
  const servicePrincipal = found.directory.servicePrincipalOfApp(clientID);
  if (application === undefined || servicePrincipal === undefined) throw unknownClient(clientID, tenant);
  if (!servicePrincipal.accountEnabled) throw disabledClient(clientID);
  const { client_secret: secret, client_assertion: assertion = "" } = form;
  const audiences = [`${origin}/${tenant}/oauth2/v2.0/token`, `${origin}/${found.tenantID}/v2.0`];
  if (secret !== undefined) proveSecret(application, secret, nowMs);
  else proveAssertion({ application, assertion, nowMs, audiences, issuerKeys: found.issuerKeys });
  const issuedSeconds = Math.floor(nowMs / 1_000);
  const token = tokens.sign({
    aud: resourceOf(question, found),
    iss: `https://sts.windows.net/${found.tenantID}/`,
    iat: issuedSeconds,
    nbf: issuedSeconds,
    exp: issuedSeconds + TOKEN_SECONDS,
    appid: clientID,
    idtyp: "app",
    oid: servicePrincipal.id,
    sub: servicePrincipal.id,
    tid: found.tenantID,
    ver: "1.0",
    roles: rolesOf(found, servicePrincipal.id),
    uti: question.tokenID,
  });
  return {
    token_type: "Bearer",
    expires_in: TOKEN_SECONDS,
    ext_expires_in: TOKEN_SECONDS,
    access_token: token,
  };
}

/** Application permissions of Microsoft Graph that are granted at this moment. */
function rolesOf({ directory }: WorldTenant, servicePrincipalID: string): readonly string[] {
  const graph = directory.servicePrincipalOfApp(GRAPH_APP_ID);
  return directory
    .assignmentsOf(servicePrincipalID)
    .filter(({ resourceId }) => resourceId === graph?.id)
    .flatMap(({ appRoleId }) => graph?.appRoles.find(({ id }) => id === appRoleId)?.value ?? []);
}

/** `<graph root>/.default` of the tenant's own cloud: tokens are not interchangeable between clouds. */
function resourceOf({ form, servedOrigins }: LoginQuestion, { cloud }: WorldTenant): string {
  const named = (form.scope ?? "").split(" ").filter((one) => !OPENID_SCOPES.includes(one));
  const [scope = "", ...more] = named;
  if (!scope.endsWith("/.default") || more.length > 0) throw wrongScope(form.scope ?? "");
  const resource = scope.slice(0, -"/.default".length).replace(/\/$/, "");
  if (resource !== CLOUDS[cloud].graph && !servedOrigins.has(resource)) throw unknownResource(resource);
  return resource;
}

/** SDKs add these to every request; client credentials ignore them. */
const OPENID_SCOPES = ["openid", "profile", "offline_access"];
