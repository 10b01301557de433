<#
.SYNOPSIS
Permissions: verifies the gMSA's effective rights, and under mode Grant sets what is missing: group objects in the provisioning containers, no more.
.DESCRIPTION
Reads: the gMSA, the groups of its token, the access-control lists of containers, of the gMSA itself and, under scope DomainRoot, of the root.
Changes, under Grant alone: adds entries to the lists of the containers; under scope DomainRoot calls Set-AADCloudSyncPermissions for the types that
miss something; where asked calls Set-AADCloudSyncRestrictedPermissions. Leaves: every existing entry, owners, inheritance, and everything when a
right is denied: the product never overrides a deny entry. Verify changes nothing and reads no secret.
A container that AD marks as critical (CN=Users, CN=System, OU=Domain Controllers and what is below) is refused: powerful groups stand there.
Everything is judged before anything is set. Objects under AdminSDHolder do not inherit these rights (agent-host 6.3); that is not judged here.
Safe at any point: only what is missing is set, and what was set is read back.
Sources: agent-host 6.3 (rights of each type), 6.4 (restriction), 5.1 (cmdlets; the domain has to be configured first).
[general]: names and GUIDs of rights and classes (MS-ADTS, MS-ADSC), sDRightsEffective. [unverified]: that the vendor's cmdlets work in a session
without Connect-AADCloudSyncAzureAD, and that they act on the account of the installed agent: a host with another account is refused.
#>
$script:Classes = @{
    User = 'bf967aba-0de6-11d0-a285-00aa003049e2'; Group = 'bf967a9c-0de6-11d0-a285-00aa003049e2'; Computer = 'bf967a86-0de6-11d0-a285-00aa003049e2'
    Contact = '5cb41ed0-0e4c-11d0-a286-00aa003049e2'; InetOrgPerson = '4828cc14-1437-45bc-9b07-ad6f015e5f28'; Device = 'bf967a8e-0de6-11d0-a285-00aa003049e2'
    ForeignSecurityPrincipal = '89e31c12-8530-11d0-afda-00c04fd930c9'; PublicFolder = 'f0f8ffac-1191-11d0-a060-00aa006c33ed'
}
# CreateChild 1, DeleteChild 2, ReadProperty 16, WriteProperty 32, ExtendedRight 256 (System.DirectoryServices.ActiveDirectoryRights).
# Name = mask, class or GUID that the entry names (empty: all), class below the object that it is for (empty: the object itself).
$script:Rights = @{
    CreateGroups = @(1, 'Group', ''); DeleteGroups = @(2, 'Group', ''); WriteGroups = @(32, '', 'Group')
    CreateUsers = @(1, 'User', ''); DeleteUsers = @(2, 'User', ''); WriteUsers = @(32, '', 'User')
    WriteInetOrgPersons = @(32, '', 'InetOrgPerson'); WriteContacts = @(32, '', 'Contact')
    ReadUsers = @(16, '', 'User'); ReadInetOrgPersons = @(16, '', 'InetOrgPerson'); ReadComputers = @(16, '', 'Computer'); ReadDevices = @(16, '', 'Device')
    ReadContacts = @(16, '', 'Contact'); ReadForeignSecurityPrincipals = @(16, '', 'ForeignSecurityPrincipal'); ReadGroups = @(16, '', 'Group')
    ReadPublicFolders = @(16, '', 'PublicFolder')
    ReplicatingDirectoryChanges = @(256, '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', ''); ReplicatingDirectoryChangesAll = @(256, '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2', '')
    ResetPassword = @(256, '00299570-246d-11d0-a768-00aa006e0529', 'User'); UnexpirePassword = @(256, 'ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501', '')
    WriteLockoutTime = @(32, '28630ebf-41d5-11d1-a9c1-0000f80367c1', 'User'); WritePwdLastSet = @(32, 'bf967a0a-0de6-11d0-a285-00aa003049e2', 'User')
}
$script:ContainerRights = @('CreateGroups', 'DeleteGroups', 'WriteGroups')
$script:TypeRights = [ordered]@{
    BasicRead = @('ReadUsers', 'ReadInetOrgPersons', 'ReadComputers', 'ReadDevices', 'ReadContacts', 'ReadForeignSecurityPrincipals', 'ReadGroups')
    PasswordHashSync = @('ReplicatingDirectoryChanges', 'ReplicatingDirectoryChangesAll')
    PasswordWriteBack = @('ResetPassword', 'WriteLockoutTime', 'WritePwdLastSet', 'UnexpirePassword')
    HybridExchangePermissions = @('WriteUsers', 'WriteInetOrgPersons', 'WriteGroups', 'WriteContacts')
    ExchangeMailPublicFolderPermissions = @('ReadPublicFolders')
    UserGroupCreateDelete = @('CreateUsers', 'DeleteUsers', 'WriteUsers', 'CreateGroups', 'DeleteGroups', 'WriteGroups')
}

