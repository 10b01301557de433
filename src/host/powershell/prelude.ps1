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
$script:OperationPattern = '^[a-z0-9]{8,64}$'
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
    $exception.Data['CloudSyncError'] = @{ class = $Class; reason = $Reason; message = $Message; fix = $Fix; evidence = $Evidence }
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

#region Secrets and directory accounts
function Get-CloudSyncSecret {
    <#
    Reads {"username": "...", "password": "..."} (or "accessToken" in place of the password) with the instance role. Returns a PSCredential;
    without a user name, the token alone as SecureString. The version read first is pinned for this operation, restarts included.
    #>
    param([Parameter(Mandatory = $true)][string]$SecretARN)
    if ($null -eq (Get-Command -Name Get-SECSecretValue -ErrorAction SilentlyContinue)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AWSToolsMissing' -Message 'The host has no AWS Tools for PowerShell.' -Fix 'Use an image of AWS or install AWS.Tools.SecretsManager.'
    }
    $request = @{ SecretId = $SecretARN; Region = $SecretARN.Split(':')[3] }
    if ($script:Run.State.secretVersions.ContainsKey($SecretARN)) { $request['VersionId'] = $script:Run.State.secretVersions[$SecretARN] }
    try {
        $answer = Get-SECSecretValue @request
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        switch -Regex ($fault.Code) {
            '^ResourceNotFound' { Stop-CloudSyncStep -Class Permanent -Reason 'SecretNotFound' -Message "There is no secret $SecretARN." -Fix 'Name an existing secret.' -Evidence $fault.Text }
            '^(AccessDenied|DecryptionFailure)' { Stop-CloudSyncStep -Class Person -Reason 'SecretAccessDenied' -Message "The host's role may not read $SecretARN." -Fix 'Allow secretsmanager:GetSecretValue on it to the instance profile''s role.' -Evidence $fault.Text }
            default { Stop-CloudSyncStep -Class Transient -Reason 'SecretUnavailable' -Message "Secrets Manager did not give $SecretARN." -Fix 'Check the way to Secrets Manager; tried again.' -Evidence $fault.Text }
        }
    }
    if (-not $script:Run.State.secretVersions.ContainsKey($SecretARN)) {
        $script:Run.State.secretVersions[$SecretARN] = [string]$answer.VersionId
        Save-CloudSyncState
    }
    # A flat JSON object of texts. No cmdlet and no function sees the text: see the note on module logging above.
    $pattern = '^\s*\{\s*(?:"(?<key>[A-Za-z]{1,40})"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"\s*,?\s*)+\}\s*$'
    $match = [regex]::Match([string]$answer.SecretString, $pattern)
    $answer = $null
    $userName = ''
    $secure = $null
    for ($index = 0; $index -lt $match.Groups['key'].Captures.Count; $index++) {
        $key = $match.Groups['key'].Captures[$index].Value
        if ($key -cne 'username' -and $key -cne 'password' -and $key -cne 'accessToken') { continue }
        # The escapes of JSON are a part of those that Regex.Unescape knows.
        $text = [regex]::Unescape($match.Groups['value'].Captures[$index].Value)
        if ($key -ceq 'username') { $userName = $text; continue }
        $secure = New-Object -TypeName System.Security.SecureString
        foreach ($character in $text.ToCharArray()) { $secure.AppendChar($character) }
        $secure.MakeReadOnly()
        $script:Run.Secrets = @($script:Run.Secrets) + @($secure)
    }
    $text = $null
    $match = $null
    if ($null -eq $secure -or $secure.Length -eq 0) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message "$SecretARN holds no account or token." -Fix 'Store {"username": "...", "password": "..."} or {"username": "...", "accessToken": "..."}.'
    }
    if ($userName -eq '') { return $secure }
    return New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $userName, $secure
}

function Clear-CloudSyncSecret {
    <# Ends the life of every secret of this run, and of the error records that may hold one. #>
    foreach ($secure in $script:Run.Secrets) { $secure.Dispose() }
    $script:Run.Secrets = @()
    $global:Error.Clear()
}

