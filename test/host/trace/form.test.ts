import { fit, readForm } from "./form.ts";

test("a form tells which parameters are switches and which may be left out", () => {
  expect(readForm("Get-A -Name <String[]> [-Force] -Quiet [-Time <Int32>]")).toEqual({
    command: "Get-A",
    parameters: [
      { name: "Name", isSwitch: false, isMandatory: true },
      { name: "Force", isSwitch: true, isMandatory: false },
      { name: "Quiet", isSwitch: true, isMandatory: true },
      { name: "Time", isSwitch: false, isMandatory: false },
    ],
  });
  expect(readForm("Get-A")).toEqual({ command: "Get-A", parameters: [] });
});

const broken = ["Get-A Name", "Get-A -Name <String", "Get-A [-Name", "get", "Get-A -Name <>", "Get-A -Name String"];
for (const text of broken) test(`${text} is no form`, () => expect(readForm(text)).toBeUndefined());

const rows: readonly (readonly [given: readonly string[], doesFit: boolean])[] = [
  [["name"], true],
  [["name", "force"], true],
  [[], false],
  [["force"], false],
  [["name", "recurse"], false],
];
for (const [given, doesFit] of rows) {
  test(`a call with ${given.join(", ") || "nothing"} ${doesFit ? "fits" : "does not fit"}`, () => {
    const form = readForm("Get-A -Name <String> [-Force]");
    expect(form !== undefined && fit(form, new Set(given)) !== undefined).toBe(doesFit);
  });
}
