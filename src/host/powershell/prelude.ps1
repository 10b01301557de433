<#
.SYNOPSIS
Shared prelude of the CloudSync-* documents: one step a run, one JSON line as the last output, exit code 0, 1 (Failed line) or 3010 (restart).
.DESCRIPTION
Guarantees: a machine-wide lock; the first result of an operation id is stored before it is printed, and is printed again when the id comes
twice; at most five restarts an operation; an end before SSM's executionTimeout; the line is ASCII and below 20,000 characters (Probe: 2,400).
Never: prints the message of an exception that it did not make itself (it may quote a secret), or a secret. Secrets are read with the
instance role into SecureStrings by .NET calls, because module logging writes bound parameters of cmdlets into event 4103.
Reads: $env:SSM_<name>, the marker folder. Changes: %ProgramFiles%\CloudSyncOperator (made by SYSTEM; users cannot create it first).
Sources of every name: docs/host-steps.md. SSM agent: runs "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy unrestricted -f
<folder>\_script.ps1" and kills only that process at the timeout (amazon-ssm-agent, agent/plugins/runscript, agent/executers).
#>
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Anything but the line would end up in front of it: the console host writes all streams to standard output.
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$DebugPreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
# The ActiveDirectory module would connect to the default domain while it loads, which a host before its join does not have.
$env:ADPS_LoadDefaultDrive = '0'

# A step below timeoutSeconds of the document (1,800 s; src/host/documents.ts), so that the host can still say why.
$script:DeadlineSeconds = 1680
$script:LockWaitSeconds = 600
$script:RebootsMax = 5
$script:MarkersMax = 500
$script:LineLengthMax = 19000
$script:ProbeLineLengthMax = 2390
$script:NotesMax = 20
$script:OperationPattern = '^[a-z0-9]{8,64}\z'
$script:Run = @{
    Step = 'Unknown'; OperationID = 'unknown0'; Clock = [System.Diagnostics.Stopwatch]::StartNew(); IsChild = $false; IsReadOnly = $false
    Lock = $null; Secrets = @(); Notes = @()
    State = @{ line = ''; exitCode = 0; reboots = 0; changes = @(); secretVersions = @{} }
}

#region Ends of a step
function Stop-CloudSyncStep {
    <# Ends the step as Failed. Class: Transient (try again), Credential (refused once), Permanent (declaration), Person (somebody acts). #>
    param(
        [Parameter(Mandatory = $true)][ValidateSet('Transient', 'Credential', 'Permanent', 'Person')][string]$Class,
        [Parameter(Mandatory = $true)][ValidatePattern('^[A-Z][A-Za-z0-9]{2,59}$')][string]$Reason,
        [Parameter(Mandatory = $true)][string]$Message,
        [Parameter(Mandatory = $true)][string]$Fix,
        [string]$Evidence = ''
    )
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Reason
    $exception.Data['CloudSyncError'] = @{ 'class' = $Class; reason = $Reason; message = $Message; fix = $Fix; evidence = $Evidence }
    throw $exception
}

function Request-CloudSyncReboot {
    <# Ends this run with exit code 3010: the SSM agent restarts Windows and runs the document again (SSM User Guide, rebooting from scripts). #>
    $script:Run.State.reboots = [int]$script:Run.State.reboots + 1
    if ($script:Run.State.reboots -gt $script:RebootsMax) {
        Stop-CloudSyncStep -Class Transient -Reason 'RebootLimitReached' -Message "$script:RebootsMax restarts did not end it." -Fix 'Read the host''s event log.'
    }
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList 'Reboot'
    $exception.Data['CloudSyncReboot'] = $true
    throw $exception
}

function Get-CloudSyncRebootCount {
    <# Restarts that this operation has asked for so far. #>
    return [int]$script:Run.State.reboots
}

function Write-CloudSyncChange {
    <# Remembers what was done: it makes the result "changed", also after a restart, and is shown above the line and in evidence. #>
    param([Parameter(Mandatory = $true)][string]$Text)
    $script:Run.State.changes = @($script:Run.State.changes) + @(Limit-CloudSyncText -Text $Text -Length 200)
    Save-CloudSyncState
}

function Write-CloudSyncNote {
    <# Remembers what was found or what is left; nothing that may hold a secret. #>
    param([Parameter(Mandatory = $true)][ValidateSet('found', 'left')][string]$Kind, [Parameter(Mandatory = $true)][string]$Text)
    if ($script:Run.Notes.Count -lt $script:NotesMax) {
        $script:Run.Notes = @($script:Run.Notes) + @(Limit-CloudSyncText -Text ('{0}: {1}' -f $Kind, $Text) -Length 200)
    }
}
#endregion

