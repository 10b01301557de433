import { snippetTests } from "../snippet-table.ts";
import { WINDOWS_POWERSHELL } from "./windows-powershell.ts";

snippetTests(WINDOWS_POWERSHELL, {
  bad: [
    ["a ternary", "$x = $a ? 1 : 2\n"],
    ["a null-coalescing operator", "$x = $a ?? 1\n"],
    ["a null-coalescing assignment", "$x ??= 1\n"],
    ["a null-conditional member", "${x}?.Name\n"],
    ["a null-conditional index", "${x}?[0]\n"],
    ["&& between commands", "Get-A && Get-B\n"],
    ["|| between commands", "Get-A || Get-B\n"],
    ["a pipeline that goes on with a line that begins with |", "Get-A\n  | Get-B # here\n"],
    ["a background job", "Get-A &\n"],
    ["ForEach-Object -Parallel", "$x | ForEach-Object -Parallel { 1 }\n"],
    ["ConvertFrom-Json -AsHashtable", "ConvertFrom-Json -InputObject $x -AsHashtable\n"],
    ["Test-Json", "Test-Json -Json $x\n"],
    ["a class", "class Foo { [string] $A }\n"],
    ["an enum", "enum Foo { A }\n"],
    ["using", "using namespace System.IO\n"],
    ["a clean block", "function Get-A {\n  clean { 1 } # here\n}\n"],
    ["$IsWindows", "if ($IsWindows) { 1 }\n"],
    ["Split-Path -LeafBase", "Split-Path -Path $x -LeafBase\n"],
  ],
  good: [
    ["operators inside strings and comments", "$a = 'x ?? y && z || w ? 1 : 2' # a ?? b && c\n"],
    ["a question mark variable", "if (-not $?) { $LASTEXITCODE }\n"],
    ["a pattern with a question mark", "$a -match '^(a)?$'\n"],
    ["a pipeline over lines", "Get-A |\n  Where-Object -FilterScript { $_.B }\n"],
    ["a call operator", "& 'C:\\x.exe' '/q'\n"],
    ["a foreach statement", "foreach ($x in $y) { $x }\n"],
    ["ConvertFrom-Json of 5.1", "ConvertFrom-Json -InputObject $x\n"],
    ["a redirection of one stream into another", "nltest.exe '/x' 2>&1\n"],
    ["a block comment with a pipe", "<#\n | a | b |\n#>\n$x\n"],
  ],
});
