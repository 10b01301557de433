<#
.SYNOPSIS
Stand-ins of Windows: services, registry, CIM, files with versions, certificates, network, joins. See common.psm1 for what has been run: nothing.
.DESCRIPTION
Each function is `Use-` and the cmdlet's name without its dash; it gets the bound parameters and the state, may change the state, and returns what the cmdlet
returns. What is neither registry, certificate nor a file of the agent goes to the real cmdlet. Reads, changes: the state. Sources: docs/host-steps.md.
#>
Set-StrictMode -Version 3.0
Add-Type -AssemblyName 'System.IO.Compression.FileSystem'

function Test-Registry {
    param([string]$Path)
    return $Path -match '^HKLM:'
}
function Test-AgentFile {
    param([string]$Path)
    return $Path -match 'Microsoft Azure AD Connect Provisioning Agent[\\/](AADConnectProvisioningAgent\.exe|Microsoft\.CloudSync\.PowerShell\.dll)$'
}

function Test-PassThroughFile {
    param([string]$Path)
    return $Path -match 'Microsoft Azure AD Connect Authentication Agent[\\/]AzureADConnectAuthenticationAgentService\.exe$'
}

function Get-NewService {
    <# A service as its setup leaves it. #>
    param([string]$Account, [string]$DisplayName)
    return @{ state = 'Running'; startType = 'Automatic'; account = $Account; displayName = $DisplayName; startedAt = [datetime]::UtcNow.ToString('o') }
}

# Of the services' processes: no machine has such.
$script:ProcessIDs = @{ AADConnectProvisioningAgent = 2000000001; AzureADConnectAuthenticationAgent = 2000000002; AzureADConnectAgentUpdater = 2000000003; VaultSvc = 2000000004 }

function Use-TestPath {
    param($Bound, $State)
    $path = [string]$Bound['LiteralPath']
    if ($path -match 'Provisioning Agent[\\/]Utility[\\/]AADCloudSyncTools$') { return $null -ne $State.agentVersion }
    if (Test-Registry -Path $path) { return $State.registry.ContainsKey($path) }
    if (Test-AgentFile -Path $path) { return $null -ne $State.agentVersion }
    if (Test-PassThroughFile -Path $path) { return $null -ne $State.passThroughVersion }
    if ($path -match 'NetSetup\.LOG$') { return [string]$State.netSetupLog -ne '' }
    return Microsoft.PowerShell.Management\Test-Path @Bound
}

function Use-GetItem {
    param($Bound, $State)
    $path = [string]$Bound['LiteralPath']
    if (Test-AgentFile -Path $path) { return [pscustomobject]@{ Attributes = 0; VersionInfo = [pscustomobject]@{ ProductVersion = [string]$State.agentVersion; ProductName = 'agent' } } }
    if (Test-PassThroughFile -Path $path) { return [pscustomobject]@{ Attributes = 0; VersionInfo = [pscustomobject]@{ ProductVersion = [string]$State.passThroughVersion; ProductName = 'agent' } } }
    if ($path -match 'diagnostics\.zip$' -and $State.trouble -eq 'ailmentArchiveHuge') { return [pscustomobject]@{ Length = [long]104857601 } }
    if ($path -match '[0-9a-f]{64}\.exe$') { return [pscustomobject]@{ Attributes = 0; VersionInfo = [pscustomobject]@{ ProductVersion = [string]$State.installer.version; ProductName = [string]$State.installer.productName } } }
    return Microsoft.PowerShell.Management\Get-Item @Bound
}

function Use-GetContent {
    param($Bound, $State)
    if ([string]$Bound['LiteralPath'] -match 'NetSetup\.LOG$') { return [string]$State.netSetupLog }
    return Microsoft.PowerShell.Management\Get-Content @Bound
}

function Use-GetChildItem {
    param($Bound, $State)
    if ([string]$Bound['LiteralPath'] -notmatch '^Cert:') { return Microsoft.PowerShell.Management\Get-ChildItem @Bound }
    foreach ($tenant in @($State.tenantID, $State.passThroughTenantID)) {
        if ($null -ne $tenant) { [pscustomobject]@{ Issuer = 'CN=HISConnectorRegistrationCA.his.msappproxy.net'; Subject = "CN=$tenant"; NotAfter = [datetime]::UtcNow.AddDays(120) } }
    }
}

