/**
 * Synchronization at the control desk: configurations with their jobs, a person's hands in the portal, and the switches of what the vendor leaves open.
 * Guarantees: an unknown action, member or word is refused with a sentence, never ignored.
 */
import { isRecord } from "../core/input.ts";
import { GraphError } from "../graph/errors.ts";
import { DEFAULT_SYNCHRONIZATION, type SynchronizationLayout } from "../layout/synchronization.ts";
import type { Configuration } from "../synchronization/configuration.ts";
import type { Job } from "../synchronization/job.ts";
import { jobView } from "../synchronization/job-view.ts";
import {
  createConfiguration,
  PortalRefusal,
  saveFilters,
  saveMapping,
  saveSettings,
} from "../synchronization/portal.ts";
import { readResetScope } from "../synchronization/restart-scope.ts";
import { maskedPairs } from "../synchronization/secrets.ts";
import type { SynchronizationService } from "../synchronization/service.ts";
import type { World } from "../world.ts";
import { ControlRefusal } from "./hosts.ts";

type Body = Readonly<Record<string, unknown>>;

/** Tenants with their switches and configurations. */
export function synchronizationViews(world: World): readonly Body[] {
  return [...world.synchronization].map(([tenantID, service]) => ({
    tenantID,
    switches: service.switches,
    configurations: service.configurations().map((one) => configurationView(service, one)),
    mails: service.mails,
  }));
}

function configurationView(service: SynchronizationService, configuration: Configuration): Body {
  const { servicePrincipalID, writesOnPremisesMembers } = configuration;
  return {
    servicePrincipalID,
    displayName: service.directory.get("servicePrincipal", servicePrincipalID)?.displayName ?? null,
    settings: maskedPairs(configuration.secrets()),
    writesOnPremisesMembers,
    jobs: configuration.jobs.list().map((job) => ({
      ...jobView(job),
      stagedDeletes: [...job.staged],
      escrows: job.escrows.list().map(([groupID, { problem }]) => ({ groupID, code: problem.code })),
    })),
  };
}

/** PUT /synchronization/<tenantID> {"leavingGroup": "kept"}: how the world behaves where the vendor is silent. */
export function setSwitches(world: World, tenantID: string, body: unknown): Body {
  const service = serviceOf(world, tenantID);
  const changes = record(body);
  const known: Body = { ...service.switches };
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(DEFAULT_SYNCHRONIZATION, name))
      throw new ControlRefusal(
        400,
        `there is no switch ${name}; there are ${Object.keys(DEFAULT_SYNCHRONIZATION).join(", ")}`,
      );
    if (typeof value !== typeof known[name]) throw new ControlRefusal(400, `${name} is a ${typeof known[name]}`);
    const words = WORDS[name];
    if (words !== undefined && !words.includes(String(value)))
      throw new ControlRefusal(400, `${name} is ${words.join(" or ")}`);
  }
  service.switches = { ...service.switches, ...changes };
  return { tenantID, switches: service.switches };
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  jobIDForm: ["short", "long"],
  leavingGroup: ["deleted", "kept"],
  membershipOfOnPremisesUsers: ["on", "off"],
  restartOfPausedJob: ["starts", "staysPaused"],
  onDemandValue: ["steps", "empty"],
  logLetterCase: ["declared", "varying"],
} satisfies Partial<Record<keyof SynchronizationLayout, readonly string[]>>;

/** POST /synchronization/<tenantID> {"displayName", "domain", "container"?}: a person makes a configuration in the portal. */
export function createInPortal(world: World, tenantID: string, body: unknown): Body {
  const { displayName, domain, container } = record(body);
  if (typeof displayName !== "string" || typeof domain !== "string")
    throw new ControlRefusal(400, "the body is {displayName, domain, container?}");
  const service = serviceOf(world, tenantID);
  return createConfiguration(service, { displayName, domain, ...(typeof container === "string" && { container }) });
}

