/**
 * The AWS SDK's way to the world: a request handler without sockets, so that serialisation, signing and parsing are the SDK's own.
 * Guarantees: requests of a dead process are never answered; what the world loses shows as a broken connection or as silence.
 */
import type { World } from "../../../sim/src/world.ts";
import type { WireOutcome, WireRequest } from "../../../sim/src/http/wire.ts";
import type { Actor } from "../../../sim/src/virtual/scheduler.ts";
import { AWS_DELAY } from "./network.ts";
import type { Network } from "./network.ts";
import type { Fate, OutsideCall, Strikes } from "./outside.ts";
import { siteOfAws } from "./sites.ts";

export interface AwsLinkOptions {
  readonly world: World;
  readonly cloud: Actor;
  readonly operator: Actor;
  readonly network: Network;
  readonly strikes: Strikes;
  readonly arrived: (call: OutsideCall, fate: Fate, status: number | undefined) => void;
  readonly kill: () => void;
}

interface SDKRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SDKResponse {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

export function awsLink(options: AwsLinkOptions) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => undefined,
    handle(request: SDKRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<SDKResponse> {
      return new Promise((resolve, reject) => {
        const abort = (): void => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
        if (abortSignal?.aborted === true) {
          abort();
          return;
        }
        abortSignal?.addEventListener("abort", abort, { once: true });
        dispatch(options, request, (answer) => {
          if (answer === "reset") reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
          else resolve(answer);
        });
      });
    },
  };
}

type Settle = (answer: SDKResponse | "reset") => void;

function dispatch(options: AwsLinkOptions, request: SDKRequest, settle: Settle): void {
  const { network, cloud, operator, strikes, world } = options;
  const wire = wireOf(request);
  const { service, action } = actionOf(wire);
  const call: OutsideCall = { side: "aws", operator: operator.name, ...siteOfAws(service, action, wire.body) };
  const reply = (answer: SDKResponse | "reset", extraMs = 0): void => {
    const slow = { usualMs: AWS_DELAY.usualMs + extraMs, worstMs: AWS_DELAY.worstMs + extraMs };
    network.send({ text: `${call.site} answered`, to: operator, delayMs: slow, arrive: () => settle(answer) });
  };
  const answered = (outcome: WireOutcome, fate: Fate): void => {
    options.arrived(call, fate, outcome.kind === "answered" ? outcome.response.status : undefined);
    if (fate.kind === "death") options.kill();
    else if (fate.kind === "lostAnswer" || outcome.kind === "lost") {
      const symptom = fate.kind === "lostAnswer" ? fate.symptom : outcome.kind === "lost" ? outcome.symptom : "reset";
      if (symptom === "reset") reply("reset");
    } else reply(responseOf(outcome), fate.kind === "late" ? fate.delayMs : 0);
  };
  const arrive = (): void => {
    const fate = strikes.fateOf(call);
    if (fate.kind === "lostRequest") {
      options.arrived(call, fate, undefined);
      if (fate.symptom === "reset") reply("reset");
      return;
    }
    if (fate.kind === "refused") throw new Error("refusals of AWS are rules of the world's own fault table");
    void world.handle(wire).then((outcome) => answered(outcome, fate));
  };
  const text = `${operator.name} ${call.site} ${wire.body}`;
  network.send({ text, to: cloud, delayMs: AWS_DELAY, arrive });
}

function wireOf({ method, path, headers, body }: SDKRequest): WireRequest {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, headers: lower, body: textOf(body) };
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return typeof body === "string" ? body : "";
}

/** `X-Amz-Target: AmazonSSM.SendCommand`, or `Action=` of the query protocol (services ec2 and sts, told apart by version). */
function actionOf({ headers, body }: WireRequest): { readonly service: string; readonly action: string } {
  const target = headers["x-amz-target"];
  if (target !== undefined) return { service: "ssm", action: target.split(".").at(-1) ?? "" };
  const query = new URLSearchParams(body);
  return { service: query.get("Version") === "2011-06-15" ? "sts" : "ec2", action: query.get("Action") ?? "" };
}

function responseOf(outcome: WireOutcome & { readonly kind: "answered" }): SDKResponse {
  const { status, headers, body } = outcome.response;
  // Bytes in one piece: a stream would only add ticks.
  return { response: { statusCode: status, headers: { ...headers }, body: Buffer.from(body) } };
}
