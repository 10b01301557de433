<#
.SYNOPSIS
Preflight: every requirement of the host as a check with Pass, Fail or Unknown. Changes nothing; does not stop at the first bad one.
.DESCRIPTION
Reads: Windows and its build, edition, memory, .NET, execution policy, VaultSvc, TLS 1.2, clock, DNS, controllers, the way to Entra and to
certificate lists, AWS Tools, the schema attribute. Changes: nothing. A check that cannot be made is Unknown, never Fail.
Sources: agent-host 2 (requirements, KB5070773), 8.1 and 8.2 (network), 9 (clock), 15 (schema), 17.1 (order).
#>
$script:Checks = @()
$script:PortSeconds = 3

function Add-Check {
    <# Runs one test and keeps its answer: @(status, detail). A test that throws is Unknown, told by the error's type. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][scriptblock]$Test)
    try {
        $answer = @(& $Test)
        if ($answer[0] -is [bool]) { $answer[0] = $(if ($answer[0]) { 'Pass' } else { 'Fail' }) }
    } catch {
        $answer = @('Unknown', $_.Exception.GetType().Name)
    }
    $script:Checks += [ordered]@{ name = (Limit-CloudSyncText -Text $Name -Length 60); status = [string]$answer[0]; detail = (Limit-CloudSyncText -Text ([string]$answer[1]) -Length 200) }
}

function Get-WindowsValue {
    param([Parameter(Mandatory = $true)][string]$Name)
    return Get-CloudSyncRegistryValue -Path 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name $Name
}

function Get-OperatingSystemAnswer {
    <# Server 2025 needs KB5070773 (build 26100.6901) or later; 2016 and 2019 appear in older text of the vendor only. #>
    $build = [int](Get-WindowsValue -Name 'CurrentBuildNumber')
    if ($build -eq 20348) { return @($true, 'WindowsServer2022') }
    if ($build -eq 26100 -and [int](Get-WindowsValue -Name 'UBR') -lt 6901) { return @($false, 'WindowsServer2025 below 26100.6901: KB5070773 or later is needed') }
    if ($build -eq 26100) { return @($true, 'WindowsServer2025') }
    if ($build -in @(14393, 17763)) { return @('Unknown', "build ${build}: Server 2022 or 2025 is recommended") }
    return @($false, "build ${build}: Server 2022 or 2025 is recommended")
}

function Get-ExecutionPolicyAnswer {
    <# Scopes that hold beyond this process: the process scope is the SSM agent's own (aws.md 6.3). #>
    $bad = @()
    foreach ($scope in @('MachinePolicy', 'UserPolicy', 'CurrentUser', 'LocalMachine')) {
        $policy = [string](Get-ExecutionPolicy -Scope $scope)
        if ($policy -notin @('Undefined', 'RemoteSigned')) { $bad += "$scope $policy" }
    }
    if ($bad.Count -gt 0) { return @($false, ($bad -join ', ')) }
    return @($true, [string](Get-ExecutionPolicy -Scope LocalMachine))
}

function Get-TlsAnswer {
    <# Server 2022 and 2025 enable TLS 1.2 by default; only a value that turns it off is a failure. #>
    foreach ($side in @('Client', 'Server')) {
        $key = "HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\$side"
        $enabled = Get-CloudSyncRegistryValue -Path $key -Name 'Enabled'
        $disabled = Get-CloudSyncRegistryValue -Path $key -Name 'DisabledByDefault'
        if (($null -ne $enabled -and $enabled -eq 0) -or ($null -ne $disabled -and $disabled -ne 0)) { return @($false, "turned off for $side") }
    }
    $crypto = Get-CloudSyncRegistryValue -Path 'HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319' -Name 'SchUseStrongCrypto'
    if ($null -ne $crypto -and $crypto -eq 0) { return @($false, 'SchUseStrongCrypto is 0') }
    return @($true, 'enabled')
}

function Get-ClockAnswer {
    <# Offset to a controller in seconds; Kerberos allows 300. Only the number of w32tm's answer is read, its words are translated. #>
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Address)
    if ($Address -eq '') { return @('Unknown', 'no controller to compare with') }
    $tool = Join-Path -Path $env:SystemRoot -ChildPath 'System32\w32tm.exe'
    $text = [string](& $tool '/stripchart' "/computer:$Address" '/samples:1' '/dataonly')
    $match = [regex]::Match($text, '([+-][0-9]{1,9}(\.[0-9]{1,9})?)s')
    if (-not $match.Success) { return @('Unknown', 'w32tm gave no offset') }
    $offset = [Math]::Round([Math]::Abs([double]::Parse($match.Groups[1].Value, [System.Globalization.CultureInfo]::InvariantCulture)))
    return @(($offset -lt 300), "offset $offset s")
}

function Get-ToolsAnswer {
    <# The cmdlets that later steps call; an older Get-S3ObjectMetadata knows no expected owner. #>
    $missing = @('Get-SECSecretValue', 'Read-S3Object', 'Get-S3ObjectMetadata' | Where-Object -FilterScript { $null -eq (Get-Command -Name $_ -ErrorAction SilentlyContinue) })
    if ($missing.Count -gt 0) { return @($false, ('missing: ' + ($missing -join ', '))) }
    return @((Get-Command -Name Get-S3ObjectMetadata).Parameters.ContainsKey('ExpectedBucketOwner'), 'AWS Tools for PowerShell')
}

