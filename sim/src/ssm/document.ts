/**
 * A command document as the service holds it. Guarantees: content is stored word for word and hashed as it came;
 * only schema 2.2 command documents in JSON are taken. Never: runs or interprets a script.
 */
import { createHash } from "node:crypto";
import { ApiError } from "../core/call.ts";
import { isRecord, type Input } from "../core/input.ts";
import type { Listed } from "./paging.ts";

export interface DocumentParameter {
  readonly type: string;
  readonly defaults: readonly string[] | undefined;
  readonly allowedPattern: RegExp | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly charsMin: number | undefined;
  readonly charsMax: number | undefined;
  readonly itemsMax: number | undefined;
}

export interface CommandDocument extends Listed {
  readonly name: string;
  readonly owner: string;
  readonly content: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly createdMs: number;
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, DocumentParameter>;
  readonly platformTypes: readonly string[];
  readonly stepName: string;
  /** timeoutSeconds of the first step, where the document states a number. */
  readonly executionSeconds: number | undefined;
  readonly tags: readonly unknown[];
}

export type ParsedContent = Pick<
  CommandDocument,
  "description" | "parameters" | "platformTypes" | "stepName" | "executionSeconds"
>;

/** SSM API Reference, SendCommand errors: "The size limit of a document is 64 KB". */
const CONTENT_BYTES_MAX = 65_536;

export function sha256Of(content: string): string {
  return createHash("sha256").update(content, "utf8").digest("hex");
}

/** @throws ApiError MaxDocumentSizeExceeded, InvalidDocumentContent, InvalidDocumentSchemaVersion */
export function parseContent(content: string): ParsedContent {
  if (Buffer.byteLength(content, "utf8") > CONTENT_BYTES_MAX) {
    throw new ApiError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
  }
  const root = parseJSON(content);
  if (root["schemaVersion"] !== "2.2") {
    throw new ApiError("InvalidDocumentSchemaVersion", "The world takes command documents of schema version 2.2 only.");
  }
  const steps: unknown = root["mainSteps"];
  const first: unknown = Array.isArray(steps) ? steps[0] : undefined;
  if (!isRecord(first) || typeof first["action"] !== "string" || typeof first["name"] !== "string") {
    return invalid("mainSteps needs at least one step with action and name");
  }
  const declared = root["parameters"] ?? {};
  if (!isRecord(declared)) return invalid("parameters has to be an object");
  return {
    description: typeof root["description"] === "string" ? root["description"] : undefined,
    parameters: new Map(Object.entries(declared).map(([name, value]) => [name, parseParameter(name, value)])),
    // A simplification: the vendor lists more platforms for PowerShell; the product's documents are for Windows.
    platformTypes: first["action"] === "aws:runShellScript" ? ["Linux", "MacOS"] : ["Windows"],
    stepName: first["name"],
    executionSeconds: statedSeconds(first["inputs"]),
  };
}

function statedSeconds(inputs: unknown): number | undefined {
  const seconds = isRecord(inputs) ? Number(inputs["timeoutSeconds"]) : Number.NaN;
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}

function parseJSON(content: string): Input {
  let root: unknown;
  try {
    root = JSON.parse(content);
  } catch (cause) {
    return invalid(cause instanceof Error ? cause.message : "not JSON");
  }
  return isRecord(root) ? root : invalid("not a JSON object");
}

function parseParameter(name: string, value: unknown): DocumentParameter {
  if (!isRecord(value) || typeof value["type"] !== "string") return invalid(`parameter ${name} needs a type`);
  const type = value["type"];
  if (type !== "String" && type !== "StringList") return invalid(`parameter ${name} has the unsupported type ${type}`);
  const pattern = value["allowedPattern"];
  return {
    type,
    defaults: value["default"] === undefined ? undefined : strings(name, value["default"]),
    allowedPattern: pattern === undefined ? undefined : compile(name, pattern),
    allowedValues: value["allowedValues"] === undefined ? undefined : strings(name, value["allowedValues"]),
    charsMin: numberOf(value["minChars"]),
    charsMax: numberOf(value["maxChars"]),
    itemsMax: numberOf(value["maxItems"]),
  };
}

function compile(name: string, pattern: unknown): RegExp {
  if (typeof pattern !== "string") return invalid(`allowedPattern of ${name} has to be text`);
  try {
    return new RegExp(pattern);
  } catch {
    return invalid(`allowedPattern of ${name} is no regular expression`);
  }
}

function strings(name: string, value: unknown): readonly string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => (typeof item === "string" ? item : invalid(`a value of ${name} has to be text`)));
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function invalid(reason: string): never {
  throw new ApiError("InvalidDocumentContent", `The content for the document isn't valid: ${reason}`);
}
