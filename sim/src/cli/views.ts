/** What the CLI prints for people, from the JSON of the control API. Pure. */
import { isRecord } from "../core/input.ts";
import { table } from "./table.ts";

type Row = Readonly<Record<string, unknown>>;

function rowsOf(answer: unknown): readonly Row[] {
  return [answer].flat().filter(isRecord);
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(cell).join(",");
  return JSON.stringify(value);
}

function cells(row: Row, names: readonly string[]): readonly string[] {
  return names.map((name) => cell(row[name]));
}

/** Members of a host's truth in the order in which a host comes to life, as far as the world knows them. */
const TRUTH_COLUMNS: readonly (readonly [head: string, member: string])[] = [
  ["COMPUTER", "computerName"],
  ["DOMAIN", "joinedDomain"],
  ["VERSION", "installedVersion"],
  ["TENANT", "registeredTenantID"],
  ["CONFIGURED", "configuredDomains"],
  ["SERVICE", "serviceState"],
];

export function hostsView(answer: unknown): string {
  const columns = ["instanceID", "name", "state", "availabilityZone", "privateIPAddress", "statusCheck"];
  const rows = rowsOf(answer);
  const head = ["INSTANCE", "NAME", "STATE", "AZ", "ADDRESS", "CHECK", ...TRUTH_COLUMNS.map(([title]) => title)];
  const members = TRUTH_COLUMNS.map(([, member]) => member);
  return table(
    head,
    rows.map((row) => [...cells(row, columns), ...cells(isRecord(row.truth) ? row.truth : {}, members)]),
  );
}

/** A line a domain controller; a directory without any has one line. */
export function directoriesView(answer: unknown): string {
  const columns = ["directoryID", "name", "type", "stage"];
  const controllerColumns = ["domainControllerID", "availabilityZone", "address", "status", "isAnswering"];
  const lines = rowsOf(answer).flatMap((row) => {
    const controllers = rowsOf(row.controllers);
    return (controllers.length === 0 ? [{}] : controllers).map((controller) => [
      ...cells(row, columns),
      ...cells(controller, controllerColumns),
      cell(row.stageReason),
    ]);
  });
  return table(
    ["DIRECTORY", "NAME", "TYPE", "STAGE", "CONTROLLER", "AZ", "ADDRESS", "STATUS", "ANSWERS", "WHY"],
    lines,
  );
}

/** Groups of Entra with their members. */
export function entraGroupsView(answer: unknown): string {
  return table(
    ["GROUP", "ID", "SECURITY", "MAIL", "SYNCED", "MEMBERS"],
    rowsOf(answer).map((row) => [
      ...cells(row, ["displayName", "id", "securityEnabled", "mailEnabled", "onPremisesSyncEnabled"]),
      cell(rowsOf(row.members).map((member) => cell(member.displayName))),
    ]),
  );
}

export function configurationsView(answer: unknown): string {
  const columns = ["displayName", "id", "appId", "applicationTemplateId", "assigned"];
  return table(
    ["CONFIGURATION", "SERVICE PRINCIPAL", "APPLICATION", "TEMPLATE", "ASSIGNED"],
    rowsOf(answer).map((row) => cells(row, columns)),
  );
}

/** Groups as AD has them: container and members. */
export function groupsView(answer: unknown): string {
  return table(
    ["CN", "CONTAINER", "MEMBERS", "ANCHOR"],
    rowsOf(answer).map(({ container, attributes, members }) => {
      const values = isRecord(attributes) ? attributes : {};
      return [cell(values.cn), cell(container), cell(members), cell(values["msDS-ExternalDirectoryObjectId"])];
    }),
  );
}

/** A line a job; a configuration without any has one line. */
export function jobsView(answer: unknown): string {
  const lines = rowsOf(answer).flatMap(({ configurations }) =>
    rowsOf(configurations).flatMap(({ servicePrincipalID, displayName, jobs }) => {
      const held = rowsOf(jobs);
      return (held.length === 0 ? [{}] : held).map(({ id, status, stagedDeletes, escrows }) => {
        const { code, quarantine } = isRecord(status) ? status : {};
        const reason = isRecord(quarantine) ? quarantine.reason : undefined;
        const count = (list: unknown): string => (Array.isArray(list) ? String(list.length) : "-");
        return [
          cell(displayName),
          cell(servicePrincipalID),
          cell(id),
          cell(code),
          cell(reason),
          count(stagedDeletes),
          count(escrows),
        ];
      });
    }),
  );
  return table(["CONFIGURATION", "SERVICE-PRINCIPAL", "JOB", "CODE", "QUARANTINE", "STAGED", "ESCROWS"], lines);
}

export function faultsView(answer: unknown): string {
  return table(
    ["ID", "SERVICE", "ACTION", "MATCH", "CHANCE", "STRIKES", "EFFECT"],
    rowsOf(answer).map(({ id, rule, strikes }) => {
      const { service, action, match, probability, times, effect } = isRecord(rule) ? rule : {};
      const limit = times === undefined ? "" : `/${cell(times)}`;
      return [
        cell(id),
        cell(service),
        cell(action),
        cell(match),
        cell(probability ?? 1),
        `${cell(strikes)}${limit}`,
        cell(effect),
      ];
    }),
  );
}

export function logView(answer: unknown): string {
  return table(
    ["SEQUENCE", "TIME", "CALL", "OUTCOME", "ABOUT", "CALLER", "FAULTS"],
    rowsOf(answer).map((entry) => {
      const time = typeof entry.atMs === "number" ? new Date(entry.atMs).toISOString() : "-";
      const faults = Array.isArray(entry.faults) && entry.faults.length > 0 ? entry.faults.join(",") : "-";
      return [
        cell(entry.sequence),
        time,
        `${cell(entry.service)}:${cell(entry.action)}`,
        cell(entry.outcome),
        about(entry.facts),
        cell(entry.accessKeyID),
        faults,
      ];
    }),
  );
}

/** The two most telling facts of a call. */
function about(facts: unknown): string {
  if (!isRecord(facts)) return "-";
  const words = ["instanceID", "directoryID", "document", "subnetID", "clientToken"]
    .map((name) => facts[name])
    .filter((values) => Array.isArray(values) && values.length > 0)
    .map((values) => (Array.isArray(values) ? values.join(",") : ""));
  return words.slice(0, 2).join(" ") || "-";
}

export function pairsView(answer: unknown): string {
  const entries = isRecord(answer) ? Object.entries(answer) : [];
  return table(
    ["NAME", "VALUE"],
    entries.map(([name, value]) => [name, cell(value)]),
  );
}
