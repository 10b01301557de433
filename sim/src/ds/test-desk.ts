/** A world on a virtual clock with a client of Directory Service and a hand on the control API. Used by tests of this part of the world only. */
import type { VirtualClock } from "../core/clock.ts";
import { virtualClock } from "../core/clock.ts";
import { controlAPI } from "../control/routes.ts";
import { ADMIN_KEY } from "../layout/default.ts";
import type { World, WorldOptions } from "../world.ts";
import { createWorld } from "../world.ts";

export const DIRECTORY_ID = "d-90670a1b2c";
export const DOMAIN = "managed.example.com";
export const FIRST = "dc-90670a1b01";
export const SECOND = "dc-90670a1b02";
export const MINUTE_MS = 60_000;

/** JSON as it comes; a member that is not there reads as undefined. */
export interface Answer {
  readonly [name: string]: Answer | undefined;
}

export interface Reply {
  readonly status: number;
  readonly answer: Answer;
}

export class Desk {
  readonly clock: VirtualClock = virtualClock();
  readonly world: World;

  constructor(options: Omit<WorldOptions, "clock"> = {}) {
    this.world = createWorld({ delays: { preset: "real" }, ...options, clock: this.clock });
  }

  /** One call over the wire format, signed by an access key for a Region. */
  async call(action: string, input: object = {}, { key = ADMIN_KEY, region = "ap-northeast-1" } = {}): Promise<Reply> {
    const outcome = await this.world.handle({
      method: "POST",
      path: "/",
      headers: {
        "x-amz-target": `DirectoryService_20150416.${action}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261101/${region}/ds/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    if (outcome.kind === "lost") throw new Error(`lost: ${outcome.symptom}`);
    return { status: outcome.response.status, answer: JSON.parse(outcome.response.body) as Answer };
  }

  /** The error code of a refused call, `ok` of another. */
  async codeOf(...call: Parameters<Desk["call"]>): Promise<unknown> {
    const { status, answer } = await this.call(...call);
    return status === 200 ? "ok" : answer["__type"];
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    const outcome = await controlAPI(this.world)({ method, path, headers: {}, body: JSON.stringify(body ?? null) });
    if (outcome.kind === "lost") throw new Error("the control API loses nothing");
    return { status: outcome.response.status, answer: JSON.parse(outcome.response.body) as Answer };
  }

  async directory(directoryID = DIRECTORY_ID): Promise<Answer> {
    const { answer } = await this.call("DescribeDirectories", { DirectoryIds: [directoryID] });
    return list(answer, "DirectoryDescriptions")[0] ?? {};
  }

  async controllers(directoryID = DIRECTORY_ID): Promise<readonly Answer[]> {
    const { answer } = await this.call("DescribeDomainControllers", { DirectoryId: directoryID });
    return list(answer, "DomainControllers");
  }

  /** Controllers that hosts do not reach. */
  down(dnsName = DOMAIN): readonly string[] | undefined {
    return this.world.guests.domainTruth(dnsName)?.downControllers;
  }
}

export function list(answer: Answer, name: string): readonly Answer[] {
  return (answer[name] ?? []) as readonly Answer[];
}
