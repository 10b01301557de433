<#
.SYNOPSIS
PassThroughProbe: what a host of the Pass-through Authentication agent sees of itself. Changes nothing and judges nothing.
.DESCRIPTION
Reads: computer and domain membership, secure channel, services, agent version, registration, certificate, controllers, the way to Entra, pending
restarts. Changes: nothing; what is left is as it was found. A fact that cannot be read is null where the contract knows null (S5).
Sources: agent-host 9 (checks), 14 (service, account).
#>
Invoke-CloudSyncStep -Name 'PassThroughProbe' -ReadOnly -Probe {
    Get-CloudSyncHostFact -Version (Get-CloudSyncPassThroughVersion) -Service $script:PassThroughService -TenantID (Get-CloudSyncPassThroughTenantID) -ProxyFile (Get-CloudSyncPassThroughFile -Name 'AzureADConnectAuthenticationAgentService.exe.config')
}
