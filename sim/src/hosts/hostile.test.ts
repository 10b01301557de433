import { readContracts } from "./contracts.ts";
import { Bench } from "./test-bench.ts";
import {
  configured,
  DIAGNOSTICS,
  DOMAIN,
  HOST_GROUP_MEMBER,
  LEAVE,
  PASS_THROUGH_INSTALL,
  PASS_THROUGH_REGISTER,
  PERMISSIONS,
  PROXY,
  READ_GROUP,
  VENDOR_PERMISSIONS,
} from "./test-steps.ts";
import type { StepName } from "./steps/step.ts";

/** Steps whose contracts refuse every text below; each with parameters that fit. */
const FITTING: Partial<Readonly<Record<StepName, Readonly<Record<string, string>>>>> = {
  Proxy: PROXY,
  HostGroup: HOST_GROUP_MEMBER,
  Permissions: PERMISSIONS,
  VendorPermissions: VENDOR_PERMISSIONS,
  ReadGroup: READ_GROUP,
  RestartService: { agentKind: "Provisioning" },
  LeaveDomain: LEAVE,
  CleanUpPeer: { ...LEAVE, deadSince: "2026-11-01T00:00:00Z" },
  CollectDiagnostics: DIAGNOSTICS,
  PassThroughInstall: PASS_THROUGH_INSTALL,
  PassThroughRegister: PASS_THROUGH_REGISTER,
  PassThroughProbe: {},
};
const STEPS = Object.keys(FITTING) as (keyof typeof FITTING)[];
const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ["a quote", '"; Remove-Item'],
  ["an apostrophe", "'; Remove-Item"],
  ["a typographic quote, which PowerShell takes for one", "\u2019; Remove-Item"],
  ["a subexpression", "$(Stop-Computer)"],
  ["a back-tick", "`n"],
  ["a pipe", "|Stop-Computer"],
  ["a line break", "\nStop-Computer"],
  ["a carriage return", "\rStop-Computer"],
  ["a null character", "\u0000"],
  ["a change of direction", "\u202e"],
  ["a line separator", "\u2028"],
  ["an LDAP filter", "*)(objectClass=*"],
];
const contracts = readContracts();
const at = (step: StepName, parameters: object): string | undefined =>
  contracts[step].parametersProblem({ operationID: "operationhostile", ...FITTING[step], ...parameters });

test.each(STEPS)("%s takes the parameters that fit, and none that it does not declare", (step) => {
  expect(at(step, {})).toBeUndefined();
  expect(at(step, { script: "Get-Process" })).toBeDefined();
});

test.each(HOSTILE)("no text parameter of any further step admits %s", (_what, text) => {
  // A distinguished name may hold brackets and stars: it is compared, never pasted into a filter.
  const mayHold = (name: string): boolean => /^(organizationalUnit|hostGroup|provisioningContainers)$/.test(name);
  for (const step of STEPS) {
    for (const name of contracts[step].parameterNames) {
      if (text.startsWith("*") && mayHold(name)) continue;
      const fitting = name === "operationID" ? "operationhostile" : (FITTING[step]?.[name] ?? "");
      // Alone, in front, behind, and in place of every part of a value that fits.
      const starts = Array.from({ length: fitting.length }, (_nothing, start) => start);
      const inside = starts.map((start) => fitting.slice(0, start) + text + fitting.slice(start + text.length));
      const admitted = [text, `${fitting}${text}`, ...inside].filter(
        (value) => at(step, { [name]: value }) === undefined,
      );
      expect({ step, name, admitted }).toEqual({ step, name, admitted: [] });
    }
  }
});

test("a hostile or foreign parameter is refused before anything is touched", () => {
  const bench = new Bench();
  const instanceID = configured(bench, "1");
  const { control } = bench.guests;
  const seen = (): string =>
    JSON.stringify([
      { ...control.truth(instanceID), steps: [], ssm: {} },
      control.domainTruth(DOMAIN),
      control.uploads(),
    ]);
  const before = seen();
  for (const step of STEPS) {
    for (const name of contracts[step].parameterNames.filter((one) => one !== "operationID")) {
      const parameters = { ...FITTING[step], [name]: "$(Stop-Computer)" };
      expect(bench.run(step, instanceID, parameters)).toMatchObject({
        outcome: "Failed",
        changed: false,
        error: { reason: "InvalidParameters" },
      });
    }
  }
  expect(seen()).toBe(before);
});
