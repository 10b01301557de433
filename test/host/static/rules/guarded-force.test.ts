import { snippetTests } from "../snippet-table.ts";
import { GUARDED_FORCE } from "./guarded-force.ts";

const inFunction = (...lines: readonly string[]): string =>
  `function Set-A {\n  param($Path)\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
snippetTests(GUARDED_FORCE, {
  bad: [
    ["a forced removal", "Remove-Item -LiteralPath $x -Recurse -Force\n"],
    ["a removal that asks nobody", "Remove-ADComputer -Identity $x -Confirm:$false\n"],
    ["a forced stop", inFunction("Stop-Service -Name 'x' -Force # here")],
    ["a check of something else", inFunction("if ($other) { return }", "Remove-Item -LiteralPath $Path -Force # here")],
    [
      "a check that comes later",
      inFunction("Remove-Item -LiteralPath $Path -Force # here", "if (Test-Path -LiteralPath $Path) { return }"),
    ],
    [
      "a check in another branch",
      inFunction("if ($a) { if ($Path) { return } }", "Remove-Item -LiteralPath $Path -Force # here"),
    ],
    [
      "a check that does not leave",
      inFunction("if (Test-Path -LiteralPath $Path) { $x = 1 }", "Remove-Item -LiteralPath $Path -Force # here"),
    ],
    [
      "a check in the caller",
      "function Set-A {\n  param($Path)\n  Remove-Item -LiteralPath $Path -Force # here\n}\nif ($Path) { Set-A -Path $Path }\n",
    ],
    ["a forced restart", inFunction("Restart-Computer -Force # here")],
    ["force by splatting", inFunction("$p = @{ LiteralPath = $Path; Force = $true }", "Remove-Item @p # here")],
    ["an overwriting copy", inFunction("Copy-Item -LiteralPath $a -Destination $b -Force # here")],
  ],
  good: [
    ["a check around it", inFunction("if (Test-Path -LiteralPath $Path) { Remove-Item -LiteralPath $Path -Force }")],
    [
      "a check that leaves before it",
      inFunction("if (-not (Test-Path -LiteralPath $Path)) { return }", "Remove-Item -LiteralPath $Path -Force"),
    ],
    [
      "a check that stops the step",
      inFunction(
        "if ($null -eq $Path) { Stop-CloudSyncStep -Class 'Permanent' }",
        "Remove-Item -LiteralPath $Path -Force",
      ),
    ],
    [
      "a check of what was read from it",
      inFunction(
        "$s = Get-Service -Name 'x'",
        "if ($s.Status -eq 'Stopped') { return }",
        "Stop-Service -Name 'x' -Force",
      ),
    ],
    [
      "a check of where it was read from",
      inFunction(
        "$file = Get-Item -LiteralPath $Path",
        "if ($Path -ne 'x') { return }",
        "Remove-Item -LiteralPath $file -Force",
      ),
    ],
    ["a command that is not forced", inFunction("Stop-Service -Name 'x'")],
    ["a force that destroys nothing", inFunction("Get-Item -LiteralPath $Path -Force")],
    ["a force that is switched off", inFunction("Stop-Service -Name 'x' -Force:$false")],
    [
      "a join behind a look at the host",
      "function Join-A {\n  if ((Get-Membership).Domain -ne '') { return }\n  Add-Computer -DomainName $d -Force\n}\n",
    ],
    ["a restart behind any check", inFunction("if (-not $pending) { return }", "Restart-Computer -Force")],
  ],
});