function Get-WinHttpSetting {
    <# The bytes of WinHttpSettings: flags at byte 8 (1: direct, 3: a proxy is named), its length at 12, then its name. [unverified] as in the script. #>
    param([string]$Address)
    $name = [System.Text.Encoding]::ASCII.GetBytes($Address)
    $flags = $(if ($name.Length -eq 0) { 1 } else { 3 })
    $numbers = @(foreach ($number in @(40, 0, $flags, $name.Length)) { [System.BitConverter]::GetBytes([int]$number) })
    return [byte[]]@($numbers + $name)
}

function Use-GetItemProperty {
    param($Bound, $State)
    if ([string]$Bound['Name'] -eq 'WinHttpSettings') { return [pscustomobject]@{ WinHttpSettings = [byte[]]@(Get-WinHttpSetting -Address $State.winHTTPProxy) } }
    $key = $State.registry[[string]$Bound['LiteralPath']]
    $name = [string]$Bound['Name']
    if ($null -eq $key -or -not $key.ContainsKey($name)) { return }
    return [pscustomobject]@{ $name = $key[$name] }
}

function Use-NewItemProperty {
    param($Bound, $State)
    $State.registry[[string]$Bound['LiteralPath']][[string]$Bound['Name']] = $Bound['Value']
}

function Use-NewItem {
    param($Bound, $State)
    $path = [string]$Bound['Path']
    if (Test-Registry -Path $path) { $State.registry[$path] = @{}; return }
    return Microsoft.PowerShell.Management\New-Item @Bound
}

function Use-GetAcl {
    param($Bound, $State)
    $path = [string]$Bound['LiteralPath']
    $sddl = 'O:BAG:SYD:AI(A;ID;FA;;;SY)'
    if ($State.acls.ContainsKey($path)) { $sddl = [string]$State.acls[$path] }
    $acl = [pscustomobject]@{ Sddl = $sddl }
    $acl | Add-Member -MemberType ScriptMethod -Name 'SetSecurityDescriptorSddlForm' -Value { param($Text) $this.Sddl = $Text }
    return $acl
}

function Use-SetAcl {
    param($Bound, $State)
    $State.acls[[string]$Bound['LiteralPath']] = [string]$Bound['AclObject'].Sddl
}

function Use-GetService {
    param($Bound, $State)
    foreach ($name in @($State.services.Keys)) {
        $service = $State.services[$name]
        $isWanted = $(if ($Bound.Contains('DisplayName')) { $service.displayName -like [string]$Bound['DisplayName'] } else { $name -eq [string]$Bound['Name'] })
        if ($isWanted) { [pscustomobject]@{ Name = $name; Status = $service.state; StartType = $service.startType } }
    }
}

function Use-StopService {
    param($Bound, $State)
    # Asked, and it goes on.
    if ($State.trouble -eq 'ailmentServiceHangs') { return }
    $State.services[[string]$Bound['Name']].state = 'Stopped'
}

