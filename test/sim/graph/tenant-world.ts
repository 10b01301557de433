/** The tenant's loop beside a configuration's, over the same objects and the same simulated world. Only tests import this file. */
import { grantRoles, withdrawRoles } from "../../../sim/src/entra/fill.ts";
import { OPERATOR_PRINCIPAL } from "../../../sim/src/graph/test-desk.ts";
import { DEFAULT_ENTRA_DIRECTORY } from "../../../sim/src/layout/entra-directory.ts";
import type { EntraTenant } from "../../../src/api/entra-tenant.ts";
import { parseTenant } from "../../../src/api/parse.ts";
import { tenantReconciler } from "../../../src/controllers/tenant/controller.ts";
import { configurationWorld, type WorldOptions } from "./configuration-world.ts";
import { worldLoop } from "./world-loop.ts";

const KEY = { namespace: "identity", name: "contoso" };

/** What the operator's own application is granted in the default layout. */
export const OPERATOR_ROLES: readonly string[] =
  DEFAULT_ENTRA_DIRECTORY.applications.find(({ servicePrincipalID }) => servicePrincipalID === OPERATOR_PRINCIPAL)
    ?.roles ?? [];

export function tenantWorld(options: WorldOptions = {}) {
  const configuration = configurationWorld(options);
  const { kube, clock, directory, ports, world } = configuration;
  const loop = worldLoop(clock, tenantReconciler(ports), KEY);
  const at = (): EntraTenant => {
    const parsed = parseTenant(kube.at("EntraTenant", KEY));
    if (parsed.kind === "invalid") throw new Error(parsed.problems.join("\n"));
    return parsed.object;
  };
  const stored = ({ spec, annotations }: { readonly spec?: object; readonly annotations?: object }): void => {
    const object = at();
    const { generation = 1, resourceVersion } = object.metadata;
    const next = { generation: generation + (spec === undefined ? 0 : 1), resourceVersion: `${resourceVersion}-edit` };
    kube.put({
      ...object,
      ...(spec !== undefined && { spec }),
      metadata: { ...object.metadata, ...next, ...(annotations !== undefined && { annotations }) },
    });
  };
  const found = (type: string) => at().status.conditions?.find((one) => one.type === type);
  return {
    ...loop,
    at,
    configuration,
    condition: (type: string): string => `${found(type)?.status}/${found(type)?.reason}`,
    message: (type: string): string => found(type)?.message ?? "",
    edit: (spec: object): void => stored({ spec: { ...at().spec, ...spec } }),
    /** A person asks for a new look. */
    request: (word: string): void => stored({ annotations: { "cloudsync.dev/requested-at": word } }),
    grant: (...roles: readonly string[]) => grantRoles(directory, OPERATOR_PRINCIPAL, roles),
    withdraw: (...roles: readonly string[]) => withdrawRoles(directory, OPERATOR_PRINCIPAL, roles),
    /** Calls that reached Graph, as its log names them. */
    graphCalls: (since = 0): readonly string[] =>
      world.log.read({ service: "graph", since }).map(({ action }) => action),
    /** Service principals that were made from a template, whoever made them. */
    made: (): readonly string[] =>
      directory
        .list("servicePrincipal")
        .flatMap(({ value }) => (value.applicationTemplateId === null ? [] : [value.id])),
  };
}