function Get-SchemaAnswer {
    <# The attribute that Entra to AD anchors on: readable by a domain member only, so Unknown before the join (agent-host 15). #>
    if (-not (Get-CimInstance -ClassName Win32_ComputerSystem).PartOfDomain) { return @('Unknown', 'read after the join') }
    if ($null -eq (Get-Module -Name ActiveDirectory -ListAvailable)) { return @('Unknown', 'the ActiveDirectory module comes with the join') }
    $server = Get-CloudSyncParameter -Name 'domainName'
    $schema = [string](Get-ADRootDSE -Server $server).schemaNamingContext
    $found = @(Get-ADObject -SearchBase $schema -LDAPFilter '(lDAPDisplayName=msDS-ExternalDirectoryObjectId)' -Server $server)
    if ($found.Count -eq 1) { return @($true, 'msDS-ExternalDirectoryObjectId') }
    return @($false, 'msDS-ExternalDirectoryObjectId is missing: adprep of Server 2016 or later, on AWS Managed Microsoft AD an LDIF request')
}

function Get-ControllerAddress {
    <# The declared addresses, else those that DNS lists. #>
    $declared = @(Get-CloudSyncParameter -Name 'domainControllers' -Type List -AllowEmpty)
    if ($declared.Count -gt 0) { return $declared }
    $names = @(Resolve-DnsName -Name ('_ldap._tcp.dc._msdcs.' + (Get-CloudSyncParameter -Name 'domainName')) -Type SRV -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Type -eq 'SRV' } | Select-Object -ExpandProperty NameTarget -First 16)
    return @($names | ForEach-Object -Process { Resolve-DnsName -Name $_ -Type A -ErrorAction SilentlyContinue } | Where-Object -FilterScript { $_.Type -eq 'A' } | Select-Object -ExpandProperty IPAddress -Unique -First 16)
}

Invoke-CloudSyncStep -Name 'Preflight' -ReadOnly -Probe {
    $addresses = @(Get-ControllerAddress)
    Add-Check -Name 'OperatingSystem' -Test { Get-OperatingSystemAnswer }
    # InstallationType: "Server" is Desktop Experience, "Server Core" is not supported [general].
    Add-Check -Name 'Edition' -Test { $type = [string](Get-WindowsValue -Name 'InstallationType'); ($type -eq 'Server'); $(if ($type -eq 'Server') { 'Full' } else { $type }) }
    Add-Check -Name 'Memory' -Test { $gibibytes = [Math]::Round((Get-CimInstance -ClassName Win32_ComputerSystem).TotalPhysicalMemory / 1073741824); ($gibibytes -ge 4); "$gibibytes GiB" }
    Add-Check -Name 'DotNetFramework' -Test { $release = [int](Get-CloudSyncRegistryValue -Path 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full' -Name 'Release'); ($release -ge 461308); "Release $release" }
    Add-Check -Name 'ExecutionPolicy' -Test { Get-ExecutionPolicyAnswer }
    Add-Check -Name 'CredentialManager' -Test { $start = [string](Get-Service -Name VaultSvc).StartType; ($start -ne 'Disabled'); "VaultSvc $start" }
    Add-Check -Name 'TLS12' -Test { Get-TlsAnswer }
    Add-Check -Name 'Clock' -Test { Get-ClockAnswer -Address ([string]($addresses | Select-Object -First 1)) }
    Add-Check -Name 'DNS' -Test {
        $domainName = Get-CloudSyncParameter -Name 'domainName'
        (@(Resolve-DnsName -Name ('_ldap._tcp.dc._msdcs.' + $domainName) -Type SRV -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Type -eq 'SRV' }).Count -gt 0); $domainName
    }
    foreach ($address in $addresses) {
        Add-Check -Name "DomainController $address" -Test {
            $isOpen = (Test-CloudSyncPort -Address $address -Port 389 -Seconds $script:PortSeconds) -and (Test-CloudSyncPort -Address $address -Port 3268 -Seconds $script:PortSeconds)
            $isOpen; 'TCP 389, 3268'
        }
        # AD Web Services: the way of every ActiveDirectory cmdlet, from the join on; the agent itself speaks LDAP [general].
        Add-Check -Name "DirectoryWebServices $address" -Test { (Test-CloudSyncPort -Address $address -Port 9389 -Seconds $script:PortSeconds); 'TCP 9389' }
    }
    Add-Check -Name 'EntraReach' -Test {
        $hosts = @(Get-CloudSyncEntraHost -Cloud (Get-CloudSyncParameter -Name 'tenantCloud'))
        if ($hosts.Count -eq 0) { return @('Unknown', 'no list of hosts is known for this cloud') }
        (Test-CloudSyncEntra -HostNames $hosts -ProxyURL ''); 'TCP 443'
    }
    Add-Check -Name 'CertificateLists' -Test {
        $suffix = $(if ((Get-CloudSyncParameter -Name 'tenantCloud') -like 'USGovernment*') { 'us' } else { 'com' })
        $silent = @("crl.microsoft.$suffix", "mscrl.microsoft.$suffix" | Where-Object -FilterScript { -not (Test-CloudSyncPort -Address $_ -Port 80 -Seconds $script:PortSeconds) })
        ($silent.Count -eq 0); $(if ($silent.Count -eq 0) { 'TCP 80' } else { 'TCP 80 closed: ' + ($silent -join ', ') })
    }
    Add-Check -Name 'AWSTools' -Test { Get-ToolsAnswer }
    Add-Check -Name 'SchemaAttribute' -Test { Get-SchemaAnswer }
    $build = '10.0.{0}.{1}' -f (Get-WindowsValue -Name 'CurrentBuildNumber'), (Get-WindowsValue -Name 'UBR')
    return [ordered]@{ checks = @($script:Checks); osBuild = $build; computerName = [string]$env:COMPUTERNAME }
}
