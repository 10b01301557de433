<#
.SYNOPSIS
Join: names the host, joins it to the domain in one OU, puts its computer account into the gMSA host group, then restarts by exit code 3010.
.DESCRIPTION
Reads: name and membership of the host, OU, host group and the account's effective rights on both. Changes: the feature RSAT-AD-PowerShell, TLS
1.2 registry values, the computer account, one member of the host group. Leaves: DNS settings, existing computer accounts of others.
Rights are read before the first change, so that a join account with too few leaves nothing behind. One bind a run with a refused account.
Safe at any point: joined without a restart, it asks for the restart; joined without the group, it adds the member and restarts for a fresh
ticket; joined elsewhere, or under another name, it changes nothing.
Sources: agent-host 17.2 and 17.3, 6.1 (ticket), 2 (TLS 1.2); aws.md 6.5 (Add-Computer, exit 3010, KB5020276).
#>
$script:DirectoryWaitSeconds = 180
# Win32 codes behind "NetpDoDomainJoin: status" in NetSetup.log (Windows debug log of joins) [general].
$script:JoinStatus = @{
    '0x5' = @('Person', 'JoinDenied', 'The join account may not create computers there.', 'Delegate the unit to it.')
    '0x8b0' = @('Permanent', 'ComputerNameTaken', 'A computer of that name was created by another account.', 'Use another name.')
    '0xaac' = @('Permanent', 'ComputerNameTaken', 'A computer of that name was created by another account.', 'Use another name.')
    '0x216d' = @('Person', 'MachineAccountQuota', 'The join account has created its last computer.', 'Raise its quota.')
    '0x52e' = @('Credential', 'CredentialRefused', 'The domain refused the join account.', 'Correct the secret or unlock the account.')
    '0x775' = @('Credential', 'AccountLockedOut', 'The domain refused the join account.', 'Correct the secret or unlock the account.')
}

function Get-Membership {
    <# Domain (empty: none), the name in force and the name after the next restart. #>
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $domain = ''
    if ($system.PartOfDomain) { $domain = ([string]$system.Domain).ToLowerInvariant() }
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
    return [pscustomobject]@{
        Domain = $domain
        Name = [string](Get-CloudSyncRegistryValue -Path "$names\ActiveComputerName" -Name 'ComputerName')
        NextName = [string](Get-CloudSyncRegistryValue -Path "$names\ComputerName" -Name 'ComputerName')
    }
}

function Test-HostGroupMember {
    <# Whether the computer account is a direct member of the group. Ends the step when the domain has no such account. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$HostGroup, [Parameter(Mandatory = $true)][hashtable]$Connection)
    if ($HostGroup -eq '') { return $false }
    try {
        return @((Get-ADComputer -Identity $Name -Properties MemberOf @Connection).MemberOf) -contains $HostGroup
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if ($fault.Types -notmatch 'ADIdentityNotFoundException') { throw }
        Stop-CloudSyncStep -Class Permanent -Reason 'ComputerAccountMissing' -Message 'The domain has no computer account for this host.' -Fix 'Replace the host.' -Evidence $fault.Text
    }
}

function Get-JoinFact {
    param([Parameter(Mandatory = $true)][string]$DomainName, [Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][bool]$IsMember)
    return @{ computerName = $Name; domain = $DomainName; isHostGroupMember = $IsMember; reboots = Get-CloudSyncRebootCount }
}

function Install-DirectoryModule {
    <# RSAT-AD-PowerShell, for this step and for Test-ADServiceAccount (agent-host 6.1). #>
    if ($null -ne (Get-Module -Name ActiveDirectory -ListAvailable)) { return }
    $installed = Install-WindowsFeature -Name RSAT-AD-PowerShell
    if (-not $installed.Success) {
        Stop-CloudSyncStep -Class Transient -Reason 'FeatureNotInstalled' -Message 'Windows did not install RSAT-AD-PowerShell.' -Fix 'Read the host''s event log; tried again.' -Evidence ([string]$installed.ExitCode)
    }
    Write-CloudSyncChange -Text 'installed RSAT-AD-PowerShell'
    if ([string]$installed.RestartNeeded -eq 'Yes') { Request-CloudSyncReboot }
}

