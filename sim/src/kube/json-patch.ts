/**
 * JSON patch (RFC 6902) as kubectl sends it: test, add, replace, remove.
 * A patch that cannot be carried out is refused as the real server refuses it (422 without a reason of its own).
 */
import type { Json, JsonObject } from "./json.ts";
import { frozenCopy, isEqual, isList, isObject, textAt, withMembers } from "./json.ts";
import { Refusal, statusBody } from "./refusal.ts";
import { UnsupportedRequest } from "./unsupported.ts";

export function jsonPatched(target: JsonObject, patch: unknown): JsonObject {
  const operations = frozenCopy(patch);
  if (!isList(operations)) throw new UnsupportedRequest("a JSON patch that is no list", patch);
  const result = operations.reduce((value: Json, operation) => carriedOut(value, operation), target);
  if (!isObject(result)) throw new UnsupportedRequest("a JSON patch of the whole object", patch);
  return result;
}

function carriedOut(target: Json, operation: Json): Json {
  const op = textAt(operation, "op") ?? "";
  const path = textAt(operation, "path") ?? "";
  const value = isObject(operation) ? (operation["value"] ?? null) : null;
  const steps = path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  switch (op) {
    case "test":
      if (isEqual(found(target, steps), value)) return target;
      throw unprocessable();
    case "add":
    case "replace":
    case "remove":
      return changed(target, steps, { op, value });
    default:
      throw new UnsupportedRequest(`the JSON patch operation ${op}`, operation);
  }
}

function found(target: Json, steps: readonly string[]): Json {
  return steps.reduce((value: Json, step) => {
    const member = isList(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
    if (member === undefined) throw unprocessable();
    return member;
  }, target);
}

interface Edit {
  readonly op: "add" | "replace" | "remove";
  readonly value: Json;
}

function changed(target: Json, [step, ...rest]: readonly string[], edit: Edit): Json {
  if (step === undefined) return edit.value;
  if (isList(target)) {
    const position = step === "-" ? target.length : Number(step);
    const items = [...target];
    if (rest.length > 0) {
      const item = items[position];
      if (item === undefined) throw unprocessable();
      items[position] = changed(item, rest, edit);
    } else if (edit.op === "add") items.splice(position, 0, edit.value);
    else if (items[position] === undefined) throw unprocessable();
    else if (edit.op === "replace") items[position] = edit.value;
    else items.splice(position, 1);
    return Object.freeze(items);
  }
  if (!isObject(target)) throw unprocessable();
  const member = target[step];
  if (member === undefined && (rest.length > 0 || edit.op !== "add")) throw unprocessable();
  if (rest.length > 0) return withMembers(target, { [step]: changed(member ?? null, rest, edit) });
  return withMembers(target, { [step]: edit.op === "remove" ? undefined : edit.value });
}

/** What was wrong stands in the real server's log only. */
function unprocessable(): Refusal {
  const message = "the server rejected our request due to an error in our request";
  return new Refusal(422, statusBody({ code: 422, reason: "Invalid", message, details: {} }));
}
