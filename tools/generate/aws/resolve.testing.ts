/** CloudFormation's functions as far as the template uses them, for tests of what a stack would hold. A parameter that is not given keeps its default. */
import { PARAMETERS } from "./parameters.ts";

export type Values = Readonly<Record<string, string | readonly string[]>>;

/** `conditions` of the template by name; what stands behind one that is not named throws. */
export function resolve(value: unknown, values: Values, conditions: Readonly<Record<string, boolean>> = {}): unknown {
  const inner = (part: unknown): unknown => resolve(part, values, conditions);
  if (Array.isArray(value)) return value.map(inner).filter((part) => part !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const [name = "", argument] = Object.entries(value)[0] ?? [];
  const list = Array.isArray(argument) ? (argument as readonly unknown[]) : [];
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? NO_VALUE : valueOf(String(argument), values);
    case "Fn::Sub":
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, parameter: string) => String(valueOf(parameter, values)));
    case "Fn::Join":
      return (inner(list[1]) as readonly string[]).join(String(list[0]));
    case "Fn::Split":
      return String(inner(list[1])).split(String(list[0]));
    case "Fn::If": {
      const holds = conditions[String(list[0])];
      if (holds === undefined) throw new Error(`no word on the condition ${String(list[0])}`);
      return inner(holds ? list[1] : list[2]);
    }
    case "Fn::FindInMap":
    case "Fn::GetAtt":
      return valueOf(list.join("."), values);
    default:
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part)]));
  }
}

const NO_VALUE = Symbol("AWS::NoValue");

function valueOf(name: string, values: Values): string | readonly string[] {
  const value = values[name] ?? PARAMETERS[name]?.["Default"];
  if (typeof value === "string" || Array.isArray(value)) return value as string | readonly string[];
  throw new Error(`no value for ${name}`);
}
