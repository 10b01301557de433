/**
 * DescribeIamInstanceProfileAssociations and ReplaceIamInstanceProfileAssociation (EC2 API Reference).
 * Guarantees: a replacement has an id of its own and is `associating` first; the id that it replaced is refused from then on, so a repeat of the
 * call changes nothing. Sources: the API Reference's example; aws/aws-cli issue 5251 for the refusal (IncorrectState) and for stopped instances.
 */
import type { ApiCall, Operation } from "../core/call.ts";
import { ApiError } from "../core/call.ts";
import { requiredText, texts } from "../core/input.ts";
import { checkFilterNames, passes, readFilters } from "./filters.ts";
import type { Instance, ProfileAssociation } from "./instance.ts";
import { readProfile } from "./launch-request.ts";
import { pageOf } from "./pages.ts";
import type { EC2Parts } from "./parts.ts";
import type { View } from "./views.ts";
import { profileView } from "./views.ts";

type State = "associating" | "associated" | "disassociating" | "disassociated";

interface Shown {
  readonly instance: Instance;
  readonly association: ProfileAssociation;
  readonly state: State;
}

export function describeAssociations(parts: EC2Parts): Operation {
  return (call) => {
    const ids = texts(call.input, "AssociationIds");
    const filters = readFilters(call.input);
    checkFilterNames(filters, ["instance-id", "state"]);
    const own = shownTo(parts, call).filter(({ state }) => state !== "disassociated");
    const missing = ids.find((id) => !own.some(({ association }) => association.associationID === id));
    if (missing !== undefined) throw notFound(missing);
    const chosen = own
      .filter(({ association }) => ids.length === 0 || ids.includes(association.associationID))
      .filter((shown) =>
        passes(shown, filters, ({ instance, state }, name) => [name === "state" ? state : instance.instanceID]),
      );
    const page = pageOf(parts.faults, call, chosen, orderOf);
    return { iamInstanceProfileAssociationSet: page.items.map(associationView), nextToken: page.nextToken };
  };
}

export function replaceAssociation(parts: EC2Parts): Operation {
  return (call) => {
    const associationID = requiredText(call.input, "AssociationId");
    const profileARN = readProfile(parts.resources, call.caller.accountID, call.input);
    if (profileARN === undefined)
      throw new ApiError("MissingParameter", "The request must contain the parameter IamInstanceProfile");
    const found = shownTo(parts, call).find(({ association }) => association.associationID === associationID);
    if (found === undefined) throw notFound(associationID);
    const { instance, association, state } = found;
    if (association.replacedAtMs !== undefined || instance.state !== "running" || state === "associating") {
      throw new ApiError("IncorrectState", `The association ${associationID} is not the active association`);
    }
    const replacement = parts.fleet.replaceProfile(instance, profileARN);
    return {
      iamInstanceProfileAssociation: associationView({ instance, association: replacement, state: "associating" }),
    };
  };
}

/** The instance that an association of any account belongs to: permissions and fault rules speak of instances. */
export function instanceOfAssociation({ fleet }: Pick<EC2Parts, "fleet">, associationID: string): Instance | undefined {
  return fleet
    .instances()
    .find(({ profiles }) => profiles.some((association) => association.associationID === associationID));
}

/** As lists show them: an instance inside its NotFound window, or long terminated, has none. */
function shownTo(parts: EC2Parts, { caller }: ApiCall): readonly Shown[] {
  return parts.fleet
    .instances()
    .filter((instance) => instance.launchedAs.accountID === caller.accountID && parts.fleet.isListed(instance))
    .filter(({ state }) => state !== "terminated")
    .flatMap((instance) =>
      instance.profiles.map((association) => ({ instance, association, state: stateOf(parts, association) })),
    );
}

function stateOf({ clock, delays }: EC2Parts, { sinceMs, replacedAtMs }: ProfileAssociation): State {
  const takesMs = delays.ms("ec2.profileAssociating");
  const nowMs = clock.nowMs();
  if (replacedAtMs !== undefined) return nowMs < replacedAtMs + takesMs ? "disassociating" : "disassociated";
  return nowMs < sinceMs + takesMs ? "associating" : "associated";
}

/** Two of one instance never share a place. */
function orderOf({ instance, association }: Shown): number {
  return instance.sequence * 2 + (association.replacedAtMs === undefined ? 1 : 0);
}

function associationView({ instance, association, state }: Shown): View {
  return {
    associationId: association.associationID,
    instanceId: instance.instanceID,
    iamInstanceProfile: profileView(association.profileARN),
    state,
  };
}

/** The API Reference names no code of its own for it [unverified]: the one that EC2 has for associations. */
function notFound(associationID: string): ApiError {
  return new ApiError("InvalidAssociationID.NotFound", `The association ID '${associationID}' does not exist`);
}
