/**
 * The control desk of the hosts: reads their truth, and does by hand what people and outages do.
 * Guarantees: an unknown name is refused with a sentence; reading changes nothing.
 */
import type { GuestControl } from "../core/machine.ts";
import type { AccessEntryLayout } from "../layout/access.ts";
import type { Command } from "../ssm/command.ts";
import type { UploadedObject } from "./directory.ts";
import type { DocumentStore } from "../ssm/document-store.ts";
import type { Ailment } from "./disk.ts";
import type { Host } from "./host.ts";
import { finishByHand } from "./registration.ts";
import {
  domainTruth,
  hostTruth,
  tenantTruth,
  type DomainTruth,
  type HostTruth,
  type TenantTruth,
  type TruthParts,
} from "./truth.ts";

/** Beyond what EC2's side needs: the typed record of everything, and the switches of the directory. */
export interface HostControl extends GuestControl {
  truth(instanceID: string): (HostTruth & Readonly<Record<string, unknown>>) | undefined;
  truths(): readonly HostTruth[];
  domainTruth(dnsName: string): DomainTruth | undefined;
  tenantTruth(tenantID: string): TenantTruth | undefined;
  /** What hosts were told, and what they answered. */
  commands(): readonly Command[];
  /** @throws RangeError for an unknown domain or controller */
  setControllerUp(dnsName: string, controller: string, isUp: boolean): void;
  /** Somebody else puts a computer into a group. @throws RangeError for an unknown domain or group */
  addGroupMember(dnsName: string, distinguishedName: string, computerName: string): void;
  /** A policy takes "Log on as a service" from a gMSA. @throws RangeError for an unknown domain */
  denyServiceLogon(dnsName: string, serviceAccount: string): void;
  /** An administrator of the directory adds an entry to an object's list. @throws RangeError for an unknown domain */
  addAccess(dnsName: string, entry: AccessEntryLayout): void;
  /** The vendor's updater brings a newer agent. */
  updateAgent(instanceID: string, version: string): void;
  /** Somebody edits the agent's configuration file and leaves it broken. */
  spoilConfiguration(instanceID: string): void;
  /** Something inside the host goes wrong. */
  ail(instanceID: string, ailment: Ailment): void;
  /** Somebody takes the host out of its domain, and leaves its computer object there. */
  leaveDomain(instanceID: string): void;
  /** Somebody deletes a computer object. @throws RangeError for an unknown domain */
  deleteComputer(dnsName: string, computerName: string): void;
  /** Somebody disables the provisioning agent's service, which goes on until it ends. */
  disableService(instanceID: string): void;
  /** The agent writes a line into its trace. */
  writeTrace(instanceID: string, line: string): void;
  /** What scripts keep on the host: the first result of each operation, by its id. */
  markers(instanceID: string): Readonly<Record<string, string>>;
  /** What hosts put into buckets. */
  uploads(): readonly UploadedObject[];
  /** Somebody else takes it out again. @throws RangeError for an unknown domain */
  removeGroupMember(dnsName: string, distinguishedName: string, computerName: string): void;
  /** Somebody deletes a document, or puts other content under its name. @throws ApiError InvalidDocumentContent */
  setDocument(
    place: { readonly accountID: string; readonly region: string },
    name: string,
    content: string | undefined,
  ): void;
  /** @throws RangeError for an unknown tenant */
  setTenantReachable(tenantID: string, isReachable: boolean): void;
}

export function hostControl(
  hosts: ReadonlyMap<string, Host>,
  parts: TruthParts & { readonly documents: DocumentStore },
): HostControl {
  const { directory } = parts;
  const known = (instanceID: string): Host => {
    const host = hosts.get(instanceID);
    if (host === undefined) throw new Error(`there is no host ${instanceID}`);
    return host;
  };
  return {
    truth: (instanceID) => {
      const host = hosts.get(instanceID);
      return host === undefined ? undefined : { ...hostTruth(host, parts) };
    },
    truths: () => [...hosts.values()].map((host) => hostTruth(host, parts)),
    domainTruth: (dnsName) => domainTruth(dnsName, parts),
    tenantTruth: (tenantID) => tenantTruth(tenantID, parts),
    commands: parts.commands,
    freeze: (instanceID) => known(instanceID).freeze(),
    thaw: (instanceID) => known(instanceID).thaw(),
    finishRegistration: (instanceID) => finishByHand(known(instanceID), directory),
    setControllerUp: (dnsName, controller, isUp) => directory.domain(dnsName).setControllerUp(controller, isUp),
    addGroupMember: (dnsName, distinguishedName, computerName) =>
      directory.domain(dnsName).putMember(distinguishedName, computerName),
    removeGroupMember: (dnsName, distinguishedName, computerName) =>
      directory.domain(dnsName).takeMember(distinguishedName, computerName),
    denyServiceLogon: (dnsName, serviceAccount) => {
      const account = directory.domain(dnsName).serviceAccount(serviceAccount);
      if (account !== undefined) account.isServiceLogonDenied = true;
    },
    addAccess: (dnsName, entry) => directory.domain(dnsName).access.add(entry),
    updateAgent: (instanceID, version) => {
      const { agent } = known(instanceID).disk;
      if (agent !== undefined) agent.version = version;
    },
    spoilConfiguration: (instanceID) => void (known(instanceID).disk.isConfigurationSpoilt = true),
    ail: (instanceID, ailment) => void known(instanceID).disk.ailments.add(ailment),
    leaveDomain: (instanceID) => void (known(instanceID).disk.domain = undefined),
    deleteComputer: (dnsName, computerName) => directory.domain(dnsName).dropComputer(computerName),
    disableService: (instanceID) => {
      const { agent } = known(instanceID).disk;
      if (agent !== undefined) agent.service.startType = "Disabled";
    },
    writeTrace: (instanceID, line) => void known(instanceID).disk.trace.push(line),
    markers: (instanceID) =>
      Object.fromEntries([...known(instanceID).disk.results].map(([operationID, { output }]) => [operationID, output])),
    uploads: () => directory.uploads(),
    setDocument: (place, name, content) => parts.documents.set(place, name, content),
    setTenantReachable: (tenantID, isReachable) => {
      const tenant = directory.tenants.get(tenantID);
      if (tenant === undefined) throw new RangeError(`there is no tenant ${tenantID}`);
      tenant.setReachable(isReachable);
    },
  };
}
