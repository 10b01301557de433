/**
 * Reads the form-encoded query protocol of EC2 and STS into the input that the SDK's user wrote.
 * Guarantees: `Filter.1.Value.2=x` becomes `Filters[0].Values[1]`; lists keep their order; depth and size are bounded.
 * Source: EC2 Query requests (Amazon EC2 Developer Guide, "Query requests for Amazon EC2"); wire names from the EC2 API Reference.
 */
import { ApiError } from "../core/call.ts";

type Tree = { [name: string]: Tree | string };

/** More parameters than RunInstances or a 200-value filter can carry. */
const PARAMETERS_MAX = 5_000;
const DEPTH_MAX = 10;

/** Wire name of a list to the member name of the SDKs; a list that is not named here keeps its name with an `s`. */
const LIST_NAMES: Readonly<Record<string, string>> = { ResourceId: "Resources", Filter: "Filters", member: "members" };
/** Inside a network interface the list of groups has another name than at the top. */
const LIST_NAMES_OF_INTERFACE: Readonly<Record<string, string>> = { SecurityGroupId: "Groups" };

export function readQuery(body: string): Readonly<Record<string, unknown>> {
  const parameters = [...new URLSearchParams(body)];
  if (parameters.length > PARAMETERS_MAX) throw new ApiError("MalformedQueryString", "Too many parameters");
  const root: Tree = Object.create(null) as Tree;
  for (const [name, value] of parameters) plant(root, name.split("."), value);
  return inputFrom(root, LIST_NAMES);
}

function plant(root: Tree, path: readonly string[], value: string): void {
  if (path.length > DEPTH_MAX) throw new ApiError("MalformedQueryString", "A parameter name is nested too deep");
  let branch = root;
  for (const step of path.slice(0, -1)) {
    const next = branch[step] ?? (Object.create(null) as Tree);
    if (typeof next === "string") throw new ApiError("InvalidParameterCombination", `${path.join(".")} has two shapes`);
    branch[step] = next;
    branch = next;
  }
  branch[path.at(-1) ?? ""] = value;
}

function inputFrom(tree: Tree, listNames: Readonly<Record<string, string>>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === "string") input[name] = value;
    else if (isList(value)) input[listNames[name] ?? `${name}s`] = listFrom(name, value);
    else input[name] = inputFrom(value, LIST_NAMES);
  }
  return input;
}

function isList(tree: Tree): boolean {
  const names = Object.keys(tree);
  return names.length > 0 && names.every((name) => /^\d+$/.test(name));
}

function listFrom(name: string, tree: Tree): unknown[] {
  const itemListNames = name === "NetworkInterface" ? { ...LIST_NAMES, ...LIST_NAMES_OF_INTERFACE } : LIST_NAMES;
  return Object.entries(tree)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, value]) => (typeof value === "string" ? value : inputFrom(value, itemListNames)));
}
