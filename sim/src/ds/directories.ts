/**
 * The directories of a world through their lives: creation in stages, controllers that break and are replaced, a person's hand on both.
 * Guarantees: the machines of the domain behind follow the controllers' status at every change; a replaced controller keeps zone and address;
 * a directory at rest schedules nothing. Never: repairs what a person holds in a stage.
 */
import type { WorldClock, WorldDice } from "../core/clock.ts";
import type { Delays } from "../core/delays.ts";
import type { DomainMachines } from "../core/guests.ts";
import type { DirectoriesLayout, DirectoryControllerLayout, DirectoryLayout } from "../layout/directories.ts";
import type { ControllerStatus, Directory, DomainController, StageWord } from "./directory.ts";
import { isAnswering, stageOf } from "./directory.ts";

export interface DirectoriesDeps {
  readonly clock: WorldClock;
  readonly dice: WorldDice;
  readonly delays: Delays;
  readonly region: string;
  readonly machines: DomainMachines;
}

/** A controller in one of these is replaced after a while (Directory Service Administration Guide; aws.md 7). */
const REPLACED_STATUSES: readonly ControllerStatus[] = ["Impaired", "Failed"];

export class Directories {
  readonly #deps: DirectoriesDeps;
  readonly #directories = new Map<string, Directory>();
  /** Cancels what is planned for a controller, by its id. */
  readonly #plans = new Map<string, () => void>();
  #sequence = 0;

  constructor({ directories }: DirectoriesLayout, deps: DirectoriesDeps) {
    this.#deps = deps;
    for (const section of directories) this.#add(section, "Active", "Done");
  }

  list(): readonly Directory[] {
    return [...this.#directories.values()];
  }

  find(directoryID: string): Directory | undefined {
    return this.#directories.get(directoryID);
  }

  /** `d-`, `dc-` or the like with ten hexadecimal digits, from the world's dice. */
  newID(prefix: string): string {
    const digits = Array.from({ length: 10 }, () => Math.floor(this.#deps.dice() * 16).toString(16));
    return `${prefix}${digits.join("")}`;
  }

  /** Begins the creation: Requested, Creating, Created, Active. @throws RangeError for an id that exists */
  create(section: DirectoryLayout): Directory {
    const directory = this.#add(section, "Creating", "Requested");
    this.#settle(directory);
    this.#after("ds.requested", () => {
      this.#proceed(directory, "Creating");
      this.#after("ds.creating", () => {
        for (const one of directory.controllers) if (one.status === "Creating") this.#mark(one, "Active", undefined);
        this.#proceed(directory, "Created");
        this.#after("ds.created", () => this.#proceed(directory, "Done"));
      });
    });
    return directory;
  }

  /** Shows `word` whatever the controllers do; `undefined` lets the service decide again. @throws RangeError for an unknown id */
  holdStage(directoryID: string, word: StageWord | undefined): void {
    const directory = this.#known(directoryID);
    directory.held = word;
    this.#settle(directory);
  }

  /** @throws RangeError for an unknown directory or controller */
  setStatus(
    directoryID: string,
    domainControllerID: string,
    { status, reason }: { readonly status: ControllerStatus; readonly reason: string | undefined },
  ): void {
    const directory = this.#known(directoryID);
    const controller = directory.controllers.find((one) => one.domainControllerID === domainControllerID);
    if (controller === undefined) throw new RangeError(`${directoryID} has no domain controller ${domainControllerID}`);
    this.#plans.get(domainControllerID)?.();
    this.#plans.delete(domainControllerID);
    this.#mark(controller, status, reason);
    this.#settle(directory);
    if (REPLACED_STATUSES.includes(status)) {
      this.#plan(controller, "ds.controllerReplacement", () => this.#replace(directory, controller));
    }
  }

  #known(directoryID: string): Directory {
    const directory = this.#directories.get(directoryID);
    if (directory === undefined) throw new RangeError(`there is no directory ${directoryID}`);
    return directory;
  }

  #add(layout: DirectoryLayout, status: "Active" | "Creating", progress: "Done" | "Requested"): Directory {
    if (this.#directories.has(layout.directoryID)) throw new RangeError(`directory ${layout.directoryID} exists`);
    const nowMs = this.#deps.clock.nowMs();
    const launchedMs = layout.launchedAt === undefined ? nowMs : Date.parse(layout.launchedAt);
    this.#sequence += 1;
    const directory: Directory = {
      sequence: this.#sequence,
      layout,
      region: this.#deps.region,
      launchedMs,
      controllers: layout.controllers.map((section) => this.#controller(section, { status, launchedMs })),
      progress,
      held: undefined,
      shown: { stage: progress === "Done" ? "Active" : progress, reason: undefined },
      stageUpdatedMs: launchedMs,
    };
    this.#directories.set(layout.directoryID, directory);
    return directory;
  }

  /** A layout says by itself which machines are up; those of a new controller are told by {@link #settle}. */
  #controller(
    { domainControllerID, address, subnetID, availabilityZone }: DirectoryControllerLayout,
    { status, launchedMs }: { readonly status: ControllerStatus; readonly launchedMs: number },
  ): DomainController {
    this.#sequence += 1;
    return {
      sequence: this.#sequence,
      domainControllerID,
      address,
      subnetID,
      availabilityZone,
      launchedMs,
      status,
      statusReason: undefined,
      statusUpdatedMs: launchedMs,
      isAnswering: true,
    };
  }

  #proceed(directory: Directory, progress: Directory["progress"]): void {
    directory.progress = progress;
    this.#settle(directory);
  }

  /** "AWS replaces a failed one in the same AZ with the same IP" (aws.md 7); that its id is a new one is [unverified]. */
  #replace(directory: Directory, broken: DomainController): void {
    const nowMs = this.#deps.clock.nowMs();
    const fresh = {
      ...this.#controller(
        { ...broken, domainControllerID: this.newID("dc-") },
        { status: "Creating", launchedMs: nowMs },
      ),
      isAnswering: broken.isAnswering,
    };
    directory.controllers = directory.controllers.map((one) => (one === broken ? fresh : one));
    this.#settle(directory);
    this.#plan(fresh, "ds.controllerCreating", () => {
      this.#mark(fresh, "Active", undefined);
      this.#settle(directory);
    });
  }

  #mark(controller: DomainController, status: ControllerStatus, reason: string | undefined): void {
    controller.status = status;
    controller.statusReason = reason;
    controller.statusUpdatedMs = this.#deps.clock.nowMs();
  }

  /** Brings the shown stage and the machines of the domain in line with what was just changed. */
  #settle(directory: Directory): void {
    const word = stageOf(directory);
    if (word.stage !== directory.shown.stage) directory.stageUpdatedMs = this.#deps.clock.nowMs();
    directory.shown = word;
    for (const controller of directory.controllers) {
      const answers = isAnswering(directory, controller);
      if (answers === controller.isAnswering) continue;
      controller.isAnswering = answers;
      this.#deps.machines.setAnswering(directory.layout.name, controller.address, answers);
    }
  }

  #plan({ domainControllerID }: DomainController, delay: string, callback: () => void): void {
    const cancel = this.#after(delay, () => {
      this.#plans.delete(domainControllerID);
      callback();
    });
    this.#plans.set(domainControllerID, cancel);
  }

  #after(delay: string, callback: () => void): () => void {
    return this.#deps.clock.schedule(this.#deps.delays.ms(delay), callback);
  }
}
