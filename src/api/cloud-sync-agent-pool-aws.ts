/**
 * Where and as what the hosts of a pool run.
 * Guarantees: an edit cannot move a pool to another Region or account, which would leave its hosts behind (S2).
 */
import { assumeRole, instanceTags, rootVolumeShape } from "./aws.ts";
import * as formats from "./formats.ts";
import { localReference } from "./references.ts";
import { atomicList, defaulted, immutable, object, optional, setList, textMap, words, type Rule } from "./schema.ts";

const image = object(
  "The image that hosts start from.",
  {
    ssmParameter: optional(formats.ssmParameterName("Public SSM parameter that names the image.")),
    id: optional(formats.imageID("One image.")),
    policy: words("Pin: resolved once, kept until the field changes. Follow: a newer image is rolled out.", [
      "Pin",
      "Follow",
    ]).default("Pin"),
  },
  [
    { rule: "has(self.ssmParameter) != has(self.id)", message: "set exactly one of image.ssmParameter and image.id" },
    {
      rule: "self.policy == 'Pin' || has(self.ssmParameter)",
      message: "policy Follow needs image.ssmParameter: one image id never changes",
    },
  ],
).default({ ssmParameter: "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", policy: "Pin" });

const awsRules: readonly Rule[] = [
  {
    rule: "has(self.subnetIDs) != has(self.subnetSelector)",
    message: "set exactly one of aws.subnetIDs and aws.subnetSelector",
  },
  {
    rule: "has(self.assumeRole) == has(oldSelf.assumeRole)",
    message: "assumeRole cannot be added or removed, because the account would change: make a new pool",
  },
];

export const poolAWS = object(
  "Where and as what hosts run.",
  {
    region: formats.awsRegion("AWS Region.", [
      immutable("aws.region", "make a new pool in the other Region, then delete this one"),
    ]),
    serviceAccountRef: optional(
      localReference(
        "Service account of this namespace whose role is used. Absent: the operator's own identity, where the process configuration grants it.",
      ),
    ),
    assumeRole: optional(
      assumeRole([
        {
          rule: "self.roleARN.split(':')[4] == oldSelf.roleARN.split(':')[4]",
          message:
            "the account of assumeRole.roleARN cannot be changed: make a new pool in the other account, then delete this one",
        },
      ]),
    ),
    subnetIDs: optional(
      setList("Subnets over whose AZs hosts are spread.", formats.subnetID("A subnet id."), { max: 16, min: 1 }),
    ),
    subnetSelector: optional(
      object("Subnets that carry all of these tags.", {
        tags: textMap("Tag keys and values.", {
          max: 10,
          valueMax: 256,
          rules: [
            {
              rule: "size(self) >= 1",
              message: "name at least one tag in subnetSelector.tags: none would select every subnet of the account",
            },
          ],
        }),
      }),
    ),
    securityGroupIDs: setList("Security groups of the hosts.", formats.securityGroupID("A security group id."), {
      max: 16,
      min: 1,
    }),
    instanceProfile: formats.instanceProfile("Instance profile of the hosts, by name or ARN."),
    bootstrapInstanceProfile: optional(
      formats.instanceProfile(
        "A profile that may read the join, set-up and registration secrets: hosts start with it, and instanceProfile takes its place once they are Configured. The condition SecretsReleased tells how far that is.",
      ),
    ),
    instanceTypes: atomicList("Instance types, tried in this order.", formats.instanceType("An instance type."), {
      max: 10,
      min: 1,
    }).default(["m6i.large", "m5.large"]),
    image,
    rootVolume: defaulted("The root volume, always encrypted.", rootVolumeShape),
    tags: instanceTags(),
  },
  awsRules,
);
