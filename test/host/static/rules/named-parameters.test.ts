import { snippetTests } from "../snippet-table.ts";
import { NAMED_PARAMETERS } from "./named-parameters.ts";

snippetTests(NAMED_PARAMETERS, {
  bad: [
    [
      "a splat that one caller does not write out",
      "function Get-A {\n  param([hashtable] $Connection)\n  Get-Item @Connection # here\n}\nfunction Get-B {\n  param($c)\n  Get-A -Connection $c\n}\nGet-A -Connection @{ LiteralPath = 'y' }\n",
    ],
    ["a value by its place", "Get-Item 'x'\n"],
    ["a block by its place", "$x | Where-Object { $_ }\n"],
    ["a value behind a switch", "Stop-Service -Force 'x'\n"],
    ["a second value", "Get-Item -LiteralPath 'x' 'y'\n"],
    ["a value behind a common switch", "Get-Item -Verbose 'x'\n"],
    ["a splat of something unknown", "function Get-A {\n  param($Arguments)\n  Get-Item @Arguments # here\n}\n"],
    [
      "a value of a function of the script",
      "function Get-A {\n  param([string] $Name)\n  $Name\n}\nGet-A 'x' # here\n",
    ],
  ],
  good: [
    ["named values", "Get-Item -LiteralPath 'x' -ErrorAction Stop\n"],
    ["a list as one value", "Select-Object -Property 'A', 'B'\n"],
    ["switches, joined or not", "Stop-Service -Name 'x' -Force\nStop-Service -Name 'x' -Confirm:$false -Force:$true\n"],
    ["a value in parentheses", "Get-Item -LiteralPath (Join-Path -Path $a -ChildPath 'b')\n"],
    ["a negative number", "Start-Sleep -Seconds -1\n"],
    [
      "a splat that is written out",
      "function Get-A {\n  $p = @{ LiteralPath = 'x' }\n  $p.Force = $true\n  Get-Item @p\n}\n",
    ],
    [
      "a splat that the callers write out",
      "function Get-A {\n  param([hashtable] $Connection)\n  Get-Item @Connection\n}\nfunction Get-B {\n  $c = @{ LiteralPath = 'x' }\n  Get-A -Connection $c\n}\nGet-A -Connection @{ LiteralPath = 'y' }\n",
    ],
    ["arguments of an executable", "nltest.exe '/sc_query:x'\n"],
    ["a declared script block with arguments", "function Invoke-A {\n  param([scriptblock] $Probe)\n  & $Probe 1\n}\n"],
    ["pipelines and redirections", "Get-Item -LiteralPath 'x' 2>&1 | Out-Null\n"],
  ],
});
