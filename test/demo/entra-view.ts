/** The Entra side as lines for people: the configuration, its canary, each scope, a line each. Pure but for {@link entraSubject}, which reads. */
import { table } from "../../sim/src/cli/table.ts";
import { conditionOf, type StackObject } from "../support/stack-api.ts";
import type { EntraReader, EntraView } from "./entra.ts";
import type { Subject } from "./follow.ts";
import type { Journal } from "./journal.ts";

export function entraSubject(reader: EntraReader, journal: Journal): Subject<EntraView> {
  return {
    read: () => reader.read(),
    table: (view) => entraLines(view).map((line) => `  ${line}`),
    lines: entraLines,
    remember: (view, nowMs) => {
      for (const text of entraMoments(view)) journal.once(text, nowMs);
    },
    firstFailingLink: firstFailingEntraLink,
    isStalled: ({ configuration, scopes }) =>
      [configuration, ...scopes].some((object) => conditionOf(object, "Stalled")?.status === "True"),
  };
}

interface TestResult {
  readonly result: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt: string;
}

export function lastResult(canary: StackObject | undefined): TestResult | undefined {
  return canary?.status?.["last"] as TestResult | undefined;
}

export function jobState(configuration: StackObject | undefined): string | undefined {
  const jobs = configuration?.status?.["jobs"] as readonly { readonly state: string }[] | undefined;
  return jobs?.[0]?.state;
}

export interface ShownPlan {
  readonly hash: string;
  readonly toRemove?: readonly string[];
}

/** The change that waits, if any. */
export function planOf(scope: StackObject | undefined): ShownPlan | undefined {
  return scope?.status?.["plan"] as ShownPlan | undefined;
}

export function countOf(scope: StackObject | undefined, count: "desired" | "assigned" | "toRemove"): number {
  const counts = scope?.status?.["counts"] as Readonly<Record<string, number>> | undefined;
  return counts?.[count] ?? 0;
}

export function entraLines({ configuration, canary, scopes }: EntraView): readonly string[] {
  const why = (object: StackObject | undefined): string => conditionOf(object, "Ready")?.reason ?? "-";
  const last = lastResult(canary);
  return [
    ...(configuration === undefined
      ? []
      : [`configuration ${configuration.metadata.name}  job ${jobState(configuration) ?? "-"}  ${why(configuration)}`]),
    ...(canary === undefined
      ? []
      : [
          `canary ${canary.metadata.name}  ${last === undefined ? "not run yet" : `${last.result}  ${last.reason ?? ""}`}`,
        ]),
    ...scopes.map(
      (scope) =>
        `scope ${scope.metadata.namespace}/${scope.metadata.name}  ${countOf(scope, "assigned")} of ${countOf(scope, "desired")} in scope  ${why(scope)}`,
    ),
  ];
}

/** What happened so far, each once in the order in which it is first seen. */
export function entraMoments({ configuration, canary, world }: EntraView): readonly string[] {
  const last = lastResult(canary);
  const state = jobState(configuration);
  return [
    ...(state === undefined ? [] : [`configuration: job ${state}`]),
    ...(last === undefined ? [] : [`canary: ${last.result} (${last.reason ?? "no reason"})`]),
    ...world.directory
      .filter(({ members }) => members.length > 0)
      .map(({ name, members }) => `AD: ${name} with ${members.length} members`),
  ];
}

/** In the order in which one thing needs the other. */
export function firstFailingEntraLink({ configuration, canary, scopes }: EntraView): string {
  const named: readonly (readonly [kind: string, object: StackObject | undefined])[] = [
    ["configuration", configuration],
    ["canary", canary],
    ...scopes.map((scope) => ["scope", scope] as const),
  ];
  for (const type of ["Stalled", "Ready"] as const) {
    for (const [kind, object] of named) {
      if (object === undefined) return `${kind}: there is no such object`;
      const condition = conditionOf(object, type);
      const isFine = type === "Stalled" ? condition?.status !== "True" : condition?.status === "True";
      if (isFine) continue;
      return `${kind} ${object.metadata.name}: ${condition?.reason ?? `no ${type} condition yet`}: ${condition?.message ?? "the operator has not said anything"}`;
    }
  }
  return "nothing: all objects are Ready";
}

/** The groups that the world has in scope, beside what AD holds of them. */
export function directoryTable({ world }: EntraView): readonly string[] {
  const assigned = new Set(world.configurations.flatMap((configuration) => configuration.assigned));
  const names = [...new Set([...assigned, ...world.directory.map(({ name }) => name)])].toSorted();
  return table(
    ["GROUP", "IN SCOPE", "MEMBERS IN ENTRA", "| CONTAINER IN AD", "MEMBERS IN AD"],
    names.map((name) => {
      const inDirectory = world.directory.find((group) => group.name === name);
      const listed = (members: readonly string[] | undefined): string =>
        members === undefined || members.length === 0 ? "-" : members.join(", ");
      return [
        name,
        assigned.has(name) ? "yes" : "no",
        listed(world.groups.find((group) => group.name === name)?.members),
        `| ${inDirectory?.container ?? "(not there)"}`,
        listed(inDirectory?.members),
      ];
    }),
  )
    .trimEnd()
    .split("\n");
}

/**
 * What the operator says and the world does not, and the other way round; empty when they agree.
 * @param inDirectory groups that AD must hold now, with the members that they have in Entra
 */
export function entraDisagreements(
  { configuration, scopes, world }: EntraView,
  inDirectory: readonly string[],
): readonly string[] {
  const [only, ...others] = world.configurations;
  if (only === undefined || others.length > 0)
    return [`the world has ${world.configurations.length} configurations, not one`];
  const facts: readonly (readonly [what: string, inWorld: unknown, inStatus: unknown])[] = [
    ["service principal", only.servicePrincipalID, configuration?.status?.["servicePrincipalID"]],
    ["number of jobs", only.jobs.length, 1],
    ["job's state", only.jobs[0]?.code, jobState(configuration)],
    ["groups in scope", only.assigned.length, scopes.reduce((sum, scope) => sum + countOf(scope, "assigned"), 0)],
    [
      "groups in AD",
      world.directory
        .map(({ name }) => name)
        .toSorted()
        .join(", "),
      inDirectory.toSorted().join(", "),
    ],
    ["breaches of Graph's contract", world.breaches, 0],
    ...inDirectory.map((name) => {
      const membersIn = (groups: EntraView["world"]["groups"]): string =>
        (groups.find((group) => group.name === name)?.members ?? ["(no such group)"]).join(", ");
      return [`members of ${name} (AD, Entra)`, membersIn(world.directory), membersIn(world.groups)] as const;
    }),
  ];
  return facts
    .filter(([, inWorld, wanted]) => inWorld !== wanted)
    .map(([what, inWorld, wanted]) => `${what}: ${String(inWorld)} in the world, and ${String(wanted)} is wanted`);
}
