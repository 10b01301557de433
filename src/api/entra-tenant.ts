/**
 * EntraTenant: how to reach a Microsoft Entra tenant, with which identity, and what that identity may do.
 * Never: a secret value; credentials are references.
 */
import { ENTRA_TENANT } from "./kinds.ts";
import { commonStatus } from "./conditions.ts";
import { AGE_COLUMN, READY_COLUMN, REASON_COLUMN, type KindDefinition, type Resource } from "./definition.ts";
import { uuid } from "./formats.ts";
import { allowedNamespaces, localReference } from "./references.ts";
import {
  atomicList,
  immutable,
  instant,
  object,
  optional,
  text,
  whole,
  words,
  type Infer,
  type Rule,
} from "./schema.ts";

const SECRET_RULE: Rule = {
  rule: "(self.type in ['ClientCertificate', 'ClientSecret']) == has(self.secretRef)",
  message: "set secretRef for ClientCertificate and ClientSecret, and leave it out otherwise",
};
const SERVICE_ACCOUNT_RULE: Rule = {
  rule: "!has(self.serviceAccountRef) || self.type == 'WorkloadIdentity'",
  message: "serviceAccountRef belongs to type WorkloadIdentity: remove it or change the type",
};
const ROTATION_RULE: Rule = {
  rule: "!has(self.nextSecretRef) || has(self.secretRef)",
  message: "nextSecretRef is the second of two secrets while one is rotated: set secretRef as well",
};
const CLIENT_RULE: Rule = {
  rule: "(self.type == 'None') != has(self.clientID)",
  message: "set clientID unless the type is None, which has no identity",
};

export const TENANT_CLOUDS = ["Public", "USGovernment", "USGovernmentDoD", "China"] as const;
export type TenantCloud = (typeof TENANT_CLOUDS)[number];

const clientID = uuid("Application (client) id of the identity.");
const identityShape = {
  serviceAccountRef: optional(
    localReference(
      "WorkloadIdentity: service account of this namespace whose token is exchanged. Absent: the operator's own, where the process configuration grants it.",
    ),
  ),
  secretRef: optional(
    localReference("Secret with tls.crt and tls.key (ClientCertificate) or client-secret (ClientSecret)."),
  ),
  nextSecretRef: optional(localReference("A second secret of the same form, tried too while one is rotated.")),
};

const credential = object(
  "The identity that reads the tenant and configures jobs.",
  {
    type: words("How the identity proves itself.", ["WorkloadIdentity", "ClientCertificate", "ClientSecret"]),
    clientID,
    ...identityShape,
  },
  [SECRET_RULE, SERVICE_ACCOUNT_RULE, ROTATION_RULE],
);

const scopeCredential = object(
  "A second identity that alone may write app role assignments. Absent: the first one does. Type None: nobody does, and scopes only plan.",
  {
    type: words("How the identity proves itself; None gives the tenant no writer of scopes.", [
      "WorkloadIdentity",
      "ClientCertificate",
      "ClientSecret",
      "None",
    ]),
    clientID: optional(clientID),
    ...identityShape,
  },
  [SECRET_RULE, SERVICE_ACCOUNT_RULE, ROTATION_RULE, CLIENT_RULE],
);

const spec = object("What is declared.", {
  tenantID: uuid("Tenant (directory) id.", [immutable("tenantID", "make a new EntraTenant for another tenant")]),
  cloud: words("The national cloud that holds the tenant.", TENANT_CLOUDS, [
    immutable("cloud", "make a new EntraTenant for a tenant of another cloud"),
  ]).default("Public"),
  mode: words("A ceiling for everything that uses this tenant. Observe: nothing is written or launched.", [
    "Enforce",
    "Observe",
  ]).default("Enforce"),
  credential,
  scopeCredential: optional(scopeCredential),
  governanceLicense: words("The third Entra-to-AD configuration of a tenant waits until its licence is acknowledged.", [
    "NotAcknowledged",
    "Acknowledged",
  ]).default("NotAcknowledged"),
  allowedNamespaces: allowedNamespaces(),
});

const missingPermission = object("A permission that something declared needs and the token does not have.", {
  permission: text("The least application permission that would do.", { max: 64 }),
  identity: words("Which of the two identities lacks it.", ["Credential", "ScopeCredential", "Unknown"]),
  stops: text("What does not work without it.", { max: 200 }),
});

const status = object("What was found.", {
  ...commonStatus,
  credentialExpiresAt: optional(instant("When the first of the credentials ends.")),
  missingPermissions: optional(
    atomicList("Permissions to grant, with what each one stops.", missingPermission, { max: 20 }),
  ),
  configurations: optional(
    object("Entra-to-AD configurations of the tenant, those made elsewhere included where they can be read.", {
      count: whole("How many.", { min: 0, max: 1_000_000 }),
      summary: text("The same against the vendor's limit, such as 3/20.", { max: 32 }),
    }),
  ),
  dependants: optional(
    object("Objects that have something outside to undo; while there are any, deletion waits.", {
      count: whole("How many.", { min: 0, max: 1_000_000 }),
      first: optional(
        atomicList("The first five, as kind namespace/name.", text("One object.", { max: 400 }), { max: 5 }),
      ),
    }),
  ),
});

export type EntraTenantSpec = Infer<typeof spec>;
export type EntraTenantStatus = Infer<typeof status>;
export type EntraTenant = Resource<EntraTenantSpec, EntraTenantStatus>;

export const entraTenantDefinition = {
  resource: ENTRA_TENANT,
  shortNames: [],
  description: "How to reach a Microsoft Entra tenant, with which identity, and what that identity may do.",
  spec,
  status,
  columns: [
    READY_COLUMN,
    REASON_COLUMN,
    {
      name: "Missing",
      type: "string",
      jsonPath: ".status.missingPermissions[*].permission",
      description: "The first permission to grant.",
    },
    {
      name: "Configurations",
      type: "string",
      jsonPath: ".status.configurations.summary",
      description: "Entra-to-AD configurations against the limit of a tenant.",
    },
    {
      name: "Expires",
      type: "string",
      jsonPath: ".status.credentialExpiresAt",
      description: "When the first of the credentials ends.",
    },
    { name: "Cloud", type: "string", jsonPath: ".spec.cloud", description: "National cloud.", priority: 1 },
    { name: "Tenant", type: "string", jsonPath: ".spec.tenantID", description: "Tenant id.", priority: 1 },
    AGE_COLUMN,
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;
