/**
 * The catalogue's installer as a host gets it: downloaded by version, then judged (agent-host reference, 3).
 * Guarantees: a wrong hash is never installed, whatever the signature says; a good hash of another product is refused too.
 */
import type { InstallerLayout } from "../../layout/installers.ts";
import type { AgentKind } from "../host.ts";
import { refuse, type Refusal } from "./domain-access.ts";
import { parameter, type StepContext } from "./step.ts";

export type InstallerReading = { readonly kind: "sound"; readonly setup: InstallerLayout } | Refusal;

export function checkedInstaller(context: StepContext, product: AgentKind): InstallerReading {
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
  if (object.kind === "denied") {
    const message = `The host's role may not read ${wanted.key}.`;
    return refuse("Person", "InstallerAccessDenied", message, "Allow s3:GetObjectVersion to it.");
  }
  const { value: setup } = object;
  if (setup.sha256 !== parameter(context, "sha256")) {
    const fix = "Compare the object with the catalogue.";
    return refuse("Permanent", "InstallerHashMismatch", "The object's SHA-256 is another.", fix);
  }
  if (setup.isSignatureValid === false) {
    return refuse("Permanent", "InstallerSignatureInvalid", "Authenticode: not valid.", "Use the vendor's file.");
  }
  if ((setup.product ?? "Provisioning") !== product) {
    return refuse("Permanent", "InstallerProductMismatch", "The file is another product.", "Correct the catalogue.");
  }
  return { kind: "sound", setup };
}