#region Text, time and parameters
function Limit-CloudSyncText {
    <# One line of bounded length without control characters. #>
    param([AllowEmptyString()][string]$Text, [Parameter(Mandatory = $true)][int]$Length)
    $flat = [regex]::Replace($Text, '[\x00-\x1f\x7f]+', ' ').Trim()
    if ($flat.Length -gt $Length) { return $flat.Substring(0, $Length) }
    return $flat
}

function Get-CloudSyncParameter {
    <# A parameter of the document. SSM has matched it against the contract; absent means an SSM agent below 3.3.2746.0 (no ENV_VAR). #>
    param(
        [Parameter(Mandatory = $true)][string]$Name,
        [ValidateSet('String', 'List')][string]$Type = 'String',
        [switch]$AllowEmpty
    )
    $value = [string][System.Environment]::GetEnvironmentVariable('SSM_' + $Name)
    if ($value -eq '' -and -not $AllowEmpty) {
        Stop-CloudSyncStep -Class Permanent -Reason 'InvalidParameters' -Message "The parameter $Name did not reach the host." -Fix 'Update the SSM agent to 3.3.2746.0 or later.'
    }
    # Whether SSM's pattern lets a last line break through before its end is unverified: no parameter of a contract holds one.
    if ($value -match '[\x00-\x1f\x7f]') {
        Stop-CloudSyncStep -Class Permanent -Reason 'InvalidParameters' -Message "The parameter $Name holds control characters." -Fix 'Send what contracts/host declares.'
    }
    if ($Type -eq 'String') { return $value }
    return @($value.Split(',') | Where-Object -FilterScript { $_ -ne '' })
}

function Get-CloudSyncSecondsLeft {
    <# Seconds until this run has to end. #>
    return [int][Math]::Floor($script:DeadlineSeconds - $script:Run.Clock.Elapsed.TotalSeconds)
}

function Wait-CloudSyncCondition {
    <# Asks again until the condition says true; false when Seconds, or the deadline of the run, have passed. #>
    param([Parameter(Mandatory = $true)][scriptblock]$Condition, [Parameter(Mandatory = $true)][int]$Seconds, [int]$IntervalSeconds = 5)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -ge $Seconds -or (Get-CloudSyncSecondsLeft) -le $IntervalSeconds) { return $false }
        Start-Sleep -Seconds $IntervalSeconds
    }
    return $true
}

function Get-CloudSyncFault {
    <# What may be said of a failure that somebody else threw: types, codes and place, never a message. Code: the first vendor code in the chain. #>
    param([Parameter(Mandatory = $true)][System.Management.Automation.ErrorRecord]$ErrorRecord)
    $types = @()
    $code = ''
    $exception = $ErrorRecord.Exception
    for ($depth = 0; $null -ne $exception -and $depth -lt 5; $depth++) {
        $types += '{0} (0x{1:x8})' -f $exception.GetType().FullName, $exception.HResult
        foreach ($name in @('NativeErrorCode', 'ErrorCode')) {
            $property = $exception.PSObject.Properties[$name]
            if ($code -eq '' -and $null -ne $property) { $code = [string]$property.Value }
        }
        $exception = $exception.InnerException
    }
    # A code is a word or a number of the vendor; anything longer is not printed.
    if ($code -notmatch '^-?[A-Za-z0-9.]{1,60}$') { $code = '' }
    $line = 0
    if ($null -ne $ErrorRecord.InvocationInfo) { $line = $ErrorRecord.InvocationInfo.ScriptLineNumber }
    $text = '{0}; code {1}; {2} in {3}, line {4}' -f ($types -join ' < '), $code, $ErrorRecord.CategoryInfo.Category, $ErrorRecord.CategoryInfo.Activity, $line
    return [pscustomobject]@{ Code = $code; Types = ($types -join ' '); Text = (Limit-CloudSyncText -Text $text -Length 900) }
}
#endregion