function Get-Type {
    <# The permission types asked for under scope DomainRoot; All stands for every one. #>
    if ((Get-CloudSyncParameter -Name 'scope') -ne 'DomainRoot') { return @() }
    $named = @(Get-CloudSyncParameter -Name 'types' -Type List -AllowEmpty)
    return @($script:TypeRights.Keys | Where-Object -FilterScript { $named -contains $_ -or $named -contains 'All' })
}

function Get-Container {
    <# Distinguished names of the parameter; a vertical bar stands between them. #>
    return @((Get-CloudSyncParameter -Name 'provisioningContainers' -AllowEmpty).Split('|') | Where-Object -FilterScript { $_ -ne '' })
}

function Assert-Container {
    <# Ends the step on a container of another domain, one that is not there, or one of the directory's own. #>
    param([Parameter(Mandatory = $true)][string]$Root, [Parameter(Mandatory = $true)][hashtable]$Connection)
    foreach ($container in @(Get-Container)) {
        if (-not $container.EndsWith(',' + $Root, [System.StringComparison]::OrdinalIgnoreCase)) {
            Stop-CloudSyncStep -Class Permanent -Reason 'ContainerOutsideDomain' -Message "$container lies in another domain." -Fix 'Correct provisioningContainers.'
        }
        $name = $container
        while ($name -ne '' -and $name -ne $Root) {
            $found = Find-CloudSyncObject -Identity $name -Connection $Connection -Properties @('isCriticalSystemObject')
            if ($null -eq $found) {
                Stop-CloudSyncStep -Class Permanent -Reason 'ContainerNotFound' -Message "There is no $name." -Fix 'Create it or correct provisioningContainers.'
            }
            if ($found.isCriticalSystemObject -eq $true) {
                Stop-CloudSyncStep -Class Permanent -Reason 'ContainerCritical' -Message "$container belongs to the directory itself." -Fix 'Provision into a unit of its own.' -Evidence "$name is a critical system object"
            }
            $name = Get-CloudSyncParentName -DistinguishedName $name
        }
    }
}

function Get-Trustee {
    <# Security identifiers that the gMSA's token carries: its own, its groups, Everyone, Authenticated Users (well-known SIDs). #>
    param([Parameter(Mandatory = $true)]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $token = Find-CloudSyncObject -Identity $Account.DistinguishedName -Connection $Connection -Properties @('tokenGroups')
    return @(@($Account.SID.Value) + @($token.tokenGroups | ForEach-Object -Process { [string]$_.Value }) + @('S-1-1-0', 'S-1-5-11') | Where-Object -FilterScript { $_ })
}

function Resolve-Guid {
    <# GUID of a class name or of a GUID as text; the empty GUID for an empty text. #>
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Name)
    if ($Name -eq '') { return [guid]::Empty }
    if ($script:Classes.ContainsKey($Name)) { return [guid]$script:Classes[$Name] }
    return [guid]$Name
}

