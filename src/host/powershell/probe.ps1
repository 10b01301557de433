<#
.SYNOPSIS
Probe: what the host sees of itself. Changes nothing and judges nothing.
.DESCRIPTION
Reads: computer and domain membership, secure channel, services, agent version, registration, certificate, configured domains, controllers,
the way to Entra, pending restarts. Changes: nothing. Below 2,400 characters: the operator reads it in lists that cut at about 2,500.
A fact that cannot be read is null where the contract knows null: unknown is not unhealthy (S5). Source: agent-host 9.
#>
$script:DomainCharactersMax = 700

function Get-GMSAUsability {
    <# true, false; $null when the account is no gMSA or the question could not be asked (agent-host 6.1, 9). #>
    param([AllowEmptyString()][string]$Account)
    if (-not $Account.EndsWith('$')) { return $null }
    try {
        return [bool](Test-ADServiceAccount -Identity $Account.Substring($Account.LastIndexOf('\') + 1))
    } catch {
        return $null
    }
}

Invoke-CloudSyncStep -Name 'Probe' -ReadOnly -Probe {
    $configured = @()
    $characters = 0
    foreach ($name in @(Get-CloudSyncConfiguredDomain)) {
        $characters += $name.Length
        if ($characters -le $script:DomainCharactersMax -and $configured.Count -lt 20) { $configured += $name }
    }
    $facts = Get-CloudSyncHostFact -Version (Get-CloudSyncAgentVersion) -Service $script:AgentService -TenantID (Get-CloudSyncTenantID) -ProxyFile (Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config')
    $facts['isGMSAUsable'] = Get-GMSAUsability -Account ([string]$facts['serviceAccount'])
    $facts['configuredDomains'] = [string[]]$configured
    return $facts
}
