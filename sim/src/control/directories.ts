/**
 * Directories at the control desk: their true state, creation, and a hand on stages and controllers.
 * Guarantees: an unknown word or member is refused with a sentence, never ignored.
 */
import { isRecord } from "../core/input.ts";
import type { Directory } from "../ds/directory.ts";
import { CONTROLLER_STATUSES, listedControllers, STAGES } from "../ds/directory.ts";
import type { DirectoryOrder } from "../ds/order.ts";
import { completeOrder, OrderRefusal } from "../ds/order.ts";
import type { World } from "../world.ts";
import { ControlRefusal } from "./hosts.ts";

export interface DirectoryView {
  readonly directoryID: string;
  readonly name: string;
  readonly type: string;
  readonly edition: string;
  readonly accountID: string;
  readonly stage: string;
  readonly stageReason: string | null;
  readonly isStageHeld: boolean;
  readonly controllers: readonly {
    readonly domainControllerID: string;
    readonly address: string;
    readonly availabilityZone: string;
    readonly subnetID: string;
    readonly status: string;
    readonly statusReason: string | null;
    /** Hosts reach it, as far as Directory Service is concerned. */
    readonly isAnswering: boolean;
  }[];
}

export function directoryViews({ directories }: Pick<World, "directories">): readonly DirectoryView[] {
  return directories.list().map(view);
}

export function directoryView(world: World, directoryID: string): DirectoryView {
  const directory = world.directories.find(directoryID);
  if (directory === undefined) throw new ControlRefusal(404, `there is no directory ${directoryID}`);
  return view(directory);
}

function view(directory: Directory): DirectoryView {
  const { layout, shown, held } = directory;
  const { directoryID, name, type, edition, accountID } = layout;
  return {
    directoryID,
    name,
    type,
    edition,
    accountID,
    stage: shown.stage,
    stageReason: shown.reason ?? null,
    isStageHeld: held !== undefined,
    controllers: listedControllers(directory).map((one) => ({
      domainControllerID: one.domainControllerID,
      address: one.address,
      availabilityZone: one.availabilityZone,
      subnetID: one.subnetID,
      status: one.status,
      statusReason: one.statusReason ?? null,
      isAnswering: one.isAnswering,
    })),
  };
}

/** POST /directories {"name", "shortName", "subnetIDs": [two], "edition"?}: Requested now, Active later. */
export function createDirectory(world: World, body: unknown): DirectoryView {
  const order = readOrder(body);
  try {
    const section = completeOrder(order, { directories: world.directories, resources: world.ec2.resources });
    return view(world.directories.create(section));
  } catch (error) {
    if (error instanceof OrderRefusal) throw new ControlRefusal(409, error.message);
    throw error;
  }
}

/** PUT /directories/<id> {"stage": "Impaired", "stageReason"?}: holds that stage; {"stage": null} lets the service decide again. */
export function setStage(world: World, directoryID: string, body: unknown): DirectoryView {
  directoryView(world, directoryID);
  const { stage, stageReason } = readMembers(body, ["stage", "stageReason"]);
  if (stage === null) world.directories.holdStage(directoryID, undefined);
  else {
    const word = { stage: readWord("stage", stage, STAGES), reason: readReason("stageReason", stageReason) };
    world.directories.holdStage(directoryID, word);
  }
  return directoryView(world, directoryID);
}

/** PUT /directories/<id>/controllers/<dcId> {"status": "Failed", "statusReason"?}: Impaired and Failed ones are replaced after a while. */
export function setControllerStatus(
  world: World,
  { directoryID, domainControllerID }: { readonly directoryID: string; readonly domainControllerID: string },
  body: unknown,
): DirectoryView {
  const { controllers } = directoryView(world, directoryID);
  if (!controllers.some((one) => one.domainControllerID === domainControllerID)) {
    throw new ControlRefusal(404, `${directoryID} has no domain controller ${domainControllerID}`);
  }
  const { status, statusReason } = readMembers(body, ["status", "statusReason"]);
  world.directories.setStatus(directoryID, domainControllerID, {
    status: readWord("status", status, CONTROLLER_STATUSES),
    reason: readReason("statusReason", statusReason),
  });
  return directoryView(world, directoryID);
}

function readOrder(body: unknown): DirectoryOrder {
  const {
    name,
    shortName,
    subnetIDs,
    edition = "Enterprise",
  } = readMembers(body, ["name", "shortName", "subnetIDs", "edition"]);
  // SDK documentation: the patterns of DirectoryName and DirectoryShortName, the default of Edition.
  if (typeof name !== "string" || !/^([a-zA-Z0-9]+[.-])+[a-zA-Z0-9]+$/.test(name))
    throw new ControlRefusal(400, "name is a DNS name such as lab.example.com");
  if (typeof shortName !== "string" || !/^[^\\/:*?"<>|.]+[^\\/:*?"<>|]*$/.test(shortName))
    throw new ControlRefusal(400, "shortName is a NetBIOS name such as LAB");
  if (!Array.isArray(subnetIDs) || !subnetIDs.every((id: unknown) => typeof id === "string"))
    throw new ControlRefusal(400, "subnetIDs are two ids of subnets");
  return { name, shortName, subnetIDs, edition: readWord("edition", edition, ["Standard", "Enterprise"]) };
}

function readMembers(body: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) throw new ControlRefusal(400, `the body is an object with ${known.join(", ")}`);
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ControlRefusal(400, `the body takes ${known.join(", ")}, not ${unknown}`);
  return body;
}

function readWord<Word extends string>(name: string, value: unknown, words: readonly Word[]): Word {
  const word = words.find((one) => one === value);
  if (word === undefined) throw new ControlRefusal(400, `${name} is one of ${words.join(", ")}`);
  return word;
}

function readReason(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new ControlRefusal(400, `${name} is a text`);
  return value;
}
