/**
 * A team may put in scope what its administrative unit holds, and loses that consent later.
 * Its witness: the unit's group comes in and stays, the other one never does, and the team is not told whether it exists.
 */
import { entraCreated, entraPlan } from "../draw/entra-lives.ts";
import { groupNamed } from "../run/entra-deeds.ts";
import type { Oracle } from "../run/scene.ts";
import type { Case } from "./case.ts";
import { namesInScope } from "./in-scope.ts";

/** The default layout's, which holds AD-Sales. */
const UNIT = "a0000000-0000-4000-8000-000000000001";
const GRANTED = "AD-Sales";
const OTHER = "AD-Engineering";

const consent = (groups: object) => ({ allowedNamespaces: { entries: [{ namespace: "team-sales", groups }] } });
const BY_PREFIX = { displayNamePrefixes: ["sg-sales-"] };

export const UNIT_CONSENT: Case = {
  sentence: "consent by administrative unit lets in what the unit holds, and takes nothing out when it ends",
  plan: entraPlan(12, [
    ...entraCreated({
      changes: {
        configuration: { spec: consent({ ...BY_PREFIX, administrativeUnits: [UNIT] }) },
        sales: { spec: { groups: { displayNames: [GRANTED, OTHER] } } },
      },
    }),
    { afterMs: 10_000, isSettledFirst: true, deed: { kind: "look", at: "all is applied" } },
    {
      afterMs: 0,
      isSettledFirst: false,
      deed: { kind: "editEntra", on: "configuration", change: { spec: consent(BY_PREFIX) } },
    },
  ]),
  witness: onlyTheUnits,
};

function onlyTheUnits(): Oracle {
  return {
    name: "consent by unit",
    after(happening, scene) {
      const names = namesInScope(scene);
      if (names.includes(OTHER)) return `${OTHER} is in scope, and nobody granted it`;
      const isLook = happening.kind === "deed" && happening.deed.kind === "look";
      return isLook && !names.includes(GRANTED) ? `${GRANTED} did not come in by its unit` : undefined;
    },
    atRest(scene) {
      if (!namesInScope(scene).includes(GRANTED)) return `${GRANTED} left when the consent ended`;
      const scope = scene.objects("groupscopes").find(({ metadata }) => metadata.name === "sales");
      const conditions = scope?.status?.["conditions"] as readonly { type: string; reason: string }[] | undefined;
      const resolved = conditions?.find(({ type }) => type === "Resolved")?.reason;
      if (resolved !== "NotGranted") return `the scope says ${String(resolved)} of what it was not granted`;
      const isTold = JSON.stringify(scope?.status).includes(groupNamed(scene.world, OTHER)?.id ?? OTHER);
      return isTold ? `the scope's status tells the id of ${OTHER}` : undefined;
    },
  };
}
