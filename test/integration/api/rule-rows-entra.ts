/** Rule rows of SyncConfiguration, GroupScope and ProvisioningTest. */
import { consentRow } from "./rule-rows-fleet.ts";
import { frozen, row, type RuleRow } from "./rule-row.ts";
import {
  adToEntra,
  entraToAD,
  entraDomainServices,
  googleCloud,
  provisioningTest,
  scope,
  userTest,
} from "./specimens.ts";

const OTHER = "11111111-2222-3333-4444-555555555555";
const HASH = `sha256:${"cd".repeat(32)}`;
const FILTERS = [{ name: "staff", clauses: [{ attribute: "department", operator: "EQUALS", values: ["Sales"] }] }];
const MAPPING = "spec.entraToAD.attributeMappings[].target";
const mapping = (target: string) => ({ "spec.entraToAD.attributeMappings": [{ target, expression: "[displayName]" }] });

export const CONFIGURATION_ROWS: readonly RuleRow[] = [
  row(entraToAD, "spec", "set entraToAD when connector is EntraToAD", {
    refused: { "spec.entraToAD": undefined },
    accepted: {},
  }),
  row(adToEntra, "spec", "set adToEntra when connector is ADToEntra", {
    refused: { "spec.adToEntra": undefined },
    accepted: {},
  }),
  row(entraDomainServices, "spec", "set entraDomainServices when connector is EntraDomainServices", {
    refused: { "spec.connector": "GoogleCloud", "spec.googleCloud": {} },
    accepted: {},
  }),
  row(googleCloud, "spec", "set googleCloud when connector is GoogleCloud", {
    refused: { "spec.googleCloud": undefined },
    accepted: {},
  }),
  frozen(entraToAD, "spec.tenantRef", "tenantRef cannot be changed", {
    refused: { "spec.tenantRef.name": "fabrikam" },
  }),
  frozen(googleCloud, "spec.connector", "connector cannot be changed", {
    refused: {
      "spec.connector": "EntraDomainServices",
      "spec.googleCloud": undefined,
      "spec.entraDomainServices": { administratorsGroupID: OTHER },
    },
  }),
  row(entraToAD, "spec.start", "set only one of start.gateRef and start.withoutTest", {
    refused: { "spec.start": { gateRef: { name: "canary" }, withoutTest: true } },
    accepted: { "spec.start": { gateRef: { name: "canary" }, withoutTest: false } },
  }),
  frozen(entraToAD, "spec.entraToAD.domainRef", "domainRef cannot be changed", {
    refused: { "spec.entraToAD.domainRef.name": "emea" },
  }),
  frozen(adToEntra, "spec.adToEntra.domainRef", "domainRef cannot be changed", {
    refused: { "spec.adToEntra.domainRef.name": "emea" },
  }),
  row(entraToAD, "spec.entraToAD.objects", "set objects to Groups: Users and UsersAndGroups are a preview", {
    refused: { "spec.entraToAD.objects": "UsersAndGroups" },
    accepted: { "spec.entraToAD.objects": "Groups" },
  }),
  row(entraToAD, "spec.entraToAD", "remove scope.attributeFilters, or set scope.mode to All", {
    refused: { "spec.entraToAD.scope": { mode: "Selected", attributeFilters: FILTERS } },
    accepted: { "spec.entraToAD.scope": { mode: "All", attributeFilters: FILTERS } },
  }),
  row(entraToAD, "spec.entraToAD", "scope.mode All needs at least one of scope.attributeFilters", {
    refused: { "spec.entraToAD.scope": { mode: "All" } },
    accepted: { "spec.entraToAD.scope": { mode: "Selected" } },
  }),
  row(entraToAD, "spec.entraToAD", "scope.mode All needs at least one of scope.attributeFilters", {
    refused: { "spec.entraToAD.scope": { mode: "All", attributeFilters: [] } },
    accepted: { "spec.entraToAD.scope": { mode: "All", attributeFilters: FILTERS } },
  }),
  row(entraToAD, "spec.entraToAD.targetContainer", "set exactly one of targetContainer.constant", {
    refused: { "spec.entraToAD.targetContainer.attribute": "extension_abc_TargetOU" },
    accepted: { "spec.entraToAD.targetContainer": { attribute: "extension_abc_TargetOU" } },
  }),
  row(entraToAD, MAPPING, "remove this mapping: the vendor locks the join, marker and member attributes", {
    refused: mapping("msDS-ExternalDirectoryObjectId"),
    accepted: mapping("description"),
  }),
  row(entraToAD, MAPPING, "remove this mapping: targetContainer sets parentDistinguishedName", {
    refused: mapping("parentDistinguishedName"),
    accepted: mapping("displayName"),
  }),
  row(adToEntra, "spec.adToEntra", "set only one of adToEntra.organizationalUnits and adToEntra.groups", {
    refused: { "spec.adToEntra.groups": ["CN=Staff,DC=corp,DC=example,DC=com"] },
    accepted: {
      "spec.adToEntra.groups": ["CN=Staff,DC=corp,DC=example,DC=com"],
      "spec.adToEntra.organizationalUnits": undefined,
    },
  }),
  row(googleCloud, "spec.googleCloud", "groupMapping DisplayName needs groupDomain", {
    refused: { "spec.googleCloud.groupDomain": undefined },
    accepted: { "spec.googleCloud": { groupMapping: "Mail" } },
  }),
  row(entraToAD, "spec.approvals", "set only one of approvals.forceDeletes and approvals.rejectDeletes", {
    refused: { "spec.approvals.rejectDeletes": { quarantineBegan: "2026-11-21T08:00:00Z", stagedDeletesHash: HASH } },
    accepted: {
      "spec.approvals": { rejectDeletes: { quarantineBegan: "2026-11-21T08:00:00Z", stagedDeletesHash: HASH } },
    },
  }),
  consentRow(entraToAD),
];

