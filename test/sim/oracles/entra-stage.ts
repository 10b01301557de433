/**
 * A small Entra side by hand: a directory, a configuration with its job, scopes; a test changes it step by step before it asks an oracle.
 * Guarantees: the directory is the world's own, with its journal; a call is told as the call log would tell it; nothing moves unless the test moves it.
 */
import { seededDice } from "../../../sim/src/core/clock.ts";
import { EntraDirectory } from "../../../sim/src/entra/directory.ts";
import { TEMPLATE_ENTRA_TO_AD } from "../../../sim/src/graph/templates.ts";
import type { Quarantine } from "../../../sim/src/synchronization/quarantine.ts";
import { GROUP_PROVISIONING, templateSchema } from "../../../sim/src/synchronization/schema/template.ts";
import type { World } from "../../../sim/src/world.ts";
import { TENANT_ID } from "../run/entra-deeds.ts";
import type { ClusterObject } from "../run/person.ts";
import type { Deed, Plan } from "../run/plan.ts";
import type { Happening, Oracle, Scene } from "../run/scene.ts";
import { EntraSight } from "./sight/entra.ts";
import { MINUTE_MS } from "./sight/reading.ts";

type Fields = Readonly<Record<string, unknown>>;

const START_MS = Date.UTC(2026, 10, 1);
const ROLE_ID = "00000000-0000-4000-8000-0000000000aa";
export const JOB_ID = "AAD2ADGroupProvisioning.1";
const ROOT = "/servicePrincipals/{servicePrincipal-id}";
const JOB = `${ROOT}/synchronization/jobs/{synchronizationJob-id}`;

export const ACTIONS = {
  unassign: `DELETE ${ROOT}/appRoleAssignedTo/{appRoleAssignment-id}`,
  assign: `POST ${ROOT}/appRoleAssignedTo`,
  secrets: `PUT ${ROOT}/synchronization/secrets`,
  schema: `PUT ${JOB}/schema`,
  start: `POST ${JOB}/start`,
  restart: `POST ${JOB}/restart`,
  onDemand: `POST ${JOB}/provisionOnDemand`,
  createJob: `POST ${ROOT}/synchronization/jobs`,
  deleteJob: `DELETE ${JOB}`,
  instantiate: "POST /applicationTemplates/{applicationTemplate-id}/instantiate",
} as const;

interface JobFields {
  id: string;
  templateID: string;
  provisionsGroups: boolean;
  isStarted: boolean;
  hasWatermark: boolean;
  forcesDeletes: boolean;
  linked: Map<string, string>;
  quarantine: Quarantine | undefined;
  schema: { document: Fields };
  schemaVersion: number;
  lastSuccess: { endedMs: number } | undefined;
}

export class EntraStage {
  readonly servicePrincipalID: string;
  readonly directory: EntraDirectory;
  readonly jobs: JobFields[] = [newJob()];
  readonly groupsInAD: string[] = [];
  secrets = new Map([
    ["Domain", '{"domain":"corp.example.com"}'],
    ["Url", "https://kept.example"],
  ]);
  readonly #oracle: Oracle;
  readonly #scene: Scene;
  readonly #objects = new Map<string, Map<string, ClusterObject>>();
  #nowMs = 0;

  constructor(newOracle: (sight: EntraSight) => Oracle, plan: Partial<Plan> = {}) {
    this.#oracle = newOracle(new EntraSight());
    const clock = { nowMs: () => START_MS + this.#nowMs, schedule: () => () => undefined };
    this.directory = new EntraDirectory(TENANT_ID, { clock, dice: seededDice(1) });
    this.servicePrincipalID = this.application("corp.example.com");
    const configurations = () => [
      { servicePrincipalID: this.servicePrincipalID, secrets: () => this.secrets, jobs: { list: () => this.jobs } },
    ];
    const world = {
      graph: { tenants: new Map([[TENANT_ID, { directory: this.directory }]]) },
      synchronization: new Map([[TENANT_ID, { configurations }]]),
      activeDirectory: new Map([["corp.example.com", { groups: { list: () => this.groupsInAD } }]]),
    };
    this.#scene = {
      plan: { seed: 1, pool: {}, flags: [], delays: "zero", operators: 1, acts: [], faults: [], strikes: [], ...plan },
      world: world as unknown as World,
      nowMs: () => this.#nowMs,
      wallMs: () => START_MS + this.#nowMs,
      objects: (plural) => [...(this.#objects.get(plural)?.values() ?? [])],
      ledSinceMs: () => 0,
      logText: () => "",
    };
    this.configuration({});
    this.deed();
  }

  get job(): JobFields {
    const [job] = this.jobs;
    if (job === undefined) throw new Error("the stage has no job");
    return job;
  }

  application(displayName: string): string {
    const id = this.directory.newID();
    this.directory.create({
      kind: "servicePrincipal",
      id,
      displayName,
      applicationTemplateId: TEMPLATE_ENTRA_TO_AD,
      appRoles: [
        { id: ROLE_ID, isEnabled: true },
        { id: `${ROLE_ID.slice(0, -1)}b`, isEnabled: true },
      ],
    } as never);
    return id;
  }

  configuration(spec: Fields, metadata: Fields = {}, status: Fields = {}): void {
    this.#put("syncconfigurations", "corp-groups", spec, metadata, {
      servicePrincipalID: this.servicePrincipalID,
      ...status,
    });
  }

