/**
 * The catalogue's installer as a host gets it: downloaded by version from the expected owner, then judged (agent-host reference, 3).
 * Guarantees: a wrong hash is never installed, whatever the signature says; a good hash of another signer or product is refused too.
 */
import type { InstallerLayout } from "../../layout/installers.ts";
import { refuse, type Refusal } from "./domain-access.ts";
import { parameter, type StepContext } from "./step.ts";

export type InstallerReading = { readonly kind: "sound"; readonly setup: InstallerLayout } | Refusal;

export function checkedInstaller(context: StepContext): InstallerReading {
  const { host, directory } = context;
  const wanted = {
    bucket: parameter(context, "bucket"),
    key: parameter(context, "key"),
    versionID: parameter(context, "versionID"),
  };
  const object = directory.installer(host.machine, wanted);
  if (object.kind === "notFound") {
    const message = `No object ${wanted.key} of version ${wanted.versionID}.`;
    return refuse("Permanent", "InstallerNotFound", message, "Correct the catalogue.");
  }
  // S3 answers another account's bucket as one that may not be read.
  const owner = object.kind === "read" ? (object.value.ownerAccountID ?? "111122223333") : undefined;
  if (object.kind === "denied" || owner !== parameter(context, "bucketOwner")) {
    const message = `The host's role may not read ${wanted.key}.`;
    return refuse("Person", "InstallerAccessDenied", message, "Allow s3:GetObjectVersion to it.");
  }
  return setupProblem(context, object.value) ?? { kind: "sound", setup: object.value };
}

/** What the object is, against what the catalogue says of it. */
function setupProblem(context: StepContext, setup: InstallerLayout): Refusal | undefined {
  if (setup.sha256 !== parameter(context, "sha256")) {
    const fix = "Compare the object with the catalogue.";
    return refuse("Permanent", "InstallerHashMismatch", "The object's SHA-256 is another.", fix);
  }
  const signer = setup.signer ?? "Microsoft Corporation";
  if (setup.isSignatureValid === false || signer !== parameter(context, "signer")) {
    return refuse("Permanent", "InstallerSignatureInvalid", "Authenticode: not valid.", "Use the vendor's file.");
  }
  const productName = setup.productName ?? "Microsoft Entra Provisioning Agent";
  if (productName === parameter(context, "productName") && setup.version === parameter(context, "version")) return;
  const message = "The file's product name or version is another.";
  return refuse("Permanent", "InstallerProductMismatch", message, "Compare it with the catalogue.");
}
