/**
 * The wire formats: EC2 query with XML, AWS JSON 1.1 (SSM, Directory Service), STS query with XML. Pure: text in, call out; outcome in, text out.
 * Sources: Smithy specifications of the protocols awsJson1_1, ec2Query and awsQuery.
 */
import { ApiError } from "../core/call.ts";
import type { CallOutcome } from "../core/gateway.ts";
import { isRecord } from "../core/input.ts";
import { readQuery } from "./query.ts";
import type { ServiceName, WireRequest, WireResponse } from "./wire.ts";
import { xmlContent } from "./xml.ts";

export interface ReadCall {
  readonly service: ServiceName;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const EC2_VERSION = "2016-11-15";
const STS_VERSION = "2011-06-15";

/** Prefixes of X-Amz-Target, from the services' models. */
const JSON_SERVICES: ReadonlyMap<string, "ssm" | "ds"> = new Map([
  ["AmazonSSM", "ssm"],
  ["DirectoryService_20150416", "ds"],
]);

/** Which JSON service a target names, `undefined` for none of the world's. */
export function serviceOfTarget(target: string): "ssm" | "ds" | undefined {
  return JSON_SERVICES.get(target.split(".")[0] ?? "");
}

/** Which service a request is for, by what the request itself says. @throws ApiError when it is for none of them */
export function readRequest(request: WireRequest): ReadCall {
  const target = request.headers["x-amz-target"];
  if (target !== undefined) return readJSON(target, request.body);
  const fromQuery = request.method === "GET" ? (request.path.split("?")[1] ?? "") : request.body;
  const { Action, Version, ...input } = readQuery(fromQuery);
  if (typeof Action !== "string") throw new ApiError("MissingAction", "The request must contain the parameter Action");
  if (Version === EC2_VERSION) return { service: "ec2", action: Action, input };
  if (Version === STS_VERSION) return { service: "sts", action: Action, input };
  throw new ApiError("InvalidAction", `The action ${Action} is not valid for the version ${String(Version)}`);
}

function readJSON(target: string, body: string): ReadCall {
  const service = serviceOfTarget(target);
  const action = target.split(".")[1];
  if (service === undefined || action === undefined) {
    throw new ApiError("UnknownOperationException", `This world has no ${target}`);
  }
  const input: unknown = body === "" ? {} : parse(body);
  if (!isRecord(input)) throw new ApiError("SerializationException", "The body must be a JSON object");
  return { service, action, input };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ApiError("SerializationException", `The body is not JSON: ${String(cause)}`);
  }
}

export type Answer = Exclude<CallOutcome, { kind: "lost" }>;

export function writeAnswer(service: ServiceName, action: string, requestID: string, answer: Answer): WireResponse {
  if (service === "ssm") return writeJSON(requestID, answer, ssmError);
  if (service === "ds") return writeJSON(requestID, answer, directoryError);
  return service === "ec2" ? writeEC2(action, requestID, answer) : writeSTS(action, requestID, answer);
}

function writeEC2(action: string, requestID: string, answer: Answer): WireResponse {
  if (answer.kind === "refused") {
    const { code, message, httpStatus } = answer.error;
    const errors = xmlContent({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestID }, "item");
    return xml(httpStatus, requestID, `<Response>${errors}</Response>`);
  }
  const content = xmlContent({ requestId: requestID, ...answer.output }, "item");
  return xml(
    200,
    requestID,
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/${EC2_VERSION}/">${content}</${action}Response>`,
  );
}

function writeSTS(action: string, requestID: string, answer: Answer): WireResponse {
  const namespace = `xmlns="https://sts.amazonaws.com/doc/${STS_VERSION}/"`;
  if (answer.kind === "refused") {
    const { code, message, httpStatus } = answer.error;
    const error = { Type: httpStatus < 500 ? "Sender" : "Receiver", Code: code, Message: message };
    return xml(
      httpStatus,
      requestID,
      `<ErrorResponse ${namespace}>${xmlContent({ Error: error, RequestId: requestID }, "member")}</ErrorResponse>`,
    );
  }
  const content = xmlContent(
    { [`${action}Result`]: answer.output, ResponseMetadata: { RequestId: requestID } },
    "member",
  );
  return xml(200, requestID, `<${action}Response ${namespace}>${content}</${action}Response>`);
}

function xml(status: number, requestID: string, content: string): WireResponse {
  return {
    status,
    headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestID },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
  };
}

type ErrorMembers = (message: string, requestID: string) => Readonly<Record<string, string>>;
const ssmError: ErrorMembers = (message) => ({ message });
/** Members of this service's exceptions, with capitals (SDK model, `EntityDoesNotExistException` and its like). */
const directoryError: ErrorMembers = (message, requestID) => ({ Message: message, RequestId: requestID });

function writeJSON(requestID: string, answer: Answer, errorMembers: ErrorMembers): WireResponse {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestID };
  if (answer.kind === "answered") return { status: 200, headers, body: JSON.stringify(jsonValue(answer.output)) };
  const { code, message, httpStatus } = answer.error;
  return {
    status: httpStatus,
    headers: { ...headers, "x-amzn-errortype": code },
    body: JSON.stringify({ __type: code, ...errorMembers(message, requestID) }),
  };
}

/** Instants travel as seconds since the epoch with fractions. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map(jsonValue);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}
