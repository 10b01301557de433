<#
.SYNOPSIS
VendorPermissions: verifies rights of the gMSA at the domain's root, and under mode Grant sets them by the vendor's cmdlet; restricts the gMSA object.
.DESCRIPTION
The only document that can change rights at the root of a domain: it is of use under permissions {mode: Grant, scope: DomainRoot} alone, and need not be
deployed otherwise. Reads: the gMSA, its own list and the root's, the agent's account and domains. Changes, under Grant alone: calls
Set-AADCloudSyncPermissions for each type that misses something, and Set-AADCloudSyncRestrictedPermissions where asked. Leaves: everything when a
right is denied. Verify changes nothing and reads no secret. All is judged before anything is set, and read back after. Safe at any point.
Sources: agent-host 6.3 (rights of each type), 6.4 (restriction: inheritance is switched off), 5.1 (cmdlets; the domain is configured first).
[unverified]: that the vendor's cmdlets work in a session without Connect-AADCloudSyncAzureAD, and that they act on the account of the agent installed
here: a host whose agent runs under another account is refused.
#>
$script:TypeRights = [ordered]@{
    BasicRead = @('ReadUsers', 'ReadInetOrgPersons', 'ReadComputers', 'ReadDevices', 'ReadContacts', 'ReadForeignSecurityPrincipals', 'ReadGroups')
    PasswordHashSync = @('ReplicatingDirectoryChanges', 'ReplicatingDirectoryChangesAll')
    PasswordWriteBack = @('ResetPassword', 'WriteLockoutTime', 'WritePwdLastSet', 'UnexpirePassword')
    HybridExchangePermissions = @('WriteUsers', 'WriteInetOrgPersons', 'WriteGroups', 'WriteContacts')
    ExchangeMailPublicFolderPermissions = @('ReadPublicFolders')
    UserGroupCreateDelete = @('CreateUsers', 'DeleteUsers', 'WriteUsers', 'CreateGroups', 'DeleteGroups', 'WriteGroups')
}

function Get-Type {
    <# The permission types asked for; All stands for each. #>
    $named = @(Get-CloudSyncParameter -Name 'types' -Type List -AllowEmpty)
    return @($script:TypeRights.Keys | Where-Object -FilterScript { $named -contains $_ -or $named -contains 'All' })
}