function Get-Verdict {
    <#
    effective, missing or denied: the first entry that decides, in the list's own order, which is the canonical one (Windows documentation, "Order of
    ACEs in a DACL"). An allow entry has to give all of the mask, a deny entry takes any of it.
    #>
    param([Parameter(Mandatory = $true)][string]$Right, [Parameter(Mandatory = $true)][object[]]$Rules, [Parameter(Mandatory = $true)][string[]]$Trustees)
    $mask, $named, $below = $script:Rights[$Right]
    $object = Resolve-Guid -Name $named
    $class = Resolve-Guid -Name $below
    foreach ($rule in $Rules) {
        if ($Trustees -notcontains [string]$rule.IdentityReference.Value) { continue }
        if ($rule.ObjectType -ne [guid]::Empty -and $rule.ObjectType -ne $object) { continue }
        if ($below -eq '') { $isFor = -not ([string]$rule.PropagationFlags).Contains('InheritOnly') }
        else { $isFor = ([string]$rule.InheritanceFlags).Contains('ContainerInherit') -and $rule.InheritedObjectType -in @([guid]::Empty, $class) }
        $given = [int]$rule.ActiveDirectoryRights -band $mask
        if (-not $isFor -or $given -eq 0) { continue }
        if ([string]$rule.AccessControlType -eq 'Deny') { return 'denied' }
        if ($given -eq $mask) { return 'effective' }
    }
    return 'missing'
}

function Get-Finding {
    <# What is effective, missing and denied on one object. #>
    param([Parameter(Mandatory = $true)][string]$Identity, [Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$Wanted, [Parameter(Mandatory = $true)][string[]]$Trustees, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $target = Find-CloudSyncObject -Identity $Identity -Connection $Connection -Properties @('nTSecurityDescriptor')
    $rules = @($target.nTSecurityDescriptor.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier]))
    $finding = @{ distinguishedName = $Identity; effective = @(); granted = @(); missing = @(); denied = @() }
    foreach ($right in $Wanted) { $finding[(Get-Verdict -Right $right -Rules $rules -Trustees $Trustees)] += $right }
    return $finding
}

function Get-AllFinding {
    <# One finding for the root, when types are asked for there, and one for each container. #>
    param([Parameter(Mandatory = $true)][hashtable]$Subject, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $findings = @()
    if ((Get-CloudSyncParameter -Name 'scope') -eq 'DomainRoot') {
        $wanted = [string[]]@(Get-Type | ForEach-Object -Process { $script:TypeRights[$_] } | Select-Object -Unique)
        $findings += Get-Finding -Identity $Subject.Root -Wanted $wanted -Trustees $Subject.Trustees -Connection $Connection
    }
    foreach ($container in @(Get-Container)) { $findings += Get-Finding -Identity $container -Wanted $script:ContainerRights -Trustees $Subject.Trustees -Connection $Connection }
    return $findings
}

function Get-Subject {
    <# The gMSA, its token and the domain; ends the step when it or a container is not there. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $name = Get-CloudSyncParameter -Name 'gmsaName'
    $account = Get-ADServiceAccount @Connection -Filter ("sAMAccountName -eq '{0}'" -f $name)
    if ($null -eq $account) {
        Stop-CloudSyncStep -Class Permanent -Reason 'GMSANotFound' -Message "There is no gMSA $name." -Fix 'Create it or correct its name.'
    }
    $root = [string](Get-ADRootDSE @Connection).defaultNamingContext
    Assert-Container -Root $root -Connection $Connection
    return @{ Account = $account; Root = $root; Trustees = (Get-Trustee -Account $account -Connection $Connection) }
}

function Test-Restriction {
    <# Whether inheritance is off on the gMSA object; $null when its list cannot be read. #>
    param([Parameter(Mandatory = $true)][hashtable]$Subject, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $target = Find-CloudSyncObject -Identity $Subject.Account.DistinguishedName -Connection $Connection -Properties @('nTSecurityDescriptor')
    if ($null -eq $target -or $null -eq $target.nTSecurityDescriptor) { return $null }
    return [bool]$target.nTSecurityDescriptor.AreAccessRulesProtected
}

function Get-PermissionFact {
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][object[]]$Findings, $IsRestricted)
    $open = @($Findings | Where-Object -FilterScript { $_.missing.Count + $_.denied.Count -gt 0 })
    $shown = @($Findings | ForEach-Object -Process {
            @{ distinguishedName = $_.distinguishedName; effective = [string[]]$_.effective; granted = [string[]]$_.granted; missing = [string[]]$_.missing; denied = [string[]]$_.denied }
        })
    return @{ isSufficient = $open.Count -eq 0; findings = [object[]]$shown; isServiceAccountRestricted = $IsRestricted }
}

