/** The end of the demo: what happened when, and what it cost. Pure. */
import { table } from "../../sim/src/cli/table.ts";
import type { Moment } from "./journal.ts";

export interface Costs {
  readonly instancesLaunched: number;
  /** Calls of the operator to the world by `service:Action`; Graph and the login authority are `graph` and `login`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The text of the operator's `/metrics`. */
  readonly metrics: string;
}

export function timeline(moments: readonly Moment[]): readonly string[] {
  const beganMs = moments[0]?.atMs ?? 0;
  return moments.map(({ atMs, text }) => `${((atMs - beganMs) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
}

/** How long the two things took that the demo is about. */
export function lengths(moments: readonly Moment[]): readonly string[] {
  const full = moments.filter(({ text }) => /^pool: (\d+)\/\1 Ready/.test(text));
  const kill = moments.find(({ text }) => text.startsWith("the world kills"));
  const [first, applied] = [full[0], moments[0]];
  const again = full.find(({ atMs }) => kill !== undefined && atMs > kill.atMs);
  const seconds = (from: Moment, to: Moment): string => `${((to.atMs - from.atMs) / 1_000).toFixed(1)} s`;
  return [
    ...(first && applied ? [`apply to all Ready: ${seconds(applied, first)}`] : []),
    ...(kill && again ? [`host's death to all Ready again: ${seconds(kill, again)}`] : []),
  ];
}

export function costLines({ instancesLaunched, calls, metrics }: Costs): readonly string[] {
  const made = Object.entries(calls).filter(([, count]) => count > 0);
  const aws = made.filter(([call]) => !MICROSOFT.test(call));
  const graph = made
    .filter(([call]) => MICROSOFT.test(call))
    // Every parameter of a path is an id.
    .map(([call, count]) => [call.replace(MICROSOFT, "").replaceAll(/\{[^}]+\}/g, "{id}"), count] as const);
  const writes = kubeWrites(metrics);
  const sum = (rows: readonly (readonly [string, number])[]): number =>
    rows.reduce((total, [, count]) => total + count, 0);
  return [
    `instances launched: ${instancesLaunched}`,
    `AWS calls: ${sum(aws)}`,
    ...indented(aws),
    `Microsoft Graph and login calls: ${sum(graph)}`,
    ...indented(graph),
    `Kubernetes writes: ${sum(writes)}`,
    ...indented(writes),
  ];
}

function indented(rows: readonly (readonly [string, number])[]): readonly string[] {
  if (rows.length === 0) return [];
  const most = rows.toSorted((left, right) => right[1] - left[1]);
  return table(
    ["", ""],
    most.map(([name, count]) => [name, String(count)]),
  )
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => `  ${line}`);
}

const MICROSOFT = /^(graph|login):/;

const SAMPLE = /^cloudsync_kube_writes_total\{(.*)\} ([0-9.e+]+)$/;

/** `apply CloudSyncAgent/status` and so on, refused ones named, from the text of `/metrics`. */
export function kubeWrites(metrics: string): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n")) {
    const [, labels = "", value = ""] = SAMPLE.exec(line) ?? [];
    if (value === "") continue;
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    const place = label("subresource") === "" ? label("kind") : `${label("kind")}/${label("subresource")}`;
    const outcome = label("result") === "ok" ? "" : ` (${label("result")})`;
    const name = `${label("verb")} ${place}${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + Number(value));
  }
  return [...counts];
}
