/**
 * Images behind the image port: a public parameter is resolved to an id, and the id to its owner. Cached for a day.
 * Guarantees: an image is only `read` with its owner known, because the owner is what host policy judges.
 */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { Clock } from "../../runtime/clock.ts";
import type { Failure } from "../../runtime/failure.ts";
import { answerCache } from "../cache.ts";
import type { Caller, Operation } from "../call/caller.ts";
import { IMAGE_CACHE_MS } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { scopeKey } from "../scope/port.ts";
import type { ImagePort, ImageReading } from "./port.ts";

const GET_PARAMETER: Operation = { service: "ssm", name: "GetParameter", bucket: "ssm:reads", isWrite: false };
const DESCRIBE_IMAGES: Operation = {
  service: "ec2",
  name: "DescribeImages",
  bucket: "ec2:DescribeImages",
  isWrite: false,
};

export interface ImageOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
  readonly ssm: (scope: AwsScope) => Promise<SSMClient>;
  readonly closed: AbortSignal;
}

const LEFT: ImageReading = {
  kind: "failed",
  failure: {
    class: "Transient",
    reason: "Cancelled",
    message: "The pass ended before the image was read",
    fix: "None: read again.",
  },
};

export function ec2Images(options: ImageOptions): ImagePort {
  const cache = answerCache<ImageReading>({
    ...options,
    keepMs: IMAGE_CACHE_MS,
    isGood: ({ kind }) => kind === "read",
    whenLeft: LEFT,
  });
  return {
    resolve(scope, query, signal) {
      const key = `${scopeKey(scope)}|${"imageID" in query ? query.imageID : query.ssmParameter}`;
      const load = async (ends: AbortSignal): Promise<ImageReading> => {
        if ("imageID" in query) return readImage(options, scope, query.imageID, ends);
        const parameter = await readParameter(options, scope, query.ssmParameter, ends);
        return parameter.kind === "failed" ? parameter : readImage(options, scope, parameter.imageID, ends);
      };
      return cache.get(key, signal, load);
    },
  };
}

async function readParameter(
  { caller, ssm }: ImageOptions,
  scope: AwsScope,
  name: string,
  signal: AbortSignal,
): Promise<
  { readonly kind: "found"; readonly imageID: string } | { readonly kind: "failed"; readonly failure: Failure }
> {
  const outcome = await caller.call({
    place: scope,
    operation: GET_PARAMETER,
    signal,
    connect: () => ssm(scope),
    send: (client, send) => client.send(new GetParameterCommand({ Name: name }), send),
  });
  if (outcome.kind === "failed") return failed(outcome.failure);
  const imageID = outcome.output.Parameter?.Value ?? "";
  if (/^ami-[0-9a-f]{8,17}$/.test(imageID)) return { kind: "found", imageID };
  return failed({
    class: "Permanent",
    reason: "ImageParameterInvalid",
    message: `GetParameter: ${name} does not hold an image id`,
    fix: "Name a parameter below /aws/service/ami-windows-latest/, or an image id.",
  });
}

async function readImage(
  { caller, ec2 }: ImageOptions,
  scope: AwsScope,
  imageID: string,
  signal: AbortSignal,
): Promise<ImageReading> {
  const outcome = await caller.call({
    place: scope,
    operation: DESCRIBE_IMAGES,
    signal,
    connect: () => ec2(scope),
    send: (client, send) => client.send(new DescribeImagesCommand({ ImageIds: [imageID] }), send),
  });
  if (outcome.kind === "failed") return failed(outcome.failure);
  const image = outcome.output.Images?.find(({ ImageId }) => ImageId === imageID);
  if (image?.OwnerId !== undefined)
    return { kind: "read", imageID, ownerID: image.OwnerId, ownerAlias: image.ImageOwnerAlias };
  return failed({
    class: "Permanent",
    reason: "ImageNotFound",
    message: `DescribeImages: ${imageID} is not visible in ${scope.region}`,
    fix: "Name an image that exists in the Region and is shared with the account.",
  });
}

function failed(failure: Failure): { readonly kind: "failed"; readonly failure: Failure } {
  return { kind: "failed", failure };
}
