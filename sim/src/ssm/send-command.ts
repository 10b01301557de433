/**
 * SendCommand: accepts or refuses a whole command before anything reaches a host (SSM API Reference, SendCommand).
 * Guarantees: one bad id refuses all; there is no client token, so a repeated call is a second command.
 */
import { ApiError, type ApiCall, type Operation } from "../core/call.ts";
import type { WorldClock, WorldDice } from "../core/clock.ts";
import { text, texts, type Input } from "../core/input.ts";
import type { MachineDirectory } from "../core/machine.ts";
import { PENDING, type Command, type Invocation } from "./command.ts";
import { shownCommand } from "./command-shapes.ts";
import type { Dispatch } from "./dispatch.ts";
import type { CommandDocument } from "./document.ts";
import type { DocumentStore } from "./document-store.ts";
import { platformType } from "./node-operations.ts";
import type { NodeRegistry } from "./nodes.ts";
import { checkedParameters, type CommandParameters } from "./parameter-check.ts";
import { boundedInteger, refuse, requiredName } from "./refusals.ts";

export interface SendDeps {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly machines: MachineDirectory;
  readonly nodes: NodeRegistry;
  readonly documents: DocumentStore;
  readonly dispatch: Dispatch;
}

const INSTANCES_MAX = 50;
const COMMENT_CHARS_MAX = 100;
/** Documented range and default of TimeoutSeconds: delivery only. */
const DELIVERY_SECONDS = { min: 30, max: 2_592_000 };
const DELIVERY_SECONDS_DEFAULT = 3_600;
/** Where neither the parameter executionTimeout nor the document says otherwise (SSM User Guide, "Understanding command timeout values"). */
const EXECUTION_SECONDS_DEFAULT = 3_600;

export function sendCommand(deps: SendDeps): Operation {
  let sequence = 0;
  return (call) => {
    const document = pinnedDocument(deps.documents, call);
    const parameters = checkedParameters(document, call.input["Parameters"]);
    const instanceIDs = targets(call.input);
    const comment = text(call.input, "Comment") ?? "";
    if (comment.length > COMMENT_CHARS_MAX) {
      refuse("comment", comment, `Member must have length less than or equal to ${COMMENT_CHARS_MAX}`);
    }
    const deliverySeconds = boundedInteger(call.input, "TimeoutSeconds", DELIVERY_SECONDS) ?? DELIVERY_SECONDS_DEFAULT;
    checkNodes(deps, call, instanceIDs, document);
    const invocations = new Map<string, Invocation>();
    sequence += 1;
    const command: Command = {
      commandID: uuid(deps.dice),
      sequence,
      accountID: call.caller.accountID,
      region: call.caller.region,
      document,
      documentVersion: text(call.input, "DocumentVersion") ?? "$DEFAULT",
      parameters,
      comment,
      requestedMs: deps.clock.nowMs(),
      deliveryTimeoutMs: deliverySeconds * 1_000,
      executionTimeoutMs: executionSeconds(document, parameters) * 1_000,
      invocations,
    };
    for (const [index, instanceID] of instanceIDs.entries()) {
      invocations.set(instanceID, newInvocation(command, instanceID, command.sequence * 100 + index));
    }
    deps.dispatch.accept(command);
    return { Command: shownCommand(command) };
  };
}

function pinnedDocument(documents: DocumentStore, { caller, input }: ApiCall): CommandDocument {
  const name = requiredName(input, "DocumentName");
  const document = documents.find(caller, name, text(input, "DocumentVersion"));
  if (documents.status(document) !== "Active") {
    throw new ApiError("InvalidDocument", `Document ${name} is not Active.`);
  }
  const hash = text(input, "DocumentHash");
  if (hash === undefined || hash === "") return document;
  const hashType = text(input, "DocumentHashType") ?? "Sha256";
  // The documented errors of SendCommand hold none for a hash alone; InvalidDocument is [unverified].
  if (hashType !== "Sha256" || hash.toLowerCase() !== document.sha256) {
    throw new ApiError("InvalidDocument", `The document hash doesn't match that of document ${name}.`);
  }
  return document;
}

function targets(input: Input): readonly string[] {
  const instanceIDs = texts(input, "InstanceIds");
  if (instanceIDs.length === 0) return refuse("instanceIds", [], "the world takes 1 to 50 InstanceIds, no Targets");
  if (instanceIDs.length > INSTANCES_MAX) {
    refuse(
      "instanceIds",
      `${instanceIDs.length} ids`,
      `Member must have length less than or equal to ${INSTANCES_MAX}`,
    );
  }
  if (new Set(instanceIDs).size < instanceIDs.length) {
    throw new ApiError("DuplicateInstanceId", "You can't specify a managed node ID in more than one association.");
  }
  return instanceIDs;
}

/** Registered, its machine neither shutting down nor terminated, its agent heard lately. */
function checkNodes(
  deps: SendDeps,
  { caller }: ApiCall,
  instanceIDs: readonly string[],
  document: CommandDocument,
): void {
  const invalid = instanceIDs.filter((instanceID) => {
    const machine = deps.machines.machine(instanceID);
    const state = deps.machines.state(instanceID);
    if (machine?.accountID !== caller.accountID || machine.region !== caller.region) return true;
    if (state === "shutting-down" || state === "terminated") return true;
    return deps.nodes.view(instanceID)?.pingStatus !== "Online";
  });
  if (invalid.length > 0) {
    throw new ApiError(
      "InvalidInstanceId",
      `Instances [[${invalid.join(", ")}]] not in a valid state for account ${caller.accountID}`,
    );
  }
  const isUnsupported = instanceIDs.some((instanceID) => {
    const node = deps.nodes.view(instanceID);
    return node !== undefined && !document.platformTypes.includes(platformType(node.identity.platformName));
  });
  if (isUnsupported) {
    throw new ApiError(
      "UnsupportedPlatformType",
      `The document ${document.name} doesn't support the platform of the nodes.`,
    );
  }
}

function executionSeconds(document: CommandDocument, parameters: CommandParameters): number {
  const stated = document.executionSeconds ?? EXECUTION_SECONDS_DEFAULT;
  const seconds = Number(parameters["executionTimeout"]?.[0] ?? stated);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : EXECUTION_SECONDS_DEFAULT;
}

function newInvocation(command: Command, instanceID: string, sequence: number): Invocation {
  return {
    command,
    instanceID,
    sequence,
    standing: PENDING,
    responseCode: -1,
    startedMs: undefined,
    endedMs: undefined,
    output: "",
    errorOutput: "",
  };
}

function uuid(dice: WorldDice): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(dice() * 16).toString(16)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}
