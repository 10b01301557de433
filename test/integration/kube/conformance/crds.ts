/** Kinds of the suite's own: every list type, defaults, free form, bounds, status and scale; and one without subresources. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export const GADGETS = { group: "conformance.example.com", version: "v1", kind: "Gadget", plural: "gadgets" } as const;
export const PLAINS = { ...GADGETS, kind: "Plain", plural: "plains" } as const;

const text = { type: "string" };
const condition = {
  type: "object",
  required: ["type", "status"],
  properties: {
    type: text,
    status: { type: "string", enum: ["True", "False", "Unknown"] },
    message: text,
    seen: { type: "integer" },
  },
};
const spec = {
  type: "object",
  properties: {
    size: { type: "integer", minimum: 0, maximum: 100 },
    replicas: { type: "integer", default: 2, minimum: 0 },
    mode: { type: "string", enum: ["On", "Off"], default: "On" },
    name: { type: "string", pattern: "^[a-z]+$", minLength: 2, maxLength: 8 },
    isLoud: { type: "boolean" },
    ratio: { type: "number" },
    since: { type: "string", format: "date-time" },
    note: { type: "string", nullable: true },
    colours: { type: "array", "x-kubernetes-list-type": "set", maxItems: 4, items: text },
    steps: {
      type: "array",
      "x-kubernetes-list-type": "atomic",
      minItems: 1,
      items: { type: "object", properties: { say: text } },
    },
    ports: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["port", "protocol"],
      items: {
        type: "object",
        required: ["port"],
        properties: { port: { type: "integer" }, protocol: { type: "string", default: "TCP" }, label: text },
      },
    },
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: {
        type: "object",
        required: ["name"],
        properties: { name: text, weight: { type: "integer" }, colour: text },
      },
    },
    tags: { type: "object", maxProperties: 3, additionalProperties: { type: "string", maxLength: 5 } },
    box: {
      type: "object",
      default: {},
      properties: { depth: { type: "integer", default: 7 }, width: { type: "integer" } },
    },
    sealed: { type: "object", "x-kubernetes-map-type": "atomic", properties: { a: text, b: text } },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};
const status = {
  type: "object",
  properties: {
    observedGeneration: { type: "integer" },
    replicas: { type: "integer" },
    selector: text,
    phase: text,
    conditions: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
      items: condition,
    },
    counts: { type: "object", properties: { ready: { type: "integer" }, all: { type: "integer" } } },
    hosts: { type: "array", items: text },
  },
};

function crd({ group, version, kind, plural }: typeof GADGETS | typeof PLAINS, subresources: object): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources,
          schema: { openAPIV3Schema: { type: "object", properties: { spec, status } } },
        },
      ],
    },
  };
}

export const SUITE_CRDS: readonly object[] = [
  crd(GADGETS, {
    status: {},
    scale: {
      specReplicasPath: ".spec.replicas",
      statusReplicasPath: ".status.replicas",
      labelSelectorPath: ".status.selector",
    },
  }),
  crd(PLAINS, {}),
];

const PRODUCT = resolve(import.meta.dirname, "../../../../crds");

export function productCrds(): readonly object[] {
  const files = readdirSync(PRODUCT).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => parse(readFileSync(join(PRODUCT, file), "utf8")) as object);
}
