/**
 * Lease, Event, Namespace, ServiceAccount, ConfigMap, Secret and the admission policies, as far as the operator and its people use them.
 * Never: the evaluation of an admission policy; the objects are only kept.
 * Source: kubernetes, pkg/registry/{coordination,events,core,admissionregistration}; staging/src/k8s.io/api.
 */
import { builtInKind, FLAG, INTEGER, record, requireMicroTimes, TEXT, TEXTS } from "./built-in.ts";
import { eventErrors } from "./event-rules.ts";
import { NO_FIELDS } from "./fields/field-set.ts";
import type { JsonObject } from "./json.ts";
import { at, isObject, listAt, textAt, withMembers } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { invalid, tooLong } from "./schema/field-error.ts";
import type { FieldError } from "./schema/field-error.ts";

const MEMBER = NO_FIELDS;

export const LEASES: Kind = builtInKind({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  isNamespaced: true,
  allowsCreateOnUpdate: true,
  members: {
    spec: record({
      holderIdentity: TEXT,
      leaseDurationSeconds: INTEGER,
      acquireTime: TEXT,
      renewTime: TEXT,
      leaseTransitions: INTEGER,
      strategy: TEXT,
      preferredHolder: TEXT,
    }),
  },
  empty: { spec: {} },
  admit: (lease) => {
    requireMicroTimes(lease, [at(lease, "spec", "acquireTime"), at(lease, "spec", "renewTime")]);
    return lease;
  },
  validate: leaseErrors,
});

function leaseErrors({ spec }: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const duration = at(spec, "leaseDurationSeconds");
  const transitions = at(spec, "leaseTransitions");
  if (typeof duration === "number" && duration <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"));
  }
  if (typeof transitions === "number" && transitions < 0) {
    errors.push(invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  }
  return errors;
}

const REFERENCE: JsonObject = {
  ...record({
    apiVersion: TEXT,
    kind: TEXT,
    name: TEXT,
    namespace: TEXT,
    uid: TEXT,
    resourceVersion: TEXT,
    fieldPath: TEXT,
  }),
  "x-kubernetes-map-type": "atomic",
};

export const EVENTS: Kind = builtInKind({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  isNamespaced: true,
  allowsUnconditionalUpdate: true,
  allowsCreateOnUpdate: true,
  members: {
    eventTime: TEXT,
    series: record({ count: INTEGER, lastObservedTime: TEXT }),
    reportingController: TEXT,
    reportingInstance: TEXT,
    action: TEXT,
    reason: TEXT,
    regarding: REFERENCE,
    related: REFERENCE,
    note: TEXT,
    type: TEXT,
    deprecatedSource: record({ component: TEXT, host: TEXT }),
    deprecatedFirstTimestamp: { ...TEXT, nullable: true },
    deprecatedLastTimestamp: { ...TEXT, nullable: true },
    deprecatedCount: INTEGER,
  },
  invalidGroup: "",
  empty: { regarding: {}, deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null },
  admit: (event) => {
    requireMicroTimes(event, [event["eventTime"]]);
    return event;
  },
  validate: eventErrors,
});

export const NAMESPACE_LABEL = "kubernetes.io/metadata.name";
export const NAMESPACE_FINALIZER = "kubernetes";

export const NAMESPACES: Kind = builtInKind({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  isNamespaced: false,
  hasStatus: true,
  allowsUnconditionalUpdate: true,
  members: {
    spec: record({ finalizers: TEXTS }),
    status: record({ phase: TEXT }),
  },
  empty: { spec: {}, status: {} },
  admit: withNameLabel,
  initial: (namespace) => {
    const finalizers = listAt(namespace, "spec", "finalizers");
    const isHeld = finalizers.includes(NAMESPACE_FINALIZER);
    return withMembers(namespace, {
      spec: { finalizers: isHeld ? finalizers : [...finalizers, NAMESPACE_FINALIZER] },
      status: { phase: "Active" },
    });
  },
  reset: { main: { "f:status": MEMBER }, status: { "f:spec": MEMBER } },
});

function withNameLabel(namespace: JsonObject): JsonObject {
  const { metadata } = namespace;
  const name = textAt(metadata, "name");
  if (!isObject(metadata) || name === undefined) return namespace;
  const labels = isObject(metadata["labels"]) ? metadata["labels"] : {};
  if (labels[NAMESPACE_LABEL] === name) return namespace;
  return withMembers(namespace, {
    metadata: withMembers(metadata, { labels: { ...labels, [NAMESPACE_LABEL]: name } }),
  });
}

export const SERVICE_ACCOUNTS: Kind = builtInKind({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  isNamespaced: true,
  returnsDeleted: true,
  allowsUnconditionalUpdate: true,
  members: { automountServiceAccountToken: FLAG },
});

const TEXT_BY_NAME: JsonObject = { type: "object", additionalProperties: TEXT };

export const CONFIG_MAPS: Kind = builtInKind({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  isNamespaced: true,
  allowsUnconditionalUpdate: true,
  members: { data: TEXT_BY_NAME, binaryData: TEXT_BY_NAME, immutable: FLAG },
  validate: configMapErrors,
});

/** Bytes of all values together (kubernetes, pkg/apis/core, MaxSecretSize). */
const CONFIG_MAP_BYTES_MAX = 1_048_576;

function configMapErrors({ data }: JsonObject): readonly FieldError[] {
  const texts = isObject(data) ? Object.entries(data) : [];
  const errors = texts.flatMap(([key]) => {
    if (/^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== "." && key !== "..") return [];
    const rule =
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    return [invalid(`data[${key}]`, key, rule)];
  });
  const bytes = texts.reduce((sum, [, text]) => sum + (typeof text === "string" ? Buffer.byteLength(text) : 0), 0);
  return bytes > CONFIG_MAP_BYTES_MAX ? [...errors, tooLong("[]", CONFIG_MAP_BYTES_MAX)] : errors;
}

/** Credentials of a tenant: the operator reads one by its name. */
export const SECRETS: Kind = builtInKind({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  isNamespaced: true,
  allowsUnconditionalUpdate: true,
  members: { data: TEXT_BY_NAME, immutable: FLAG, type: TEXT },
});

const KEPT_WHOLE: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export const ADMISSION_POLICIES: Kind = builtInKind({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  isNamespaced: false,
  members: { spec: KEPT_WHOLE },
});

export const ADMISSION_POLICY_BINDINGS: Kind = builtInKind({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  isNamespaced: false,
  members: { spec: KEPT_WHOLE },
});
