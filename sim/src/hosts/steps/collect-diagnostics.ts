/**
 * CollectDiagnostics: one bounded, redacted archive into the output bucket (agent-host reference, 5.4).
 * Guarantees: nothing leaves the host before it went through redaction; newest lines first when there are too many.
 * Never: sets verbose tracing, which would restart the agent (Export-AADCloudSyncToolsLogs -SkipVerboseTrace).
 */
import { createHash } from "node:crypto";
import type { Host } from "../host.ts";
import { redacted } from "../redaction.ts";
import { failed, parameter, succeeded, type Step, type StepEnd } from "./step.ts";

const TRACE_LINES_MAX = 1_000;

export const COLLECT_DIAGNOSTICS: Step = {
  takesLock: true,
  isDone: () => false,
  run(context) {
    const { host, directory } = context;
    const bucket = parameter(context, "bucket");
    const key = `${parameter(context, "keyPrefix")}${host.disk.computerName}/${parameter(context, "operationID")}.zip`;
    const cleaned = Object.entries(collected(host)).map(([name, text]) => [name, redacted(text)] as const);
    const files = Object.fromEntries(cleaned.map(([name, { text }]) => [name, text]));
    const problem = ailing(host);
    if (problem !== undefined) return problem;
    const outcome = directory.upload(host.machine, { bucket, key, files }, parameter(context, "bucketOwner"));
    if (outcome !== "stored") return refused(bucket, outcome);
    const archive = JSON.stringify(files);
    return succeeded(true, {
      bucket,
      key,
      sizeBytes: Buffer.byteLength(archive),
      sha256: createHash("sha256").update(archive).digest("hex"),
      fileCount: cleaned.length,
      redactionCount: cleaned.reduce((sum, [, { count }]) => sum + count, 0),
      isTruncated: host.disk.trace.length > TRACE_LINES_MAX,
      // The vendor's tools want a running agent whose set-up is finished (entra-docs, reference-powershell, "Prerequisites").
      source: host.isServiceRunning && host.disk.registration !== undefined ? "VendorTools" : "Product",
    });
  },
};

/** In the order in which the script meets them. */
function ailing({ disk: { ailments } }: Host): StepEnd | undefined {
  if (ailments.has("archiveHuge")) {
    const words = ["The archive is larger than its bound.", "Report this; the step has to collect less."] as const;
    return failed("Permanent", "ArchiveTooLarge", words);
  }
  if (ailments.has("awsToolsMissing")) {
    const words = ["The host's AWS Tools cannot check who owns a bucket.", "Use a later image."] as const;
    return failed("Permanent", "AWSToolsMissing", words);
  }
  if (!ailments.has("bucketUnreachable")) return undefined;
  return failed("Transient", "OutputBucketUnavailable", ["S3 did not take the archive.", "Check the way to S3."]);
}

function collected(host: Host): Readonly<Record<string, string>> {
  const { disk } = host;
  const states = {
    computerName: disk.computerName,
    domain: disk.domain ?? null,
    agentVersion: disk.agent?.version ?? null,
    agentService: host.serviceState,
    passThroughService: host.stateOf("PassThroughAuthentication"),
    serviceAccount: disk.agent?.service.account ?? null,
    proxy: disk.proxy,
  };
  return { "states.json": JSON.stringify(states), "trace.log": disk.trace.slice(-TRACE_LINES_MAX).join("\n") };
}

function refused(bucket: string, outcome: "notFound" | "otherOwner" | "denied"): StepEnd {
  if (outcome === "notFound") {
    return failed("Permanent", "OutputBucketNotFound", [`There is no bucket ${bucket}.`, "Name the output bucket."]);
  }
  // S3 answers both with 403: it does not say whose bucket it is.
  const words = ["The host may not write there.", "Allow s3:PutObject under the prefix; check the owner."] as const;
  return failed("Person", "OutputBucketDenied", words);
}
