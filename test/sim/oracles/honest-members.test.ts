import { EntraStage } from "./entra-stage.ts";
import { honestMembers } from "./honest-members.ts";

/** A group in scope with one member of AD and one of the cloud. */
function stage(): { readonly made: EntraStage; readonly groupID: string; readonly cloudID: string } {
  const made = new EntraStage(honestMembers);
  const groupID = made.group("sg-sales");
  made.member(groupID, true);
  const cloudID = made.member(groupID, null);
  made.assign(groupID);
  made.call("assign");
  return { made, groupID, cloudID };
}

function told(made: EntraStage, count: number): string | undefined {
  const message = `Of the groups looked at: ${count} members are users of the cloud without an account in AD, so they are skipped.`;
  made.scope("sales", {}, { conditions: [{ type: "Eligible", status: "True", reason: "MembersMissing", message }] });
  return made.kube("groupscopes/sales");
}

test("as many users of the cloud as there are is silent, one more speaks", () => {
  expect(told(stage().made, 1)).toBeUndefined();
  expect(told(stage().made, 2)).toContain("sales says that 2 members are users of the cloud; there are 1");
});

test("who was a member when it was looked at may be told of afterwards", () => {
  const { made, groupID, cloudID } = stage();
  made.directory.removeMember(groupID, cloudID);
  made.deed();
  expect(told(made, 1)).toBeUndefined();
});

test("members that could not be read are no breach", () => {
  const { made } = stage();
  const message = "Of the groups looked at: 9 members could not be read (User.Read.All is needed to judge them).";
  made.scope("sales", {}, { conditions: [{ type: "Eligible", status: "True", reason: "MembersMissing", message }] });
  expect(made.kube("groupscopes/sales")).toBeUndefined();
});