  scope(name: string, spec: Fields, status: Fields = {}): void {
    this.#put("groupscopes", name, spec, {}, status);
  }

  /** Groups of the directory that are in scope. */
  assigned(...names: readonly string[]): void {
    for (const displayName of names) this.assign(this.group(displayName));
  }

  group(displayName: string): string {
    const id = this.directory.newID();
    this.directory.create({ kind: "group", id, displayName } as never);
    return id;
  }

  member(groupID: string, onPremisesSyncEnabled: true | null): string {
    const id = this.directory.newID();
    this.directory.create({ kind: "user", id, displayName: id, onPremisesSyncEnabled } as never);
    this.directory.addMember(groupID, id);
    return id;
  }

  assign(principalId: string, appRoleId = ROLE_ID): void {
    this.directory.assign({ principalId, resourceId: this.servicePrincipalID, appRoleId });
  }

  /** An operator's call takes a group out of scope. */
  unassign(name: string): string | undefined {
    const found = this.directory
      .assignedTo(this.servicePrincipalID)
      .find(({ principalDisplayName }) => principalDisplayName === name);
    if (found === undefined) throw new Error(`${name} is not in scope`);
    this.directory.unassign(found.id);
    return this.call("unassign", [this.servicePrincipalID, found.id]);
  }

  call(
    kind: keyof typeof ACTIONS,
    objectID: readonly string[] = [this.servicePrincipalID, JOB_ID],
    outcome = "ok",
  ): string | undefined {
    const entry = { service: "graph", action: ACTIONS[kind], facts: { objectID }, outcome, isDryRun: false };
    const call = { side: "graph", operator: "operator-a/1", site: kind, about: "", isWrite: true } as const;
    const happening = { kind: "call", call, fate: { kind: "served" }, status: 200, entries: [entry] };
    return this.#oracle.after(happening as unknown as Happening, this.#scene);
  }

  /** A write of the operator into the cluster; the test has made the change that it brings. */
  kube(about: string): string | undefined {
    const call = { side: "kube", operator: "operator-a/1", site: `apply ${about}`, about, isWrite: true } as const;
    return this.#oracle.after({ kind: "call", call, fate: { kind: "served" }, status: 200, entries: [] }, this.#scene);
  }

  deed(deed: Deed = { kind: "look", at: "" }): string | undefined {
    return this.#oracle.after({ kind: "deed", deed }, this.#scene);
  }

  quarantined(): void {
    this.job.quarantine = { reason: "QuarantinedOnDemand" } as Quarantine;
    this.deed();
  }

  later(change: { readonly minutes: number }): this {
    this.#nowMs += change.minutes * MINUTE_MS;
    return this;
  }

  #put(plural: string, name: string, spec: Fields, metadata: Fields, status: Fields): void {
    const table = this.#objects.get(plural) ?? new Map<string, ClusterObject>();
    this.#objects.set(plural, table);
    const object = { kind: plural, metadata: { name, uid: name, generation: 1, ...metadata }, spec, status };
    table.set(name, object as unknown as ClusterObject);
  }
}

function newJob(): JobFields {
  return {
    id: JOB_ID,
    templateID: GROUP_PROVISIONING,
    provisionsGroups: true,
    isStarted: true,
    hasWatermark: true,
    forcesDeletes: false,
    linked: new Map(),
    quarantine: undefined,
    schema: { document: templateSchema(GROUP_PROVISIONING, "corp.example.com") ?? {} },
    schemaVersion: 1,
    lastSuccess: undefined,
  };
}
