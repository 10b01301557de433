import { readScript } from "../static/script.ts";
import { powerShellParser } from "../static/syntax.ts";
import { namesIn } from "./names.ts";

const parse = await powerShellParser();
const names = (text: string): readonly string[] => {
  const script = readScript(parse, "x.ps1", text);
  return namesIn(script, { scripts: [script], switchesOf: () => undefined }).map(({ kind, name }) => `${kind} ${name}`);
};

const rows: readonly (readonly [sentence: string, text: string, wanted: readonly string[]])[] = [
  [
    "services of a pipeline",
    "'A', 'B' | Where-Object -FilterScript { Get-Service -Name $_ }\n",
    ["service A", "service B"],
  ],
  ["a file that is formatted", "Join-Path -Path $x -ChildPath ('{0:d3}-{1}.txt' -f $a, $b)\n", ["file *-*.txt"]],
  ["no host name in an element's name", "$a = 'system.net'\n", []],
  ["a service", "Get-Service -Name 'VaultSvc'\n", ["service VaultSvc"]],
  [
    "a service in a variable of the file",
    "$script:S = 'A'\nfunction Get-A { Restart-Service -Name $script:S }\n",
    ["service A"],
  ],
  ["services of a loop", "foreach ($s in @('A', 'B')) { Get-Service -Name $s }\n", ["service A", "service B"]],
  [
    "a registry value behind a function",
    "function Get-RegistryValue {\n  param($Path, $Name)\n  Get-ItemProperty -LiteralPath $Path -Name $Name\n}\nGet-RegistryValue -Path 'HKLM:\\SOFTWARE\\A' -Name 'V'\n",
    ["registry value V", "registry key HKLM:\\SOFTWARE\\A"],
  ],
  [
    "registry values in rows of a loop",
    "function Set-A {\n  $rows = @(\n    @('HKLM:\\A\\B', 'X', 1), @('HKLM:\\A\\C', 'Y', 0)\n  )\n  foreach ($row in $rows) { Get-ItemProperty -LiteralPath $row[0] -Name $row[1] }\n}\n",
    ["registry value X", "registry value Y", "registry key HKLM:\\A\\B", "registry key HKLM:\\A\\C"],
  ],
  ["a key that ends in a variable", '$k = "HKLM:\\A\\$name"\n', ["registry key HKLM:\\A\\*"]],
  ["a CIM class", "Get-CimInstance -ClassName Win32_Service\n", ["CIM class Win32_Service"]],
  [
    "a program and its switches",
    "nltest.exe '/sc_query:x' -v\n",
    ["program nltest.exe", "argument /sc_query:x", "argument -v"],
  ],
  [
    "a program of Windows' folder",
    "function Get-A {\n  $t = Join-Path -Path $env:SystemRoot -ChildPath 'System32\\w32tm.exe'\n  & $t '/x'\n}\n",
    ["file w32tm.exe", "program w32tm.exe", "argument /x", "environment variable SystemRoot"],
  ],
  [
    "switches of a started program",
    "Start-Process -FilePath $f -ArgumentList @('/quiet', 'A=B')\n",
    ["argument /quiet", "argument A=B"],
  ],
  [
    "a file by its ending",
    "$a = 'AADConnectProvisioningAgent.exe.config'\n",
    ["file AADConnectProvisioningAgent.exe.config"],
  ],
  ["a part of a path", "Join-Path -Path $x -ChildPath 'Trace'\n", ["file Trace"]],
  ["a file that is put together", "Join-Path -Path $x -ChildPath ($id + '.json')\n", ["file *.json"]],
  [
    "a module, and one that is a file",
    "Import-Module -Name 'ActiveDirectory'\nImport-Module -Name 'C:\\x\\y.dll'\n",
    ["module ActiveDirectory", "file C:\\x\\y.dll"],
  ],
  ["a feature", "Install-WindowsFeature -Name 'RSAT-AD-PowerShell'\n", ["feature RSAT-AD-PowerShell"]],
  ["an event log", "Get-WinEvent -LogName 'Microsoft-A-B/Admin'\n", ["event log Microsoft-A-B/Admin"]],
  [
    "an environment variable, but none of the contract",
    "$env:ProgramFiles; $env:SSM_operationID\n",
    ["environment variable ProgramFiles"],
  ],
  ["a host name", "$a = 'login.windows.net'\n", ["host name login.windows.net"]],
  [
    "a .NET type, but none of the language",
    "[System.IO.File]::Exists([string]$x)\nNew-Object -TypeName 'System.Threading.Mutex'\n",
    ["type IO.File", "type Threading.Mutex"],
  ],
  [
    "a name that only the host knows",
    "$u = Get-Service -DisplayName 'x'\nStart-Service -Name $u.Name\n",
    ["service x"],
  ],
  [
    "a name that nothing writes out",
    "function Get-A {\n  param($Name)\n  Get-Service -Name $Name\n}\n",
    ["service <$Name>"],
  ],
];
for (const [sentence, text, wanted] of rows) {
  test(`${sentence} is found`, () => expect([...names(text)].toSorted()).toEqual([...wanted].toSorted()));
}
