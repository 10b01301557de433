/**
 * How one object names another, and how the named one consents.
 * Never: a reference by UID or label in spec; consent that is implied.
 */
import type { z } from "zod";
import { namespaceName, objectName } from "./formats.ts";
import {
  atomicList,
  defaulted,
  object,
  optional,
  setList,
  text,
  textMap,
  words,
  type Infer,
  type Rule,
} from "./schema.ts";

/** An object of the same namespace. */
export function localReference(description: string, rules: readonly Rule[] = []) {
  return object(description, { name: objectName("Name of the object, in the same namespace.") }, rules);
}

/** An object of the same namespace, or of one whose `allowedNamespaces` consents. */
export function reference(description: string, rules: readonly Rule[] = []) {
  return object(
    description,
    {
      name: objectName("Name of the object."),
      namespace: optional(namespaceName("Namespace of the object; absent: the namespace of this object.")),
    },
    rules,
  );
}
export type Reference = Infer<ReturnType<typeof reference>>;

const labelValue = (description: string) => text(description, { min: 0, max: 63 });
const labelKey = (description: string) => text(description, { max: 317 });

const selectorRequirement = object("One requirement on a label.", {
  key: labelKey("Label key."),
  operator: words("How the values are compared.", ["In", "NotIn", "Exists", "DoesNotExist"]),
  values: optional(setList("Values for In and NotIn.", labelValue("A label value."), { max: 20 })),
});

/** The label selector of Kubernetes, bounded. */
export const labelSelector = object("Selects namespaces by their labels; all requirements must hold.", {
  matchLabels: optional(textMap("Labels that must be present with these values.", { max: 20, valueMax: 63 })),
  matchExpressions: optional(atomicList("Further requirements.", selectorRequirement, { max: 20 })),
});
export type LabelSelector = Infer<typeof labelSelector>;

const FROM_RULE: Rule = {
  rule: "(self.from == 'Selector') == has(self.selector)",
  message: "set selector together with from: Selector, and leave it out otherwise",
};

const fromShape = {
  from: words(
    "Same: only this namespace. All: every watched namespace. Selector: namespaces that the selector matches.",
    ["Same", "All", "Selector"],
  ).default("Same"),
  selector: optional(labelSelector),
};

/** Which namespaces may refer to an object. */
export function allowedNamespaces() {
  return defaulted("Which namespaces may refer to this object.", fromShape, [FROM_RULE]);
}
export type AllowedNamespaces = Infer<ReturnType<typeof allowedNamespaces>>;

/** The same, with further members: what an admitted namespace may do. */
export function allowedNamespacesWith<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  return defaulted(description, { ...fromShape, ...shape }, [FROM_RULE]);
}
