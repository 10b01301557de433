/**
 * A whole simulated world whose secrets are planted, with one host, driven by the AWS SDK: where the scan for secrets looks.
 * Guarantees: every place that the world keeps and anybody could read is one of `places`.
 */
import { EC2Client, RunInstancesCommand, type RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import {
  CreateDocumentCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListDocumentsCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { virtualClock, type VirtualClock } from "../../../sim/src/core/clock.ts";
import { JOIN } from "../../../sim/src/hosts/test-steps.ts";
import { content, documentName } from "../../../sim/src/hosts/test-bench.ts";
import { ADMIN_KEY, DEFAULT_LAYOUT } from "../../../sim/src/layout/default.ts";
import { createWorld } from "../../../sim/src/world.ts";
import { launchInput } from "../../../sim/test/front.ts";
import { transport } from "../../../sim/test/in-process.ts";
import { STEPS, type ScenarioStep } from "../scenarios/scenario.ts";
import { DOMAIN, PEER, TENANT } from "../scenarios/stages.ts";
import type { Place, PlantedSecret } from "./scan.ts";

/** In no world's layout by chance, and of characters that every parameter's pattern allows. */
export const PLANTED: readonly PlantedSecret[] = ["join", "setup", "registration", "token", "leave"].map(
  (name, index) => ({
    name,
    value: `planted${name}7c1e9${index}f3`,
  }),
);

const STEP_MS = 3_600_000;
/** Between two calls that read: Systems Manager bounds their rate. */
const READ_MS = 1_000;

export interface Stage {
  readonly instanceID: string;
  /** Sends a step and waits; the line's outcome, or the words of a refusal. */
  readonly run: (step: ScenarioStep, parameters: Readonly<Record<string, string>>, comment?: string) => Promise<string>;
  readonly runScript: (...lines: readonly string[]) => Promise<void>;
  readonly createDocument: (name: string, text: string) => Promise<void>;
  /** The agent writes a line into its trace. */
  readonly writeTrace: (line: string) => void;
  /** An instant as a parameter of a step. */
  readonly now: () => string;
  readonly launch: (changes: Partial<RunInstancesCommandInput>) => Promise<void>;
  readonly places: () => Promise<readonly Place[]>;
}

export async function secretStage(): Promise<Stage> {
  const clock = virtualClock();
  const world = createWorld({ clock, delays: { preset: "demo" }, layout: plantedLayout() });
  const configuration = {
    endpoint: "http://world.invalid",
    region: "ap-northeast-1",
    maxAttempts: 1,
    requestHandler: transport(world),
    credentials: { accessKeyId: ADMIN_KEY, secretAccessKey: "any" },
  };
  const ec2 = new EC2Client(configuration);
  const ssm = new SSMClient(configuration);
  const launch: Stage["launch"] = async (changes) => {
    await ec2.send(new RunInstancesCommand(launchInput(`token${world.ec2.fleet.instances().length}`, changes)));
    clock.advance(STEP_MS);
  };
  await launch({});
  for (const step of STEPS) {
    await ssm.send(
      new CreateDocumentCommand({ Name: documentName(step), Content: content(step), DocumentType: "Command" }),
    );
  }
  clock.advance(STEP_MS);
  const instanceID = world.ec2.fleet.instances()[0]?.instanceID ?? "";
  let operations = 0;
  const send = async (name: string, parameters: Readonly<Record<string, readonly string[]>>, comment = "operation") => {
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: name,
        InstanceIds: [instanceID],
        Comment: comment,
        Parameters: Object.fromEntries(Object.entries(parameters).map(([key, values]) => [key, [...values]])),
      }),
    );
    clock.advance(STEP_MS);
    const id = { CommandId: Command?.CommandId ?? "", InstanceId: instanceID };
    return (await ssm.send(new GetCommandInvocationCommand(id))).StandardOutputContent ?? "";
  };
  return {
    instanceID,
    run: (step, parameters, comment) => {
      operations += 1;
      const given = Object.entries({ operationID: `operation${operations}`, ...parameters });
      return send(documentName(step), Object.fromEntries(given.map(([name, value]) => [name, [value]])), comment);
    },
    runScript: async (...lines) => {
      await send("AWS-RunPowerShellScript", { commands: lines });
    },
    createDocument: async (name, text) => {
      await ssm.send(new CreateDocumentCommand({ Name: name, Content: text, DocumentType: "Command" }));
    },
    writeTrace: (line) => world.guests.writeTrace(instanceID, line),
    now: () => new Date(clock.nowMs()).toISOString().replace(/\.\d+/, ""),
    launch,
    places: async () => [
      ...(await systemsManagerPlaces(ssm, clock)),
      ...world.guests
        .uploads()
        .flatMap(({ bucket, key, files }) => [
          { name: "name of an uploaded object", text: `${bucket}/${key}` },
          ...Object.entries(files).map(([name, text]) => ({ name: "diagnostics archive", text: `${name}\n${text}` })),
        ]),
      ...Object.entries(world.guests.markers(instanceID)).map(([operationID, output]) => ({
        name: "marker of an operation",
        text: `${operationID}\n${output}`,
      })),
      { name: "record of commands", text: JSON.stringify(world.guests.commands()) },
      { name: "simulated CloudTrail", text: JSON.stringify(world.log.read({ limit: 100_000 })) },
      { name: "truth of the hosts, with the records of their steps", text: JSON.stringify(world.guests.truths()) },
      { name: "truth of the directory", text: JSON.stringify(world.guests.domainTruth(DOMAIN)) },
      { name: "truth of the tenant", text: JSON.stringify(world.guests.tenantTruth(TENANT)) },
      ...world.ec2.fleet.instances().map(({ launchedAs, tags }) => ({
        name: "user data and tags",
        text: `${launchedAs.userData ?? ""}\n${JSON.stringify(tags)}`,
      })),
    ],
  };
}

