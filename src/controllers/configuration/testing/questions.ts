/** What the tests of this loop arrange and ask again and again. Only tests import this file. */
import type { JsonObject } from "../../../entra/schema/port.ts";
import type { Group } from "../../../entra/groups/port.ts";
import { configurationBench, type BenchOptions, type ConfigurationBench } from "./configuration-bench.ts";
import type { ModelJob } from "./graph-model.ts";

export const OU = "OU=EntraGroups,DC=corp,DC=example,DC=com";

export function condition(bench: ConfigurationBench, type = "Ready"): string | undefined {
  const found = bench.at().status.conditions?.find((one) => one.type === type);
  return found === undefined ? undefined : `${found.status}/${found.reason}`;
}
export function job({ graph }: ConfigurationBench): ModelJob {
  const found = graph.configurations[0]?.jobs[0];
  if (found === undefined) throw new Error("no job has been made");
  return found;
}
interface ModelMapping {
  readonly scope: { readonly groups: readonly { readonly name: string }[] };
  readonly attributeMappings: {
    readonly targetAttributeName: string;
    readonly source: { readonly expression: string } | null;
    defaultValue: string | null;
  }[];
}
export function objectMapping(schema: JsonObject): ModelMapping {
  const rules = schema["synchronizationRules"] as unknown as readonly { objectMappings: readonly ModelMapping[] }[];
  const found = rules[0]?.objectMappings[0];
  if (found === undefined) throw new Error("the schema maps nothing");
  return found;
}
export const mapping = (bench: ConfigurationBench, target: string) =>
  objectMapping(job(bench).schema).attributeMappings.find(({ targetAttributeName }) => targetAttributeName === target);

/** In sync, running, and with a good cycle behind it. */
export async function running(options: BenchOptions = {}): Promise<ConfigurationBench> {
  const bench = configurationBench({ ...options, spec: { start: { withoutTest: true }, ...options.spec } });
  await bench.settle();
  job(bench).lastGoodMs = bench.kube.clock.nowMs();
  await bench.settle();
  if (condition(bench) !== "True/InSync") throw new Error(`not in sync: ${condition(bench) ?? ""}`);
  bench.graph.writes.length = 0;
  return bench;
}

export function assign(bench: ConfigurationBench, count: number, name = (at: number) => `sg-${at}`): void {
  const [one] = bench.graph.configurations;
  if (one === undefined) throw new Error("no configuration has been made");
  one.assignments = Array.from({ length: count }, (_, at) => ({
    id: `a-${at}`,
    appRoleID: "r",
    principalID: `g-${at}`,
    principalType: "Group",
    principalDisplayName: name(at),
    createdAtMs: undefined,
  }));
}

export const group = (at: number, displayName: string): Group => ({
  id: `g-${at}`,
  displayName,
  isSecurityEnabled: true,
  isMailEnabled: false,
  isSyncedFromAD: false,
  groupTypes: [],
});

export const container = (constant: string) => ({
  entraToAD: {
    domainRef: { name: "corp" },
    objects: "Groups",
    scope: { mode: "Selected" },
    targetContainer: { constant },
    membership: { onPremisesUsers: "Expected" },
  },
});

export const filtered = (mode: "All" | "Selected", value?: string, operator = "EQUALS") => ({
  entraToAD: {
    domainRef: { name: "corp" },
    objects: "Groups",
    scope: {
      mode,
      ...(value === undefined
        ? {}
        : {
            attributeFilters: [{ name: "by-name", clauses: [{ attribute: "displayName", operator, values: [value] }] }],
          }),
    },
    targetContainer: { constant: OU },
    membership: { onPremisesUsers: "Expected" },
  },
});

export async function runningAll(): Promise<ConfigurationBench> {
  return running({ spec: filtered("All", "sg-a"), allowedUnverified: ["all-scope"] });
}