export const SCOPE_ROWS: readonly RuleRow[] = [
  frozen(scope, "spec.configurationRef", "configurationRef cannot be changed", {
    refused: { "spec.configurationRef.name": "other" },
  }),
  row(scope, "spec", "name groups by groups.ids, groups.displayNames or selector", {
    refused: { "spec.groups": {}, "spec.selector": undefined },
    accepted: { "spec.selector": undefined },
  }),
  row(scope, "spec.selector", "set exactly one of selector.displayNamePrefix and selector.filter", {
    refused: { "spec.selector.filter": "startswith(displayName,'sg-')" },
    accepted: { "spec.selector": { filter: "startswith(displayName,'sg-')" } },
  }),
];

export const TEST_ROWS: readonly RuleRow[] = [
  frozen(provisioningTest, "spec.configurationRef", "configurationRef cannot be changed", {
    refused: { "spec.configurationRef.name": "other" },
  }),
  row(provisioningTest, "spec", "timeZone needs schedule", {
    refused: { "spec.schedule": undefined },
    accepted: { "spec.schedule": undefined, "spec.timeZone": undefined },
  }),
  row(provisioningTest, "spec.subject", "set exactly one of subject.group and subject.user", {
    refused: { "spec.subject.user": { id: OTHER } },
    accepted: { "spec.subject": { user: { id: OTHER } } },
  }),
  row(userTest, "spec.subject", "subject.members needs subject.group", {
    refused: { "spec.subject.members": { sample: 1 } },
    accepted: { "spec.subject": { group: { id: OTHER }, members: { sample: 1 } } },
  }),
  row(provisioningTest, "spec.subject.group", "set exactly one of subject.group.id", {
    refused: { "spec.subject.group.id": OTHER },
    accepted: { "spec.subject.group": { id: OTHER } },
  }),
  row(provisioningTest, "spec.subject.members", "set exactly one of subject.members.sample", {
    refused: { "spec.subject.members": {} },
    accepted: { "spec.subject.members": { ids: [OTHER] } },
  }),
  row(userTest, "spec.subject.user", "set exactly one of subject.user.id", {
    refused: { "spec.subject.user.distinguishedName": "CN=A,DC=corp,DC=example,DC=com" },
    accepted: { "spec.subject.user": { distinguishedName: "CN=A,DC=corp,DC=example,DC=com" } },
  }),
  row(provisioningTest, "spec.expect", "expect.container needs expect.verify: Directory", {
    refused: { "spec.expect.verify": "Graph" },
    accepted: { "spec.expect": { verify: "Graph", members: "All" } },
  }),
];