function Get-RootFinding {
    param([Parameter(Mandatory = $true)][hashtable]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $wanted = [string[]]@(Get-Type | ForEach-Object -Process { $script:TypeRights[$_] } | Select-Object -Unique)
    return Get-CloudSyncFinding -Identity ([string](Get-ADRootDSE @Connection).defaultNamingContext) -Wanted $wanted -Account $Account -Connection $Connection
}

function Test-Restriction {
    <# Whether inheritance is off on the gMSA object; $null when its list cannot be read. #>
    param([Parameter(Mandatory = $true)][hashtable]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $target = Find-CloudSyncObject -Identity $Account.DistinguishedName -Connection $Connection -Properties @('nTSecurityDescriptor')
    if ($null -eq $target -or $null -eq $target.nTSecurityDescriptor) { return $null }
    return [bool]$target.nTSecurityDescriptor.AreAccessRulesProtected
}

function Get-VendorFact {
    param([Parameter(Mandatory = $true)][hashtable]$Finding, $IsRestricted)
    $facts = Get-CloudSyncPermissionFact -Findings @($Finding)
    $facts['isServiceAccountRestricted'] = $IsRestricted
    return $facts
}

function Test-RestrictionWanted {
    param($IsRestricted)
    return (Get-CloudSyncParameter -Name 'restriction') -eq 'Restrict' -and $IsRestricted -ne $true
}

function Assert-VendorReady {
    <# The vendor's cmdlets act on the account and the domains of the agent that is installed here. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    if ((Get-CloudSyncAgentVersion) -eq '') { Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No agent is installed.' -Fix 'Use a configured host.' }
    $domainName = Get-CloudSyncParameter -Name 'domainName'
    if (@(Get-CloudSyncConfiguredDomain) -notcontains $domainName) {
        Stop-CloudSyncStep -Class Permanent -Reason 'DomainNotConfigured' -Message "The agent lacks $domainName." -Fix 'Configure it first.'
    }
    $account = Get-CloudSyncServiceAccount -Name $script:AgentService
    $wanted = '{0}\{1}' -f (Get-ADDomain @Connection -Identity $domainName).NetBIOSName, (Get-CloudSyncParameter -Name 'gmsaName')
    if ($account -ne $wanted) { Stop-CloudSyncStep -Class Permanent -Reason 'ServiceAccountMismatch' -Message "The agent runs under $account." -Fix 'Correct gmsaName.' }
}

function Invoke-VendorGrant {
    <# The vendor's cmdlet for each type, then the restriction of the gMSA object. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$Types, [Parameter(Mandatory = $true)][bool]$IsRestricting, [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Credential)
    Import-CloudSyncAgentModule
    try {
        foreach ($type in $Types) {
            $null = Set-AADCloudSyncPermissions -PermissionType $type -TargetDomain (Get-CloudSyncParameter -Name 'domainName') -TargetDomainCredential $Credential
            Write-CloudSyncChange -Text "set the permissions $type at the domain's root"
        }
        if ($IsRestricting) {
            $null = Set-AADCloudSyncRestrictedPermissions -Credential $Credential
            Write-CloudSyncChange -Text 'restricted the gMSA object'
        }
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Stop-CloudSyncStep -Class Transient -Reason 'PermissionsFailed' -Message 'The vendor''s cmdlet failed.' -Fix 'Read the evidence and the agent''s trace; tried again.' -Evidence $fault.Text
    }
}

Invoke-CloudSyncStep -Name 'VendorPermissions' -InChildPowerShell -Probe {
    $connection = @{ Server = (Get-CloudSyncOwnController) }
    $account = Get-CloudSyncGMSA -Connection $connection
    $finding = Get-RootFinding -Account $account -Connection $connection
    $isRestricted = Test-Restriction -Account $account -Connection $connection
    $facts = Get-VendorFact -Finding $finding -IsRestricted $isRestricted
    if ((Get-CloudSyncParameter -Name 'mode') -eq 'Verify') { return $facts }
    Assert-CloudSyncNothingDenied -Findings @($finding)
    if ($facts.isSufficient -and -not (Test-RestrictionWanted -IsRestricted $isRestricted)) { return $facts }
} -Change {
    $server = Get-CloudSyncOwnController
    $account = Get-CloudSyncGMSA -Connection @{ Server = $server }
    $before = Get-RootFinding -Account $account -Connection @{ Server = $server }
    $isRestricting = Test-RestrictionWanted -IsRestricted (Test-Restriction -Account $account -Connection @{ Server = $server })
    $missing = [string[]]@($before.missing)
    Assert-VendorReady -Connection @{ Server = $server }
    $names = @()
    if ($missing.Count -gt 0) { $names += @($before.distinguishedName) }
    if ($isRestricting) { $names += @($account.DistinguishedName) }
    $credential = Get-CloudSyncSetupCredential -Server $server -Identities ([string[]]$names)
    $connection = @{ Server = $server; Credential = $credential }
    $types = [string[]]@(Get-Type | Where-Object -FilterScript { @($script:TypeRights[$_] | Where-Object -FilterScript { $missing -contains $_ }).Count -gt 0 })
    Invoke-VendorGrant -Types $types -IsRestricting $isRestricting -Credential $credential
    $after = Get-RootFinding -Account $account -Connection $connection
    Assert-CloudSyncNothingDenied -Findings @($after) -IsAfter
    Set-CloudSyncGranted -Finding $after -Set $missing
    return Get-VendorFact -Finding $after -IsRestricted (Test-Restriction -Account $account -Connection $connection)
}
