/**
 * STS: who am I, and sessions of roles.
 * Guarantees: a session is issued only when the role's trust and (for AssumeRole) the caller's own policy allow it; external ids are compared.
 * Never: verifies the signature of a web identity token: only `sub`, `aud`, `iss` and `exp` of its payload are read.
 */
import type { ApiCall, Operation, OperationTable } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import type { WorldClock } from "../core/clock.ts";
import type { Input } from "../core/input.ts";
import { integer, isRecord, requiredText, text } from "../core/input.ts";
import type { Identities, Session } from "../iam/identities.ts";
import { textPattern } from "../iam/pattern.ts";
import { roleOfSession } from "../iam/questions/place.ts";
import type { RoleLayout } from "../layout/iam.ts";

export interface STSParts {
  readonly clock: WorldClock;
  readonly identities: Identities;
}

/** STS API Reference: 15 minutes to 12 hours; one hour for a role assumed by a role ("role chaining"). */
const DURATION_SECONDS_MIN = 900;
const DURATION_SECONDS_MAX = 43_200;
const CHAINED_SECONDS_MAX = 3_600;

export function stsOperations(parts: STSParts): OperationTable {
  return new Map<string, Operation>([
    ["GetCallerIdentity", getCallerIdentity],
    ["AssumeRole", assumeRole(parts)],
    ["AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity(parts)],
  ]);
}

const getCallerIdentity: Operation = ({ caller }) => ({
  Arn: caller.principalARN,
  UserId: caller.accessKeyID,
  Account: caller.accountID,
});

function assumeRole({ identities }: STSParts): Operation {
  return (call) => {
    const { input, caller } = call;
    const role = identities.role(requiredText(input, "RoleArn"));
    const isChained = caller.accessKeyID.startsWith("ASIA");
    if (role === undefined || !isTrusted(role, caller.principalARN, text(input, "ExternalId"))) throw refused(call);
    const session = identities.issue(
      role,
      sessionName(input),
      duration(input, isChained ? CHAINED_SECONDS_MAX : DURATION_SECONDS_MAX),
    );
    return sessionView(session);
  };
}

function isTrusted({ trust }: RoleLayout, principalARN: string, externalID: string | undefined): boolean {
  // A trust names the role; its sessions carry another ARN.
  const names = [principalARN, roleOfSession(principalARN)];
  if (!(trust.principals ?? []).some((pattern) => names.some((name) => textPattern(pattern)(name)))) return false;
  return trust.externalID === undefined || (externalID !== undefined && textPattern(trust.externalID)(externalID));
}

function refused({ input, caller }: ApiCall): ApiError {
  const sentence = `User: ${caller.principalARN} is not authorized to perform: sts:AssumeRole on resource: ${text(input, "RoleArn") ?? ""}`;
  return new ApiError("AccessDenied", sentence, 403);
}

function assumeRoleWithWebIdentity({ clock, identities }: STSParts): Operation {
  return ({ input }) => {
    const claims = readToken(requiredText(input, "WebIdentityToken"));
    const expiresAtMs = typeof claims.exp === "number" ? claims.exp * 1_000 : Number.POSITIVE_INFINITY;
    if (clock.nowMs() >= expiresAtMs) throw new ApiError("ExpiredTokenException", "Token expired");
    const role = identities.role(requiredText(input, "RoleArn"));
    if (role === undefined || !isFederated(role, claims)) {
      throw new ApiError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
    }
    const session = identities.issue(role, sessionName(input), duration(input, DURATION_SECONDS_MAX));
    return {
      ...sessionView(session),
      SubjectFromWebIdentityToken: claims.sub,
      Audience: audiences(claims)[0],
      Provider: claims.iss,
    };
  };
}

function isFederated({ trust: { webIdentity } }: RoleLayout, claims: Input): boolean {
  const { sub, iss } = claims;
  if (webIdentity === undefined || typeof sub !== "string") return false;
  if (webIdentity.issuer !== undefined && webIdentity.issuer !== iss) return false;
  const isSubject = webIdentity.subjects.some((pattern) => textPattern(pattern)(sub));
  return (
    isSubject &&
    audiences(claims).some((audience) => webIdentity.audiences.some((pattern) => textPattern(pattern)(audience)))
  );
}

function audiences({ aud }: Input): readonly string[] {
  return [aud].flat().filter((audience) => typeof audience === "string");
}

function readToken(token: string): Input {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    if (isRecord(claims)) return claims;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ApiError("InvalidIdentityToken", "The token is not a JSON web token");
}

function sessionName(input: Input): string {
  const name = requiredText(input, "RoleSessionName");
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new ApiError(
    "ValidationError",
    `'${name}' at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{2,64}`,
  );
}

function duration(input: Input, maximum: number): number {
  const seconds = integer(input, "DurationSeconds") ?? CHAINED_SECONDS_MAX;
  if (seconds >= DURATION_SECONDS_MIN && seconds <= maximum) return seconds;
  throw new ApiError(
    "ValidationError",
    `The requested DurationSeconds ${seconds} is not between ${DURATION_SECONDS_MIN} and ${maximum}`,
  );
}

function sessionView(session: Session): Readonly<Record<string, unknown>> {
  return {
    AssumedRoleUser: { Arn: session.assumedRoleARN, AssumedRoleId: session.assumedRoleID },
    Credentials: {
      AccessKeyId: session.accessKeyID,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAtMs),
    },
  };
}
