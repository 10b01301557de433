/**
 * A transport for tests: the SDK serialises and parses for real, and a function answers instead of a socket.
 * Guarantees: every request is recorded with its operation and decoded parameters.
 */
import { Readable } from "node:stream";

export interface SeenRequest {
  readonly service: string;
  readonly operation: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Query protocol: its flat parameters. JSON protocol: the body. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly socketError: string }
  | "never";

export interface FakeTransport {
  readonly seen: SeenRequest[];
  count(operation: string): number;
  handle(request: WireRequest, options?: { readonly abortSignal?: AbortSignal }): Promise<{ response: WireResponse }>;
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
}

interface WireRequest {
  readonly hostname: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}
interface WireResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
}

export function fakeTransport(answer: (request: SeenRequest) => Answer): FakeTransport {
  const seen: SeenRequest[] = [];
  return {
    seen,
    count: (operation) => seen.filter((request) => request.operation === operation).length,
    async handle(request, { abortSignal } = {}) {
      if (abortSignal?.aborted === true) throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
      const read = readRequest(request);
      seen.push(read);
      const given = answer(read);
      if (given === "never") {
        return new Promise((_, reject) => {
          abortSignal?.addEventListener("abort", () =>
            reject(Object.assign(new Error("Request aborted"), { name: "AbortError" })),
          );
        });
      }
      if ("socketError" in given) throw Object.assign(new Error(given.socketError), { code: given.socketError });
      return {
        response: {
          statusCode: given.status,
          headers: { ...given.headers },
          body: Readable.from([Buffer.from(given.body)]),
        },
      };
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}

function readRequest({ hostname, headers, body }: WireRequest): SeenRequest {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body as Uint8Array);
  const target = headers["x-amz-target"];
  if (target !== undefined) {
    return {
      service: "ssm",
      operation: target.split(".")[1] ?? "",
      host: hostname,
      headers,
      parameters: JSON.parse(text) as Record<string, unknown>,
    };
  }
  const parameters = Object.fromEntries(new URLSearchParams(text));
  const operation = parameters["Action"] ?? "";
  return {
    service: operation.startsWith("AssumeRole") ? "sts" : "ec2",
    operation,
    host: hostname,
    headers,
    parameters,
  };
}

export function ec2Answer(operation: string, inner: string): Answer {
  const body = `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>req-ok</requestId>${inner}</${operation}Response>`;
  return { status: 200, body, headers: { "content-type": "text/xml" } };
}

export function ec2Error(
  code: string,
  message = "",
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>req-bad</RequestID></Response>`;
  return { status, body, headers: { "content-type": "text/xml", "x-amzn-requestid": "req-bad", ...headers } };
}

export function ssmAnswer(body: object): Answer {
  return { status: 200, body: JSON.stringify(body), headers: { "content-type": "application/x-amz-json-1.1" } };
}

export function ssmError(code: string, message = "", status = 400): Answer {
  return {
    status,
    body: JSON.stringify({ __type: code, message }),
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "req-bad" },
  };
}

export function instanceXML({
  id,
  state = "running",
  tags = {},
}: {
  readonly id: string;
  readonly state?: string;
  readonly tags?: Readonly<Record<string, string>>;
}): string {
  const tagItems = Object.entries(tags).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`);
  return `<item><instanceId>${id}</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>${state}</name></instanceState>
    <instanceType>m6i.large</instanceType><launchTime>2026-11-22T00:00:00.000Z</launchTime><clientToken>token-1</clientToken>
    <placement><availabilityZone>ap-northeast-1a</availabilityZone></placement><subnetId>subnet-1</subnetId><tagSet>${tagItems.join("")}</tagSet></item>`;
}

export function reservations(...instances: readonly string[]): string {
  return `<reservationSet><item><reservationId>r-1</reservationId><instancesSet>${instances.join("")}</instancesSet></item></reservationSet>`;
}