function Set-TlsVersion {
    <# TLS 1.2 written out, so that preflight and agent see the same; in force after the restart (agent-host 2; Wow6432Node twin [general]). #>
    $protocol = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2'
    $values = @(
        @("$protocol\Client", 'DisabledByDefault', 0), @("$protocol\Client", 'Enabled', 1), @("$protocol\Server", 'DisabledByDefault', 0), @("$protocol\Server", 'Enabled', 1),
        @('HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319', 'SchUseStrongCrypto', 1), @('HKLM:\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\v4.0.30319', 'SchUseStrongCrypto', 1)
    )
    foreach ($value in $values) {
        if ((Get-CloudSyncRegistryValue -Path $value[0] -Name $value[1]) -eq $value[2]) { continue }
        # New-Item -Force would empty a key that exists: missing keys are made one level at a time.
        foreach ($key in @($protocol, $value[0])) {
            if ($value[0].StartsWith($key) -and -not (Test-Path -LiteralPath $key)) { $null = New-Item -Path $key }
        }
        $null = New-ItemProperty -LiteralPath $value[0] -Name $value[1] -Value $value[2] -PropertyType DWord -Force
        Write-CloudSyncChange -Text ('set {0}\{1} to {2}' -f $value[0], $value[1], $value[2])
    }
}

function Find-DirectoryObject {
    <# An object with the attributes that say what the bound account may do there (MS-ADTS, constructed attributes) [general]; $null: none. #>
    param([Parameter(Mandatory = $true)][string]$Identity, [Parameter(Mandatory = $true)][hashtable]$Connection)
    try {
        return Get-ADObject @Connection -Identity $Identity -Properties @('allowedChildClassesEffective', 'allowedAttributesEffective')
    } catch {
        if ((Get-CloudSyncFault -ErrorRecord $_).Types -match 'ADIdentityNotFoundException') { return $null }
        throw
    }
}

function Assert-Right {
    <# Ends the step before the first change when OU or host group are missing or the account may do too little there. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection, [Parameter(Mandatory = $true)][bool]$IsJoined)
    $hostGroup = Get-CloudSyncParameter -Name 'hostGroup' -AllowEmpty
    if ($hostGroup -ne '') {
        $group = Find-DirectoryObject -Identity $hostGroup -Connection $Connection
        if ($null -eq $group) {
            Stop-CloudSyncStep -Class Permanent -Reason 'HostGroupNotFound' -Message "There is no group $hostGroup." -Fix 'Create it or correct it.'
        }
        if (@($group.allowedAttributesEffective) -notcontains 'member') {
            Stop-CloudSyncStep -Class Person -Reason 'HostGroupDenied' -Message "The join account may not change $hostGroup." -Fix 'Delegate the group''s members to it.'
        }
    }
    if ($IsJoined) { return }
    $unit = Find-DirectoryObject -Identity (Get-CloudSyncParameter -Name 'organizationalUnit') -Connection $Connection
    if ($null -eq $unit) {
        Stop-CloudSyncStep -Class Permanent -Reason 'OrganizationalUnitNotFound' -Message 'The organizational unit does not exist.' -Fix 'Create it or correct it.'
    }
    # A computer account that was made in advance, or by a run that died, needs no right to create: AD judges its re-use (KB5020276).
    $known = @(Get-ADComputer -Filter ("Name -eq '{0}'" -f (Get-CloudSyncParameter -Name 'computerName')) @Connection)
    if ($known.Count -eq 0 -and @($unit.allowedChildClassesEffective) -notcontains 'computer') {
        Stop-CloudSyncStep -Class Person -Reason 'JoinDenied' -Message 'The join account may not create computers there.' -Fix 'Delegate the unit to it.'
    }
}

function Join-Domain {
    <# One Add-Computer against the controller that the group is changed on, so that nothing waits for replication. #>
    param([Parameter(Mandatory = $true)][string]$DomainName, [Parameter(Mandatory = $true)][hashtable]$Connection, [Parameter(Mandatory = $true)][string]$CurrentName)
    $name = Get-CloudSyncParameter -Name 'computerName'
    $request = @{
        DomainName = $DomainName; Server = ('{0}\{1}' -f $DomainName, $Connection['Server'])
        OUPath = (Get-CloudSyncParameter -Name 'organizationalUnit'); Credential = $Connection['Credential']
    }
    if ($CurrentName -ne $name) { $request['NewName'] = $name }
    if ((Get-Membership).Domain -ne '') { Stop-CloudSyncStep -Class Permanent -Reason 'JoinedElsewhere' -Message 'The host was joined meanwhile.' -Fix 'Replace the host.' }
    try {
        # -Force answers the question of Add-Computer; the line above has just seen that the host is in no domain.
        Add-Computer @request -Force
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        $status = ''
        $log = Join-Path -Path $env:SystemRoot -ChildPath 'debug\NetSetup.LOG'
        if (Test-Path -LiteralPath $log) {
            $found = [regex]::Matches([string](Get-Content -LiteralPath $log -Raw), 'NetpDoDomainJoin: status: (0x[0-9a-f]{1,8})')
            if ($found.Count -gt 0) { $status = $found[$found.Count - 1].Groups[1].Value }
        }
        $words = @('Transient', 'JoinFailed', 'Windows did not join the domain.', 'Read NetSetup.log on the host; tried again.')
        if ($script:JoinStatus.ContainsKey($status)) { $words = $script:JoinStatus[$status] }
        Stop-CloudSyncStep -Class $words[0] -Reason $words[1] -Message $words[2] -Fix $words[3] -Evidence ("join status $status; " + $fault.Text)
    }
    Write-CloudSyncChange -Text "joined $DomainName as $name"
}

