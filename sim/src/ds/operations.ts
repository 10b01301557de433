/**
 * DescribeDirectories and DescribeDomainControllers (AWS Directory Service API Reference; aws.md 7).
 * Guarantees: a caller sees the directories of its own account and Region; another's id does not exist for it.
 */
import type { ApiCall, Operation, OperationTable } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import type { Faults } from "../core/faults.ts";
import type { Directories } from "./directories.ts";
import type { Directory, DomainController } from "./directory.ts";
import { listedControllers } from "./directory.ts";
import { CONTROLLER_ID, DIRECTORY_ID, optionalIDs, requiredID } from "./input.ts";
import { pageOf } from "./pages.ts";

export interface DirectoryOperationDeps {
  readonly directories: Directories;
  readonly faults: Faults;
}

export function directoryOperations(deps: DirectoryOperationDeps): OperationTable {
  return new Map([
    ["DescribeDirectories", describeDirectories(deps)],
    ["DescribeDomainControllers", describeDomainControllers(deps)],
  ]);
}

function describeDirectories({ directories, faults }: DirectoryOperationDeps): Operation {
  return (call) => {
    const ids = optionalIDs(call.input, "DirectoryIds", DIRECTORY_ID);
    // SDK documentation: "An empty list results in an InvalidParameterException being thrown."
    if (ids?.length === 0) throw new ApiError("InvalidParameterException", "DirectoryIds must not be empty.");
    const own = directories.list().filter((directory) => isOwn(directory, call));
    const missing = ids?.find((id) => !own.some(({ layout }) => layout.directoryID === id));
    if (missing !== undefined) throw unknownDirectory(missing);
    const items = own.filter(({ layout }) => ids?.includes(layout.directoryID) ?? true);
    const page = pageOf(faults, call, { name: "directories", items });
    return { DirectoryDescriptions: page.items.map(shownDirectory), ...page.next };
  };
}

function describeDomainControllers({ directories, faults }: DirectoryOperationDeps): Operation {
  return (call) => {
    const directoryID = requiredID(call.input, "DirectoryId", DIRECTORY_ID);
    const ids = optionalIDs(call.input, "DomainControllerIds", CONTROLLER_ID) ?? [];
    const directory = directories.find(directoryID);
    if (directory === undefined || !isOwn(directory, call)) throw unknownDirectory(directoryID);
    // Only AWS Managed Microsoft AD has controllers to show; the code for the others is [unverified].
    if (directory.layout.type !== "MicrosoftAD") {
      throw new ApiError(
        "UnsupportedOperationException",
        `${directoryID} is a ${directory.layout.type}: the operation is not supported for it.`,
      );
    }
    const all = listedControllers(directory);
    const missing = ids.find((id) => !all.some(({ domainControllerID }) => domainControllerID === id));
    if (missing !== undefined) throw doesNotExist(`Domain controller ${missing} does not exist.`);
    const items = all.filter((one) => ids.length === 0 || ids.includes(one.domainControllerID));
    const page = pageOf(faults, call, { name: directoryID, items });
    return { DomainControllers: page.items.map((one) => shownController(directory, one)), ...page.next };
  };
}

function isOwn({ layout, region }: Directory, { caller }: ApiCall): boolean {
  return layout.accountID === caller.accountID && region === caller.region;
}

function unknownDirectory(directoryID: string): ApiError {
  return doesNotExist(`Directory ${directoryID} does not exist.`);
}

function doesNotExist(sentence: string): ApiError {
  return new ApiError("EntityDoesNotExistException", sentence);
}

function shownDirectory(directory: Directory): Readonly<Record<string, unknown>> {
  const { layout, shown, controllers } = directory;
  return {
    DirectoryId: layout.directoryID,
    Name: layout.name,
    ShortName: layout.shortName,
    Type: layout.type,
    Edition: layout.edition,
    Alias: layout.directoryID,
    AccessUrl: `${layout.directoryID}.awsapps.com`,
    Stage: shown.stage,
    ...(shown.reason !== undefined && { StageReason: shown.reason }),
    StageLastUpdatedDateTime: new Date(directory.stageUpdatedMs),
    LaunchTime: new Date(directory.launchedMs),
    DnsIpAddrs: listedControllers(directory).map(({ address }) => address),
    VpcSettings: {
      VpcId: layout.vpcID,
      SubnetIds: distinct(controllers.map(({ subnetID }) => subnetID)),
      SecurityGroupId: layout.securityGroupID,
      AvailabilityZones: distinct(controllers.map(({ availabilityZone }) => availabilityZone)),
    },
    DesiredNumberOfDomainControllers: layout.controllers.length,
    OsVersion: layout.osVersion,
    SsoEnabled: false,
    NetworkType: "IPv4",
  };
}

function shownController({ layout }: Directory, one: DomainController): Readonly<Record<string, unknown>> {
  return {
    DirectoryId: layout.directoryID,
    DomainControllerId: one.domainControllerID,
    DnsIpAddr: one.address,
    VpcId: layout.vpcID,
    SubnetId: one.subnetID,
    AvailabilityZone: one.availabilityZone,
    Status: one.status,
    ...(one.statusReason !== undefined && { StatusReason: one.statusReason }),
    LaunchTime: new Date(one.launchedMs),
    StatusLastUpdatedDateTime: new Date(one.statusUpdatedMs),
  };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