#region Product folder, markers, lock
function Get-CloudSyncFolder {
    <#
    Path of a folder of the product that only SYSTEM and Administrators can write (SystemOnly: only SYSTEM). Makes it when it is absent.
    Fails when somebody else made it: what lies in there could be planted.
    #>
    param([ValidateSet('markers', 'installer', 'diagnostics')][string]$Name, [switch]$SystemOnly)
    $path = Join-Path -Path $env:ProgramFiles -ChildPath 'CloudSyncOperator'
    if ($Name -ne '') { $path = Join-Path -Path (Get-CloudSyncFolder) -ChildPath $Name }
    # SDDL: full access (FA) for SYSTEM (SY) and Administrators (BA), inherited by all below, nothing inherited from above (P).
    $wanted = 'O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'
    $allowed = '^O:(BA|SY)(G:[^:]*)?D:P(AI)?(\(A;OICI;FA;;;(SY|BA)\)){1,2}$'
    if ($SystemOnly) {
        # 0x1200a9: read and execute. The owner may always change rights, so it is SYSTEM.
        $wanted = 'O:SYG:SYD:P(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BA)'
        $allowed = '^O:SY(G:[^:]*)?D:P(AI)?(\(A;OICI;(FA;;;SY|0x1200a9;;;BA)\)){1,2}$'
    }
    if (-not (Test-Path -LiteralPath $path)) { $null = New-Item -Path $path -ItemType Directory }
    $item = Get-Item -LiteralPath $path
    $isLink = ([int]$item.Attributes -band [int][System.IO.FileAttributes]::ReparsePoint) -ne 0
    $acl = Get-Acl -LiteralPath $path
    if ($isLink -or $acl.Sddl -notmatch $allowed) {
        # A run that died between creation and protection leaves an empty folder: only that one is put right.
        if ($isLink -or @(Get-ChildItem -LiteralPath $path).Count -gt 0) {
            Stop-CloudSyncStep -Class Person -Reason 'FolderNotTrusted' -Message "$path has other rights or another owner than the product gives it." -Fix 'Look who made it, then remove it.'
        }
        $acl.SetSecurityDescriptorSddlForm($wanted)
        Set-Acl -LiteralPath $path -AclObject $acl
        if ((Get-Acl -LiteralPath $path).Sddl -notmatch $allowed) {
            Stop-CloudSyncStep -Class Person -Reason 'FolderNotTrusted' -Message "$path did not take the product's rights." -Fix 'Check the host''s security policy.'
        }
    }
    return $path
}

function Get-CloudSyncMarkerPath {
    return Join-Path -Path (Get-CloudSyncFolder -Name markers) -ChildPath ($script:Run.OperationID + '.json')
}

function Read-CloudSyncState {
    <# The stored state of this operation. A file that cannot be read (power loss) counts as absent: the step probes before it changes. #>
    $path = Get-CloudSyncMarkerPath
    if (-not (Test-Path -LiteralPath $path)) { return }
    try {
        $stored = [System.IO.File]::ReadAllText($path) | ConvertFrom-Json
        $versions = @{}
        foreach ($property in $stored.secretVersions.PSObject.Properties) { $versions[$property.Name] = [string]$property.Value }
        $script:Run.State = @{
            line = [string]$stored.line; exitCode = [int]$stored.exitCode; reboots = [int]$stored.reboots
            changes = @($stored.changes | ForEach-Object -Process { [string]$_ }); secretVersions = $versions
        }
    } catch {
        Write-CloudSyncNote -Kind found -Text 'the marker of this operation cannot be read'
    }
}

function Save-CloudSyncState {
    <# Replaces the marker in one step, through to the disk, so that a result is never printed before it is stored. #>
    $path = Get-CloudSyncMarkerPath
    $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $script:Run.State -Compress -Depth 4))
    # A name of its own for each process: read-only steps take no lock.
    $new = '{0}.{1}.new' -f $path, $PID
    $stream = [System.IO.File]::Create($new)
    try {
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    } finally {
        $stream.Dispose()
    }
    if (Test-Path -LiteralPath $path) { [System.IO.File]::Replace($new, $path, [NullString]::Value) }
    else { [System.IO.File]::Move($new, $path) }
}

function Remove-CloudSyncOldMarker {
    <# Keeps the newest markers. Removes only files of the marker folder whose name is an operation id. #>
    $folder = Get-CloudSyncFolder -Name markers
    $markers = @(Get-ChildItem -LiteralPath $folder -File | Where-Object -FilterScript { $_.Name -match '^[a-z0-9]{8,64}\.json(\.[0-9]+\.new)?$' } | Sort-Object -Property LastWriteTimeUtc -Descending)
    foreach ($marker in @($markers | Select-Object -Skip $script:MarkersMax)) { Remove-Item -LiteralPath $marker.FullName -ErrorAction SilentlyContinue }
}

function Enter-CloudSyncMutex {
    <# Takes a machine-wide lock within Seconds; $null when it stays taken. A holder that died leaves it abandoned: it is ours then. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][int]$Seconds)
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, ('Global\CloudSyncOperator' + $Name)
    try {
        if ($mutex.WaitOne($Seconds * 1000)) { return $mutex }
    } catch [System.Threading.AbandonedMutexException] {
        return $mutex
    }
    $mutex.Dispose()
    return $null
}