function Add-HostGroupMember {
    <# Adds the computer account to the host group, once. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $hostGroup = Get-CloudSyncParameter -Name 'hostGroup' -AllowEmpty
    $name = Get-CloudSyncParameter -Name 'computerName'
    if ($hostGroup -eq '' -or (Test-HostGroupMember -Name $name -HostGroup $hostGroup -Connection $Connection)) { return }
    try {
        Add-ADGroupMember -Identity $hostGroup -Members ($name + '$') @Connection
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        # 8344: insufficient access rights (system error codes).
        if ($fault.Code -notin @('8344', '5') -and $fault.Types -notmatch 'UnauthorizedAccessException') { throw }
        Stop-CloudSyncStep -Class Person -Reason 'HostGroupDenied' -Message "The join account may not change $hostGroup." -Fix 'Delegate the group''s members to it.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text "added $name to the host group"
}

Invoke-CloudSyncStep -Name 'Join' -Probe {
    $domainName = Get-CloudSyncParameter -Name 'domainName'
    $name = Get-CloudSyncParameter -Name 'computerName'
    $hostGroup = Get-CloudSyncParameter -Name 'hostGroup' -AllowEmpty
    $found = Get-Membership
    Write-CloudSyncNote -Kind found -Text ('name {0} (next {1}), domain {2}' -f $found.Name, $found.NextName, $found.Domain)
    if ($found.Domain -ne '' -and ($found.Domain -ne $domainName -or $found.NextName -ne $name)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'JoinedElsewhere' -Message ('The host belongs to {0}.' -f $found.Domain) -Fix 'Replace the host.'
    }
    if ($found.Domain -ne $domainName -or $found.Name -ne $name) { return }
    if ($hostGroup -eq '') { return Get-JoinFact -DomainName $domainName -Name $name -IsMember $false }
    if ($null -eq (Get-Module -Name ActiveDirectory -ListAvailable)) { return }
    # After a restart the first answer of a controller may take a while.
    $script:IsMember = $false
    $isRead = Wait-CloudSyncCondition -Seconds $script:DirectoryWaitSeconds -Condition {
        try {
            $script:IsMember = Test-HostGroupMember -Name $name -HostGroup $hostGroup -Connection @{ Server = $domainName }
            $true
        } catch {
            if ($_.Exception.Data.Contains('CloudSyncError')) { throw }
            $false
        }
    }
    if (-not $isRead) {
        Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "No controller of $domainName answers." -Fix 'Check routes and security groups.'
    }
    if ($script:IsMember) { return Get-JoinFact -DomainName $domainName -Name $name -IsMember $true }
} -Change {
    $domainName = Get-CloudSyncParameter -Name 'domainName'
    $found = Get-Membership
    Install-DirectoryModule
    $server = Get-CloudSyncDomainController -DomainName $domainName
    $credential = Get-CloudSyncSecret -SecretARN (Get-CloudSyncParameter -Name 'credentialSecretARN')
    Assert-CloudSyncDirectoryAccount -Server $server -Credential $credential
    $connection = @{ Server = $server; Credential = $credential }
    Assert-Right -Connection $connection -IsJoined ($found.Domain -eq $domainName)
    if ($found.Domain -eq '') { Join-Domain -DomainName $domainName -Connection $connection -CurrentName $found.Name }
    Add-HostGroupMember -Connection $connection
    Set-TlsVersion
    # Name, membership and a ticket that knows the group come with the restart.
    Request-CloudSyncReboot
}
