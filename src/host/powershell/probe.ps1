<#
.SYNOPSIS
Probe: what the host sees of itself. Changes nothing and judges nothing.
.DESCRIPTION
Reads: computer and domain membership, secure channel, services, agent version, registration, certificate, configured domains, controllers,
the way to Entra, pending restarts. Changes: nothing. Below 2,400 characters: the operator reads it in lists that cut at about 2,500.
A fact that cannot be read is null where the contract knows null: unknown is not unhealthy (S5). Source: agent-host 9.
#>
$script:PortSeconds = 2
$script:ControllersMax = 16
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

function Get-UnreachableController {
    <#
    Addresses of controllers that do not answer on TCP 389. TCP 3268 belongs to global catalogs: a controller without one is not unreachable,
    so 3268 counts only when no controller answers on it [inferred].
    #>
    param([Parameter(Mandatory = $true)][string]$DomainName)
    $names = @(Resolve-DnsName -Name ('_ldap._tcp.dc._msdcs.' + $DomainName) -Type SRV -ErrorAction SilentlyContinue |
        Where-Object -FilterScript { $_.Type -eq 'SRV' } | Select-Object -ExpandProperty NameTarget -First $script:ControllersMax)
    $silent = @()
    $withoutCatalog = @()
    foreach ($name in $names) {
        $address = [string]@(Resolve-DnsName -Name $name -Type A -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Type -eq 'A' } | Select-Object -ExpandProperty IPAddress -First 1)
        if ($address -eq '' -or -not (Test-CloudSyncPort -Address $address -Port 389 -Seconds $script:PortSeconds)) { $silent += @($address, $name | Where-Object -FilterScript { $_ -ne '' })[0]; continue }
        if (-not (Test-CloudSyncPort -Address $address -Port 3268 -Seconds $script:PortSeconds)) { $withoutCatalog += $address }
    }
    if ($withoutCatalog.Count + $silent.Count -eq $names.Count) { $silent += $withoutCatalog }
    return @($silent | ForEach-Object -Process { Limit-CloudSyncText -Text $_ -Length 64 })
}

function Get-AgentProxy {
    <# The proxy in the agent's configuration file; empty: none (agent-host 8.3). #>
    $path = Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config'
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return '' }
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.Load($path)
    $proxy = $document.SelectSingleNode('/configuration/system.net/defaultProxy/proxy')
    if ($null -eq $proxy) { return '' }
    return [string]$proxy.GetAttribute('proxyaddress')
}

function Test-PendingReboot {
    <# Servicing or Windows Update wants a restart, or a new computer name waits for one [general]. #>
    if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending') { return $true }
    if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired') { return $true }
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
    $active = [string](Get-CloudSyncRegistryValue -Path "$names\ActiveComputerName" -Name 'ComputerName')
    return $active -ne [string](Get-CloudSyncRegistryValue -Path "$names\ComputerName" -Name 'ComputerName')
}

Invoke-CloudSyncStep -Name 'Probe' -ReadOnly -Probe {
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $domain = $null
    $isTrusted = $false
    $unreachable = @()
    if ($system.PartOfDomain) {
        $domain = ([string]$system.Domain).ToLowerInvariant()
        try { $isTrusted = [bool](Test-ComputerSecureChannel) } catch { $isTrusted = $false }
        $unreachable = @(Get-UnreachableController -DomainName $domain)
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
    # The issuer was observed for the public cloud (HISConnectorRegistrationCA.his.msappproxy.net); .us and .cn follow the host lists [inferred].
    $cloud = 'Public'
    if ($null -ne $certificate) {
        $end = Format-CloudSyncTime -Time $certificate.NotAfter
        if ($certificate.Issuer -match 'msappproxy\.us') { $cloud = 'USGovernment' }
        if ($certificate.Issuer -match 'msappproxy\.cn') { $cloud = 'China' }
    }
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
        isEntraReachable = Test-CloudSyncEntra -HostNames @(Get-CloudSyncEntraHost -Cloud $cloud) -ProxyURL (Get-AgentProxy)
        pendingReboot = [bool](Test-PendingReboot)
    }
}
