/** The verbs of the rows. */
import type { ApiRequest } from "../../../../sim/src/kube/server-state.ts";
import { GADGETS } from "./crds.ts";
import type { Answer, Seen, Step } from "./row.ts";

type Given<T> = T | ((seen: Seen) => T);
const given = <T>(value: Given<T>, seen: Seen): T =>
  typeof value === "function" ? (value as (seen: Seen) => T)(seen) : value;

export const GADGET_PATH = `/apis/${GADGETS.group}/${GADGETS.version}/namespaces/{ns}/${GADGETS.plural}`;
export const LEASE_PATH = "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases";
export const EVENT_PATH = "/apis/events.k8s.io/v1/namespaces/{ns}/events";
export const ACCOUNT_PATH = "/api/v1/namespaces/{ns}/serviceaccounts";
const AGENT = "conformance/1.0";

export function gadget(members: object = {}, metadata: object = {}): object {
  const { group, version, kind } = GADGETS;
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name: "{x}", namespace: "{ns}", ...metadata },
    spec: { size: 1 },
    ...members,
  };
}

export function send(request: Given<ApiRequest>): Step {
  return { do: "send", request: (seen) => ({ userAgent: AGENT, ...given(request, seen) }) };
}

export const get = (path: string): Step => send({ method: "GET", path });
export const create = (body: Given<object>, path = GADGET_PATH): Step =>
  send((seen) => ({ method: "POST", path, body: given(body, seen) }));
export const put = (body: Given<object>, path = `${GADGET_PATH}/{x}`): Step =>
  send((seen) => ({ method: "PUT", path, body: given(body, seen) }));

export const merge = (body: Given<object>, path = `${GADGET_PATH}/{x}`): Step =>
  send((seen) => ({ method: "PATCH", path, contentType: "application/merge-patch+json", body: given(body, seen) }));
export const jsonPatch = (body: readonly object[], path = `${GADGET_PATH}/{x}`): Step =>
  send({ method: "PATCH", path, contentType: "application/json-patch+json", body });

export interface ApplyRequest {
  readonly manager?: string;
  readonly force?: true;
  readonly path?: string;
}
export const apply = (body: Given<object>, options: ApplyRequest = {}): Step =>
  send((seen) => {
    const query = new URLSearchParams({
      ...(options.manager === "" ? {} : { fieldManager: options.manager ?? "one" }),
      ...(options.force === undefined ? {} : { force: "true" }),
    });
    return {
      method: "PATCH",
      path: `${options.path ?? `${GADGET_PATH}/{x}`}?${query.toString()}`,
      contentType: "application/apply-patch+yaml",
      body: given(body, seen),
    };
  });
export const applyStatus = (body: Given<object>, options: ApplyRequest = {}): Step =>
  apply(body, { ...options, path: `${GADGET_PATH}/{x}/status` });

export const remove = (options?: Given<object | undefined>, path = `${GADGET_PATH}/{x}`): Step =>
  send((seen) => {
    const body = given(options, seen);
    return { method: "DELETE", path, ...(body === undefined ? {} : { body }) };
  });

export const watch = (path: Given<string>): Step => ({ do: "watch", path: (seen) => given(path, seen) });
export const events = (count: number): Step => ({ do: "events", count });
export const compact: Step = { do: "compact" };
export const settle = (path: string, until: (answer: Answer) => boolean): Step => ({
  do: "settle",
  request: { method: "GET", path, userAgent: AGENT },
  until,
});
export const isGone = ({ status }: Answer): boolean => status === 404;
