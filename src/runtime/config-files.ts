/**
 * The files of the process configuration: who may borrow the operator's identities, and which installers exist.
 * Guarantees: closed entries (an unknown field is refused), bounded counts, one meaning for each name; refusals are sentences.
 * Never: reads a resource of the cluster: these are decisions of whoever runs the operator.
 */
import { loadAll } from "js-yaml";
import * as z from "zod";
import { LIMITS } from "./limits.ts";

const ROLE_ARN = /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[A-Za-z0-9+=,.@_/-]{1,512}$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const identityGrant = z
  .strictObject({
    namespace: z.string().regex(NAMESPACE, "give one namespace's name; there is no wildcard"),
    accountID: z.string().regex(/^[0-9]{12}$/, "give the 12 digits of the AWS account, in quotes"),
    roleARN: z.string().regex(ROLE_ARN, "give arn:aws:iam::<account>:role/<name>").optional(),
  })
  .refine(({ accountID, roleARN }) => roleARN === undefined || roleARN.split(":")[4] === accountID, {
    message: "names another account than accountID: give a role of that account",
    path: ["roleARN"],
  });

const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const entraIdentityGrant = z.strictObject({
  namespace: z.string().regex(NAMESPACE, "give one namespace's name; there is no wildcard"),
  tenantID: z.string().regex(UUID, "give the tenant's id, a UUID"),
  clientID: z.string().regex(UUID, "give the application (client) id, a UUID"),
});

const INSTALLER_KINDS = ["Provisioning", "PassThroughAuthentication"] as const;

const FILE_DETAIL = /^[A-Za-z0-9 ,.()_-]{1,100}$/;

/** Patterns as in contracts/host/install.json, whose parameters these become. */
const installer = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, "give lower-case letters, digits, dots and dashes, at most 63"),
  kind: z.enum(INSTALLER_KINDS, `give one of ${INSTALLER_KINDS.join(", ")}`),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "give the name of an S3 bucket"),
  bucketOwner: z.string().regex(/^[0-9]{12}$/, "give the 12 digits of the bucket's AWS account, in quotes"),
  key: z.string().regex(/^[A-Za-z0-9/_.-]{1,512}$/, "give an object key of letters, digits and / _ . - only"),
  versionID: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, "give the object's version id: the bucket must be versioned"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "give 64 lower-case hex digits"),
  version: z.string().regex(/^[0-9]+(\.[0-9]+){2,3}$/, "give the agent's version, such as 1.1.2505.0, in quotes"),
  productName: z.string().regex(FILE_DETAIL, "give the product name of the file's details, word for word"),
  signer: z.string().regex(FILE_DETAIL, "give the common name of the file's signer").default("Microsoft Corporation"),
});

/** The operator's own identity, lent to pools of one namespace for one account; with `roleARN` only by assuming that role. */
export interface IdentityGrant {
  readonly namespace: string;
  readonly accountID: string;
  readonly roleARN?: string;
}

/** The operator's own workload identity, lent to the EntraTenants of one namespace for one tenant, as one application. */
export type EntraIdentityGrant = Readonly<z.infer<typeof entraIdentityGrant>>;

export type InstallerEntry = Readonly<z.infer<typeof installer>>;

export type FileReading<Entry> =
  | { readonly kind: "read"; readonly entries: readonly Entry[] }
  | { readonly kind: "refused"; readonly sentences: readonly string[] };

export function readIdentityGrants(flagName: string, path: string, text: string): FileReading<IdentityGrant> {
  const list = z.array(identityGrant).max(LIMITS.identityGrantsMax, `give at most ${LIMITS.identityGrantsMax} grants`);
  const reading = readEntries(`--${flagName} file ${path}`, text, list);
  if (reading.kind === "refused") return reading;
  const entries = reading.entries.map(({ namespace, accountID, roleARN }) =>
    roleARN === undefined ? { namespace, accountID } : { namespace, accountID, roleARN },
  );
  return { kind: "read", entries };
}

export function readEntraIdentityGrants(flagName: string, path: string, text: string): FileReading<EntraIdentityGrant> {
  const list = z
    .array(entraIdentityGrant)
    .max(LIMITS.identityGrantsMax, `give at most ${LIMITS.identityGrantsMax} grants`);
  return readEntries(`--${flagName} file ${path}`, text, list);
}

export function readInstallers(flagName: string, path: string, text: string): FileReading<InstallerEntry> {
  const list = z
    .array(installer)
    .max(LIMITS.installersMax, `give at most ${LIMITS.installersMax} installers`)
    .superRefine((entries, context) => {
      const seen = new Set<string>();
      entries.forEach(({ name }, index) => {
        const message = `is used twice ("${name}"): pools name an installer by it, so give each entry its own`;
        if (seen.has(name)) context.addIssue({ code: "custom", message, path: [index, "name"] });
        seen.add(name);
      });
    });
  return readEntries(`--${flagName} file ${path}`, text, list);
}

function readEntries<Entry>(where: string, text: string, form: z.ZodType<readonly Entry[]>): FileReading<Entry> {
  if (Buffer.byteLength(text) > LIMITS.configurationFileBytesMax) {
    return {
      kind: "refused",
      sentences: [`${where} is larger than ${LIMITS.configurationFileBytesMax} bytes: shorten it.`],
    };
  }
  let document: unknown;
  try {
    document = onlyDocument(text) ?? [];
  } catch (error) {
    const firstLine = error instanceof Error ? error.message.split("\n")[0] : "unreadable";
    return { kind: "refused", sentences: [`${where} is neither YAML nor JSON (${firstLine}): correct it.`] };
  }
  const result = form.safeParse(document);
  if (result.success) return { kind: "read", entries: result.data };
  return {
    kind: "refused",
    sentences: result.error.issues.map((issue) => `${where}, ${place(issue.path)}: ${issue.message}.`),
  };
}

/** @throws js-yaml's exception, whose first line says what is wrong and where. */
function onlyDocument(text: string): unknown {
  const [document, ...others] = loadAll(text, { maxAliases: 0 });
  if (others.length > 0) throw new Error("it holds more than one document");
  return document;
}

function place(path: readonly PropertyKey[]): string {
  const [index, field] = path;
  if (index === undefined) return "the list";
  return field === undefined ? `entry ${Number(index) + 1}` : `entry ${Number(index) + 1}, ${String(field)}`;
}
