import { snippetTests } from "../snippet-table.ts";
import { SYNTAX_ERROR } from "./syntax-error.ts";

snippetTests(SYNTAX_ERROR, {
  bad: [
    ["a block that is never closed", "function Get-A {\n  1 # here\n"],
    ["a string that is never closed", "$a = 'x\n"],
    ["a bracket too many", "$a = (1))\n"],
    ["a hash table without a value", "$a = @{ A = }\n"],
    ["an operator without its right side", "if ($a -eq ) { 1 }\n"],
    ["a parameter list without a comma", "function Get-A {\n  param(\n    [int] $A # here\n    [int] $B\n  )\n}\n"],
    ["a colon behind a variable in a string", '$a = "host $name: gone"\n'],
    ["a variable that reads as a drive", '$a = "$name:rest"\n'],
    ["a backtick with a blank behind it", "Get-Item ` \n  -LiteralPath 'x'\n"],
    ["a statement where a value stands", "Get-Item -Name (if ($a) { 'x' } else { 'y' })\n"],
    ["an else without its if", "else { 1 }\n"],
  ],
  good: [
    ["a colon behind braces", '$a = "host ${name}: $env:COMPUTERNAME $script:Count"\n'],
    ["a backtick that continues a line", "Get-Item `\n  -LiteralPath 'x'\n"],
    ["a statement in a sub-expression", "Get-Item -Name $(if ($a) { 'x' } else { 'y' })\n"],
    ["a statement that is assigned", "$x = if ($a) { 1 } else { 2 }\n"],
    [
      "an advanced function",
      "function Get-A {\n  [CmdletBinding()]\n  [OutputType([string])]\n  param(\n    [Parameter(Mandatory = $true)] [string] $Name,\n    [switch] $Flag\n  )\n  Set-StrictMode -Version 3.0\n  try { Get-Item -LiteralPath $Name } catch [System.IO.IOException] { throw } finally { $x.Dispose() }\n}\n",
    ],
    ["here-strings", "$a = @'\nit's $(plain)\n'@\n$b = @\"\n$x $($y.z)\n\"@\n"],
    ["a switch with a default", "switch ($x) {\n  'a' { 1 }\n  default { 2 }\n}\n"],
    ["windows line ends", "if ($a) {\r\n  1\r\n} elseif ($b) {\r\n  2\r\n} else {\r\n  3\r\n}\r\n"],
  ],
});
