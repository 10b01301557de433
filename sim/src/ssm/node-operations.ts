/**
 * DescribeInstanceInformation and GetConnectionStatus (SSM API Reference; bounds and traps in aws.md 6.1).
 * Guarantees: shows what the agents last told, not what is true: a dead host stays Online until its silence is long enough.
 */
import { ApiError, type ApiCall, type Operation } from "../core/call.ts";
import type { Faults } from "../core/faults.ts";
import { requiredText, records, texts, type Input } from "../core/input.ts";
import type { Machine, MachineDirectory } from "../core/machine.ts";
import type { NodeRegistry, NodeView } from "./nodes.ts";
import { pageOf, type PageRules } from "./paging.ts";
import { requiredName } from "./refusals.ts";

/** Default 10 (SDK); 5 to 50 [general, aws.md 6.1]. */
const PAGE: PageRules = { order: "oldestFirst", sizeMin: 5, sizeMax: 50, sizeDefault: 10 };

export interface NodeOperationDeps {
  readonly nodes: NodeRegistry;
  readonly machines: MachineDirectory;
  readonly faults: Faults;
}

interface SeenNode extends NodeView {
  readonly machine: Machine | undefined;
}

type NodeTest = (node: SeenNode) => boolean;

export function nodeOperations({ nodes, machines, faults }: NodeOperationDeps): Readonly<Record<string, Operation>> {
  const ownNodes = (call: ApiCall): readonly SeenNode[] =>
    nodes
      .list()
      .map((node) => ({ ...node, machine: machines.machine(node.instanceID) }))
      .filter(({ machine }) => isOwn(machine, call));
  return {
    DescribeInstanceInformation: (call) => {
      const tests = nodeTests(call.input);
      const matching = ownNodes(call).filter((node) => tests.every((test) => test(node)));
      const { items, nextToken } = pageOf(matching, call, PAGE, faults);
      return {
        InstanceInformationList: items.map(shown),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    GetConnectionStatus: (call) => {
      const target = requiredName(call.input, "Target");
      const node = ownNodes(call).find(({ instanceID }) => instanceID === target);
      return { Target: target, Status: node?.isConnected === true ? "connected" : "notconnected" };
    },
  };
}

/** A machine that EC2 has forgotten belongs to nobody any more: its node is shown to no account. */
function isOwn(machine: Machine | undefined, { caller }: ApiCall): boolean {
  return machine?.accountID === caller.accountID && machine.region === caller.region;
}

function nodeTests(input: Input): readonly NodeTest[] {
  const filters = records(input, "Filters").map((filter) => ({
    key: requiredText(filter, "Key"),
    values: texts(filter, "Values"),
  }));
  const legacy = records(input, "InstanceInformationFilterList").map((filter) => ({
    key: requiredText(filter, "key"),
    values: texts(filter, "valueSet"),
  }));
  if (filters.length > 0 && legacy.length > 0) {
    throw new ApiError("InvalidFilterKey", "Filters and InstanceInformationFilterList can't be used together.");
  }
  const isTag = ({ key }: { key: string }): boolean => key.startsWith("tag:") || key === "tag-key";
  // SDK documentation: "Tag filters can't be combined with other filter types"; the code of that refusal is [unverified].
  if (filters.some(isTag) && !filters.every(isTag)) {
    throw new ApiError("InvalidFilterKey", "Tag filters can't be combined with other filter types.");
  }
  return [...filters, ...legacy].map(({ key, values }) => nodeTest(key, values));
}

function nodeTest(key: string, values: readonly string[]): NodeTest {
  if (values.length === 0) throw new ApiError("InvalidInstanceInformationFilterValue", `No value for filter ${key}.`);
  if (key.startsWith("tag:")) {
    const name = key.slice("tag:".length);
    return ({ machine }) => values.includes(machine?.tags[name] ?? "\u0000");
  }
  switch (key) {
    case "tag-key":
      return ({ machine }) => Object.keys(machine?.tags ?? {}).some((name) => values.includes(name));
    case "InstanceIds":
      return ({ instanceID }) => values.includes(instanceID);
    case "PingStatus":
      return ({ pingStatus }) => values.includes(pingStatus);
    case "PlatformTypes":
      return ({ identity }) => values.includes(platformType(identity.platformName));
    case "AgentVersion":
      return ({ identity }) => values.includes(identity.agentVersion);
    case "ResourceType":
      return () => values.includes("EC2Instance");
    case "SourceTypes":
      return () => values.includes("AWS::EC2::Instance");
    case "AssociationStatus":
    case "ActivationIds":
    case "IamRole":
    case "SourceIds":
      return () => false;
    default:
      throw new ApiError("InvalidFilterKey", `The specified key ${key} isn't valid.`);
  }
}

export function platformType(platformName: string): "Windows" | "Linux" {
  return platformName.includes("Windows") ? "Windows" : "Linux";
}

function shown(node: SeenNode): Readonly<Record<string, unknown>> {
  return {
    InstanceId: node.instanceID,
    PingStatus: node.pingStatus,
    LastPingDateTime: node.lastPingMs / 1_000,
    AgentVersion: node.identity.agentVersion,
    IsLatestVersion: false,
    PlatformType: platformType(node.identity.platformName),
    PlatformName: node.identity.platformName,
    PlatformVersion: node.identity.platformVersion,
    ResourceType: "EC2Instance",
    IPAddress: node.identity.ipAddress,
    ComputerName: node.identity.computerName,
    SourceId: node.instanceID,
    SourceType: "AWS::EC2::Instance",
  };
}