/** What anybody with read access to Systems Manager sees. */
async function systemsManagerPlaces(ssm: SSMClient, clock: VirtualClock): Promise<readonly Place[]> {
  const places: Place[] = [];
  const { Commands = [], NextToken } = await ssm.send(new ListCommandsCommand({ MaxResults: 50 }));
  if (NextToken !== undefined) throw new Error("there are more commands than one page holds: read the next one too");
  for (const { CommandId, Parameters, Comment } of Commands) {
    clock.advance(READ_MS);
    places.push({ name: "parameters of a command", text: JSON.stringify(Parameters) });
    places.push({ name: "comment of a command", text: Comment ?? "" });
    const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ CommandId, Details: true }));
    places.push({ name: "list of invocations", text: JSON.stringify(CommandInvocations) });
    for (const { InstanceId } of CommandInvocations) {
      const one = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
      places.push({ name: "standard output", text: one.StandardOutputContent ?? "" });
      places.push({ name: "standard error", text: one.StandardErrorContent ?? "" });
    }
  }
  const documents = await ssm.send(new ListDocumentsCommand({ Filters: [{ Key: "Owner", Values: ["Self"] }] }));
  if (documents.NextToken !== undefined) throw new Error("there are more documents than one page holds");
  for (const { Name } of documents.DocumentIdentifiers ?? []) {
    clock.advance(READ_MS);
    const { Content } = await ssm.send(new GetDocumentCommand({ Name }));
    places.push({ name: "content of a document", text: Content ?? "" });
  }
  return places;
}

/** The default layout with every secret's value replaced by a planted one, on both sides of each door; and a computer without a host. */
function plantedLayout(): typeof DEFAULT_LAYOUT {
  const values = new Map([
    ["world-join-password", PLANTED[0]?.value],
    ["world-setup-password", PLANTED[1]?.value],
    ["world-registration-password", PLANTED[2]?.value],
    ["world-registration-token", PLANTED[3]?.value],
    ["world-leave-password", PLANTED[4]?.value],
  ]);
  const text = JSON.stringify(DEFAULT_LAYOUT, (_, value: unknown) =>
    typeof value === "string" ? (values.get(value) ?? value) : value,
  );
  const planted = JSON.parse(text) as typeof DEFAULT_LAYOUT;
  const peer = { name: PEER, organizationalUnit: JOIN.organizationalUnit, creator: "svc-join" };
  const domains = planted.domains.domains.map((domain) =>
    domain.dnsName === DOMAIN ? { ...domain, computers: [peer] } : domain,
  );
  return { ...planted, domains: { domains } };
}
