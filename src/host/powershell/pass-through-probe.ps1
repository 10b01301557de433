<#
.SYNOPSIS
PassThroughProbe: what a host of the Pass-through Authentication agent sees of itself. Changes nothing and judges nothing.
.DESCRIPTION
Reads: computer and domain membership, secure channel, services, agent version, registration, certificate, controllers, the way to Entra, pending
restarts. Changes: nothing; what is left is as it was found. A fact that cannot be read is null where the contract knows null (S5).
Sources: agent-host 9 (checks), 14 (service, account).
#>
Invoke-CloudSyncStep -Name 'PassThroughProbe' -ReadOnly -Probe {
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $domain = $null
    $isTrusted = $false
    $unreachable = @()
    if ($system.PartOfDomain) {
        $domain = ([string]$system.Domain).ToLowerInvariant()
        try { $isTrusted = [bool](Test-ComputerSecureChannel) } catch { $isTrusted = $false }
        $unreachable = @(Get-CloudSyncUnreachableController -DomainName $domain)
    }
    $version = Get-CloudSyncPassThroughVersion
    $account = ''
    if ((Get-CloudSyncServiceState -Name $script:PassThroughService) -ne 'Missing') { $account = Get-CloudSyncServiceAccount -Name $script:PassThroughService }
    $updater = @(Get-Service -DisplayName '*Agent Updater*' -ErrorAction SilentlyContinue)
    $updaterState = 'Missing'
    if ($updater.Count -gt 0) { $updaterState = Get-CloudSyncServiceState -Name $updater[0].Name }
    $tenantID = Get-CloudSyncPassThroughTenantID
    $certificate = Get-CloudSyncAgentCertificate -TenantID $tenantID
    $end = $null
    if ($null -ne $certificate) { $end = Format-CloudSyncTime -Time $certificate.NotAfter }
    $proxyURL = Get-CloudSyncFileProxy -Path (Get-CloudSyncPassThroughFile -Name 'AzureADConnectAuthenticationAgentService.exe.config')
    return [ordered]@{
        computerName = [string]$env:COMPUTERNAME
        domain = $domain
        isDomainTrusted = $isTrusted
        agentVersion = $(if ($version -ne '') { $version } else { $null })
        agentService = Get-CloudSyncServiceState -Name $script:PassThroughService
        updaterService = $updaterState
        serviceAccount = $(if ($account -ne '') { Limit-CloudSyncText -Text $account -Length 64 } else { $null })
        tenantID = $(if ($tenantID -ne '') { $tenantID } else { $null })
        certificateNotAfter = $end
        unreachableDomainControllers = [string[]]@($unreachable | Select-Object -First $script:ControllersMax)
        isEntraReachable = Test-CloudSyncEntra -HostNames @(Get-CloudSyncEntraHost -Cloud (Get-CloudSyncCertificateCloud -Certificate $certificate)) -ProxyURL $proxyURL
        pendingReboot = [bool](Test-CloudSyncPendingReboot)
    }
}
