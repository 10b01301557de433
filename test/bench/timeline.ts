/**
 * What the world recorded of each host on its way to Ready, the shortest way its delays allow, and where the rest of the time went.
 * Guarantees: the bound is made of durations that the world measured itself, jitter included; nothing of the operator is in it.
 * Pure.
 */
export interface StepRun {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface HostRecord {
  readonly instanceID: string;
  readonly launchedMs: number;
  /** The first moment at which SSM could deliver a command. */
  readonly onlineMs: number;
  readonly steps: readonly StepRun[];
}

/** Delays of the world that stand around each command. */
export interface CommandDelays {
  readonly deliveryMs: number;
  readonly probeMs: number;
}

const BEFORE_SLOT = ["Preflight", "Join", "Install"] as const;
const UNDER_SLOT = ["Register", "Configure"] as const;

/** From the first start to the last end: the restart of a join and what comes after it belong to the step. */
function extent({ steps }: HostRecord, name: string): { readonly startedMs: number; readonly endedMs: number } {
  const runs = steps.filter(({ step }) => step === name);
  return {
    startedMs: Math.min(...runs.map(({ startedMs }) => startedMs)),
    endedMs: Math.max(...runs.map(({ endedMs }) => endedMs)),
  };
}

function durationMs(host: HostRecord, name: string): number {
  const { startedMs, endedMs } = extent(host, name);
  return endedMs - startedMs;
}

/**
 * The lower bound of "apply to all Ready":
 *   installed(h) = launch to online + sum over Preflight, Join, Install of (delivery + step)      side by side for all hosts
 *   slot(h)      = sum over Register, Configure of (delivery + step)                              one host of a domain at a time
 *   bound        = the end of the last slot(h), taken in the order of installed(h), + one probe (delivery + probe) that proves Ready
 * It lets the launches leave at once, reads no command late, and hands the slot over without a pause.
 */
export function lowerBoundMs(hosts: readonly HostRecord[], delays: CommandDelays): number {
  const { deliveryMs, probeMs } = delays;
  const sum = (host: HostRecord, names: readonly string[]): number =>
    names.reduce((total, name) => total + deliveryMs + durationMs(host, name), 0);
  const jobs = hosts
    .map((host) => ({
      installedMs: host.onlineMs - host.launchedMs + sum(host, BEFORE_SLOT),
      slotMs: sum(host, UNDER_SLOT),
    }))
    .sort((left, right) => left.installedMs - right.installedMs);
  const endMs = jobs.reduce((freeMs, { installedMs, slotMs }) => Math.max(freeMs, installedMs) + slotMs, 0);
  return endMs + deliveryMs + probeMs;
}

/** Time that passed between two things that the world did, beyond the delivery of the command between them. */
export interface Gap {
  readonly between: string;
  readonly lostMs: number;
}

export interface Ending {
  readonly appliedMs: number;
  readonly readyMs: number;
}

/** The gaps on the way of the host that was Ready last: waits for the slot show as what the hosts before it left between them. */
export function gapsOf(
  hosts: readonly HostRecord[],
  delays: CommandDelays,
  { appliedMs, readyMs }: Ending,
): readonly Gap[] {
  const order = [...hosts].sort(
    (left, right) => extent(left, "Register").startedMs - extent(right, "Register").startedMs,
  );
  const [first] = order;
  if (first === undefined) return [];
  const gaps: Gap[] = [{ between: "apply to launch", lostMs: first.launchedMs - appliedMs }];
  const add = (between: string, fromMs: number, toMs: number): void => {
    gaps.push({ between, lostMs: toMs - fromMs - delays.deliveryMs });
  };
  add("online to Preflight", first.onlineMs, extent(first, "Preflight").startedMs);
  add("Preflight to Join", extent(first, "Preflight").endedMs, extent(first, "Join").startedMs);
  add("Join to Install", extent(first, "Join").endedMs, extent(first, "Install").startedMs);
  add("Install to Register (takes the slot)", extent(first, "Install").endedMs, extent(first, "Register").startedMs);
  order.forEach((host, index) => {
    add("Register to Configure", extent(host, "Register").endedMs, extent(host, "Configure").startedMs);
    const next = order[index + 1];
    if (next !== undefined)
      // The slot is held until the probe has proved Ready (S11): that probe is in this gap.
      add(
        "Configure to the next host's Register (probe, slot handed over)",
        extent(host, "Configure").endedMs,
        Math.max(extent(next, "Register").startedMs, extent(host, "Configure").endedMs),
      );
    else
      gaps.push({
        between: "Configure to Ready beyond the probe",
        lostMs: readyMs - extent(host, "Configure").endedMs - delays.deliveryMs - delays.probeMs,
      });
  });
  return [...Map.groupBy(gaps, ({ between }) => between)].map(([between, group]) => ({
    between: group.length > 1 ? `${between}, ${group.length} times` : between,
    lostMs: group.reduce((total, { lostMs }) => total + lostMs, 0),
  }));
}
