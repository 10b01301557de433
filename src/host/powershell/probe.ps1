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
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $domain = $null
    $isTrusted = $false
    $unreachable = @()
    if ($system.PartOfDomain) {
        $domain = ([string]$system.Domain).ToLowerInvariant()
        try { $isTrusted = [bool](Test-ComputerSecureChannel) } catch { $isTrusted = $false }
        $unreachable = @(Get-CloudSyncUnreachableController -DomainName $domain)
    }
    $version = Get-CloudSyncAgentVersion
    $account = ''
    if ((Get-CloudSyncServiceState -Name $script:AgentService) -ne 'Missing') { $account = Get-CloudSyncServiceAccount -Name $script:AgentService }
    $updater = @(Get-Service -DisplayName '*Agent Updater*' -ErrorAction SilentlyContinue)
    $updaterState = 'Missing'
    if ($updater.Count -gt 0) { $updaterState = Get-CloudSyncServiceState -Name $updater[0].Name }
    $tenantID = Get-CloudSyncTenantID
    $certificate = Get-CloudSyncAgentCertificate -TenantID $tenantID
    $end = $null
    if ($null -ne $certificate) { $end = Format-CloudSyncTime -Time $certificate.NotAfter }
    $proxyURL = Get-CloudSyncFileProxy -Path (Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config')
    $configured = @()
    $characters = 0
    foreach ($name in @(Get-CloudSyncConfiguredDomain)) {
        $characters += $name.Length
        if ($characters -le $script:DomainCharactersMax -and $configured.Count -lt 20) { $configured += $name }
    }
    return [ordered]@{
        computerName = [string]$env:COMPUTERNAME
        domain = $domain
        isDomainTrusted = $isTrusted
        agentVersion = $(if ($version -ne '') { $version } else { $null })
        agentService = Get-CloudSyncServiceState -Name $script:AgentService
        updaterService = $updaterState
        serviceAccount = $(if ($account -ne '') { Limit-CloudSyncText -Text $account -Length 64 } else { $null })
        isGMSAUsable = Get-GMSAUsability -Account $account
        tenantID = $(if ($tenantID -ne '') { $tenantID } else { $null })
        certificateNotAfter = $end
        configuredDomains = [string[]]$configured
        unreachableDomainControllers = [string[]]@($unreachable | Select-Object -First $script:ControllersMax)
        isEntraReachable = Test-CloudSyncEntra -HostNames @(Get-CloudSyncEntraHost -Cloud (Get-CloudSyncCertificateCloud -Certificate $certificate)) -ProxyURL $proxyURL
        pendingReboot = [bool](Test-CloudSyncPendingReboot)
    }
}
