/**
 * S7: a replacement of settings or schema loses nothing that is not ours.
 * Guarantees: of secrets, each foreign key and each foreign member of our own JSON values keeps its true value, and no mask is ever stored; of a schema,
 * all but declared targets, the container and own filters goes back as it was.
 */
import type { Oracle, Scene } from "../run/scene.ts";
import { declarationOf, type EntraSight, type JobSeen } from "./sight/entra.ts";
import { withoutOwned } from "./sight/schema-parts.ts";

/** Members of ours in each value of ours; the third is a plain value (docs/sync-configuration.md). */
const OWNED: Readonly<Record<string, readonly string[]>> = {
  Domain: ["domain"],
  SyncNotificationSettings: ["Enabled", "Recipients", "DeleteThresholdEnabled", "DeleteThresholdValue"],
};
const OWNED_PLAIN = new Set(["SyncAll"]);
const MASK = /^\*+$/;

interface Declared {
  readonly attributeMappings?: readonly { readonly target: string }[];
  readonly scope?: { readonly attributeFilters?: readonly { readonly name: string }[] };
}

export function wholeDocuments(sight: EntraSight): Oracle {
  const targets = new Set(["parentdistinguishedname"]);
  const filters = new Set<string>();

  /** What was owned once may be taken out again. */
  function followDeclared(scene: Scene): void {
    for (const { spec } of scene.objects("syncconfigurations")) {
      const { attributeMappings = [], scope } = (spec?.["entraToAD"] ?? {}) as Declared;
      for (const { target } of attributeMappings) targets.add(target.toLowerCase());
      for (const { name } of scope?.attributeFilters ?? []) filters.add(name);
    }
  }

  function judgeSchema(before: JobSeen): string | undefined {
    const after = sight.now.get(before.servicePrincipalID)?.jobs.find(({ id }) => id === before.id);
    if (after === undefined || after.schema === before.schema) return undefined;
    const [was, is] = [before.schema, after.schema].map((schema) =>
      JSON.stringify(withoutOwned(schema, targets, filters)),
    );
    return was === is
      ? undefined
      : `a PUT of the schema changed what is not ours: ${differenceIn(was ?? "", is ?? "")}`;
  }

  return {
    name: "S7",
    after(happening, scene) {
      sight.look(happening, scene);
      if (happening.kind === "deed") followDeclared(scene);
      for (const write of sight.writes) {
        if (write.kind !== "secrets" && write.kind !== "schema") continue;
        const id = sight.configurationOf(write)?.servicePrincipalID ?? "";
        const [before, after] = [sight.before.get(id), sight.now.get(id)];
        if (before === undefined || after === undefined) continue;
        const sentence =
          write.kind === "secrets"
            ? lostSecret(before.secrets, after.secrets)
            : before.jobs.map(judgeSchema).find((one) => one !== undefined);
        if (sentence !== undefined) return sentence;
        if (write.kind === "schema" && declarationOf(scene, id) === undefined) followDeclared(scene);
      }
      return undefined;
    },
  };
}

function lostSecret(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string | undefined {
  for (const [key, value] of after)
    if (MASK.test(value) && before.get(key) !== value) return `the mask of ${key} was stored as its value`;
  for (const [key, value] of before) {
    if (OWNED_PLAIN.has(key)) continue;
    const kept = after.get(key);
    if (kept === undefined) return `the setting ${key} was lost by a PUT of the secrets`;
    const isKept = OWNED[key] === undefined ? kept === value : foreignMembers(key, kept) === foreignMembers(key, value);
    if (!isKept) return `a PUT of the secrets changed ${key}, or a member of it, that is not ours`;
  }
  return undefined;
}

function foreignMembers(key: string, value: string): string {
  try {
    const parsed = JSON.parse(value) as Readonly<Record<string, unknown>>;
    return JSON.stringify(Object.entries(parsed).filter(([name]) => OWNED[key]?.includes(name) !== true));
  } catch {
    return "[]";
  }
}

function differenceIn(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  return `"${before.slice(Math.max(0, at - 40), at + 40)}" became "${after.slice(Math.max(0, at - 40), at + 40)}"`;
}
