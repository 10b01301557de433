/**
 * The control API: JSON over HTTP, a person's hand on the world (docs/world.md has the list).
 * Guarantees: reads show the truth; a refusal is a status and a sentence; an unknown path or member is never ignored.
 */
import { isRecord } from "../core/input.ts";
import type { WireOutcome, WireRequest } from "../http/wire.ts";
import type { World } from "../world.ts";
import { answerEntra } from "./entra.ts";
import { createDirectory, directoryView, directoryViews, setControllerStatus, setStage } from "./directories.ts";
import { groupViews, setRights, setUnit } from "./domain-objects.ts";
import { readFaultRule } from "./fault-input.ts";
import { ControlRefusal, findHost, HOST_ACTIONS, hostView, hostViews } from "./hosts.ts";
import { createInPortal, handInPortal, setSwitches, synchronizationViews } from "./synchronization.ts";

export function controlAPI(world: World): (request: WireRequest) => Promise<WireOutcome> {
  return (request) => Promise.resolve(answer(world, request));
}

function answer(world: World, request: WireRequest): WireOutcome {
  try {
    return json(200, route(world, request));
  } catch (error) {
    if (error instanceof ControlRefusal) return json(error.status, { error: error.message });
    return json(500, {
      error: `A bug of the simulated world: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    });
  }
}

function json(status: number, value: unknown): WireOutcome {
  return {
    kind: "answered",
    response: { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` },
  };
}

function route(world: World, { method, path, body }: WireRequest): unknown {
  const url = new URL(path, "http://world");
  const steps = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  const [subject = "", name, verb, item, ...rest] = steps;
  if (subject === "entra")
    return answerEntra(world, { method, tenantID: name ?? "", path: steps.slice(2), body: () => readBody(body) });
  const resource = RESOURCES.get(subject);
  const isTooLong = rest.length > 0 || (item !== undefined && !["directories", "synchronization"].includes(subject));
  if (resource === undefined || isTooLong)
    throw new ControlRefusal(
      404,
      `there is no ${url.pathname}; there are ${[...RESOURCES.keys(), "entra"].join(", ")}`,
    );
  const handler = resource[method];
  if (handler === undefined) throw new ControlRefusal(405, `${subject} takes ${Object.keys(resource).join(", ")}`);
  return handler(world, { name, verb, item, query: url.searchParams, body });
}

interface Ask {
  readonly name: string | undefined;
  readonly verb: string | undefined;
  /** The thing below a thing, where there are such. */
  readonly item: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
}
type Resource = Readonly<Record<string, (world: World, ask: Ask) => unknown>>;

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  [
    "hosts",
    {
      GET: (world, { name }) => (name === undefined ? hostViews(world) : hostView(world, findHost(world, name))),
      POST: act,
    },
  ],
  ["domains", { GET: domainOf, PUT: setController }],
  ["directories", { GET: directoriesOf, POST: orderDirectory, PUT: setDirectory }],
  ["tenants", { GET: tenantOf, PUT: setTenant }],
  ["synchronization", { GET: synchronizationOf, PUT: setSynchronization, POST: handOnSynchronization }],
  ["faults", { GET: ({ faults }) => faults.list(), POST: addFault, DELETE: removeFaults }],
  ["delays", { GET: ({ delays }) => delays.all(), PUT: setDelays }],
  ["buckets", { GET: ({ buckets }) => ({ isOn: buckets.isOn }), PUT: setBuckets }],
  ["log", { GET: readLog }],
  ["counts", { GET: ({ log }) => log.counts() }],
  ["time", { GET: timeOf }],
  ["layout", { GET: ({ layout }) => layout }],
  ["snapshot", { GET: snapshot }],
]);

function act(world: World, { name, verb }: Ask): unknown {
  const action = HOST_ACTIONS.get(verb ?? "");
  if (name === undefined || action === undefined) {
    throw new ControlRefusal(
      404,
      `POST /hosts/<id or name>/<action>; actions are ${[...HOST_ACTIONS.keys()].join(", ")}`,
    );
  }
  const instance = findHost(world, name);
  action(world, instance);
  return hostView(world, instance);
}

function domainOf(world: World, { name, verb }: Ask): unknown {
  if (verb === "groups") return groupViews(world, name ?? "");
  const { guests } = world;
  const truth = guests.domainTruth(name ?? "");
  if (truth === undefined) throw new ControlRefusal(404, "GET /domains/<DNS name> of a domain of the layout");
  return truth;
}

function directoriesOf(world: World, { name, verb }: Ask): unknown {
  if (verb !== undefined) throw new ControlRefusal(404, "GET /directories or /directories/<id>");
  return name === undefined ? directoryViews(world) : directoryView(world, name);
}

function orderDirectory(world: World, { name, body }: Ask): unknown {
  if (name !== undefined) throw new ControlRefusal(404, "POST /directories");
  return createDirectory(world, readBody(body));
}

/** PUT /directories/<id> holds a stage, PUT /directories/<id>/controllers/<dcId> sets a status. */
function setDirectory(world: World, { name, verb, item, body }: Ask): unknown {
  if (name !== undefined && verb === undefined) return setStage(world, name, readBody(body));
  if (name === undefined || verb !== "controllers" || item === undefined)
    throw new ControlRefusal(404, "PUT /directories/<id> or /directories/<id>/controllers/<dcId>");
  return setControllerStatus(world, { directoryID: name, domainControllerID: item }, readBody(body));
}

