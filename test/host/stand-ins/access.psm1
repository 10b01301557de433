<#
.SYNOPSIS
Stand-ins of what stands in the directory: its objects, their access-control lists, and what writes them. See common.psm1 for what has been run: nothing.
.DESCRIPTION
A list is made from the state's entries ("Allow CreateGroups on OU=..."), those of the object itself before inherited ones and deny before allow, as AD orders
them. Masks and GUIDs are written down here once more, so that a slip in the script does not hide (MS-ADTS, MS-ADSC; docs/host-steps.md, names of rights).
Reads, changes: the state. Leaves: everything outside it.
#>
Set-StrictMode -Version 3.0

$script:Sid = 'S-1-5-21-1004336348-1177238915-682003330-1601'
$script:ClassIDs = @{
    User = 'bf967aba-0de6-11d0-a285-00aa003049e2'; Group = 'bf967a9c-0de6-11d0-a285-00aa003049e2'; Computer = 'bf967a86-0de6-11d0-a285-00aa003049e2'
    Contact = '5cb41ed0-0e4c-11d0-a286-00aa003049e2'; InetOrgPerson = '4828cc14-1437-45bc-9b07-ad6f015e5f28'; Device = 'bf967a8e-0de6-11d0-a285-00aa003049e2'
    ForeignSecurityPrincipal = '89e31c12-8530-11d0-afda-00c04fd930c9'; PublicFolder = 'f0f8ffac-1191-11d0-a060-00aa006c33ed'
}
$script:Verbs = @{ Create = 1; Delete = 2; Read = 16; Write = 32 }
$script:Extended = @{
    ReplicatingDirectoryChanges = @(256, '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', ''); ReplicatingDirectoryChangesAll = @(256, '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2', '')
    ResetPassword = @(256, '00299570-246d-11d0-a768-00aa006e0529', 'User'); UnexpirePassword = @(256, 'ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501', '')
    WriteLockoutTime = @(32, '28630ebf-41d5-11d1-a9c1-0000f80367c1', 'User'); WritePwdLastSet = @(32, 'bf967a0a-0de6-11d0-a285-00aa003049e2', 'User')
}
$script:TypeNames = @{
    BasicRead = @('ReadUsers', 'ReadInetOrgPersons', 'ReadComputers', 'ReadDevices', 'ReadContacts', 'ReadForeignSecurityPrincipals', 'ReadGroups')
    PasswordHashSync = @('ReplicatingDirectoryChanges', 'ReplicatingDirectoryChangesAll')
    PasswordWriteBack = @('ResetPassword', 'WriteLockoutTime', 'WritePwdLastSet', 'UnexpirePassword')
    HybridExchangePermissions = @('WriteUsers', 'WriteInetOrgPersons', 'WriteGroups', 'WriteContacts')
    ExchangeMailPublicFolderPermissions = @('ReadPublicFolders')
    UserGroupCreateDelete = @('CreateUsers', 'DeleteUsers', 'WriteUsers', 'CreateGroups', 'DeleteGroups', 'WriteGroups')
}

function Get-StandInAccountSid {
    return [pscustomobject]@{ Value = $script:Sid }
}

function Get-RightShape {
    <# Mask, object type and class below of a right by its name. #>
    param([string]$Right)
    if ($script:Extended.ContainsKey($Right)) {
        $mask, $object, $below = $script:Extended[$Right]
        $below = $(if ($below -eq '') { [guid]::Empty } else { [guid]$script:ClassIDs[$below] })
        return @{ Mask = $mask; Object = [guid]$object; Below = $below }
    }
    $words = [regex]::Match($Right, '^(Create|Delete|Read|Write)([A-Za-z]+)s$')
    $class = [guid]$script:ClassIDs[$words.Groups[2].Value]
    $mask = $script:Verbs[$words.Groups[1].Value]
    if ($mask -lt 16) { return @{ Mask = $mask; Object = $class; Below = [guid]::Empty } }
    return @{ Mask = $mask; Object = [guid]::Empty; Below = $class }
}

function Get-RuleOf {
    <# One entry of the state as a rule on an object; nothing when it stands elsewhere. #>
    param([string]$Entry, [string]$Place)
    $words = [regex]::Match($Entry, '^(Allow|Deny) ([A-Za-z]+) on (.+)$')
    $where = $words.Groups[3].Value
    if ($Place -ne $where -and -not $Place.EndsWith(',' + $where, [System.StringComparison]::OrdinalIgnoreCase)) { return }
    $shape = Get-RightShape -Right $words.Groups[2].Value
    $kind = $words.Groups[1].Value
    return [pscustomobject]@{
        IdentityReference = [pscustomobject]@{ Value = $script:Sid }; AccessControlType = $kind; ActiveDirectoryRights = $shape.Mask
        ObjectType = $shape.Object; InheritedObjectType = $shape.Below; PropagationFlags = 'None'; InheritanceFlags = 'ContainerInherit'
        Distance = $Place.Length - $where.Length; Order = $(if ($kind -eq 'Deny') { 0 } else { 1 })
    }
}

