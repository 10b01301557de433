<#
.SYNOPSIS
Heart of the stand-ins: checks each call against the exact sets of docs/host-steps.md, records it, plays it on the state, keeps the state.
.DESCRIPTION
NOT RUN by this project so far: no PowerShell was to be had where it was written. Its syntax is checked by the grammar (stand-ins.test.ts).
Reads: $env:STANDIN_FOLDER (state.json, forms.json). Changes: state.json, calls.jsonl in that folder, nothing else on the machine.
Works in Windows PowerShell 5.1 and PowerShell 7. Source of the behaviours: docs/host-steps.md and the world in sim/src/hosts.
#>
Set-StrictMode -Version 3.0

# Exceptions of the vendors' libraries, by type name and code: the scripts tell failures apart by these.
if ($null -eq ('StandIn.ServiceException' -as [type])) {
    Add-Type -TypeDefinition @'
namespace StandIn {
    public class ServiceException : System.Exception {
        public string ErrorCode { get; private set; }
        public ServiceException(string code) : base("stand-in: " + code) { ErrorCode = code; }
    }
}
namespace Microsoft.ActiveDirectory.Management {
    public class ADIdentityNotFoundException : System.Exception {
        public ADIdentityNotFoundException(string identity) : base("stand-in: " + identity) { }
    }
    public class ADException : System.Exception {
        public int ErrorCode { get; private set; }
        public ADException(int code) : base("stand-in: " + code) { ErrorCode = code; }
    }
}
'@
}

function ConvertTo-Table {
    <# What ConvertFrom-Json gave, as hash tables and lists that can be changed. #>
    param($Value)
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) { $table[$property.Name] = ConvertTo-Table -Value $property.Value }
        return $table
    }
    if ($Value -is [object[]]) {
        $list = @(foreach ($item in $Value) { ConvertTo-Table -Value $item })
        return , $list
    }
    return $Value
}

function Get-StandInFile {
    param([string]$Name)
    return [System.IO.Path]::Combine($env:STANDIN_FOLDER, $Name)
}

function Read-StandInState {
    $text = [System.IO.File]::ReadAllText((Get-StandInFile -Name 'state.json'))
    return ConvertTo-Table -Value (Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $text)
}

function Write-StandInState {
    param([hashtable]$State)
    $text = Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject $State -Depth 12 -Compress
    [System.IO.File]::WriteAllText((Get-StandInFile -Name 'state.json'), $text)
}

function Assert-ExactSet {
    <# Throws unless the given parameters are those of one row of the trace table: nothing unknown, nothing missing. #>
    param([string]$Name, [string[]]$Given)
    $forms = ConvertTo-Table -Value (Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Get-StandInFile -Name 'forms.json'))))
    foreach ($form in @($forms[$Name])) {
        $known = @($form.mandatory) + @($form.optional)
        $unknown = @($Given | Microsoft.PowerShell.Core\Where-Object -FilterScript { $known -notcontains $_ })
        $missing = @(@($form.mandatory) | Microsoft.PowerShell.Core\Where-Object -FilterScript { $Given -notcontains $_ })
        if ($unknown.Count -eq 0 -and $missing.Count -eq 0) { return }
    }
    throw "stand-in: no row of docs/host-steps.md fits $Name -$($Given -join ' -')"
}

function Format-Argument {
    <# An argument as a log of calls would show it: secrets as objects stay closed. #>
    param($Value)
    if ($Value -is [System.Management.Automation.PSCredential]) { return "PSCredential of $($Value.UserName)" }
    if ($Value -is [System.Security.SecureString]) { return 'SecureString' }
    return [string]$Value
}

function Get-GivenName {
    <# Names of the parameters that a call was given, without those that every cmdlet has. #>
    param([System.Collections.IDictionary]$Bound)
    $common = @('ErrorAction', 'WarningAction', 'Verbose', 'Debug', 'ErrorVariable', 'OutVariable', 'InformationAction')
    return @($Bound.Keys | Microsoft.PowerShell.Core\Where-Object -FilterScript { $common -notcontains $_ })
}

function Invoke-StandIn {
    <# One call of a cmdlet: its parameters are a row of the trace table, then it is played. #>
    param([string]$Name, [System.Collections.IDictionary]$Bound)
    Assert-ExactSet -Name $Name -Given @(Get-GivenName -Bound $Bound)
    return Invoke-StandInCall -Name $Name -Bound $Bound -Implementation ('Use-' + $Name.Replace('-', ''))
}

function Invoke-StandInCall {
    <# One call of anything: record, fail if it is this one's turn, play, keep. #>
    param([string]$Name, [System.Collections.IDictionary]$Bound, [string]$Implementation)
    $state = Read-StandInState
    $state.calls = [int]$state.calls + 1
    $shown = @{}
    foreach ($key in @(Get-GivenName -Bound $Bound)) { $shown[$key] = Format-Argument -Value $Bound[$key] }
    $line = Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject @{ name = $Name; arguments = $shown } -Compress
    [System.IO.File]::AppendAllText((Get-StandInFile -Name 'calls.jsonl'), $line + "`n")
    if ([int]$state.failAt -eq [int]$state.calls) {
        Write-StandInState -State $state
        throw [System.InvalidOperationException]::new("stand-in: call $($state.calls) fails")
    }
    $answer = @(& $Implementation -Bound $Bound -State $state)
    Write-StandInState -State $state
    # The power goes: nothing of this process runs any more, not even a finally.
    if ([int]$state.dieAfter -eq [int]$state.calls) { [System.Diagnostics.Process]::GetCurrentProcess().Kill() }
    if ($answer.Count -eq 0 -and $Bound.Contains('ErrorAction') -eq $false -and $state.missingIsError -contains $Name) {
        throw [System.InvalidOperationException]::new("stand-in: $Name found nothing")
    }
    return $answer
}

Export-ModuleMember -Function 'Invoke-StandIn', 'Invoke-StandInCall', 'ConvertTo-Table', 'Read-StandInState', 'Write-StandInState'
