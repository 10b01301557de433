import { snippetTests } from "../snippet-table.ts";
import { NO_DYNAMIC_CODE } from "./no-dynamic-code.ts";

const child = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy";
snippetTests(NO_DYNAMIC_CODE, {
  bad: [
    [
      "a program of a folder that is a value",
      "function Get-A {\n  $tool = Join-Path -Path $folder -ChildPath 'System32\\w32tm.exe'\n  & $tool '/x' # here\n}\n",
    ],
    ["Invoke-Expression", "Invoke-Expression -Command $x\n"],
    ["iex", "iex $x\n"],
    ["a script block made from text", "[scriptblock]::Create($x)\n"],
    ["a script block made with its full name", "[System.Management.Automation.ScriptBlock]::Create($x)\n"],
    ["a PowerShell made in the process", "[powershell]::Create().AddScript($x)\n"],
    ["InvokeScript", "$ExecutionContext.InvokeCommand.InvokeScript($x)\n"],
    ["ExpandString", "$ExecutionContext.InvokeCommand.ExpandString($x)\n"],
    ["& on a variable", "function Get-A {\n  param([string] $Name)\n  & $Name # here\n}\n"],
    ["& on a built string", "& \"$dir\\x.exe\" '/q'\n"],
    ["& on an expression", "& (Get-Command -Name $x)\n"],
    ["a dot-sourced file", ". 'C:\\x.ps1'\n"],
    ["a dot-sourced variable", ". $x\n"],
    ["code compiled from text", "Add-Type -TypeDefinition $x\n"],
    ["a library loaded from a file", "Add-Type -LiteralPath 'C:\\x.dll'\n"],
    ["an assembly loaded from a file", "[System.Reflection.Assembly]::LoadFile($x)\n"],
    ["a process started from .NET", "[System.Diagnostics.Process]::Start($x)\n"],
    ["a built argument string", "Start-Process -FilePath 'C:\\x.exe' -ArgumentList \"/log $path\" -Wait\n"],
    [
      "a built element of an argument array",
      "Start-Process -FilePath 'C:\\x.exe' -ArgumentList @('/q', \"/log $path\") -Wait\n",
    ],
    ["arguments built with -f", "Start-Process -FilePath 'C:\\x.exe' -ArgumentList ('/log {0}' -f $path)\n"],
    ["arguments built with +", "Start-Process -FilePath 'C:\\x.exe' -ArgumentList ('/log ' + $path)\n"],
    ["arguments built with -join", "Start-Process -FilePath 'C:\\x.exe' -ArgumentList ($parts -join ' ')\n"],
    [
      "arguments built before",
      "function Install-A {\n  $line = \"/log $p\"\n  Start-Process -FilePath 'C:\\x.exe' -ArgumentList $line # here\n}\n",
    ],
    ["a built command line of .NET", "$start.Arguments = '-File \"{0}\"' -f $path\n"],
    ["Start-Process -Verb", "Start-Process -FilePath 'C:\\x.exe' -Verb 'RunAs'\n"],
    ["an encoded command", `${child} RemoteSigned -EncodedCommand $x\n`],
    ["an abbreviated encoded command", `${child} RemoteSigned -enc $x\n`],
    ["a command given as text", `${child} RemoteSigned -Command $x\n`],
    ["a second PowerShell under Bypass", `${child} Bypass -File $x\n`],
    ["cmd.exe", "cmd.exe /c $x\n"],
    ["a method whose name is in a variable", "$x.$name('a')\n"],
    ["an alias that hides what runs", "Set-Alias -Name 'a' -Value $x\n"],
  ],
  good: [
    [
      "a program of Windows' own folder",
      "function Get-A {\n  $tool = Join-Path -Path $env:SystemRoot -ChildPath 'System32\\w32tm.exe'\n  & $tool '/x'\n}\n",
    ],
    ["a declared script block", "function Invoke-A {\n  param([scriptblock] $Probe)\n  & $Probe\n}\n"],
    ["a script block that stands there", "& { Get-Item -LiteralPath 'x' }\n"],
    ["& on a name that is written out", "& 'C:\\Windows\\System32\\nltest.exe' '/sc_query:x'\n"],
    ["an assembly of Windows", "Add-Type -AssemblyName 'System.ServiceProcess'\n"],
    [
      "literal arguments",
      "Start-Process -FilePath $file -ArgumentList @('/quiet', 'ENVIRONMENTNAME=AzureUSGovernment') -Wait\n",
    ],
    [
      "literal arguments in a variable",
      "function Install-A {\n  $list = @('/quiet')\n  Start-Process -FilePath $file -ArgumentList $list -Wait -PassThru\n}\n",
    ],
    ["a second PowerShell that runs a file", `${child} RemoteSigned -File $PSCommandPath\n`],
    ["a property whose name is in a variable", "$x.$name\n"],
    ["the word in a string", "$a = 'never Invoke-Expression'\n"],
  ],
});