function Get-FakeDescriptor {
    param($State, [string]$Place, [bool]$IsProtected)
    $rules = @(foreach ($entry in @($State.directory.rights)) { Get-RuleOf -Entry ([string]$entry) -Place $Place })
    $ordered = @($rules | Microsoft.PowerShell.Utility\Sort-Object -Property 'Distance', 'Order')
    # Every list has entries of others: SYSTEM's full control.
    $other = [pscustomobject]@{
        IdentityReference = [pscustomobject]@{ Value = 'S-1-5-18' }; AccessControlType = 'Allow'; ActiveDirectoryRights = 983551
        ObjectType = [guid]::Empty; InheritedObjectType = [guid]::Empty; PropagationFlags = 'None'; InheritanceFlags = 'ContainerInherit'
    }
    $fake = [pscustomobject]@{ Rules = @(@($other) + $ordered); Added = @(); AreAccessRulesProtected = $IsProtected }
    $fake | Add-Member -MemberType ScriptMethod -Name 'GetAccessRules' -Value { return $this.Rules }
    $fake | Add-Member -MemberType ScriptMethod -Name 'AddAccessRule' -Value { param($Rule) $this.Added = @(@($this.Added) + @($Rule)) }
    return $fake
}

function Get-FakeRule {
    <# What New-Object makes of an ActiveDirectoryAccessRule: account, mask, kind, object type, inheritance, class below. #>
    param([object[]]$Values)
    return [pscustomobject]@{ Trustee = $Values[0]; Mask = [int]$Values[1]; Kind = [string]$Values[2]; Object = [guid]$Values[3]; Inheritance = [string]$Values[4]; Below = [guid]$Values[5] }
}

function Get-RightName {
    <# The name of a right that a rule gives; throws for one that the table does not have. #>
    param($Rule)
    foreach ($name in @(@($script:TypeNames.Values | Microsoft.PowerShell.Core\ForEach-Object -Process { $_ }) | Microsoft.PowerShell.Utility\Sort-Object -Unique)) {
        $shape = Get-RightShape -Right $name
        if ($shape.Mask -eq $Rule.Mask -and $shape.Object -eq $Rule.Object -and $shape.Below -eq $Rule.Below) { return $name }
    }
    throw "stand-in: no right has mask $($Rule.Mask), object $($Rule.Object), class $($Rule.Below)"
}

function Get-StandInEntry {
    <# An object by its distinguished name or the GUID of a computer, with everything that a step may ask for; nothing when there is none. #>
    param([string]$Identity, $State)
    $directory = $State.directory
    foreach ($name in @($directory.computers.Keys)) {
        $own = Get-DirectoryName -State $State -Name $name
        if ($Identity -eq $own -or $Identity -eq [string]$directory.computers[$name].guid) { return [pscustomobject]@{ DistinguishedName = $own; ObjectGUID = [guid]$directory.computers[$name].guid } }
    }
    $accounts = @(foreach ($name in @($directory.serviceAccounts.Keys)) { "CN=$name,CN=Managed Service Accounts,$($directory.root)" })
    $known = @(
        [string]$directory.root, [string]$directory.container, [string]$directory.organizationalUnit, [string]$directory.hostGroup
        "OU=Servers,$($directory.root)", "OU=CloudSync,$($directory.root)", "CN=Users,$($directory.root)", "CN=Managed Service Accounts,$($directory.root)"
    ) + $accounts
    if ($known -notcontains $Identity) { return }
    $isDenied = $State.trouble -eq 'setupAccountDenied'
    $children = @()
    if ($Identity -like 'CN=Managed Service Accounts,*' -and -not $isDenied) { $children = @('msDS-GroupManagedServiceAccount') }
    if ($Identity -eq $directory.organizationalUnit -and $State.trouble -ne 'joinAccountUnit') { $children = @('computer') }
    $attributes = @()
    if ($Identity -eq $directory.hostGroup -and $State.trouble -ne 'joinAccountGroup') { $attributes = @('member') }
    return [pscustomobject]@{
        DistinguishedName = $Identity; allowedChildClassesEffective = $children; allowedAttributesEffective = $attributes; tokenGroups = @()
        sDRightsEffective = $(if ($isDenied) { 0 } else { 4 }); isCriticalSystemObject = $Identity -like 'CN=Users,*'
        nTSecurityDescriptor = (Get-FakeDescriptor -State $State -Place $Identity -IsProtected ($accounts -contains $Identity -and [bool]$directory.isRestricted))
    }
}

function Use-SetADObject {
    param($Bound, $State)
    if ($State.trouble -eq 'setupAccountDenied') { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8344) }
    foreach ($rule in @($Bound['Replace']['nTSecurityDescriptor'].Added)) {
        if ([string]$rule.Trustee.Value -ne $script:Sid) { throw 'stand-in: an entry for somebody else than the gMSA' }
        $State.directory.rights = @(@($State.directory.rights) + @('{0} {1} on {2}' -f $rule.Kind, (Get-RightName -Rule $rule), [string]$Bound['Identity']))
    }
}

function Use-SetAADCloudSyncPermissions {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentVendorCmdletFails') { throw [System.InvalidOperationException]::new('stand-in: the cmdlet fails') }
    if ([string]$Bound['TargetDomain'] -ne $State.directory.dnsName) { throw [System.ArgumentException]::new('stand-in: another domain') }
    foreach ($right in $script:TypeNames[[string]$Bound['PermissionType']]) {
        $entry = "Allow $right on $($State.directory.root)"
        if (@($State.directory.rights) -notcontains $entry) { $State.directory.rights = @(@($State.directory.rights) + @($entry)) }
    }
}

function Use-SetAADCloudSyncRestrictedPermissions {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentVendorCmdletFails') { throw [System.InvalidOperationException]::new('stand-in: the cmdlet fails') }
    $State.directory.isRestricted = $true
}

Export-ModuleMember -Function 'Use-*', 'Get-StandInEntry', 'Get-StandInAccountSid', 'Get-FakeRule'
