/**
 * The frozen template of an agent: all that its launch, its host steps and its retirement need.
 * Guarantees: nothing here is looked up again, so a deleted or edited pool, domain or tenant cannot change a running host; times and the lowest version are the pool's while it is there (fleet/agent/policy.ts).
 */
import type { z } from "zod";
import { agentOptions } from "./ad-domain.ts";
import { healthShape, timeoutsShape } from "./agent-behaviour.ts";
import { assumeRole, instanceTags, rootVolumeShape } from "./aws.ts";
import { AGENT_KINDS, REGISTRATION_MODES } from "./cloud-sync-agent-pool.ts";
import { GMSA_MODES, PERMISSION_MODES, permissionTypes } from "./gmsa.ts";
import { DELETION_POLICIES } from "./modes.ts";
import { TENANT_CLOUDS } from "./entra-tenant.ts";
import * as formats from "./formats.ts";
import { localReference } from "./references.ts";
import { atomicList, defaulted, flag, object, optional, setList, text, words } from "./schema.ts";

const owner = object("Whose host it is, as its ownership tags say.", {
  poolName: formats.objectName("Name of the pool."),
  poolUID: text("UID of the pool.", { max: 64 }),
  namespace: formats.namespaceName("Namespace of the pool."),
});

const aws = object("Where and as what the host runs.", {
  region: formats.awsRegion("AWS Region."),
  accountID: formats.accountID("Account in which it runs."),
  serviceAccountRef: optional(
    localReference("Service account whose role is used; absent: the operator's own identity."),
  ),
  assumeRole: optional(assumeRole()),
  instanceProfile: formats.instanceProfile("Instance profile."),
  bootstrapInstanceProfile: optional(formats.instanceProfile("Profile until the host is Configured.")),
  instanceTypes: atomicList("Instance types, tried in this order.", formats.instanceType("An instance type."), {
    max: 10,
    min: 1,
  }),
  imageID: formats.imageID("Image."),
  rootVolume: object("The root volume, always encrypted.", rootVolumeShape),
  securityGroupIDs: setList("Security groups.", formats.securityGroupID("A security group id."), { max: 16, min: 1 }),
  tags: instanceTags(),
});

const placement = object("The one subnet that this agent may launch in.", {
  subnetID: formats.subnetID("Subnet."),
  availabilityZone: formats.availabilityZone("Its availability zone."),
});

const gmsa = object("The account under which the agent runs.", {
  mode: words("How it comes to be.", GMSA_MODES),
  name: optional(formats.gmsaName("sAMAccountName with its $; absent for AgentDefault.")),
  hostGroup: optional(formats.nameBelowRoot("Group whose members may read its password.")),
  setupSecretARN: optional(formats.secretARN("Secret of the account that sets it up.")),
  permissionsMode: words("Verify or Grant.", PERMISSION_MODES),
  permissionTypes: optional(permissionTypes("Rights at the domain's root; absent: none.")),
  restrictsAccount: optional(flag("Whether the gMSA object itself is hardened.")),
});

const domain = object("The domain that the host joins and leaves.", {
  name: formats.objectName("Name of the ADDomain."),
  namespace: optional(formats.namespaceName("Its namespace; absent: the agent's.")),
  dnsName: formats.dnsName("DNS name, the key of the registration slot."),
  netBIOSName: text("NetBIOS name.", { max: 15, pattern: /^[A-Za-z0-9-]+$/ }),
  domainControllers: setList(
    "Addresses of the domain controllers; may be empty: found by DNS on the host.",
    formats.ipv4Address("An IPv4 address."),
    { max: 16 },
  ),
  preferredDomainControllers: optional(
    atomicList("Host names tried first.", formats.hostName("A host name."), { max: 16, min: 1 }),
  ),
  organizationalUnit: formats.nameBelowRoot("OU of the computer account."),
  computerNamePrefix: text("Start of the computer name.", { max: 6, pattern: /^[A-Z][A-Z0-9-]*$/ }),
  joinSecretARN: formats.secretARN("Secret of the account that joins."),
  leaveSecretARN: optional(formats.secretARN("Secret of the account that removes the computer.")),
  gmsa,
  agentOptions: optional(agentOptions),
});

const agent = object("What runs on the host.", {
  kind: words("Which agent.", AGENT_KINDS),
  installer: object("The catalogue entry, as it was.", {
    name: text("Name of the entry.", { max: 100 }),
    bucket: text("S3 bucket.", { max: 63, min: 3, pattern: /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/ }),
    bucketOwner: formats.accountID("AWS account that the bucket has to belong to."),
    key: text("S3 key.", { max: 512, pattern: /^[A-Za-z0-9/_.-]+$/ }),
    versionID: text("S3 object version.", { max: 128, pattern: /^[A-Za-z0-9._-]+$/ }),
    sha256: formats.sha256Hex("Hash of the installer, lower-case hex."),
    version: formats.agentVersion("Version that it installs."),
    productName: formats.fileDetail("Product name in the file's details."),
    signer: formats.fileDetail("Common name of the file's signer."),
  }),
  minimumVersion: optional(formats.agentVersion("Lowest version that counts as healthy.")),
  registration: object("How it is registered.", {
    mode: words("Manual, Credential or AccessToken.", REGISTRATION_MODES),
    secretARN: optional(formats.secretARN("Secret that the host reads while it registers.")),
  }),
  proxyURL: optional(formats.proxyURL("Outbound proxy.")),
});

/** No refinement may hang on this schema: it is the base of `templateHash`. */
export const agentTemplate = object("All that launch, host steps and retirement need, frozen.", {
  owner,
  aws,
  placement,
  tenant: object("The tenant that the agent registers with.", {
    name: optional(formats.objectName("Name of the EntraTenant.")),
    namespace: optional(formats.namespaceName("Its namespace; absent: the agent's.")),
    tenantID: formats.uuid("Tenant id."),
    cloud: words("National cloud.", TENANT_CLOUDS),
  }),
  domain,
  agent,
  health: defaulted("How health is observed.", healthShape),
  timeouts: defaulted("How long each step may take.", timeoutsShape),
  deletionPolicy: words("What happens to the instance when the agent goes.", DELETION_POLICIES),
});

export type AgentTemplateInput = z.input<typeof agentTemplate>;
