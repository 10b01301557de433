import fc from "fast-check";
import { consents, selectorMatches } from "./consent.ts";
import { effectiveMode, type ModeSource } from "./effective-mode.ts";
import { agentName, computerName, launchToken, registrationSlotName, stepOperationID } from "./naming.ts";
import { chooseSubnet, countBy } from "./placement.ts";
import { compareVersions, isVersionAtLeast } from "./version.ts";

const source = (overrides: Partial<ModeSource> = {}): ModeSource => ({
  kind: "CloudSyncAgentPool",
  name: "tokyo",
  mode: "Enforce",
  isPaused: false,
  ...overrides,
});

test("the strictest of all sources decides, and a pause is named before a mode", () => {
  expect(effectiveMode([source(), source({ kind: "ADDomain", mode: undefined })])).toEqual({ kind: "enforce" });
  expect(effectiveMode([source({ kind: "EntraTenant", mode: "Observe" }), source()])).toMatchObject({
    kind: "observe",
    reason: "TenantObserve",
  });
  expect(effectiveMode([source({ mode: "Observe" }), source({ kind: "ADDomain", isPaused: true })])).toMatchObject({
    kind: "paused",
    reason: "DomainPaused",
  });
  expect(effectiveMode([source({ mode: "Whatever" })])).toMatchObject({ kind: "observe" });
});

test("consent is the target's: absent means its own namespace, and unread labels never match (S5)", () => {
  const team = { name: "team", labels: { tier: "0" } };
  const selector = { matchLabels: { tier: "0" } };
  expect(consents({ from: "Same" }, "identity", { name: "identity", labels: undefined })).toBe(true);
  expect(consents({ from: "Same" }, "identity", team)).toBe(false);
  expect(consents({ from: "All" }, "identity", team)).toBe(true);
  expect(consents({ from: "Selector", selector }, "identity", team)).toBe(true);
  expect(consents({ from: "Selector", selector }, "identity", { name: "team", labels: undefined })).toBe(false);
});

test("selectors read as Kubernetes reads them", () => {
  const matches = (operator: "In" | "NotIn" | "Exists" | "DoesNotExist", values?: readonly string[]): boolean =>
    selectorMatches(
      { matchExpressions: [{ key: "tier", operator, ...(values === undefined ? {} : { values }) }] },
      { tier: "0" },
    );
  expect([
    matches("In", ["0", "1"]),
    matches("In", ["1"]),
    matches("NotIn", ["1"]),
    matches("NotIn", ["0"]),
    matches("Exists"),
    matches("DoesNotExist"),
  ]).toEqual([true, false, true, false, true, false]);
  expect(selectorMatches({ matchExpressions: [{ key: "absent", operator: "NotIn", values: ["x"] }] }, {})).toBe(true);
});

test("subnets are chosen so that zones stay within one of each other, whatever was there", () => {
  const zones = fc
    .array(fc.constantFrom("a", "c", "d"), { minLength: 1, maxLength: 9 })
    .map((letters) => letters.map((zone, index) => ({ subnetID: `subnet-${zone}${index}`, availabilityZone: zone })));
  const staysEven = (subnets: readonly { subnetID: string; availabilityZone: string }[], hosts: number): void => {
    const placed: { subnetID: string; availabilityZone: string }[] = [];
    for (let host = 0; host < hosts; host += 1) {
      const place = chooseSubnet(subnets, placed);
      if (place !== undefined) placed.push(place);
    }
    const counts = countBy(placed.map(({ availabilityZone }) => availabilityZone));
    const each = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].map(
      (zone) => counts.get(zone) ?? 0,
    );
    expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
  };
  fc.assert(fc.property(zones, fc.nat(20), staysEven));
  expect(chooseSubnet([], [])).toBeUndefined();
});

test("names and tokens fit their owners' limits and change with every part of the identity", () => {
  const launch = { agentUID: "u", attempt: 1, availabilityZone: "a" };
  const tokens = [
    launch,
    { ...launch, agentUID: "v" },
    { ...launch, attempt: 2 },
    { ...launch, availabilityZone: "c" },
  ].map(launchToken);
  expect(new Set(tokens).size).toBe(4);
  expect(launchToken(launch)).toBe(tokens[0]);
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(stepOperationID({ agentUID: "u", step: "Join", attempt: 1 })).toMatch(/^[a-z0-9]{32}$/);
  expect(computerName("csa", "u")).toMatch(/^CSA[0-9A-F]{12}$/);
  expect(computerName("csa", "u")).not.toBe(computerName("csa", "v"));
  expect(registrationSlotName("Corp.Example.com")).toBe(registrationSlotName("corp.example.com"));
  expect(agentName("tokyo", 0, 12)).toBe("tokyo-0-12");
});

test("versions compare by number, part by part; drift upward is fine", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["1.1.2505.0", "1.1.2334.0", true],
    ["1.1.2334.0", "1.1.2334.0", true],
    ["1.1.972.0", "1.1.2334.0", false],
    ["1.2", "1.1.9999.9", true],
  ];
  for (const [version, minimum, expected] of rows) expect(isVersionAtLeast(version, minimum)).toBe(expected);
  expect(isVersionAtLeast("0.0.1", undefined)).toBe(true);
  expect(["1.10.0", "1.9.0", "1.9", "1.2.3"].toSorted(compareVersions)).toEqual(["1.2.3", "1.9.0", "1.9", "1.10.0"]);
});
