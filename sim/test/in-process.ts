/** A world on a virtual clock in this process: the SDK's replaceable transport hands its requests over, no socket is involved. */
import { Readable } from "node:stream";

import { EC2Client } from "@aws-sdk/client-ec2";
import { STSClient } from "@aws-sdk/client-sts";

import type { VirtualClock } from "../src/core/clock.ts";
import { virtualClock } from "../src/core/clock.ts";
import { ADMIN_KEY } from "../src/layout/default.ts";
import type { GuestsMaker } from "../src/core/guests.ts";
import { NO_GUESTS } from "../src/core/guests.ts";
import type { GuestControl } from "../src/core/machine.ts";
import type { World, WorldOptions } from "../src/world.ts";
import { createWorldOf } from "../src/world.ts";

export interface VirtualWorld {
  readonly world: World<GuestControl>;
  readonly clock: VirtualClock;
  readonly ec2: (accessKeyID?: string, sessionToken?: string) => EC2Client;
  readonly sts: (accessKeyID?: string, sessionToken?: string) => STSClient;
}

/** Machines are empty when `guests` is absent. */
export function virtualWorld({
  guests = NO_GUESTS,
  ...options
}: Omit<WorldOptions, "clock"> & { readonly guests?: GuestsMaker } = {}): VirtualWorld {
  const clock = virtualClock();
  const world = createWorldOf(guests, { delays: { preset: "real" }, ...options, clock });
  const configuration = (accessKeyID: string, sessionToken?: string) => ({
    endpoint: "http://world.invalid",
    region: "ap-northeast-1",
    maxAttempts: 1,
    requestHandler: transport(world),
    credentials: { accessKeyId: accessKeyID, secretAccessKey: "any", ...(sessionToken && { sessionToken }) },
  });
  return {
    world,
    clock,
    ec2: (key = ADMIN_KEY, token) => new EC2Client(configuration(key, token)),
    sts: (key = ADMIN_KEY, token) => new STSClient(configuration(key, token)),
  };
}

interface SDKRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A transport as `requestHandler` of a client takes it. */
export function transport(world: World<GuestControl>) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => undefined,
    async handle({ method, path, headers, body }: SDKRequest) {
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const text = textOf(body);
      const outcome = await world.handle({ method, path, headers: lower, body: text });
      if (outcome.kind === "lost") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      const { status, headers: answered, body: content } = outcome.response;
      return {
        response: { statusCode: status, headers: { ...answered }, body: Readable.from([Buffer.from(content)]) },
      };
    },
  };
}

/** Bodies are bytes or text; bytes are read in place, because the SDK's own adapter warns of every conversion. */
function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return typeof body === "string" ? body : "";
}
