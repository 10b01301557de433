/**
 * From an HTTP request to a call of the world and back: reads the protocol, finds out who signed, asks the gateway.
 * Guarantees: every request is answered or lost on purpose; a bug of the world is answered as InternalError with its sentence.
 * Never: verifies a signature: the access key named in the Authorization header is taken at its word.
 */
import type { ApiCall } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import type { CallOutcome } from "../core/gateway.ts";
import type { Identities } from "../iam/identities.ts";
import type { Answer, ReadCall } from "./protocols.ts";
import { readRequest, serviceOfTarget, writeAnswer } from "./protocols.ts";
import type { ServiceName, WireOutcome, WireRequest } from "./wire.ts";

export interface FrontParts {
  readonly identities: Identities;
  readonly region: string;
  readonly newRequestID: () => string;
  readonly call: (call: ApiCall, requestID: string) => Promise<CallOutcome>;
}

export function front(parts: FrontParts): (request: WireRequest) => Promise<WireOutcome> {
  return async (request) => {
    const requestID = parts.newRequestID();
    let read: ReadCall | undefined;
    try {
      read = readRequest(request);
      const call = { ...read, caller: readCaller(parts, read, request.headers) };
      const outcome = await parts.call(call, requestID);
      if (outcome.kind === "lost") return outcome;
      return { kind: "answered", response: writeAnswer(read.service, read.action, requestID, outcome) };
    } catch (error) {
      const service = read?.service ?? serviceHint(request);
      return { kind: "answered", response: writeAnswer(service, read?.action ?? "Unknown", requestID, refusal(error)) };
    }
  };
}

function refusal(error: unknown): Answer {
  if (error instanceof ApiError) return { kind: "refused", error };
  const sentence = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "refused", error: new ApiError("InternalError", `A bug of the simulated world: ${sentence}`, 500) };
}

function serviceHint({ headers }: WireRequest): ServiceName {
  const target = headers["x-amz-target"];
  return target === undefined ? "ec2" : (serviceOfTarget(target) ?? "ssm");
}

/** Signature Version 4: `Credential=<access key>/<date>/<region>/<service>/aws4_request` (IAM User Guide, "Elements of a request signature"). */
const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/[^/,\s]+\/aws4_request/;

function readCaller(
  { identities, region }: FrontParts,
  { service, action }: ReadCall,
  headers: WireRequest["headers"],
): ApiCall["caller"] {
  // The token is the credential of this call: it is not signed (STS API Reference, AssumeRoleWithWebIdentity).
  if (service === "sts" && action === "AssumeRoleWithWebIdentity") {
    return { accessKeyID: "anonymous", principalARN: "anonymous", accountID: "anonymous", region };
  }
  const [, accessKeyID, signedRegion] = CREDENTIAL.exec(headers.authorization ?? "") ?? [];
  if (accessKeyID === undefined || signedRegion === undefined) {
    throw new ApiError(
      service === "ec2" ? "AuthFailure" : "MissingAuthenticationToken",
      "The request is not signed",
      403,
    );
  }
  const reading = identities.read(accessKeyID, headers["x-amz-security-token"]);
  switch (reading.kind) {
    case "known": {
      const { principalARN, accountID } = reading.identity;
      return { accessKeyID, principalARN, accountID, region: signedRegion };
    }
    case "expired":
      throw expired(service);
    case "unknown":
      throw unknownKey(service);
  }
}

function expired(service: ServiceName): ApiError {
  if (service === "ec2") return new ApiError("RequestExpired", "Request has expired.");
  return new ApiError(
    service === "sts" ? "ExpiredToken" : "ExpiredTokenException",
    "The security token included in the request is expired",
    403,
  );
}

function unknownKey(service: ServiceName): ApiError {
  if (service === "ec2")
    return new ApiError("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
  const code = service === "sts" ? "InvalidClientTokenId" : "UnrecognizedClientException";
  return new ApiError(code, "The security token included in the request is invalid.", service === "sts" ? 403 : 400);
}
