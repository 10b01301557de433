/** The whole AWS side on a manual clock and a fake transport, as tests use it. */
import type { Aws, AwsOptions } from "../adapters.ts";
import { createAws } from "../adapters.ts";
import type { AwsScope } from "../scope/port.ts";
import type { Answer, FakeTransport, SeenRequest } from "./fake-transport.ts";
import { fakeTransport } from "./fake-transport.ts";
import type { ManualClock } from "./manual-clock.ts";
import { manualClock } from "./manual-clock.ts";

export const SCOPE: AwsScope = { region: "ap-northeast-1", accountID: "111122223333", base: { kind: "operator" } };
export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

export interface FakeAws {
  readonly aws: Aws;
  readonly clock: ManualClock;
  readonly transport: FakeTransport;
}

export function fakeAws(answer: (request: SeenRequest) => Answer, options: Partial<AwsOptions> = {}): FakeAws {
  const clock = manualClock();
  const transport = fakeTransport(answer);
  const aws = createAws({
    clock,
    dice: () => 0.5,
    version: "0.0.0-test",
    ownerID: "owner-1",
    endpoints: {},
    homeRegion: SCOPE.region,
    mayWrite: () => true,
    grants: [],
    serviceAccounts: { annotations: () => Promise.resolve({ kind: "notFound" }) },
    tokens: { token: () => Promise.resolve({ kind: "issued", token: "jwt", expiresAtMs: 0 }) },
    operatorCredentials: () => Promise.resolve({ accessKeyId: "AKIAFAKE", secretAccessKey: "secret" }),
    requestHandler: transport as unknown as NonNullable<AwsOptions["requestHandler"]>,
    ...options,
  });
  return { aws, clock, transport };
}
