/**
 * ProveSecretDenied: asks for each named secret with the credentials that the instance metadata gives now, and says which are not refused.
 * Guarantees: changes nothing; a secret that is not there was not refused, so it counts as open. Never: a value, not even its length.
 */
import { failed, parameter, succeeded, type Step } from "./step.ts";

export const PROVE_SECRET_DENIED: Step = {
  takesLock: false,
  isDone: () => false,
  run(context) {
    const { host, directory } = context;
    const { ailments } = host.disk;
    if (ailments.has("awsToolsMissing")) {
      const fix = "Use an image of AWS or install AWS.Tools.SecretsManager.";
      return failed("Permanent", "AWSToolsMissing", ["The host has no AWS Tools for PowerShell.", fix]);
    }
    if (ailments.has("secretsManagerUnreachable")) {
      const words = ["Secrets Manager did not say whether the role is refused.", "Check the way to it."] as const;
      return failed("Transient", "SecretsManagerUnreachable", words);
    }
    const openSecretARNs = parameter(context, "secretARNs")
      .split(",")
      .filter((arn) => directory.secret(host.machine, arn).kind !== "denied");
    return succeeded(false, { isDenied: openSecretARNs.length === 0, openSecretARNs });
  },
};
