<#
.SYNOPSIS
The provisioning agent on this host: files, service, registration, domains.
.DESCRIPTION
Reads: the agent's files, registry key, certificate, service, domains. Changes: nothing, but for the restart of its service.
Sources: agent-host 4 (files, service, registry, certificate), 5 (module), 6.5 (error 1069).
#>
$script:AgentService = 'AADConnectProvisioningAgent'
$script:AgentKey = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Provisioning Agent'

function Get-CloudSyncAgentFile {
    <# Path of a file in the agent's install folder. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    return Join-Path -Path (Join-Path -Path $env:ProgramFiles -ChildPath 'Microsoft Azure AD Connect Provisioning Agent') -ChildPath $Name
}

function Get-CloudSyncAgentVersion {
    <# Product version of the agent executable; empty when none is installed. #>
    return Get-CloudSyncFileVersion -Path (Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe')
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