/** POST /synchronization/<tenantID>/<servicePrincipalID>/<action> {...}: a person's hand on one configuration. */
export function handInPortal(
  world: World,
  place: { readonly tenantID: string; readonly servicePrincipalID: string; readonly action: string },
  body: unknown,
): Body {
  const service = serviceOf(world, place.tenantID);
  const hand = HANDS[place.action];
  if (hand === undefined)
    throw new ControlRefusal(404, `there is no action ${place.action}; there are ${Object.keys(HANDS).join(", ")}`);
  try {
    const configuration = service.configuration(place.servicePrincipalID);
    hand({ service, configuration, given: record(body) });
    return configurationView(service, configuration);
  } catch (error) {
    if (error instanceof GraphError) throw new ControlRefusal(error.status, error.message);
    if (error instanceof PortalRefusal) throw new ControlRefusal(400, error.message);
    throw error;
  }
}

interface Hand {
  readonly service: SynchronizationService;
  readonly configuration: Configuration;
  readonly given: Body;
}

const HANDS: Readonly<Record<string, (hand: Hand) => void>> = {
  start: (hand) => hand.service.start(jobOf(hand)),
  pause: (hand) => hand.service.pause(jobOf(hand)),
  /** {"resetScope": "ForceDeletes"}; without it what the portal's restart resets. */
  restart: (hand) =>
    hand.service.restart(jobOf(hand), readResetScope({ criteria: { resetScope: hand.given.resetScope ?? null } })),
  quarantine: (hand) => hand.service.quarantineOnDemand(jobOf(hand)),
  /** {"SyncAll": "true", "Domain": null}: null takes a setting away. */
  settings: ({ service, configuration, given }) => {
    const wrong = Object.entries(given).find(([, value]) => value !== null && typeof value !== "string");
    if (wrong !== undefined) throw new ControlRefusal(400, `${wrong[0]} is a text or null`);
    saveSettings(service, configuration, given as Readonly<Record<string, string | null>>);
  },
  /** {"target": "parentDistinguishedName", "constant" or "expression": "..."} */
  mapping: (hand) => {
    const { target, constant, expression } = hand.given;
    const isGiven = typeof target === "string" && (typeof constant === "string") !== (typeof expression === "string");
    if (!isGiven) throw new ControlRefusal(400, "the body is {target, constant} or {target, expression}");
    const change = typeof constant === "string" ? { target, constant } : { target, expression: String(expression) };
    saveMapping(hand.service, jobOf(hand), change);
  },
  /** {"groups": [{"name", "clauses": [{"sourceOperandName", "operatorName", "values": []}]}]} */
  filters: (hand) => saveFilters(hand.service, jobOf(hand), readFilters(hand.given.groups)),
  /** {"isOn": true}: "Provision membership to on-premises users". */
  membership: ({ configuration, given }) => {
    if (typeof given.isOn !== "boolean") throw new ControlRefusal(400, 'the body is {"isOn": true | false}');
    configuration.writesOnPremisesMembers = given.isOn;
  },
};

/** The named job, or the only one. */
function jobOf({ service, configuration, given }: Hand): Job {
  if (typeof given.jobID === "string") return service.job(configuration, given.jobID);
  const [only, ...others] = configuration.jobs.list();
  if (only === undefined || others.length > 0) throw new ControlRefusal(400, "name the job: jobID");
  return only;
}

function readFilters(groups: unknown): Parameters<typeof saveFilters>[2] {
  if (!Array.isArray(groups)) throw new ControlRefusal(400, "groups is a list");
  return groups.filter(isRecord).map(({ name, clauses }) => ({
    name: String(name),
    clauses: (Array.isArray(clauses) ? clauses : []).filter(isRecord).map((clause) => ({
      sourceOperandName: String(clause.sourceOperandName),
      operatorName: String(clause.operatorName),
      values: Array.isArray(clause.values) ? clause.values.map(String) : [],
    })),
  }));
}

function serviceOf(world: World, tenantID: string): SynchronizationService {
  const service = world.synchronization.get(tenantID);
  if (service === undefined) throw new ControlRefusal(404, `there is no tenant ${tenantID}`);
  return service;
}

function record(body: unknown): Body {
  if (!isRecord(body)) throw new ControlRefusal(400, "the body is an object");
  return body;
}