function tenantOf({ guests }: World, { name }: Ask): unknown {
  const truth = guests.tenantTruth(name ?? "");
  if (truth === undefined) throw new ControlRefusal(404, "GET /tenants/<id> of a tenant of the layout");
  return truth;
}

function synchronizationOf(world: World, { name }: Ask): unknown {
  if (name !== undefined) throw new ControlRefusal(404, "GET /synchronization");
  return synchronizationViews(world);
}

function setSynchronization(world: World, { name = "", verb, body }: Ask): unknown {
  if (verb !== undefined) throw new ControlRefusal(404, "PUT /synchronization/<tenant id>");
  return setSwitches(world, name, readBody(body));
}

/** POST /synchronization/<tenant id> makes a configuration, /<tenant id>/<service principal id>/<action> changes one. */
function handOnSynchronization(world: World, { name = "", verb, item, body }: Ask): unknown {
  const given = body === "" ? {} : readBody(body);
  if (verb === undefined) return createInPortal(world, name, given);
  return handInPortal(world, { tenantID: name, servicePrincipalID: verb, action: item ?? "" }, given);
}

/** PUT /domains/<DNS name>/<controller> {"isUp": false}: the machine of a domain controller goes down; /units and /rights are objects of the domain. */
function setController(world: World, ask: Ask): unknown {
  const { name = "", verb = "" } = ask;
  if (verb === "units") return setUnit(world, name, readBody(ask.body));
  if (verb === "rights") return setRights(world, name, readBody(ask.body));
  refuseRange(() => world.guests.setControllerUp(name, verb, readSwitch(ask.body, "isUp")));
  return domainOf(world, ask);
}

/** PUT /tenants/<id> {"isReachable": false}: hosts get no answer from that cloud. */
function setTenant(world: World, ask: Ask): unknown {
  refuseRange(() => world.guests.setTenantReachable(ask.name ?? "", readSwitch(ask.body, "isReachable")));
  return tenantOf(world, ask);
}

function refuseRange(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (error instanceof RangeError) throw new ControlRefusal(404, error.message);
    throw error;
  }
}

function readSwitch(body: string, name: string): boolean {
  const change = readBody(body);
  const value = isRecord(change) ? change[name] : undefined;
  if (typeof value !== "boolean") throw new ControlRefusal(400, `the body is {"${name}": true | false}`);
  return value;
}

function addFault({ faults }: World, { body }: Ask): unknown {
  const rule = readFaultRule(readBody(body));
  return { id: faults.add(rule), rule };
}

function removeFaults({ faults }: World, { name }: Ask): unknown {
  const removed = name === undefined ? faults.list().length : 1;
  if (name === undefined) faults.clear();
  else if (!faults.remove(name)) throw new ControlRefusal(404, `there is no fault ${name}`);
  return { removed };
}

function setDelays({ delays }: World, { body }: Ask): unknown {
  const changes = readBody(body);
  if (!isRecord(changes)) throw new ControlRefusal(400, "delays are an object of names to milliseconds");
  const known = delays.all();
  for (const [name, ms] of Object.entries(changes)) {
    if (!Object.hasOwn(known, name))
      throw new ControlRefusal(400, `no delay is named ${name}; there are ${Object.keys(known).join(", ")}`);
    if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0)
      throw new ControlRefusal(400, `${name} must be 0 ms or more`);
  }
  for (const [name, ms] of Object.entries(changes)) delays.set(name, Number(ms));
  return delays.all();
}

function setBuckets({ buckets }: World, { body }: Ask): unknown {
  buckets.isOn = readSwitch(body, "isOn");
  return { isOn: buckets.isOn };
}

const LOG_QUERY = ["since", "service", "action", "instanceID", "outcome", "limit"];

function readLog({ log }: World, { query }: Ask): unknown {
  const unknown = [...query.keys()].find((key) => !LOG_QUERY.includes(key));
  if (unknown !== undefined) throw new ControlRefusal(400, `the log takes ${LOG_QUERY.join(", ")}, not ${unknown}`);
  const number = (name: string): number | undefined => {
    const value = query.get(name);
    if (value === null) return undefined;
    if (!/^\d{1,9}$/.test(value)) throw new ControlRefusal(400, `${name} must be a whole number`);
    return Number(value);
  };
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  return log.read(
    definedOnly({
      since: number("since"),
      limit: number("limit"),
      service: text("service"),
      action: text("action"),
      instanceID: text("instanceID"),
      outcome: text("outcome"),
    }),
  );
}

function definedOnly<Members extends Record<string, unknown>>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: NonNullable<Members[Name]>;
  };
}

function timeOf({ clock, seed }: World): unknown {
  const nowMs = clock.nowMs();
  return { nowMs, now: new Date(nowMs).toISOString(), seed };
}

function snapshot(world: World): unknown {
  const { buckets, delays, faults, log } = world;
  return {
    time: timeOf(world),
    hosts: hostViews(world),
    directories: directoryViews(world),
    faults: faults.list(),
    delays: delays.all(),
    buckets: { isOn: buckets.isOn },
    counts: log.counts(),
    breaches: { count: world.graph.gate.count, breaches: world.graph.gate.breaches },
  };
}

function readBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlRefusal(400, "the body is not JSON");
  }
}
