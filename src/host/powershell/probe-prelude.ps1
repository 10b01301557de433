<#
.SYNOPSIS
Shared by Probe and PassThroughProbe: what a host reaches, and whether it waits for a restart. Follows prelude.ps1.
.DESCRIPTION
Reads: DNS, TCP ports of controllers, an agent's configuration file, the registry. Changes: nothing. Sources: agent-host 9 (checks), 8.2 and 8.3.
#>
$script:PortSeconds = 2
$script:ControllersMax = 16

function Get-CloudSyncUnreachableController {
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

function Get-CloudSyncFileProxy {
    <# The proxy in an agent's configuration file; empty: none (agent-host 8.3). #>
    param([Parameter(Mandatory = $true)][string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return '' }
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.Load($Path)
    $proxy = $document.SelectSingleNode('/configuration/system.net/defaultProxy/proxy')
    if ($null -eq $proxy) { return '' }
    return [string]$proxy.GetAttribute('proxyaddress')
}

function Get-CloudSyncCertificateCloud {
    <#
    The cloud of an agent's certificate; Public without one. The issuer was observed for the public cloud
    (HISConnectorRegistrationCA.his.msappproxy.net); .us and .cn follow the host lists [inferred].
    #>
    param($Certificate)
    if ($null -ne $Certificate -and $Certificate.Issuer -match 'msappproxy\.us') { return 'USGovernment' }
    if ($null -ne $Certificate -and $Certificate.Issuer -match 'msappproxy\.cn') { return 'China' }
    return 'Public'
}

function Test-CloudSyncPendingReboot {
    <# Servicing or Windows Update wants a restart, or a new computer name waits for one [general]. #>
    if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending') { return $true }
    if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired') { return $true }
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
    $active = [string](Get-CloudSyncRegistryValue -Path "$names\ActiveComputerName" -Name 'ComputerName')
    return $active -ne [string](Get-CloudSyncRegistryValue -Path "$names\ComputerName" -Name 'ComputerName')
}

function Get-CloudSyncHostFact {
    <# What either agent's probe tells alike. A fact that cannot be read is null where the contract knows null (S5). #>
    param(
        [Parameter(Mandatory = $true)][AllowEmptyString()][string]$Version,
        [Parameter(Mandatory = $true)][string]$Service,
        [Parameter(Mandatory = $true)][AllowEmptyString()][string]$TenantID,
        [Parameter(Mandatory = $true)][string]$ProxyFile
    )
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $domain = $null
    $isTrusted = $false
    $unreachable = @()
    if ($system.PartOfDomain) {
        $domain = ([string]$system.Domain).ToLowerInvariant()
        try { $isTrusted = [bool](Test-ComputerSecureChannel) } catch { $isTrusted = $false }
        $unreachable = @(Get-CloudSyncUnreachableController -DomainName $domain)
    }
    $account = ''
    if ((Get-CloudSyncServiceState -Name $Service) -ne 'Missing') { $account = Get-CloudSyncServiceAccount -Name $Service }
    $updater = @(Get-Service -DisplayName '*Agent Updater*' -ErrorAction SilentlyContinue)
    $updaterState = 'Missing'
    if ($updater.Count -gt 0) { $updaterState = Get-CloudSyncServiceState -Name $updater[0].Name }
    $certificate = Get-CloudSyncAgentCertificate -TenantID $TenantID
    $end = $null
    if ($null -ne $certificate) { $end = Format-CloudSyncTime -Time $certificate.NotAfter }
    $proxyURL = Get-CloudSyncFileProxy -Path $ProxyFile
    return [ordered]@{
        computerName = [string]$env:COMPUTERNAME
        domain = $domain
        isDomainTrusted = $isTrusted
        agentVersion = $(if ($Version -ne '') { $Version } else { $null })
        agentService = Get-CloudSyncServiceState -Name $Service
        updaterService = $updaterState
        serviceAccount = $(if ($account -ne '') { Limit-CloudSyncText -Text $account -Length 64 } else { $null })
        tenantID = $(if ($TenantID -ne '') { $TenantID } else { $null })
        certificateNotAfter = $end
        unreachableDomainControllers = [string[]]@($unreachable | Select-Object -First $script:ControllersMax)
        isEntraReachable = Test-CloudSyncEntra -HostNames @(Get-CloudSyncEntraHost -Cloud (Get-CloudSyncCertificateCloud -Certificate $certificate)) -ProxyURL $proxyURL
        pendingReboot = [bool](Test-CloudSyncPendingReboot)
    }
}
