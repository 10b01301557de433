/**
 * Names the write sites of a request: verb, kind and subresource, and what of the object it changes. Pure.
 * Guarantees: a read, an event and the leader's own lease have no site; a write that changes several things is a site of each of them.
 */
import { isDeepStrictEqual } from "node:util";

export interface WireWrite {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** What was last written through the same field manager, by path: status is named by its difference to that. */
export type AppliedBefore = Map<string, Json>;

const LEADER_LEASE = "cloudsync-operator";
/** What EC2 and SSM change; everything else that is sent there is a read. */
const AWS_WRITES =
  /^(Run|Terminate|Modify|Create|Delete|Associate|Replace|Disassociate|Send|Cancel|Add|Remove|Start|Stop|Reboot)/;

/** Product documents are named after their content: the step is what makes the site. */
const CONTENT_HASH = /-[0-9a-f]{8}$/;

export function awsSites({ headers, body }: WireWrite): readonly string[] {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const action = target.split(".").at(-1) ?? target;
    if (!AWS_WRITES.test(action)) return [];
    const { DocumentName: document } = parsed(body);
    return [`ssm ${action}${typeof document === "string" ? ` ${document.replace(CONTENT_HASH, "")}` : ""}`];
  }
  const action = new URLSearchParams(body).get("Action") ?? "";
  return AWS_WRITES.test(action) ? [`ec2 ${action}`] : [];
}

/** Remembers in `before` what this write applies. */
export function kubeSites({ method, path, body }: WireWrite, before: AppliedBefore): readonly string[] {
  const url = new URL(path, "http://api");
  const found = /^\/apis?\/(?:[^/]+\/)?v[^/]+\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
    url.pathname,
  );
  const [, plural = "", name, subresource] = found ?? [];
  if (plural === "" || plural === "events" || method === "GET") return [];
  const content = parsed(body);
  if (plural === "leases") return leaseSites(method, name ?? nameOf(content), content);
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  if (method === "POST") {
    // A new object of an old name has applied nothing yet.
    const made = `${url.pathname}/${nameOf(content)}/`;
    for (const key of before.keys()) if (key.startsWith(made)) before.delete(key);
    return [`create ${what}`];
  }
  if (method === "DELETE") return [`delete ${what}`];
  if (subresource !== "status") {
    const { finalizers } = record(content["metadata"]);
    return [finalizers === undefined ? `patch ${what}` : `patch ${what} finalizers ${JSON.stringify(finalizers)}`];
  }
  const key = `${url.pathname} ${url.searchParams.get("fieldManager") ?? ""}`;
  const status = record(content["status"]);
  const changes = statusChanges(before.get(key) ?? {}, status);
  before.set(key, status);
  return changes.map((change) => `apply ${what} ${change}`);
}

function leaseSites(method: string, name: string, content: Json): readonly string[] {
  if (name === LEADER_LEASE) return [];
  const verb = method === "POST" ? "create" : "patch";
  const { holderIdentity } = record(content["spec"]);
  return [`${verb} leases slot ${typeof holderIdentity === "string" ? "take" : "free"}`];
}

/** Every field and condition that differs. Times and texts alone are no change: they follow from something else or from nothing. */
export function statusChanges(before: Json, after: Json): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (name === "conditions") return conditionChanges(was, is);
    if (name === "observedGeneration" || isDeepStrictEqual(was, is)) return [];
    if (name === "step") return [stepChange(record(was), record(is))];
    if (name === "phase") return [`phase ${String(is)}`];
    return [is === undefined ? `${name} removed` : name];
  });
}

function conditionChanges(before: unknown, after: unknown): readonly string[] {
  const read = (list: unknown): ReadonlyMap<unknown, Json> =>
    new Map(
      (Array.isArray(list) ? (list as readonly unknown[]) : []).map(record).map((entry) => [entry["type"], entry]),
    );
  const was = read(before);
  return [...read(after)]
    .filter(([type, { status }]) => was.get(type)?.["status"] !== status)
    .map(([type, { status }]) => `condition ${String(type)}=${String(status)}`);
}

function stepChange(was: Json, is: Json): string {
  const name = is["name"] ?? was["name"];
  const stage =
    is["name"] === undefined
      ? "done"
      : is["endedAt"] !== undefined
        ? "ended"
        : is["lastError"] !== undefined
          ? "failed"
          : is["commandID"] !== undefined
            ? "sent"
            : "intended";
  return `step ${String(name)} ${stage}`;
}

function nameOf(content: Json): string {
  const { name } = record(content["metadata"]);
  return typeof name === "string" ? name : "";
}

function parsed(body: string): Json {
  return body.startsWith("{") ? record(JSON.parse(body)) : {};
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