function Use-RestartService {
    param($Bound, $State)
    $service = $State.services[[string]$Bound['Name']]
    # A restart stops the service first; what throws afterwards leaves it so.
    $service.state = 'Stopped'
    Write-StandInState -State $State
    if ($State.trouble -eq 'ailmentServiceDoesNotStart') { throw [System.InvalidOperationException]::new('stand-in: the service does not start') }
    $isDenied = $State.trouble -in @('gmsaLogonDenied', 'serviceAccountLostLogonPolicy', 'takenOver')
    $isAccountLost = $service.account.EndsWith('$') -and -not (Test-StandInAccount -Name $service.account.Substring($service.account.LastIndexOf('\') + 1) -State $State)
    if ($service.account.EndsWith('$') -and ($isDenied -or $isAccountLost)) { throw [System.ComponentModel.Win32Exception]::new(1069) }
    $service.state = 'Running'
    $service.startedAt = [datetime]::UtcNow.ToString('o')
}

function Use-GetProcess {
    param($Bound, $State)
    foreach ($name in @($State.services.Keys)) {
        if ([string]$Bound['Id'] -ne [string]$script:ProcessIDs[$name]) { continue }
        return [pscustomobject]@{ Id = $script:ProcessIDs[$name]; StartTime = ([datetime]$State.services[$name].startedAt).ToLocalTime() }
    }
    # The PowerShell that runs the step.
    return Microsoft.PowerShell.Management\Get-Process @Bound
}

function Use-GetCimInstance {
    param($Bound, $State)
    if ([string]$Bound['ClassName'] -eq 'Win32_ComputerSystem') {
        return [pscustomobject]@{ PartOfDomain = ($null -ne $State.domain); Domain = $(if ($null -eq $State.domain) { 'WORKGROUP' } else { $State.domain }); TotalPhysicalMemory = 8589934592 }
    }
    $filter = [regex]::Match([string]$Bound['Filter'], "^(Name=|DisplayName LIKE )'([^']+)'$")
    $wanted = $filter.Groups[2].Value.Replace('%', '*')
    foreach ($name in @($State.services.Keys)) {
        $service = $State.services[$name]
        $own = $(if ($filter.Groups[1].Value -eq 'Name=') { $name } else { $service.displayName })
        if ($own -like $wanted) { Get-ServiceInstance -Name $name -Service $service }
    }
}

function Get-ServiceInstance {
    <# A service as WMI shows it: Auto where the service says Automatic, no process for one that is stopped. #>
    param([string]$Name, $Service)
    return [pscustomobject]@{
        Name = $Name; DisplayName = $Service.displayName; StartName = $Service.account; State = $Service.state
        StartMode = $(if ($Service.startType -eq 'Automatic') { 'Auto' } else { $Service.startType })
        ProcessId = $(if ($Service.state -eq 'Running') { $script:ProcessIDs[$Name] } else { 0 })
        # Of the updater alone the folder matters: its configuration file stands beside it (test/host/powershell/disk.ts).
        PathName = $(if ($Name -eq 'AzureADConnectAgentUpdater') { '"{0}\Microsoft Azure AD Connect Agent Updater\AzureADConnectAgentUpdater.exe"' -f $env:ProgramFiles } else { "C:\Services\$Name.exe" })
    }
}

function Use-ResolveDnsName {
    param($Bound, $State)
    $name = [string]$Bound['Name']
    if ($name -eq "_ldap._tcp.dc._msdcs.$($State.directory.dnsName)") { return [pscustomobject]@{ Type = 'SRV'; NameTarget = "dc1.$($State.directory.dnsName)" } }
    if ($name -eq "dc1.$($State.directory.dnsName)") { return [pscustomobject]@{ Type = 'A'; IPAddress = '10.0.1.10' } }
}

function Use-TestComputerSecureChannel {
    param($Bound, $State)
    return $null -ne $State.domain -and $State.trouble -notin @('controllersDown', 'takenOver')
}

function Use-AddComputer {
    param($Bound, $State)
    if ($null -ne $State.domain -or $null -ne $State.pending) { throw [System.InvalidOperationException]::new('stand-in: joined already') }
    $name = $(if ($Bound.Contains('NewName')) { [string]$Bound['NewName'] } else { [string]$State.computerName })
    $codes = @{ joinAccountQuota = '0x216d'; computerTaken = '0xaac' }
    if ($codes.ContainsKey([string]$State.trouble)) {
        # The log stays in the state: nothing is written into Windows' folder of the machine that runs the proof.
        $State.netSetupLog = "NetpDoDomainJoin: status: $($codes[[string]$State.trouble])"
        Write-StandInState -State $State
        throw [System.InvalidOperationException]::new('stand-in: the join failed')
    }
    $State.directory.computers[$name] = @{
        organizationalUnit = [string]$Bound['OUPath']; creator = $Bound['Credential'].UserName; guid = '5d000000-0000-4000-8000-0000000000a1'
        createdAt = [datetime]::UtcNow.ToString('o'); lastLogonAt = $null; hasChildren = $false
    }
    $State.pending = @{ computerName = $name; domain = [string]$Bound['DomainName'] }
    # Windows tells the new membership at once, the name in force only after the restart.
    $State.domain = [string]$Bound['DomainName']
    $State.registry['HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName']['ComputerName'] = $name
}

function Use-InstallWindowsFeature {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentFeatureFails') { return [pscustomobject]@{ Success = $false; RestartNeeded = 'No'; ExitCode = 'Failed' } }
    $State.hasDirectoryModule = $true; return [pscustomobject]@{ Success = $true; RestartNeeded = 'No'; ExitCode = 'Success' }
}
function Use-GetModule {
    param($Bound, $State)
    if ($State.hasDirectoryModule) { return [pscustomobject]@{ Name = [string]$Bound['Name'] } }
}
function Use-ImportModule {
    param($Bound, $State)
    if ($null -eq $State.agentVersion) { throw [System.IO.FileNotFoundException]::new('stand-in: no such module') }
}
function Use-GetCommand {
    param($Bound, $State)
    $name = [string]@($Bound['Name'])[0]
    if ($State.trouble -eq 'ailmentAwsToolsMissing' -and $name -match '^(Get-SEC|Read-S3|Write-S3|Get-S3)') { return }
    # An older build: its cmdlet has the documented parameter alone.
    if ($State.trouble -eq 'ailmentTokenlessAgent' -and $name -eq 'Connect-AADCloudSyncAzureAD') { return [pscustomobject]@{ Name = $name; Parameters = @{ Credential = $true } } }
    return Microsoft.PowerShell.Core\Get-Command @Bound
}
function Use-GetExecutionPolicy {
    param($Bound, $State)
    return 'RemoteSigned'
}
function Use-InvokeWebRequest {
    param($Bound, $State)
    if ($State.trouble -eq 'entraUnreachable') { throw [System.Net.WebException]::new('stand-in: no answer') }
}

function Use-GetFileHash {
    param($Bound, $State)
    # A setup of the stand-ins holds its own hash; what the step made itself is what it is.
    $path = [string]$Bound['LiteralPath']
    if ($path -match '\.exe$') { return [pscustomobject]@{ Hash = [System.IO.File]::ReadAllText($path) } }
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.IO.File]::ReadAllBytes($path))
    return [pscustomobject]@{ Hash = [System.BitConverter]::ToString($hash).Replace('-', '') }
}

function Use-GetAuthenticodeSignature {
    param($Bound, $State)
    $certificate = [pscustomobject]@{ Name = [string]$State.installer.signer }
    $certificate | Add-Member -MemberType ScriptMethod -Name 'GetNameInfo' -Value { return $this.Name }
    return [pscustomobject]@{ Status = $(if ($State.trouble -eq 'installerBadSignature') { 'HashMismatch' } else { 'Valid' }); SignerCertificate = $certificate }
}

function Use-StartProcess {
    param($Bound, $State)
    $code = 0
    if ($State.trouble -eq 'installerBusy') { $code = 1618; $State.trouble = '' }
    elseif (@($Bound['ArgumentList']) -contains 'REGISTERCONNECTOR="false"') {
        $State.passThroughVersion = [string]$State.installer.version
        $State.services['AzureADConnectAuthenticationAgent'] = Get-NewService -Account 'NT AUTHORITY\NETWORK SERVICE' -DisplayName 'Microsoft Azure AD Connect Authentication Agent'
    } else {
        $State.agentVersion = [string]$State.installer.version
        $State.services['AADConnectProvisioningAgent'] = Get-NewService -Account 'NT SERVICE\AADConnectProvisioningAgent' -DisplayName 'Microsoft Entra Provisioning Agent'
    }
    # Both agents share the updater (agent-host 2).
    if ($code -eq 0) { $State.services['AzureADConnectAgentUpdater'] = Get-NewService -Account 'LocalSystem' -DisplayName 'Microsoft Entra Connect Agent Updater' }
    $process = [pscustomobject]@{ Handle = 1; ExitCode = $code }
    $process | Add-Member -MemberType ScriptMethod -Name 'WaitForExit' -Value { return $true }
    return $process
}

function Use-GetWinEvent {
    param($Bound, $State)
    # A channel of an agent that is not there does not exist, which the script takes for no events.
    if ([string]$Bound['LogName'] -notmatch 'ProvisioningAgent/Admin$' -or $null -eq $State.agentVersion) { return }
    return [pscustomobject]@{ TimeCreated = [datetime]::UtcNow; Id = 1; LevelDisplayName = 'Information'; Message = 'stand-in' }
}

function Use-ExportAADCloudSyncToolsLogs {
    param($Bound, $State)
    $traces = [System.IO.Path]::Combine($env:ProgramData, 'Microsoft', 'Azure AD Connect Provisioning Agent', 'Trace')
    $archive = [System.IO.Path]::Combine([string]$Bound['OutputPath'], 'AADCloudSyncToolsLogs.zip')
    [System.IO.Compression.ZipFile]::CreateFromDirectory($traces, $archive)
}

# The real ones are functions, and would meet the stand-ins of what they call themselves.
function Use-CompressArchive {
    param($Bound, $State)
    [System.IO.Compression.ZipFile]::CreateFromDirectory([System.IO.Path]::GetDirectoryName([string]$Bound['Path']), [string]$Bound['DestinationPath'])
}

function Use-ExpandArchive {
    param($Bound, $State)
    [System.IO.Compression.ZipFile]::ExtractToDirectory([string]$Bound['LiteralPath'], [string]$Bound['DestinationPath'])
}

Export-ModuleMember -Function 'Use-*'