function Exit-CloudSyncMutex {
    param([System.Threading.Mutex]$Mutex)
    if ($null -eq $Mutex) { return }
    $Mutex.ReleaseMutex()
    $Mutex.Dispose()
}

function Enter-CloudSyncLock {
    <#
    The SSM agent runs up to five commands at once. A parent that SSM kills leaves its child running (the agent kills one process), so a
    parent also waits until no child works, and a child holds a lock of its own.
    #>
    $name = ''
    $seconds = $script:LockWaitSeconds
    if ($script:Run.IsChild) { $name = 'Child'; $seconds = 30 }
    $script:Run.Lock = Enter-CloudSyncMutex -Name $name -Seconds $seconds
    $isFree = $null -ne $script:Run.Lock
    if ($isFree -and -not $script:Run.IsChild) {
        $child = Enter-CloudSyncMutex -Name 'Child' -Seconds $seconds
        $isFree = $null -ne $child
        Exit-CloudSyncMutex -Mutex $child
    }
    if (-not $isFree) {
        Stop-CloudSyncStep -Class Transient -Reason 'MachineBusy' -Message 'Another step still runs on this host.' -Fix 'Try again when it has ended.'
    }
}
#endregion

#region Secrets
function Clear-CloudSyncSecret {
    <# Ends the life of every secret of this run, and of the error records that may hold one. #>
    foreach ($secure in $script:Run.Secrets) { $secure.Dispose() }
    $script:Run.Secrets = @()
    $global:Error.Clear()
}
#endregion

#region The run
function ConvertTo-CloudSyncLine {
    <# One line of ASCII JSON: what is no printable ASCII becomes a JSON escape, so no console encoding can change it. #>
    param([Parameter(Mandatory = $true)][System.Collections.IDictionary]$Result)
    $json = ConvertTo-Json -InputObject $Result -Compress -Depth 6
    $line = New-Object -TypeName System.Text.StringBuilder
    foreach ($character in $json.ToCharArray()) {
        if ([int]$character -ge 32 -and [int]$character -le 126) { $null = $line.Append($character) }
        else { $null = $line.Append('\u' + ([int]$character).ToString('x4')) }
    }
    return $line.ToString()
}

function Get-CloudSyncFailedEnd {
    <# The Failed line of an error record. An error that no step foresaw becomes Transient, told by type and place alone. #>
    param([Parameter(Mandatory = $true)][System.Management.Automation.ErrorRecord]$ErrorRecord)
    $data = $ErrorRecord.Exception.Data
    if ($data.Contains('CloudSyncReboot')) { return @{ line = ''; exitCode = 3010 } }
    $known = $data['CloudSyncError']
    if ($null -eq $known) {
        $fault = Get-CloudSyncFault -ErrorRecord $ErrorRecord
        $known = @{ 'class' = 'Transient'; reason = 'UnexpectedError'; message = 'The step met an error that it does not know.'; fix = 'Read the evidence; tried again.'; evidence = $fault.Text }
    }
    $evidence = @(@($known.evidence) + @(Get-CloudSyncStory) | Where-Object -FilterScript { $_ -ne '' }) -join ' | '
    $problem = [ordered]@{
        'class' = $known.class; reason = $known.reason
        message = (Limit-CloudSyncText -Text $known.message -Length 300); fix = (Limit-CloudSyncText -Text $known.fix -Length 300)
    }
    if ($evidence -ne '') { $problem['evidence'] = Limit-CloudSyncText -Text $evidence -Length 1000 }
    $isChanged = -not $script:Run.IsReadOnly -and @($script:Run.State.changes).Count -gt 0
    $result = [ordered]@{ step = $script:Run.Step; operationID = $script:Run.OperationID; outcome = 'Failed'; changed = $isChanged; error = $problem }
    return @{ line = (ConvertTo-CloudSyncLine -Result $result); exitCode = 1 }
}

function Get-CloudSyncStory {
    <# What was found, done and left, a line each. #>
    return @($script:Run.Notes) + @($script:Run.State.changes | ForEach-Object -Process { 'did: ' + $_ })
}

function Invoke-CloudSyncBlock {
    <# The facts that a block of the step returns; whatever else it lets out is dropped. #>
    param([Parameter(Mandatory = $true)][scriptblock]$Block)
    $facts = $null
    foreach ($value in @(& $Block)) { if ($value -is [System.Collections.IDictionary]) { $facts = $value } }
    return $facts
}

