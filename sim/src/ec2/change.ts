/**
 * Calls that change instances: terminate, stop, start, reboot, attributes, tags.
 * Guarantees: one unknown id and nothing changes; a terminate blocked by protection goes through for ids of other zones only
 * (SDK documentation of TerminateInstances).
 */
import type { ApiCall, Operation } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { callFacts } from "../core/facts.ts";
import { flag, record, records, requiredText, text, texts } from "../core/input.ts";
import { findListed } from "./describe.ts";
import { USER_SHUTDOWN } from "./fleet.ts";
import type { Instance, Tags } from "./instance.ts";
import type { EC2Parts } from "./parts.ts";
import { readTags, TAGS_MAX } from "./tag-input.ts";
import type { View } from "./views.ts";
import { stateView } from "./views.ts";

export function terminateInstances(parts: EC2Parts): Operation {
  return (call) => {
    const targets = targetsOf(parts, call);
    const isProtected = ({ state, isTerminationProtected }: Instance): boolean =>
      isTerminationProtected && state !== "terminated" && state !== "shutting-down";
    const blockedZones = new Set(targets.filter(isProtected).map(({ launchedAs }) => launchedAs.availabilityZone));
    const free = targets.filter(({ launchedAs }) => !blockedZones.has(launchedAs.availabilityZone));
    const changes = change(free, (instance) => parts.fleet.terminate(instance, USER_SHUTDOWN));
    const blocked = targets.find(isProtected);
    if (blocked !== undefined) {
      throw new ApiError(
        "OperationNotPermitted",
        `The instance '${blocked.instanceID}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
    }
    return { instancesSet: changes };
  };
}

export function stopInstances(parts: EC2Parts): Operation {
  return (call) => {
    const targets = targetsOf(parts, call);
    refuseStates(targets, ["shutting-down", "terminated"], "stopped");
    const blocked = targets.find(({ isStopProtected }) => isStopProtected);
    if (blocked !== undefined) {
      throw new ApiError(
        "OperationNotPermitted",
        `The instance '${blocked.instanceID}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
    }
    return { instancesSet: change(targets, (instance) => parts.fleet.stop(instance)) };
  };
}

export function startInstances(parts: EC2Parts): Operation {
  return (call) => {
    const targets = targetsOf(parts, call);
    refuseStates(targets, ["shutting-down", "terminated", "stopping"], "started");
    return { instancesSet: change(targets, (instance) => parts.fleet.start(instance)) };
  };
}

export function rebootInstances(parts: EC2Parts): Operation {
  return (call) => {
    const targets = targetsOf(parts, call);
    refuseStates(targets, ["shutting-down", "terminated", "stopping", "stopped"], "rebooted");
    for (const instance of targets) parts.fleet.reboot(instance);
    return { return: true };
  };
}

export function modifyInstanceAttribute(parts: EC2Parts): Operation {
  return ({ input, caller }) => {
    const termination = attributeFlag(input, "DisableApiTermination");
    const stop = attributeFlag(input, "DisableApiStop");
    if ((termination === undefined) === (stop === undefined)) {
      throw new ApiError(
        "InvalidParameterCombination",
        "The world changes exactly one of DisableApiTermination and DisableApiStop a call",
      );
    }
    const instanceID = requiredText(input, "InstanceId");
    for (const instance of findListed(parts, caller.accountID, [instanceID])) {
      if (instance.state === "terminated") {
        throw new ApiError(
          "IncorrectInstanceState",
          `The instance '${instanceID}' is not in a valid state for this operation`,
        );
      }
      instance.isTerminationProtected = termination ?? instance.isTerminationProtected;
      instance.isStopProtected = stop ?? instance.isStopProtected;
    }
    return { return: true };
  };
}

/** Both spellings of the API: a structure of its own, or Attribute and Value. */
function attributeFlag(input: ApiCall["input"], name: string): boolean | undefined {
  const structure = record(input, name);
  if (structure !== undefined) return flag(structure, "Value");
  const isNamed = text(input, "Attribute")?.toLowerCase() === name.toLowerCase();
  return isNamed ? flag(input, "Value") : undefined;
}

export function createTags(parts: EC2Parts): Operation {
  return (call) => {
    const added = readTags(call.input);
    return retag(parts, call, (tags) => {
      const next = { ...tags, ...added };
      if (Object.keys(next).length > TAGS_MAX)
        throw new ApiError("TagLimitExceeded", `More than ${TAGS_MAX} tags on a resource`);
      return next;
    });
  };
}

/** Without tags all are deleted; a tag with a value is deleted only when the value is the same (EC2 API Reference, DeleteTags). */
export function deleteTags(parts: EC2Parts): Operation {
  return (call) => {
    const removed = records(call.input, "Tags").map((tag) => ({
      key: requiredText(tag, "Key"),
      value: text(tag, "Value"),
    }));
    const isRemoved = ([key, value]: readonly [string, string]): boolean =>
      removed.length === 0 ||
      removed.some((tag) => tag.key === key && (tag.value === undefined || tag.value === value));
    return retag(parts, call, (tags) => Object.fromEntries(Object.entries(tags).filter((tag) => !isRemoved(tag))));
  };
}

function retag(parts: EC2Parts, call: ApiCall, next: (tags: Tags) => Tags): View {
  const ids = texts(call.input, "Resources");
  if (ids.length === 0) throw new ApiError("MissingParameter", "The request must contain the parameter resourceIdSet");
  const changes = findListed(parts, call.caller.accountID, ids).map((instance) => ({
    instance,
    tags: next(instance.tags),
  }));
  const lag = parts.faults.strike("tagLag", { service: call.service, action: call.action, facts: callFacts(call) });
  const lagMs = lag?.effect.lagMs ?? parts.delays.ms("ec2.tagLag");
  for (const { instance, tags } of changes) parts.fleet.retag(instance, tags, lagMs);
  return { return: true };
}

function targetsOf(parts: EC2Parts, { input, caller }: ApiCall): readonly Instance[] {
  const ids = texts(input, "InstanceIds");
  if (ids.length === 0) throw new ApiError("MissingParameter", "The request must contain the parameter InstanceId");
  return findListed(parts, caller.accountID, ids);
}

function refuseStates(targets: readonly Instance[], states: readonly string[], verb: string): void {
  const wrong = targets.find(({ state }) => states.includes(state));
  if (wrong === undefined) return;
  throw new ApiError(
    "IncorrectInstanceState",
    `The instance '${wrong.instanceID}' is not in a state from which it can be ${verb}: it is ${wrong.state}.`,
  );
}

function change(targets: readonly Instance[], act: (instance: Instance) => void): readonly View[] {
  return targets.map((instance) => {
    const previousState = stateView(instance.state);
    act(instance);
    return { instanceId: instance.instanceID, currentState: stateView(instance.state), previousState };
  });
}
