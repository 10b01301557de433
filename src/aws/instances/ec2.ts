/**
 * EC2 behind the instance port.
 * Guarantees: a lost answer is `unknown`, never `refused`; `NotFound` is `missing` or refused, never "gone" (S1, S5).
 * Never: more than one instance in a call, a list without tags or ids.
 */
import type { EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeInstancesCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Caller, CallOutcome, Operation } from "../call/caller.ts";
import { readPages } from "../call/read-pages.ts";
import { AGENT_INSTANCE_PAGES_MAX, EC2_PAGE_SIZE } from "../limits.ts";
import type { AwsScope } from "../scope/port.ts";
import { instancesOf, parseInstance } from "./parse-instance.ts";
import type { InstancePort, LaunchOutcome, WriteOutcome } from "./port.ts";
import { OWNERSHIP_TAGS } from "./port.ts";
import { runInstancesInput } from "./run-instances-input.ts";

const RUN: Operation = { service: "ec2", name: "RunInstances", bucket: "ec2:RunInstances", isWrite: true };
const MODIFY: Operation = {
  service: "ec2",
  name: "ModifyInstanceAttribute",
  bucket: "ec2:ModifyInstanceAttribute",
  isWrite: true,
};
const TERMINATE: Operation = {
  service: "ec2",
  name: "TerminateInstances",
  bucket: "ec2:TerminateInstances",
  isWrite: true,
};
export const DESCRIBE_INSTANCES: Operation = {
  service: "ec2",
  name: "DescribeInstances",
  bucket: "ec2:DescribeInstances",
  isWrite: false,
};

export interface Ec2Options {
  readonly caller: Caller;
  readonly ec2: (scope: AwsScope) => Promise<EC2Client>;
  readonly ownerID: string;
}

export function ec2Instances({ caller, ec2, ownerID }: Ec2Options): InstancePort {
  const on = (scope: AwsScope, operation: Operation, signal: AbortSignal) => ({
    place: scope,
    operation,
    signal,
    connect: () => ec2(scope),
  });
  return {
    async launch(scope, intent, signal) {
      const input = runInstancesInput(intent);
      return launchOutcome(
        await caller.call({
          ...on(scope, RUN, signal),
          send: (client, options) => client.send(new RunInstancesCommand(input), options),
        }),
      );
    },

    async confirm(scope, instanceID, signal) {
      const outcome = await caller.call({
        ...on(scope, DESCRIBE_INSTANCES, signal),
        // Ids cannot be combined with MaxResults (EC2 API Reference, DescribeInstances).
        send: (client, options) => client.send(new DescribeInstancesCommand({ InstanceIds: [instanceID] }), options),
      });
      if (outcome.kind === "failed") {
        return outcome.failure.class === "NotFound"
          ? { kind: "missing" }
          : { kind: "failed", failure: outcome.failure };
      }
      const instance = instancesOf(outcome.output.Reservations).find((found) => found.instanceID === instanceID);
      return instance === undefined ? { kind: "missing" } : { kind: "found", instance };
    },

    findByAgent(scope, agentUID, signal) {
      const Filters = [
        { Name: `tag:${OWNERSHIP_TAGS.ownerID}`, Values: [ownerID] },
        { Name: `tag:${OWNERSHIP_TAGS.agentUID}`, Values: [agentUID] },
      ];
      return readPages(
        (NextToken) =>
          caller.call({
            ...on(scope, DESCRIBE_INSTANCES, signal),
            send: (client, options) =>
              client.send(new DescribeInstancesCommand({ Filters, MaxResults: EC2_PAGE_SIZE, NextToken }), options),
          }),
        (output) => ({ items: instancesOf(output.Reservations), next: output.NextToken }),
        AGENT_INSTANCE_PAGES_MAX,
      );
    },

    async allowTermination(scope, instanceID, signal) {
      const input = { InstanceId: instanceID, DisableApiTermination: { Value: false } };
      return writeOutcome(
        await caller.call({
          ...on(scope, MODIFY, signal),
          send: (client, options) => client.send(new ModifyInstanceAttributeCommand(input), options),
        }),
      );
    },

    async terminate(scope, instanceID, signal) {
      // One id a call: an unknown id in a list would leave the whole list running (EC2 API Reference, TerminateInstances).
      const input = { InstanceIds: [instanceID] };
      return writeOutcome(
        await caller.call({
          ...on(scope, TERMINATE, signal),
          send: (client, options) => client.send(new TerminateInstancesCommand(input), options),
        }),
      );
    },
  };
}

function launchOutcome(
  outcome: CallOutcome<{ Instances?: Parameters<typeof parseInstance>[0][] | undefined }>,
): LaunchOutcome {
  if (outcome.kind === "failed") {
    const { failure } = outcome;
    return { kind: failure.class === "UnknownOutcome" ? "unknown" : "refused", failure };
  }
  const instance = (outcome.output.Instances ?? []).flatMap((wire) => parseInstance(wire) ?? [])[0];
  if (instance !== undefined) return { kind: "launched", instance };
  return {
    kind: "unknown",
    failure: {
      class: "UnknownOutcome",
      reason: "AnswerEmpty",
      message: "RunInstances: EC2 accepted the launch and named no instance",
      fix: "None: the instance is looked for by its tags.",
    },
  };
}

/** A failed write in the words of the ports: `unknown` exactly when it may have taken effect. */
export function writeOutcome(outcome: CallOutcome<unknown>): WriteOutcome {
  if (outcome.kind === "ok") return { kind: "done" };
  const { failure } = outcome;
  return { kind: failure.class === "UnknownOutcome" ? "unknown" : "refused", failure };
}