function Get-CloudSyncDomainController {
    <# Host name of a writable controller of the domain that answers on LDAP. Ends the step when there is none. #>
    param([Parameter(Mandatory = $true)][string]$DomainName)
    $records = @(Resolve-DnsName -Name ('_ldap._tcp.dc._msdcs.' + $DomainName) -Type SRV -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Type -eq 'SRV' })
    if ($records.Count -eq 0) {
        Stop-CloudSyncStep -Class Transient -Reason 'DomainNotFound' -Message "$DomainName does not resolve." -Fix 'Check the host''s DNS.'
    }
    try {
        $found = Get-ADDomainController -Discover -DomainName $DomainName -Writable
        return [string]@($found.HostName)[0]
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "No controller of $DomainName answers." -Fix 'Check routes and security groups.' -Evidence $fault.Text
    }
}

function Assert-CloudSyncDirectoryAccount {
    <#
    Exactly one signed and sealed LDAP bind: a refused account ends the step as Credential, so a bad password counts once (agent-host 5.3).
    The code behind "data" in the server's words names the cause; user name and words are not printed.
    #>
    param(
        [Parameter(Mandatory = $true)][string]$Server,
        [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Credential
    )
    Add-Type -AssemblyName System.DirectoryServices.Protocols
    $connection = New-Object -TypeName System.DirectoryServices.Protocols.LdapConnection -ArgumentList $Server
    try {
        $connection.AuthType = 'Negotiate'
        $connection.AutoBind = $false
        $connection.SessionOptions.Signing = $true
        $connection.SessionOptions.Sealing = $true
        $connection.Bind($Credential.GetNetworkCredential())
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        # LDAP result 49: invalid credentials (RFC 4511, appendix A).
        if ($fault.Code -ne '49') {
            Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "$Server did not answer the bind." -Fix 'Check routes and security groups.' -Evidence $fault.Text
        }
        $words = $_.Exception.GetBaseException().PSObject.Properties['ServerErrorMessage']
        $cause = ''
        if ($null -ne $words) { $cause = [regex]::Match([string]$words.Value, 'data ([0-9a-f]{1,8})\b').Groups[1].Value }
        $reason = 'CredentialRefused'
        if ($cause -eq '775') { $reason = 'AccountLockedOut' }
        if ($cause -eq '533') { $reason = 'AccountDisabled' }
        if ($cause -eq '532' -or $cause -eq '773') { $reason = 'PasswordExpired' }
        Stop-CloudSyncStep -Class Credential -Reason $reason -Message "$Server refused the account." -Fix 'Correct the secret or the account; it is not tried again by itself.' -Evidence "LDAP 49, data $cause"
    } finally {
        $connection.Dispose()
    }
}
#endregion

#region The agent on this host (agent-host 4)
$script:AgentService = 'AADConnectProvisioningAgent'
$script:AgentKey = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Provisioning Agent'

function Get-CloudSyncAgentFile {
    <# Path of a file in the agent's install folder. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    return Join-Path -Path (Join-Path -Path $env:ProgramFiles -ChildPath 'Microsoft Azure AD Connect Provisioning Agent') -ChildPath $Name
}

function Get-CloudSyncFileVersion {
    <# Leading digits of a file's product version; empty when there is no such file. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return '' }
    return [regex]::Match([string](Get-Item -LiteralPath $Path).VersionInfo.ProductVersion, '^[0-9]+(\.[0-9]+){1,3}').Value
}

function Get-CloudSyncAgentVersion {
    <# Product version of the agent executable; empty when none is installed. #>
    return Get-CloudSyncFileVersion -Path (Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe')
}

function Get-CloudSyncRegistryValue {
    <# A registry value, $null when key or value is absent. #>
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][string]$Name)
    $item = Get-ItemProperty -LiteralPath $Path -Name $Name -ErrorAction SilentlyContinue
    if ($null -eq $item) { return $null }
    return $item.$Name
}

function Get-CloudSyncTenantID {
    <# The tenant that the agent is registered with, in lower case; empty: not registered. #>
    $value = ([string](Get-CloudSyncRegistryValue -Path $script:AgentKey -Name 'TenantID')).ToLowerInvariant()
    if ($value -match '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') { return $value }
    return ''
}

function Get-CloudSyncAgentCertificate {
    <# The agent's newest certificate for the tenant: LocalMachine\My, subject CN is the tenant id (observed, agent-host 4); $null: none. #>
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$TenantID)
    if ($TenantID -eq '') { return $null }
    $found = @(Get-ChildItem -LiteralPath 'Cert:\LocalMachine\My' | Where-Object -FilterScript { $_.Subject -match $TenantID } | Sort-Object -Property NotAfter -Descending)
    if ($found.Count -eq 0) { return $null }
    return $found[0]
}