function Test-WantsRestriction {
    param([Parameter(Mandatory = $true)][hashtable]$Subject, [Parameter(Mandatory = $true)][hashtable]$Connection)
    return (Get-CloudSyncParameter -Name 'restriction') -eq 'Restrict' -and (Test-Restriction -Subject $Subject -Connection $Connection) -ne $true
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

function Assert-MayChange {
    <# Ends the step unless the bound account may write the list of each object (sDRightsEffective, bit 4: DACL_SECURITY_INFORMATION). #>
    param([Parameter(Mandatory = $true)][string[]]$Identities, [Parameter(Mandatory = $true)][hashtable]$Connection)
    foreach ($identity in $Identities) {
        $target = Find-CloudSyncObject -Identity $identity -Connection $Connection -Properties @('sDRightsEffective')
        if (([int]$target.sDRightsEffective -band 4) -ne 0) { continue }
        Stop-CloudSyncStep -Class Person -Reason 'SetupAccountDenied' -Message "The set-up account may not change the rights on $identity." -Fix 'Delegate that to it.'
    }
}

function Invoke-VendorGrant {
    <# The vendor's cmdlet for each type that misses something at the root, then the restriction of the gMSA object, where wanted. #>
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

function Add-ContainerRight {
    <# Adds allow entries for the gMSA to the list of one container, as it is now; everything else in it stays. #>
    param([Parameter(Mandatory = $true)][hashtable]$Finding, [Parameter(Mandatory = $true)][hashtable]$Subject, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $target = Find-CloudSyncObject -Identity $Finding.distinguishedName -Connection $Connection -Properties @('nTSecurityDescriptor')
    $list = $target.nTSecurityDescriptor
    foreach ($right in $Finding.missing) {
        $mask, $named, $below = $script:Rights[$right]
        $inheritance = 'All'
        if ($below -ne '') { $inheritance = 'Descendents' }
        $list.AddAccessRule((New-Object -TypeName System.DirectoryServices.ActiveDirectoryAccessRule -ArgumentList @($Subject.Account.SID, $mask, 'Allow', (Resolve-Guid -Name $named), $inheritance, (Resolve-Guid -Name $below))))
    }
    try {
        Set-ADObject @Connection -Identity $Finding.distinguishedName -Replace @{ nTSecurityDescriptor = $list }
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if (-not (Test-CloudSyncDenial -Fault $fault)) { throw }
        Stop-CloudSyncStep -Class Person -Reason 'SetupAccountDenied' -Message ('The set-up account may not change the rights on {0}.' -f $Finding.distinguishedName) -Fix 'Delegate that to it.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text ('{0} on {1}' -f ($Finding.missing -join ', '), $Finding.distinguishedName)
}

function Assert-NothingOpen {
    <# Ends the step when a right is denied, or missing after it was set; names right and object. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][object[]]$Findings, [switch]$IsAfter)
    foreach ($finding in $Findings) {
        if ($finding.denied.Count -gt 0) {
            Stop-CloudSyncStep -Class Person -Reason 'RightsDenied' -Message ('{0}: denied on {1}.' -f ($finding.denied -join ', '), $finding.distinguishedName) -Fix 'Remove the entry.'
        }
        if ($IsAfter -and $finding.missing.Count -gt 0) {
            Stop-CloudSyncStep -Class Transient -Reason 'RightsNotEffective' -Message ('{0}: not effective on {1}.' -f ($finding.missing -join ', '), $finding.distinguishedName) -Fix 'Rights replicate within an hour; tried again.'
        }
    }
}

function Set-MissingRight {
    <# Root first, since its rights reach the containers; then what the containers still miss. Returns the findings with what was set. #>
    param([Parameter(Mandatory = $true)][hashtable]$Subject, [Parameter(Mandatory = $true)][hashtable]$Connection, [Parameter(Mandatory = $true)][object[]]$Findings, [Parameter(Mandatory = $true)][bool]$IsRestricting)
    $rootMissing = @($Findings | Where-Object -FilterScript { $_.distinguishedName -eq $Subject.Root } | ForEach-Object -Process { $_.missing })
    $types = [string[]]@(Get-Type | Where-Object -FilterScript { @($script:TypeRights[$_] | Where-Object -FilterScript { $rootMissing -contains $_ }).Count -gt 0 })
    if ($types.Count -gt 0 -or $IsRestricting) { Invoke-VendorGrant -Types $types -IsRestricting $IsRestricting -Credential $Connection['Credential'] }
    $between = @(Get-AllFinding -Subject $Subject -Connection $Connection)
    foreach ($finding in @($between | Where-Object -FilterScript { $_.distinguishedName -ne $Subject.Root -and $_.missing.Count -gt 0 })) {
        Add-ContainerRight -Finding $finding -Subject $Subject -Connection $Connection
    }
    $after = @(Get-AllFinding -Subject $Subject -Connection $Connection)
    for ($index = 0; $index -lt $after.Count; $index++) {
        $unset = $between[$index].missing
        if ($after[$index].distinguishedName -eq $Subject.Root) { $unset = $rootMissing }
        $after[$index].granted = @($after[$index].effective | Where-Object -FilterScript { $unset -contains $_ })
        $after[$index].effective = @($after[$index].effective | Where-Object -FilterScript { $unset -notcontains $_ })
    }
    return $after
}

Invoke-CloudSyncStep -Name 'Permissions' -InChildPowerShell -Probe {
    $connection = @{ Server = (Get-CloudSyncOwnController) }
    $subject = Get-Subject -Connection $connection
    $findings = @(Get-AllFinding -Subject $subject -Connection $connection)
    $isRestricted = Test-Restriction -Subject $subject -Connection $connection
    $facts = Get-PermissionFact -Findings $findings -IsRestricted $isRestricted
    if ((Get-CloudSyncParameter -Name 'mode') -eq 'Verify') { return $facts }
    Assert-NothingOpen -Findings $findings
    if ($facts.isSufficient -and -not (Test-WantsRestriction -Subject $subject -Connection $connection)) { return $facts }
} -Change {
    $server = Get-CloudSyncOwnController
    $subject = Get-Subject -Connection @{ Server = $server }
    $findings = @(Get-AllFinding -Subject $subject -Connection @{ Server = $server })
    $isRestricting = Test-WantsRestriction -Subject $subject -Connection @{ Server = $server }
    $open = [string[]]@($findings | Where-Object -FilterScript { $_.missing.Count -gt 0 } | ForEach-Object -Process { $_.distinguishedName })
    if ($isRestricting -or $open -contains $subject.Root) { Assert-VendorReady -Connection @{ Server = $server } }
    $secretARN = Get-CloudSyncParameter -Name 'setupSecretARN' -AllowEmpty
    if ($secretARN -eq '') {
        Stop-CloudSyncStep -Class Permanent -Reason 'SetupCredentialRequired' -Message 'Mode Grant needs a set-up credential.' -Fix 'Name setupCredential.'
    }
    $credential = Get-CloudSyncDirectoryCredential -Server $server -SecretARN $secretARN
    $connection = @{ Server = $server; Credential = $credential }
    if ($isRestricting) { $open += @([string]$subject.Account.DistinguishedName) }
    Assert-MayChange -Identities $open -Connection $connection
    $after = @(Set-MissingRight -Subject $subject -Connection $connection -Findings $findings -IsRestricting $isRestricting)
    Assert-NothingOpen -Findings $after -IsAfter
    return Get-PermissionFact -Findings $after -IsRestricted (Test-Restriction -Subject $subject -Connection $connection)
}
