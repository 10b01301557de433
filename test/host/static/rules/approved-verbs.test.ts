import { snippetTests } from "../snippet-table.ts";
import { APPROVED_VERB } from "./approved-verbs.ts";

const named = (name: string): string => `function ${name} { 1 }\n`;
snippetTests(APPROVED_VERB, {
  bad: [
    ["a verb of everyday language", named("Ensure-Thing")],
    ["a synonym", named("Delete-Thing")],
    ["a verb of PowerShell 6", named("Build-Thing")],
    ["a name without a verb", named("Thing")],
    ["a verb in other letters", named("get-Thing")],
    ["a noun in small letters", named("Get-thing")],
    ["a function inside a function", "function Get-A {\n  function Check-B { 1 } # here\n}\n"],
  ],
  good: [
    ["approved verbs", named("Get-Thing") + named("Test-CloudSyncThing") + named("ConvertTo-Thing")],
    ["calls of other names", "Ensure-Thing\n"],
  ],
});
