/** A world behind real HTTP with unmodified AWS clients, for tests of the wire. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { STSClient } from "@aws-sdk/client-sts";

import type { RunningServer } from "../src/http/server.ts";
import { serve } from "../src/http/server.ts";
import { ADMIN_KEY } from "../src/layout/default.ts";
import { OWNER_ID } from "../src/layout/identities.ts";
import type { World, WorldOptions } from "../src/world.ts";
import { createWorld } from "../src/world.ts";

export interface HTTPWorld {
  readonly world: World;
  readonly url: string;
  readonly ec2: (accessKeyID?: string, sessionToken?: string) => EC2Client;
  readonly sts: (accessKeyID?: string, sessionToken?: string) => STSClient;
  close(): Promise<void>;
}

export async function httpWorld(options: WorldOptions = {}): Promise<HTTPWorld> {
  const world = createWorld({ delays: { preset: "zero" }, ...options });
  const server: RunningServer = await serve((request) => world.handle(request));
  const configuration = (accessKeyID: string, sessionToken?: string) => ({
    endpoint: server.url,
    region: "ap-northeast-1",
    maxAttempts: 1,
    credentials: { accessKeyId: accessKeyID, secretAccessKey: "any", ...(sessionToken && { sessionToken }) },
  });
  const clients: { destroy(): void }[] = [];
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  return {
    world,
    url: server.url,
    ec2: (key = ADMIN_KEY, token) => kept(new EC2Client(configuration(key, token))),
    sts: (key = ADMIN_KEY, token) => kept(new STSClient(configuration(key, token))),
    async close() {
      for (const client of clients) client.destroy();
      await server.close();
    },
  };
}

/** The same tags on everything that a launch makes, as the product asks for. */
export function tagged(tags: readonly { readonly Key: string; readonly Value: string }[]) {
  return (["instance", "volume", "network-interface"] as const).map((ResourceType) => ({
    ResourceType,
    Tags: [...tags],
  }));
}

/** A launch as the product makes it, one instance in one subnet. */
export function launchInput(token: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    ImageId: "ami-0a1b2c3d4e5f60718",
    InstanceType: "m6i.large" as const,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    DisableApiTermination: false,
    IamInstanceProfile: { Name: "cloudsync-agent" },
    MetadataOptions: { HttpTokens: "required" as const, HttpPutResponseHopLimit: 1, HttpEndpoint: "enabled" as const },
    NetworkInterfaces: [
      { DeviceIndex: 0, SubnetId: "subnet-0a", Groups: ["sg-0agents"], AssociatePublicIpAddress: false },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: "/dev/sda1",
        Ebs: { Encrypted: true, VolumeSize: 50, VolumeType: "gp3" as const, DeleteOnTermination: true },
      },
    ],
    TagSpecifications: tagged([
      { Key: "cloudsync.dev/owner-id", Value: OWNER_ID },
      { Key: "cloudsync.dev/pool", Value: "tokyo" },
    ]),
    ...changes,
  };
}
