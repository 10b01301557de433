/** A world on a virtual clock with a client of its Graph, for tests: no socket, no SDK. */
import type { VirtualClock } from "../core/clock.ts";
import { virtualClock } from "../core/clock.ts";
import type { EntraDirectory } from "../entra/directory.ts";
import { NO_GUESTS } from "../core/guests.ts";
import { DEFAULT_LAYOUT } from "../layout/default.ts";
import type { ApplicationLayout, EntraDirectoryLayout } from "../layout/entra-directory.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../layout/entra-directory.ts";
import type { WorldOptions } from "../world.ts";
import { createWorldOf } from "../world.ts";
import { GraphContract } from "./contract/contract.ts";
import type { GraphWorld } from "./graph.ts";

export const TENANT_ID = "6b29fc40-ca47-4067-b31d-00dd010662da";
export const OPERATOR = "9c8f0a52-9c3c-4b59-8f3f-6f4a5f6a7b10";
export const OPERATOR_PRINCIPAL = "5e900000-0000-4000-8000-000000000001";
export const SCOPE = "3d1f7a64-08c5-4a0e-9b1d-6d0f2f9a4c21";
export const GRAPH = "https://graph.microsoft.com";
export const LOGIN = "https://login.microsoftonline.com";

/** JSON as it comes; a member that is not there reads as undefined. */
export interface Json {
  readonly [name: string]: Json | undefined;
}
export interface Told {
  /** 0 when the answer was lost. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: "v1.0" | "beta";
}

export interface GraphDesk {
  readonly world: ReturnType<typeof createWorldOf>;
  readonly graph: GraphWorld;
  readonly clock: VirtualClock;
  readonly directory: EntraDirectory;
  /** Waits on the virtual clock for what the world scheduled. */
  ask(method: string, path: string, options?: AskOptions): Promise<Told>;
  /** A token of the client by its secret. */
  token(clientID?: string, secret?: string): Promise<string>;
  send(url: string, request: { method: string; headers?: Record<string, string>; body?: string }): Promise<Told>;
}

// Read and compiled once for all tests of a file.
const CONTRACT = new GraphContract();

export async function graphDesk({
  directory: changes = {},
  ...options
}: Omit<WorldOptions, "clock" | "layout"> & {
  readonly directory?: Partial<EntraDirectoryLayout>;
} = {}): Promise<GraphDesk> {
  const clock = virtualClock();
  const layout = layoutWith(changes);
  const world = createWorldOf(NO_GUESTS, {
    delays: { preset: "zero" },
    graphContract: CONTRACT,
    ...options,
    layout,
    clock,
  });
  const send: GraphDesk["send"] = async (url, { method, headers = {}, body = "" }) => {
    const outcome = await world.handleGraph({ method, url, headers, body });
    if (outcome.kind === "lost") return { status: 0, headers: {}, body: {} };
    const { status, headers: answered, body: content } = outcome.response;
    return { status, headers: answered, body: (content === "" ? {} : JSON.parse(content)) as Json };
  };
  const tenant = world.graph.tenants.get(TENANT_ID);
  if (tenant === undefined) throw new Error("the default tenant is gone");
  const token: GraphDesk["token"] = async (clientID = OPERATOR, secret = "world-operator-secret") => {
    const { status, body } = await signIn(send, { client_id: clientID, client_secret: secret });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return String(body.access_token);
  };
  const standard = await token();
  return {
    world,
    graph: world.graph,
    clock,
    directory: tenant.directory,
    send,
    token,
    ask(method, path, { token: other = standard, body, headers = {}, version = "v1.0" } = {}) {
      const url = path.startsWith("https://") ? path : `${GRAPH}/${version}${path}`;
      return send(url, {
        method,
        headers: { authorization: `Bearer ${other}`, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
  };
}

/** POST to the token endpoint. */
export function signIn(
  send: GraphDesk["send"],
  form: Readonly<Record<string, string>>,
  { login = LOGIN, tenant = TENANT_ID } = {},
): Promise<Told> {
  const fields = { grant_type: "client_credentials", scope: `${GRAPH}/.default`, ...form };
  return send(`${login}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
}

function layoutWith(changes: Partial<EntraDirectoryLayout>): typeof DEFAULT_LAYOUT {
  const [tenant, ...others] = DEFAULT_LAYOUT.tenants.tenants;
  if (tenant === undefined) throw new Error("the default layout has no tenant");
  const directory = { ...DEFAULT_ENTRA_DIRECTORY, ...changes };
  return { ...DEFAULT_LAYOUT, tenants: { tenants: [{ ...tenant, directory }, ...others] } };
}

/** The operator's application with other permissions. */
export function operatorWith(changes: Partial<ApplicationLayout>): readonly ApplicationLayout[] {
  return DEFAULT_ENTRA_DIRECTORY.applications.map((application) =>
    application.appID === OPERATOR ? { ...application, ...changes } : application,
  );
}

/** Members of a list's items, in their order. */
export function column(body: Json | undefined, name: string): readonly unknown[] {
  const items = (body?.value ?? []) as unknown as readonly Json[];
  return items.map((item) => item[name]);
}

/** Follows every link. */
export async function readAll(desk: GraphDesk, path: string, options: AskOptions = {}): Promise<readonly Json[]> {
  const items: Json[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { body, status } = await desk.ask("GET", next, options);
    if (status !== 200) throw new Error(JSON.stringify(body));
    items.push(...((body.value ?? []) as unknown as readonly Json[]));
    next = body["@odata.nextLink"] as unknown as string | undefined;
  }
  return items;
}
