/**
 * Systems Manager of the world: managed nodes, Run Command, documents and public parameters.
 * Guarantees: an operation is one synchronous step; hosts speak to it only through AgentReports.
 */
import { ApiError, type Operation, type OperationTable } from "../core/call.ts";
import type { GuestSurroundings } from "../core/guests.ts";
import type { AgentConnections, AgentReports } from "./agent-port.ts";
import type { Command } from "./command.ts";
import { commandOperations } from "./command-operations.ts";
import { Dispatch } from "./dispatch.ts";
import { documentOperations } from "./document-operations.ts";
import { DocumentStore } from "./document-store.ts";
import { nodeOperations } from "./node-operations.ts";
import { NodeRegistry } from "./nodes.ts";
import { requiredName } from "./refusals.ts";
import { sendCommand } from "./send-command.ts";

export interface SSMDeps extends GuestSurroundings {
  readonly agents: AgentConnections;
  /** Public parameters (images behind /aws/service/...); `undefined` for an unknown name. */
  readonly publicParameter: (name: string, region: string) => string | undefined;
}

export interface SSMService {
  readonly operations: OperationTable;
  readonly reports: AgentReports;
  readonly nodes: NodeRegistry;
  readonly documents: DocumentStore;
  /** Every command that is remembered, with its parameters and outputs. */
  commands(): readonly Command[];
}

export function ssmService(deps: SSMDeps): SSMService {
  const nodes = new NodeRegistry(deps);
  const documents = new DocumentStore(deps);
  const dispatch = new Dispatch({ ...deps, nodes });
  const operations = {
    ...nodeOperations({ ...deps, nodes }),
    ...documentOperations({ ...deps, documents }),
    ...commandOperations({ ...deps, dispatch }),
    SendCommand: sendCommand({ ...deps, nodes, documents, dispatch }),
    ...parameterOperations(deps),
  };
  return {
    nodes,
    documents,
    commands: () => dispatch.commands(),
    operations: new Map(Object.entries(operations)),
    reports: {
      connected(instanceID, identity) {
        nodes.connected(instanceID, identity);
        dispatch.agentConnected(instanceID);
      },
      disconnected: (instanceID) => nodes.disconnected(instanceID),
      terminated: (instanceID) => nodes.terminated(instanceID),
      ended: (instanceID, commandID, end) => dispatch.ended(instanceID, commandID, end),
    },
  };
}

/** The operation table alone, for a world that brings its own hosts. */
export function ssmOperations(deps: SSMDeps): OperationTable {
  return ssmService(deps).operations;
}

function parameterOperations({ publicParameter }: SSMDeps): Readonly<Record<"GetParameter", Operation>> {
  return {
    GetParameter: ({ input, caller }) => {
      const name = requiredName(input, "Name");
      const value = publicParameter(name, caller.region);
      if (value === undefined) throw new ApiError("ParameterNotFound", `Parameter ${name} not found.`);
      return {
        Parameter: {
          Name: name,
          Type: "String",
          Value: value,
          Version: 1,
          DataType: "text",
          ARN: `arn:aws:ssm:${caller.region}::parameter${name}`,
        },
      };
    },
  };
}