function Format-CloudSyncTime {
    <# ISO 8601 in UTC, whatever the host's culture is. #>
    param([Parameter(Mandatory = $true)][datetime]$Time)
    return $Time.ToUniversalTime().ToString('yyyy-MM-dd\THH\:mm\:ss.fff\Z', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-CloudSyncServiceState {
    <# Running, Stopped, Paused, StartPending, StopPending or Missing. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    $service = Get-Service -Name $Name -ErrorAction SilentlyContinue
    if ($null -eq $service) { return 'Missing' }
    $state = [string]$service.Status
    if ($state -eq 'ContinuePending') { return 'StartPending' }
    if ($state -eq 'PausePending') { return 'Paused' }
    return $state
}

function Get-CloudSyncServiceAccount {
    <# Logon account of a service; empty when there is none. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='{0}'" -f $Name)
    if ($null -eq $service) { return '' }
    return [string]$service.StartName
}

function Restart-CloudSyncAgentService {
    <# Restarts the agent. Win32 error 1069: the logon right is missing (agent-host 6.5). #>
    try {
        Restart-Service -Name $script:AgentService
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if ($fault.Code -eq '1069') {
            Stop-CloudSyncStep -Class Person -Reason 'ServiceLogonDenied' -Message 'The service did not start (1069).' -Fix 'Allow logon as a service.' -Evidence $fault.Text
        }
        Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStarted' -Message 'The agent''s service did not restart.' -Fix 'Read the host''s System event log.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text 'restarted the agent service'
}

function Import-CloudSyncAgentModule {
    <# Loads the vendor's cmdlets (agent-host 5). Those that sign in or write run in a child: registration dislikes the policy Unrestricted. #>
    Import-Module -Name (Get-CloudSyncAgentFile -Name 'Microsoft.CloudSync.PowerShell.dll')
}

function Get-CloudSyncDomainRecord {
    <# Path of the file in which Configure keeps the domains that it added: used where the vendor's own list cannot be read. #>
    return Join-Path -Path (Get-CloudSyncFolder) -ChildPath 'configured-domains.json'
}

function Get-CloudSyncConfiguredDomain {
    <#
    DNS names that the agent is configured for. Get-AADCloudSyncDomains is named in release notes alone [unverified]: its output is taken as
    texts, or as objects with one of a few property names; anything else, and any error, falls back to Configure's record.
    #>
    if (-not (Test-Path -LiteralPath (Get-CloudSyncAgentFile -Name 'Microsoft.CloudSync.PowerShell.dll') -PathType Leaf)) { return @() }
    try {
        Import-CloudSyncAgentModule
        $items = @(Get-AADCloudSyncDomains)
        $names = @()
        foreach ($item in $items) {
            if ($item -is [string]) { $names += $item; continue }
            foreach ($property in @('DomainName', 'DnsName', 'Fqdn', 'Name')) {
                if ($null -ne $item.PSObject.Properties[$property]) { $names += [string]$item.$property; break }
            }
        }
        $isRead = $names.Count -eq $items.Count
    } catch {
        $isRead = $false
    }
    if (-not $isRead) {
        $record = Get-CloudSyncDomainRecord
        $names = @()
        # Windows PowerShell gives a JSON list as one object: a variable in between takes it apart.
        $stored = @()
        if (Test-Path -LiteralPath $record -PathType Leaf) { $stored = [System.IO.File]::ReadAllText($record) | ConvertFrom-Json }
        $names = @($stored)
    }
    return @($names | ForEach-Object -Process { ([string]$_).ToLowerInvariant() } | Where-Object -FilterScript { $_ -match '^[a-z0-9.-]{3,255}$' } | Sort-Object -Unique)
}
#endregion

#region The network
function Test-CloudSyncPort {
    <# Whether a TCP connection opens within Seconds. #>
    param([Parameter(Mandatory = $true)][string]$Address, [Parameter(Mandatory = $true)][int]$Port, [Parameter(Mandatory = $true)][int]$Seconds)
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    try {
        return [bool]($client.ConnectAsync($Address, $Port).Wait($Seconds * 1000) -and $client.Connected)
    } catch {
        return $false
    } finally {
        $client.Close()
    }
}

function Get-CloudSyncEntraHost {
    <# Names of Entra's sign-in and registration in a cloud (agent-host 8.1; *.microsoftonline.* is listed with a wildcard). China: no list was found. #>
    param([Parameter(Mandatory = $true)][ValidateSet('Public', 'USGovernment', 'USGovernmentDoD', 'China')][string]$Cloud)
    if ($Cloud -eq 'Public') { return @('login.windows.net', 'login.microsoftonline.com') }
    if ($Cloud -eq 'China') { return @() }
    return @('login.windows.us', 'login.microsoftonline.us')
}

function Test-CloudSyncEntra {
    <# Whether every host answers: TCP 443 directly, else HTTPS through the proxy. An answer of Entra counts whatever its status; one of the proxy does not. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$HostNames, [AllowEmptyString()][string]$ProxyURL)
    foreach ($name in $HostNames) {
        if ($ProxyURL -eq '') {
            if (-not (Test-CloudSyncPort -Address $name -Port 443 -Seconds 5)) { return $false }
            continue
        }
        try {
            $null = Invoke-WebRequest -Uri ('https://' + $name + '/') -Proxy $ProxyURL -UseBasicParsing -TimeoutSec 15
        } catch {
            $response = $_.Exception.PSObject.Properties['Response']
            if ($null -eq $response -or $null -eq $response.Value -or [int]$response.Value.StatusCode -in @(407, 502, 503, 504)) { return $false }
        }
    }
    return $true
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
        $known = @{ class = 'Transient'; reason = 'UnexpectedError'; message = 'The step met an error that it does not know.'; fix = 'Read the evidence; tried again.'; evidence = $fault.Text }
    }
    $evidence = @(@($known.evidence) + @(Get-CloudSyncStory) | Where-Object -FilterScript { $_ -ne '' }) -join ' | '
    $problem = [ordered]@{
        class = $known.class; reason = $known.reason
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

function Invoke-CloudSyncChild {
    <#
    Starts this script again under RemoteSigned and takes the child's line. The command line holds the script's path only; standard error is
    read and dropped. PowerShell inherits the process scope policy of its parent unless -ExecutionPolicy says otherwise.
    #>
    if ([string]::IsNullOrEmpty($PSCommandPath) -or -not (Test-Path -LiteralPath $PSCommandPath -PathType Leaf)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'ScriptPathUnknown' -Message 'The SSM agent did not start the script from a file.' -Fix 'Report the SSM agent''s version.'
    }
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = (Get-Process -Id $PID).Path
    $start.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "{0}"' -f $PSCommandPath
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.EnvironmentVariables['CLOUDSYNC_CHILD'] = $script:Run.OperationID
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $null = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit([Math]::Max(1, (Get-CloudSyncSecondsLeft)) * 1000)) {
            $process.Kill()
            Stop-CloudSyncStep -Class Transient -Reason 'DeadlineExceeded' -Message 'The step did not end in time and was ended.' -Fix 'Read the host''s event log; tried again.'
        }
        if (-not $output.Wait(10000)) { Stop-CloudSyncStep -Class Transient -Reason 'ChildFailed' -Message 'The child keeps its output open.' -Fix 'Read the host''s event log; tried again.' }
        $exitCode = $process.ExitCode
    } finally {
        $process.Dispose()
    }
    Read-CloudSyncState
    if ($exitCode -eq 3010) { return @{ line = ''; exitCode = 3010 } }
    $lines = @($output.Result.Split("`n") | ForEach-Object -Process { $_.Trim() } | Where-Object -FilterScript { $_ -ne '' })
    $marks = '"step":"{0}","operationID":"{1}"' -f $script:Run.Step, $script:Run.OperationID
    if ($exitCode -notin @(0, 1) -or $lines.Count -eq 0 -or -not $lines[-1].Contains($marks) -or $lines[-1].Length -gt $script:LineLengthMax) {
        Stop-CloudSyncStep -Class Transient -Reason 'ChildFailed' -Message 'The child PowerShell ended without a result.' -Fix 'Read the host''s event log; tried again.' -Evidence "exit code $exitCode"
    }
    $script:Run.Notes = @($lines | Where-Object -FilterScript { $_ -cmatch '^(found|left): ' } | Select-Object -First $script:NotesMax)
    return @{ line = $lines[-1]; exitCode = $exitCode }
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
