/**
 * Install: downloads the named version of the object, checks hash and signature, runs the setup silently (agent-host reference, 3, 4, 17.5).
 * Guarantees: a wrong hash is never installed, whatever the signature says; an installed agent of this version or a later one is left alone.
 */
import type { InstallerLayout } from "../../layout/installers.ts";
import { VIRTUAL_ACCOUNT } from "../disk.ts";
import { failed, parameter, succeeded, type Step, type StepContext, type StepEnd } from "./step.ts";

export const INSTALL: Step = {
  takesLock: true,
  isDone: (context) => isInstalled(context),
  run(context) {
    const { host, directory } = context;
    const before = host.disk.agent;
    // Hosts may move above the installed build at any time (section 11).
    if (before !== undefined && isInstalled(context))
      return succeeded(context.rebootCount > 0, { agentVersion: before.version });
    const wanted = {
      bucket: parameter(context, "bucket"),
      key: parameter(context, "key"),
      versionID: parameter(context, "versionID"),
    };
    const object = directory.installer(host.machine, wanted);
    if (object.kind === "notFound") {
      const words = [`No object ${wanted.key} of version ${wanted.versionID}.`, "Correct the catalogue."] as const;
      return failed("Permanent", "InstallerNotFound", words);
    }
    // S3 answers another account's bucket as one that may not be read.
    const owner = object.kind === "read" ? (object.value.ownerAccountID ?? "111122223333") : undefined;
    if (object.kind === "denied" || owner !== parameter(context, "bucketOwner")) {
      const words = [`The host's role may not read ${wanted.key}.`, "Allow s3:GetObjectVersion to it."] as const;
      return failed("Person", "InstallerAccessDenied", words);
    }
    const { value: setup } = object;
    const refusal = setupProblem(context, setup);
    if (refusal !== undefined) return refusal;
    host.stopService();
    if (before === undefined) {
      host.disk.agent = {
        version: setup.version,
        service: { startType: "Automatic", account: VIRTUAL_ACCOUNT },
        updater: { startType: "Automatic", account: "LocalSystem" },
      };
    } else {
      before.version = setup.version;
    }
    host.startService();
    return succeeded(true, { agentVersion: setup.version });
  },
};

/** What the object is, against what the catalogue says of it. */
function setupProblem(context: StepContext, setup: InstallerLayout): StepEnd | undefined {
  if (setup.sha256 !== parameter(context, "sha256")) {
    const words = ["The object's SHA-256 is another.", "Compare the object with the catalogue."] as const;
    return failed("Permanent", "InstallerHashMismatch", words);
  }
  const signer = setup.signer ?? "Microsoft Corporation";
  if (setup.isSignatureValid === false || signer !== parameter(context, "signer")) {
    return failed("Permanent", "InstallerSignatureInvalid", ["Authenticode: not valid.", "Use the vendor's file."]);
  }
  const productName = setup.productName ?? "Microsoft Entra Provisioning Agent";
  if (productName !== parameter(context, "productName") || setup.version !== parameter(context, "version")) {
    const words = ["The file's product name or version is another.", "Compare it with the catalogue."] as const;
    return failed("Permanent", "InstallerProductMismatch", words);
  }
  if ((setup.cloud ?? "Public") !== parameter(context, "tenantCloud")) {
    const words = ["The setup was downloaded for another cloud.", "Use that cloud's download."] as const;
    return failed("Permanent", "InstallerCloudMismatch", words);
  }
  return undefined;
}

function isInstalled(context: StepContext): boolean {
  const version = context.host.disk.agent?.version;
  return version !== undefined && !isVersionBelow(version, parameter(context, "version"));
}

export function isVersionBelow(left: string, right: string): boolean {
  const [leftParts, rightParts] = [left, right].map((version) => version.split(".").map(Number));
  for (const [index, wanted] of (rightParts ?? []).entries()) {
    const part = leftParts?.[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
