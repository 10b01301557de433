import { snippetTests } from "../snippet-table.ts";
import { SECRET_FLOW } from "./secret-flow.ts";

const read = "$c = Get-CloudSyncSecret -SecretARN $arn";
const after = (line: string): string => `function Set-A {\n  ${read}\n  ${line} # here\n}\n`;
snippetTests(SECRET_FLOW, {
  bad: [
    ["output", after("Write-Output -InputObject $c")],
    ["a log", after("Write-Verbose -Message $c.Password")],
    ["a file", after("Set-Content -LiteralPath 'x' -Value $c")],
    ["a file by redirection", after("Get-A > $c.Password")],
    ["an event", after("Write-EventLog -LogName 'x' -Source 'y' -EventId 1 -Message $c.Password")],
    ["a string", after('$x = "the password is $($c.Password)"')],
    ["a formatted string", after("$x = 'p {0}' -f $c.Password")],
    ["an argument of a program", after("net.exe user x $c.Password")],
    ["an argument of a started program", after("Start-Process -FilePath 'x.exe' -ArgumentList @($c.Password)")],
    ["an environment variable", after("[Environment]::SetEnvironmentVariable('P', $c.Password)")],
    ["a file by .NET", after("[System.IO.File]::WriteAllText('x', $c.Password)")],
    ["an exception", after("throw $c.Password")],
    ["the facts of a step", after("$facts = @{ account = $c }")],
    ["evidence", after("Stop-CloudSyncStep -Class 'Permanent' -Evidence $c.Password")],
    ["a pipe into another command", after("$c | Out-File -LiteralPath 'x'")],
    [
      "a pipe straight from the reader",
      "function Set-A {\n  Get-CloudSyncSecret -SecretARN $arn | ConvertTo-Json # here\n}\n",
    ],
    ["a variable of the whole script", after("$script:Account = $c")],
    ["another variable", after("$d = $c.Password; Write-Verbose -Message $d")],
    [
      "another function's parameter",
      "function Set-B {\n  param($Credential)\n  Write-Verbose -Message $Credential # here\n}\nfunction Set-A {\n  $c = Get-CloudSyncSecret -SecretARN $arn\n  Set-B -Credential $c\n}\n",
    ],
    [
      "what another function returned",
      "function Get-B {\n  return Get-CloudSyncSecret -SecretARN $arn\n}\nfunction Set-A {\n  $x = Get-B\n  Set-Content -LiteralPath 'x' -Value $x # here\n}\n",
    ],
    [
      "the result of a script block",
      "Invoke-CloudSyncStep -Name 'A' -Change {\n  Get-CloudSyncSecret -SecretARN $arn # here\n}\n",
    ],
    [
      "the reader's own log",
      "function Get-CloudSyncSecret {\n  $v = Get-SECSecretValue -SecretId $arn\n  Write-Verbose -Message $v.SecretString # here\n}\n",
    ],
  ],
  good: [
    [
      "a splat that callers hand on",
      "function Get-B {\n  param([hashtable] $Connection)\n  $x = 'on {0}' -f $Connection['Server']\n  Get-ADComputer -Identity $x @Connection\n}\nfunction Set-A {\n  $c = Get-CloudSyncSecret -SecretARN $arn\n  $d = @{ Server = 's'; Credential = $c }\n  Get-B -Connection $d\n}\n",
    ],
    ["a question of which type it is", after("if ($c -isnot [pscredential]) { return }")],
    ["a bind", after("$ldap.Bind($c.GetNetworkCredential())")],
    [
      "a block that only uses it",
      "function Invoke-B {\n  param([scriptblock] $Block)\n  $f = @(& $Block)\n  $f\n}\nfunction Set-A {\n  $c = Get-CloudSyncSecret -SecretARN $arn\n  Invoke-B -Block { Add-Computer -Credential $c }\n}\n",
    ],
    ["a credential parameter", after("Add-Computer -DomainName 'x' -Credential $c")],
    ["a credential in a splat", after("$p = @{ Credential = $c; DomainName = 'x' }; Add-Computer @p")],
    [
      "a credential straight from the reader",
      "Add-Computer -DomainName 'x' -Credential (Get-CloudSyncSecret -SecretARN $arn)\n",
    ],
    ["the account's name", after("Write-Verbose -Message $c.UserName")],
    ["a question whether it is there", after("if ($null -eq $c) { return }")],
    ["its disposal", after("$c.Password.Dispose()")],
    ["its being forgotten", after("$c = $null")],
    [
      "a function of the scripts that passes it on",
      "function Set-B {\n  param($Credential)\n  Add-Computer -Credential $Credential\n}\nfunction Set-A {\n  $c = Get-CloudSyncSecret -SecretARN $arn\n  Set-B -Credential $c\n}\n",
    ],
    [
      "the reader taking it apart",
      "function Get-CloudSyncSecret {\n  $v = Get-SECSecretValue -SecretId $arn\n  $o = ConvertFrom-Json -InputObject $v.SecretString\n  $s = ConvertTo-SecureString -String $o.password -AsPlainText -Force\n  return [pscredential]::new($o.userName, $s)\n}\n",
    ],
    [
      "a variable of the same name elsewhere",
      "function Get-B {\n  $c = 1\n  Write-Verbose -Message $c\n}\nfunction Set-A {\n  $c = Get-CloudSyncSecret -SecretARN $arn\n  Add-Computer -Credential $c\n}\n",
    ],
  ],
});
