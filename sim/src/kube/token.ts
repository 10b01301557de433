/**
 * POST to the token subresource of a service account.
 * The token has the form and the claims of a real one, so that a simulated cloud can read it; its signature is none.
 */
import { at, frozenObject, listAt, textAt } from "./json.ts";
import { timeText } from "./metadata.ts";
import type { Target } from "./paths.ts";
import { readQuery } from "./paths.ts";
import { notFound } from "./refusal.ts";
import type { ApiAnswer, ApiRequest, ServerState } from "./server-state.ts";
import { UnsupportedRequest } from "./unsupported.ts";
import { keyOfTarget } from "./update.ts";

const ISSUER = "https://kubernetes.default.svc";
const DEFAULT_SECONDS = 3_600;

export function issueToken(state: ServerState, target: Target, request: ApiRequest): ApiAnswer {
  readQuery(target, []);
  const key = keyOfTarget(target);
  const account = state.store.get(target.kind, key);
  if (account === undefined) throw notFound(target.kind, key.name);
  const body = frozenObject(request.body);
  const audiences = listAt(body, "spec", "audiences");
  const seconds = at(body, "spec", "expirationSeconds") ?? DEFAULT_SECONDS;
  if (typeof seconds !== "number" || audiences.length === 0)
    throw new UnsupportedRequest("this token request", request);
  const issuedAt = Math.floor(state.nowMs() / 1_000);
  const expiresAt = issuedAt + seconds;
  const { namespace, name } = key;
  const claims = {
    aud: audiences,
    exp: expiresAt,
    iat: issuedAt,
    iss: ISSUER,
    jti: state.newUID(),
    "kubernetes.io": { namespace, serviceaccount: { name, uid: textAt(account, "metadata", "uid") } },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const token = [{ alg: "RS256", kid: "simulated" }, claims].map(encoded).join(".");
  const status = { token: `${token}.simulated`, expirationTimestamp: timeText(expiresAt * 1_000) };
  return {
    status: 201,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name, namespace, creationTimestamp: timeText(state.nowMs()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
      status,
    },
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
