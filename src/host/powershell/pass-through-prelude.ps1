<#
.SYNOPSIS
Shared by the steps that know both agents: names of the Pass-through Authentication agent beside those of the provisioning agent. Follows prelude.ps1.
.DESCRIPTION
Reads: files, registry and services of the two agents. Changes: nothing.
[unverified]: the registry key of the Pass-through Authentication agent and its value TenantID (AADInternals writes both; no vendor page names them).
Sources: agent-host 14 (folder, service, process), 4 (the provisioning agent).
#>
$script:PassThroughService = 'AzureADConnectAuthenticationAgent'
$script:PassThroughKey = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Authentication Agent'

function Get-CloudSyncPassThroughFile {
    <# Path of a file in the install folder of the Pass-through Authentication agent. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    return Join-Path -Path (Join-Path -Path $env:ProgramFiles -ChildPath 'Microsoft Azure AD Connect Authentication Agent') -ChildPath $Name
}

function Get-CloudSyncPassThroughVersion {
    <# Product version of its executable; empty when it is not installed. #>
    return Get-CloudSyncFileVersion -Path (Get-CloudSyncPassThroughFile -Name 'AzureADConnectAuthenticationAgentService.exe')
}

function Get-CloudSyncPassThroughTenantID {
    <# The tenant that it is registered with, in lower case; empty: not registered. #>
    $value = ([string](Get-CloudSyncRegistryValue -Path $script:PassThroughKey -Name 'TenantID')).ToLowerInvariant()
    if ($value -match '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') { return $value }
    return ''
}