function Invoke-CloudSyncWork {
    <# Probe, then change, then (when the change returned no facts) probe again. Always returns an end. #>
    param([Parameter(Mandatory = $true)][scriptblock]$Probe, [scriptblock]$Change)
    try {
        $facts = Invoke-CloudSyncBlock -Block $Probe
        if ($null -eq $facts -and $null -ne $Change -and -not $script:Run.IsReadOnly) {
            $facts = Invoke-CloudSyncBlock -Block $Change
            if ($null -eq $facts) { $facts = Invoke-CloudSyncBlock -Block $Probe }
        }
        if ($null -eq $facts) {
            Stop-CloudSyncStep -Class Transient -Reason 'NotConverged' -Message 'The wanted state does not hold after the change.' -Fix 'Read the evidence; tried again.'
        }
        $isChanged = -not $script:Run.IsReadOnly -and @($script:Run.State.changes).Count -gt 0
        $line = ConvertTo-CloudSyncLine -Result ([ordered]@{ step = $script:Run.Step; operationID = $script:Run.OperationID; outcome = 'Succeeded'; changed = $isChanged; facts = $facts })
        if ($line.Length -gt $script:LineLengthMax) {
            Stop-CloudSyncStep -Class Permanent -Reason 'ResultTooLong' -Message 'The facts do not fit into one line.' -Fix 'Report this; the step has to show less.'
        }
        return @{ line = $line; exitCode = 0 }
    } catch {
        return Get-CloudSyncFailedEnd -ErrorRecord $_
    }
}

function Initialize-CloudSyncRun {
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][bool]$IsReadOnly)
    $script:Run.Step = $Name
    $script:Run.IsReadOnly = $IsReadOnly
    if ($Name -eq 'Probe') { $script:LineLengthMax = $script:ProbeLineLengthMax }
    $operationID = Get-CloudSyncParameter -Name 'operationID'
    if ($operationID -cnotmatch $script:OperationPattern) {
        Stop-CloudSyncStep -Class Permanent -Reason 'InvalidParameters' -Message 'The operation id is malformed.' -Fix 'Send what contracts/host declares.'
    }
    $script:Run.OperationID = $operationID
    $script:Run.IsChild = $env:CLOUDSYNC_CHILD -ceq $operationID
}

function Invoke-CloudSyncStep {
    <#
    Runs a step and ends the process. Probe: returns the facts when the wanted state holds, else nothing; changes nothing. Change: makes it so
    and returns the facts, or nothing to have the probe asked again. ReadOnly: no lock, no change. InChildPowerShell: under RemoteSigned.
    #>
    param(
        [Parameter(Mandatory = $true)][ValidatePattern('^[A-Z][A-Za-z]{2,39}$')][string]$Name,
        [Parameter(Mandatory = $true)][scriptblock]$Probe,
        [scriptblock]$Change,
        [switch]$InChildPowerShell,
        [switch]$ReadOnly
    )
    $story = @()
    try {
        Initialize-CloudSyncRun -Name $Name -IsReadOnly $ReadOnly.IsPresent
        if (-not $ReadOnly) { Enter-CloudSyncLock }
        Read-CloudSyncState
        if ($script:Run.State.line -ne '') {
            $end = @{ line = $script:Run.State.line; exitCode = $script:Run.State.exitCode }
        } else {
            if ($InChildPowerShell -and -not $script:Run.IsChild) { $end = Invoke-CloudSyncChild }
            else { $end = Invoke-CloudSyncWork -Probe $Probe -Change $Change }
            $story = @(Get-CloudSyncStory)
            if (-not $script:Run.IsChild -and $end.exitCode -ne 3010) { $script:Run.State.line = $end.line; $script:Run.State.exitCode = $end.exitCode }
            # A restart keeps its counter, a result comes to the disk before it is printed.
            Save-CloudSyncState
            Remove-CloudSyncOldMarker
        }
    } catch {
        $end = Get-CloudSyncFailedEnd -ErrorRecord $_
    } finally {
        Clear-CloudSyncSecret
        Exit-CloudSyncMutex -Mutex $script:Run.Lock
    }
    if ($end.exitCode -ne 3010) {
        # The probe is read in lists that cut at about 2,500 characters: nothing stands above its line.
        if ($Name -ne 'Probe') { foreach ($text in $story) { [System.Console]::Out.WriteLine([regex]::Replace($text, '[^\x20-\x7e]', '?')) } }
        [System.Console]::Out.WriteLine($end.line)
    }
    exit $end.exitCode
}
#endregion
