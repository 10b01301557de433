/**
 * Preflight: looks at every item of the agent-host reference, section 2 and 17.1, and does not stop at the first bad one.
 * Guarantees: succeeds whatever it finds; the checks say what is wrong. Changes nothing.
 */
import { parameter, succeeded, type Step, type StepContext } from "./step.ts";

interface Check {
  readonly name: string;
  readonly status: "Pass" | "Fail" | "Unknown";
  readonly detail?: string;
}

const OS_BUILDS: Readonly<Record<string, string>> = {
  WindowsServer2022: "10.0.20348.4297",
  // The first build with KB5070773, which Server 2025 needs.
  WindowsServer2025: "10.0.26100.6901",
};

export const PREFLIGHT: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const { host, directory } = context;
    const platform = directory.image(host.machine.imageID)?.platform ?? "WindowsServer2022";
    const isWindows = platform !== "Linux";
    return succeeded(false, {
      checks: [
        check("OperatingSystem", isWindows, platform),
        check("Edition", isWindows, "Full"),
        check("Memory", true, "8 GiB"),
        check("DotNetFramework", true, "Release 528449"),
        check("ExecutionPolicy", true, "RemoteSigned"),
        check("CredentialManager", true, "VaultSvc Manual"),
        check("TLS12", true, "enabled"),
        check("Clock", true, "offset 0 s"),
        ...networkChecks(context),
      ],
      osBuild: OS_BUILDS[platform] ?? "unknown",
      computerName: host.disk.computerName,
    });
  },
};

function networkChecks(context: StepContext): readonly Check[] {
  const { host, directory } = context;
  const domain = directory.domains.get(parameter(context, "domainName"));
  const cloud = parameter(context, "tenantCloud");
  const tenants = [...directory.tenants.values()].filter((tenant) => tenant.cloud === cloud);
  const isEntraOpen = tenants.length > 0 && tenants.every((tenant) => tenant.isReachable(host.zone));
  const controllers = domain?.reachableControllers(host.zone) ?? [];
  const reachable = new Set(controllers.map(({ address }) => address));
  const serving = new Set(
    controllers.filter(({ hasWebServices }) => hasWebServices !== false).map(({ address }) => address),
  );
  const named = parameter(context, "domainControllers");
  const addresses = named === "" ? (domain?.controllers() ?? []).map(({ address }) => address) : named.split(",");
  return [
    check("DNS", domain !== undefined, parameter(context, "domainName")),
    ...addresses.flatMap((address) => [
      check(`DomainController ${address}`, reachable.has(address), "TCP 389, 3268"),
      check(`DirectoryWebServices ${address}`, serving.has(address), "TCP 9389"),
    ]),
    check("EntraReach", isEntraOpen, "TCP 443"),
    check("CertificateLists", isEntraOpen, isEntraOpen ? "TCP 80" : "TCP 80 closed"),
    check("AWSTools", true, "AWS Tools for PowerShell"),
    host.disk.domain === undefined
      ? { name: "SchemaAttribute", status: "Unknown", detail: "read after the join" }
      : check("SchemaAttribute", true, "msDS-ExternalDirectoryObjectId"),
  ];
}

function check(name: string, isFine: boolean, detail: string): Check {
  return { name: name.slice(0, 60), status: isFine ? "Pass" : "Fail", detail };
}
