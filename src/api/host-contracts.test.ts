/**
 * What the API admits into a frozen template, the host steps admit as parameters:
 * an agent that could be created never fails because a document refuses its parameters.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { z } from "zod";
import { agentTemplate } from "./cloud-sync-agent-template.ts";
import { GMSA_NAME_RULE, nameBelowRoot } from "./formats.ts";

interface TextSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly items?: TextSchema;
  readonly maxItems?: number;
  readonly "x-kubernetes-list-type"?: string;
  readonly properties?: Readonly<Record<string, TextSchema>>;
}

const template = z.toJSONSchema(agentTemplate, { io: "input" }) as TextSchema;
const CONTRACTS = join(import.meta.dirname, "..", "..", "contracts", "host");

/** Member of the template, step, parameter. */
const ROWS: readonly (readonly [member: string, step: string, parameter: string])[] = [
  ["domain.dnsName", "join", "domainName"],
  ["domain.dnsName", "preflight", "domainName"],
  ["domain.dnsName", "configure", "domainName"],
  ["domain.organizationalUnit", "join", "organizationalUnit"],
  ["domain.joinSecretARN", "join", "credentialSecretARN"],
  ["domain.gmsa.hostGroup", "join", "hostGroup"],
  ["domain.organizationalUnit", "host-group", "organizationalUnit"],
  ["domain.organizationalUnit", "leave-domain", "organizationalUnit"],
  ["domain.organizationalUnit", "clean-up-peer", "organizationalUnit"],
  ["domain.gmsa.hostGroup", "host-group", "hostGroup"],
  ["domain.gmsa.hostGroup", "leave-domain", "hostGroup"],
  ["domain.gmsa.hostGroup", "clean-up-peer", "hostGroup"],
  ["domain.gmsa.name", "permissions", "gmsaName"],
  ["domain.gmsa.setupSecretARN", "permissions", "setupSecretARN"],
  ["domain.gmsa.permissionTypes", "vendor-permissions", "types"],
  ["domain.netBIOSName", "configure", "netBIOSName"],
  ["domain.gmsa.mode", "configure", "gmsaMode"],
  ["domain.gmsa.name", "configure", "gmsaName"],
  ["domain.gmsa.setupSecretARN", "configure", "setupSecretARN"],
  ["domain.domainControllers", "preflight", "domainControllers"],
  ["domain.preferredDomainControllers", "configure", "preferredDomainControllers"],
  ["tenant.cloud", "preflight", "tenantCloud"],
  ["tenant.cloud", "install", "tenantCloud"],
  ["tenant.cloud", "register", "tenantCloud"],
  ["tenant.tenantID", "register", "tenantID"],
  ["agent.installer.bucket", "install", "bucket"],
  ["agent.installer.bucketOwner", "install", "bucketOwner"],
  ["agent.installer.productName", "install", "productName"],
  ["agent.installer.signer", "install", "signer"],
  ["agent.installer.key", "install", "key"],
  ["agent.installer.versionID", "install", "versionID"],
  ["agent.installer.sha256", "install", "sha256"],
  ["agent.installer.version", "install", "version"],
  ["agent.proxyURL", "install", "proxyURL"],
  ["agent.registration.secretARN", "register", "secretARN"],
  ["domain.joinSecretARN", "prove-secret-denied", "secretARNs"],
  ["domain.gmsa.setupSecretARN", "prove-secret-denied", "secretARNs"],
  ["agent.registration.secretARN", "prove-secret-denied", "secretARNs"],
];

test.each(ROWS)("every %s is a %s parameter %s", (member, step, parameter) => {
  const wanted = parameterSchema(step, parameter);
  fc.assert(
    fc.property(admitted(memberSchema(member), member), (value) => isAdmitted(wanted, value)),
    { numRuns: 200 },
  );
});

// Drawn by class above, but never met by chance.
const HOSTILE = ["\n", "\r", "\0", "\x1b", "\x7f", '"', "'", "`", "$", ";", "|", "&", "<", ">"];
const LOOKALIKES = Array.from("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2028\u2029\u202a\u202e\u2066\u2069");

test.each(["domain.organizationalUnit", "domain.gmsa.hostGroup"])(
  "%s admits nothing that a host would refuse",
  (member) => {
    const pattern = new RegExp(memberSchema(member).pattern ?? "", "u");
    for (const sign of [...HOSTILE, ...LOOKALIKES])
      expect([sign, pattern.test(`OU=a${sign}b,DC=corp,DC=example,DC=com`)]).toEqual([sign, false]);
    expect(pattern.test("DC=corp,DC=example,DC=com")).toBe(false);
    expect(pattern.test("OU=Zürich (東京),DC=corp,DC=example,DC=com")).toBe(true);
  },
);

test("every provisioning container is a part of the parameter provisioningContainers", () => {
  const wanted = parameterSchema("permissions", "provisioningContainers");
  const containers = z.toJSONSchema(nameBelowRoot("A container."), { io: "input" }) as TextSchema;
  fc.assert(
    fc.property(admitted(containers, "container"), (value) => isAdmitted(wanted, value)),
    { numRuns: 200 },
  );
});

function admitted(schema: TextSchema, member: string): fc.Arbitrary<string> {
  if (schema.items !== undefined) {
    const bounds = { minLength: 1, maxLength: schema.maxItems ?? 1 };
    const item = admitted(schema.items, member);
    const isSet = schema["x-kubernetes-list-type"] === "set";
    // Lists travel as one text with commas.
    return (isSet ? fc.uniqueArray(item, bounds) : fc.array(item, bounds)).map((items) => items.join(","));
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const pattern = member === "domain.gmsa.name" ? gmsaPattern() : (schema.pattern ?? "");
  const { minLength = 0, maxLength = 0 } = schema;
  return fc.stringMatching(new RegExp(pattern, "u")).filter(({ length }) => length >= minLength && length <= maxLength);
}

function gmsaPattern(): string {
  const pattern = /matches\('(.+)'\)/.exec(GMSA_NAME_RULE.rule)?.[1];
  if (pattern === undefined) throw new Error("the rule of gMSA names no longer matches a pattern");
  return pattern;
}

function isAdmitted({ pattern, maxLength, enum: words }: TextSchema, value: string): boolean {
  if (words !== undefined) return words.includes(value);
  return value.length <= (maxLength ?? Infinity) && new RegExp(pattern ?? "").test(value);
}

function memberSchema(member: string): TextSchema {
  const found = member.split(".").reduce<TextSchema | undefined>((at, key) => at?.properties?.[key], template);
  if (found === undefined) throw new Error(`no ${member} in the template`);
  return found;
}

function parameterSchema(step: string, parameter: string): TextSchema {
  const file = JSON.parse(readFileSync(join(CONTRACTS, `${step}.json`), "utf8")) as {
    definitions: { parameters: { properties: Record<string, TextSchema> } };
  };
  const found = file.definitions.parameters.properties[parameter];
  if (found === undefined) throw new Error(`${step} has no parameter ${parameter}`);
  return found;
}
