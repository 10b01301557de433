/** Words for parameters of functions. Data only. */
import type { ParameterSchema } from "./functions.ts";

export function required(name: string, type: ParameterSchema["type"] = "String"): ParameterSchema {
  return { name, required: true, allowMultipleOccurrences: false, type };
}

export function optional(name: string, type: ParameterSchema["type"] = "String"): ParameterSchema {
  return { name, required: false, allowMultipleOccurrences: false, type };
}

export function repeating(name: string): ParameterSchema {
  return { name, required: true, allowMultipleOccurrences: true, type: "String" };
}
