import { snippetTests } from "../snippet-table.ts";
import { STEP_SHAPE } from "./step-shape.ts";

const help = "<#\n.SYNOPSIS\nX.\n.NOTES\nReads: a. Changes: b. Leaves: c. Sources: d.\n#>\n";
const call = "Invoke-CloudSyncStep -Name 'X' -Probe { $null } -Change { @{ a = 1 } }";
const prelude = "src/host/powershell/prelude.ps1";
snippetTests(STEP_SHAPE, {
  bad: [
    ["a step that runs nothing", `${help}function Get-A { 1 } # here\n`],
    [
      "a parameter that is read before the call",
      `${help}$script:X = Get-CloudSyncParameter -Name 'x' # here\n${call}\n`,
    ],
    ["a statement before the call", `${help}$x = 1 # here\n${call}\n`],
    ["a statement behind the call", `${help}${call}\n$x = 1 # here\n`],
    ["two calls", `${help}${call}\n${call} # here\n`],
    ["a file without help", `${call}\n`],
    ["a help that names no source", `${help.replace("Sources: d.", "")}${call}\n`],
    [
      "the vendor's cmdlets in SSM's own process",
      `${help}function Set-A {\n  Add-AADCloudSyncGMSA -Credential $x # here\n}\n${call}\n`,
    ],
    ["a shared part that runs something", `${help}${call} # here\n`, "src/host/powershell/directory-prelude.ps1"],
    ["a prelude without strict mode", `${help}$ErrorActionPreference = 'Stop'\n`, prelude],
    ["a prelude that goes on after errors", `${help}Set-StrictMode -Version 3.0\n`, prelude],
  ],
  good: [
    ["constants", `${help}$script:X = 5\n$script:Y = @{ '0x5' = @('A', 'B') }\n$script:Z = [version]'1.1'\n${call}\n`],
    ["functions and one call", `${help}function Get-A { 1 }\n${call}\n`],
    [
      "the vendor's cmdlets in a child",
      `${help}function Set-A {\n  Add-AADCloudSyncGMSA -Credential $x\n}\n${call} -InChildPowerShell\n`,
    ],
    ["a shared part of functions", `${help}function Get-A { 1 }\n`, "src/host/powershell/directory-prelude.ps1"],
    ["a strict prelude", `${help}Set-StrictMode -Version 3.0\n$ErrorActionPreference = 'Stop'\n`, prelude],
  ],
});
