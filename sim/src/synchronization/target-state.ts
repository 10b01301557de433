/** How a group object shall look, from mapped values and what AD has. Pure. */
import { isSame } from "../ad/distinguished-name.ts";
import type { GroupAttributes, GroupObject } from "../ad/groups.ts";
import { UNIVERSAL_SECURITY_GROUP, type TargetValue, type TargetValues } from "./target-values.ts";

export interface TargetState {
  readonly container: string;
  readonly attributes: GroupAttributes;
}
export interface Modified {
  readonly displayName: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

/** @param existing `undefined` while the group is not in AD */
export function targetState(values: TargetValues, existing: GroupObject | undefined): TargetState {
  const attributes = new Map(Object.entries(existing?.attributes ?? { groupType: UNIVERSAL_SECURITY_GROUP }));
  for (const one of values.attributes) {
    if (!flows(one, existing, attributes.get(one.name))) continue;
    if (one.value === "") attributes.delete(one.name);
    else attributes.set(one.name, one.value);
  }
  const { container } = values;
  const isKept =
    existing !== undefined &&
    (!flows(container, existing, existing.container) || isSame(existing.container, container.value));
  return { container: isKept ? existing.container : container.value, attributes: Object.fromEntries(attributes) };
}

/** `ObjectAddOnly`: only when the object is made; `AttributeAddOnly`, `ValueAddOnly`: only while there is no value. */
function flows({ flowType }: TargetValue, existing: GroupObject | undefined, present: string | undefined): boolean {
  if (existing === undefined || flowType === "Always") return true;
  return flowType !== "ObjectAddOnly" && (present === undefined || present === "");
}

export function modifiedProperties(state: TargetState, existing: GroupObject | undefined): readonly Modified[] {
  const before: Readonly<Record<string, string>> = existing?.attributes ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(state.attributes)])].toSorted();
  const changed = names
    .filter((name) => name !== "groupType" && before[name] !== state.attributes[name])
    .map((name) => ({ displayName: name, oldValue: before[name] ?? null, newValue: state.attributes[name] ?? null }));
  if (existing !== undefined && isSame(existing.container, state.container)) return changed;
  return [
    ...changed,
    { displayName: "parentDistinguishedName", oldValue: existing?.container ?? null, newValue: state.container },
  ];
}
