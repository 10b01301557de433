/**
 * Names the place in the life of a fleet at which a call is made: what tells one write from another, whatever object it is about.
 * Guarantees: the same step of the same work has the same site in every run. Pure.
 */
import type { KubeRequest } from "../../../src/kube/transport.ts";

export interface Site {
  readonly site: string;
  readonly about: string;
  readonly isWrite: boolean;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

export function siteOfRequest({ method, path, body, contentType }: KubeRequest): Site {
  const { plural, name, subresource } = readPath(path);
  const about = name === undefined ? plural : `${plural}/${name}`;
  if (method === "GET") {
    const verb = path.includes("watch=true") ? "watch" : name === undefined ? "list" : "get";
    return { site: `${verb} ${plural}`, about, isWrite: false };
  }
  const verb = contentType?.includes("apply") === true ? "apply" : (VERBS[method] ?? method);
  const target = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { site: `${verb} ${target}${changeOf(plural, body)}`, about, isWrite: true };
}

/** What goes on at rest (L1): renewals of the lease, and the probe of the hosts. */
export function isAtRestToo(site: string): boolean {
  return site === "update leases" || site === "ssm:SendCommand CloudSync-Probe";
}

/** AWS: the action, and the document that a command runs. */
export function siteOfAws(service: string, action: string, body: string): Site {
  const isWrite = !/^(Describe|Get|List)/.test(action) && service !== "sts";
  const document = /"DocumentName":"([^"]+)-[0-9a-f]+"/.exec(body)?.[1];
  const about = [...new Set(body.match(/\bi-[0-9a-f]{8,17}\b/g) ?? [])].join(",");
  return { site: `${service}:${action}${document === undefined ? "" : ` ${document}`}`, about, isWrite };
}

function readPath(path: string): { readonly plural: string; readonly name?: string; readonly subresource?: string } {
  const segments = (path.split("?")[0] ?? "").split("/").filter((segment) => segment !== "");
  const afterVersion = segments.slice(segments[0] === "api" ? 2 : 3);
  const inNamespace =
    afterVersion[0] === "namespaces" && afterVersion.length > 2 ? afterVersion.slice(2) : afterVersion;
  const [plural = "", name, subresource] = inNamespace;
  return { plural, ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }) };
}

/** What a status says in a word: the conditions that hold and the step that runs; of an event its reason. */
function changeOf(plural: string, body: object | undefined): string {
  if (body === undefined) return "";
  if (plural === "events" && "reason" in body) return ` ${String(body.reason)}`;
  if ("status" in body) return statusWord(body.status);
  const metadata = "metadata" in body ? (body.metadata as Readonly<Record<string, unknown>>) : {};
  return Array.isArray(metadata["finalizers"]) ? ` finalizers:${metadata["finalizers"].length}` : "";
}

function statusWord(status: unknown): string {
  const {
    conditions = [],
    phase,
    step,
    launch,
    disruption,
    retirement,
  } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
    readonly phase?: string;
    readonly step?: { readonly name?: string; readonly commandID?: string; readonly endedAt?: string };
    readonly launch?: object;
    readonly disruption?: object;
    readonly retirement?: object;
  };
  const ready = conditions.find(({ type }) => type === "Ready");
  const marks = [
    phase,
    ready === undefined ? undefined : `Ready=${ready.status}/${ready.reason}`,
    step?.name === undefined
      ? undefined
      : `${step.name}${step.commandID === undefined ? "?" : step.endedAt === undefined ? "..." : "."}`,
    launch === undefined ? undefined : "launch",
    disruption === undefined ? undefined : "disruption",
    retirement === undefined ? undefined : "retirement",
  ];
  const said = marks.filter((mark) => mark !== undefined);
  return said.length === 0 ? "" : ` ${said.join(" ")}`;
}
